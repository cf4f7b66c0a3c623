package io.kvstore.benchmarks.report;

import io.kvstore.benchmarks.workload.Figures;
import io.kvstore.benchmarks.workload.Workload;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.w3c.dom.Document;

/**
 * Results as bar charts in SVG: the speed of each peer beside that of the first, which is 1, on a logarithmic scale.
 */
public final class Charts {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 480;
    private static final int LABEL_ROTATION = 15;

    /** One chart for each: the name of its file, and its series. */
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put("writes", List.of("fill", "overwrite", "overwrite-zipfian", "batch-100", "large-put", "delete-all"));
        GROUPS.put("reads", List.of("read-hit", "read-hit-2", "read-miss", "scan-all", "large-get"));
        GROUPS.put("concurrent", List.of("read-beside-write", "write-beside-read", "read-4-4", "write-4-4"));
        GROUPS.put("durable", List.of("durable-1", "durable-4", "durable-16", "durable-64"));
        GROUPS.put("open", List.of("reopen-closed", "reopen-killed"));
    }

    private Charts() {}

    /**
     * Draws all charts of which a run has anything.
     *
     * @param result of the run
     * @param folder for the files
     * @return the files
     * @throws IOException if one cannot be written
     */
    public static List<Path> write(RunResult result, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, List<String>> group : GROUPS.entrySet()) {
            List<String> workloads = group.getValue().stream()
                    .filter(workload -> result.peers().stream()
                                    .filter(peer ->
                                            speed(result, workload, peer).isPresent())
                                    .count()
                            > 1)
                    .toList();
            if (!workloads.isEmpty()) {
                Path file = folder.resolve(group.getKey() + ".svg");
                write(chart(result, workloads), file);
                files.add(file);
            }
        }
        return files;
    }

    private static Optional<Double> speed(RunResult result, String workload, PeerInfo peer) {
        return result.find(workload, peer.id()).map(Series::ratio).map(ratio -> 1 / ratio);
    }

    static CategoryChart chart(RunResult result, List<String> workloads) {
        String first = result.peers().get(0).title();
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Speed, " + first + " = 1, logarithmic, higher is faster")
                .build();
        chart.getStyler().setYAxisLogarithmic(true);
        style(chart.getStyler());
        chart.getStyler().setAvailableSpaceFill(0.9);
        chart.getStyler().setXAxisLabelRotation(LABEL_ROTATION);
        // Bars would start at zero, which a logarithmic axis has not.
        List<Double> shown = result.peers().stream()
                .flatMap(peer -> workloads.stream().flatMap(workload -> speed(result, workload, peer).stream()))
                .toList();
        chart.getStyler().setYAxisMin(powerOfTen(Collections.min(shown), -1));
        chart.getStyler().setYAxisMax(powerOfTen(Collections.max(shown), 1));
        List<String> titles = workloads.stream().map(Workload::title).toList();
        for (PeerInfo peer : result.peers()) {
            List<@Nullable Double> speeds = new ArrayList<>();
            for (String workload : workloads) {
                speeds.add(speed(result, workload, peer).orElse(null));
            }
            if (speeds.stream().anyMatch(speed -> speed != null)) {
                chart.addSeries(peer.title(), titles, speeds);
            }
        }
        return chart;
    }

    /** The next power of ten that is smaller, or larger. */
    private static double powerOfTen(double value, int direction) {
        double exponent = Math.log10(value);
        return Math.pow(10, direction < 0 ? Math.floor(exponent - 0.01) : Math.ceil(exponent + 0.01));
    }

    /**
     * Draws what an operation of the first peer costs by the number of keys.
     *
     * @param results one for each number of keys, in ascending order
     * @param file for the chart
     * @throws IOException if it cannot be written
     */
    public static void writeGrowth(List<RunResult> results, Path file) throws IOException {
        write(growthChart(results), file);
    }

    static XYChart growthChart(List<RunResult> results) {
        PeerInfo peer = results.get(0).peers().get(0);
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(peer.title() + ": nanoseconds an operation by the number of keys, both logarithmic")
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        for (String workload : results.get(0).workloads()) {
            List<Long> keys = new ArrayList<>();
            List<Double> nanos = new ArrayList<>();
            for (RunResult result : results) {
                OptionalDouble rate = result.median(workload, peer.id(), Figures.RATE);
                if (rate.isPresent()) {
                    keys.add(result.settings().keys());
                    nanos.add(1e9 / rate.getAsDouble());
                }
            }
            if (!keys.isEmpty()) {
                chart.addSeries(Workload.title(workload), keys, nanos);
            }
        }
        return chart;
    }

    private static void style(AxesChartStyler styler) {
        styler.setLegendPosition(Styler.LegendPosition.OutsideE);
        // A dashed line would be drawn dash by dash.
        styler.setPlotGridLinesStroke(new BasicStroke(0.5f));
        styler.setChartBackgroundColor(Color.WHITE);
    }

    private static void write(Chart<?, ?> chart, Path file) throws IOException {
        Document document;
        try {
            document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument("http://www.w3.org/2000/svg", "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IOException(e);
        }
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
        // Text comes as outlines, most of the file; a tenth of a pixel is enough.
        context.setPrecision(1);
        SVGGraphics2D graphics = new SVGGraphics2D(context, false);
        chart.paint(graphics, WIDTH, HEIGHT);
        graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            graphics.stream(out, true);
        }
    }
}
