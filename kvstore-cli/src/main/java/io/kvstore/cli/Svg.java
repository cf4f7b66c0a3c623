package io.kvstore.cli;

import java.util.List;
import java.util.Locale;

/** Charts as inline SVG. All text is escaped; colours are classes of the page's style. */
final class Svg {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 240;
    private static final int LEFT = 84;
    private static final int TOP = 12;
    private static final int BOTTOM = 34;
    private static final int LABELS_MAX = 12;

    private Svg() {}

    /**
     * A column of a chart.
     *
     * @param label below it
     * @param title shown when it is pointed at
     * @param parts from the bottom up
     * @param styles the style class of each part
     */
    record Column(String label, String title, List<Double> parts, List<String> styles) {
        double height() {
            return parts.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /** Turns a height into the text at the axis. */
    interface Scale {
        String text(double height);
    }

    /** Columns of stacked parts, from a base line up. */
    static String columns(String name, List<Column> columns, Scale scale) {
        StringBuilder svg = open(name);
        double most =
                Math.max(columns.stream().mapToDouble(Column::height).max().orElse(0), 1);
        axis(svg, most, scale);
        double step = (double) (WIDTH - LEFT) / Math.max(columns.size(), 1);
        double width = Math.min(step * 0.82, 48);
        int labelEvery = (columns.size() + LABELS_MAX - 1) / LABELS_MAX;
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            double x = LEFT + step * i + (step - width) / 2;
            double y = HEIGHT - BOTTOM;
            svg.append("<g><title>").append(escape(column.title())).append("</title>");
            for (int part = 0; part < column.parts().size(); part++) {
                double height = column.parts().get(part) / most * (HEIGHT - BOTTOM - TOP);
                y -= height;
                if (height > 0) {
                    svg.append(format(
                            "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f'/>",
                            column.styles().get(part), x, y, width, Math.max(height, 0.8)));
                }
            }
            svg.append(format(
                    "<rect class='hit' x='%.1f' y='%d' width='%.1f' height='%d'/></g>",
                    LEFT + step * i, TOP, step, HEIGHT - BOTTOM - TOP));
            if (i % labelEvery == 0) {
                label(svg, x + width / 2, column.label(), "middle");
            }
        }
        return svg.append("</svg>").toString();
    }

    /** A line that rises in steps, with the area below it; the labels stand at both ends. */
    static String steps(String name, List<double[]> points, String first, String last, Scale scale) {
        StringBuilder svg = open(name);
        double most = Math.max(points.stream().mapToDouble(p -> p[1]).max().orElse(0), 1);
        axis(svg, most, scale);
        double from = points.isEmpty() ? 0 : points.get(0)[0];
        double span = points.isEmpty() ? 1 : Math.max(points.get(points.size() - 1)[0] - from, 1);
        int base = HEIGHT - BOTTOM;
        StringBuilder path = new StringBuilder(format("M%d %d", LEFT, base));
        for (double[] point : points) {
            path.append(format(
                    "H%.1fV%.1f",
                    LEFT + (point[0] - from) / span * (WIDTH - LEFT - 4), base - point[1] / most * (base - TOP)));
        }
        path.append(format("H%d", WIDTH));
        svg.append("<path class='line' d='").append(path).append("'/>");
        svg.append("<path class='area' d='")
                .append(path)
                .append("V")
                .append(base)
                .append("Z'/>");
        label(svg, LEFT, first, "start");
        label(svg, WIDTH, last, "end");
        return svg.append("</svg>").toString();
    }

    private static StringBuilder open(String name) {
        return new StringBuilder(format("<svg viewBox='0 0 %d %d' role='img' aria-label='", WIDTH, HEIGHT))
                .append(escape(name))
                .append("'>");
    }

    private static void axis(StringBuilder svg, double most, Scale scale) {
        for (int i = 0; i <= 2; i++) {
            double y = HEIGHT - BOTTOM - i / 2.0 * (HEIGHT - BOTTOM - TOP);
            svg.append(format("<line class='grid' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>", LEFT, WIDTH, y, y));
            svg.append(format("<text x='%d' y='%.1f' text-anchor='end'>", LEFT - 8, y + 4))
                    .append(escape(scale.text(most * i / 2)))
                    .append("</text>");
        }
    }

    private static void label(StringBuilder svg, double x, String text, String anchor) {
        svg.append(format("<text x='%.1f' y='%d' text-anchor='%s'>", x, HEIGHT - 12, anchor))
                .append(escape(text))
                .append("</text>");
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is no dependency here
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    /** Text as HTML, safe between tags and within quotes of either kind. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        Printable.of(text).codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
