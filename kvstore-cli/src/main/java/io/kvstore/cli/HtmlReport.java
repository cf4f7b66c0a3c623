package io.kvstore.cli;

import io.kvstore.KVStats;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A page about a store: one file of HTML with its style and charts in it, which loads nothing and runs nothing. */
final class HtmlReport {
    private static final int COLUMNS_MAX = 90;
    private static final int ROWS_MAX = 500;

    private static final String STYLE = """
            :root { color-scheme: light dark; --page: #f7f7f5; --card: #fff; --ink: #1d2328; --soft: #5c666e;
              --grid: #e1e4e6; --live: #1f7a8c; --dead: #e8a33d; --line: #1f7a8c; }
            @media (prefers-color-scheme: dark) { :root { --page: #14181b; --card: #1d2327; --ink: #e8ecee;
              --soft: #9aa6ad; --grid: #333c42; --live: #4fb3c6; --dead: #d9963a; --line: #4fb3c6; } }
            * { box-sizing: border-box }
            body { margin: 0 auto; max-width: 1040px; padding: 32px 20px 64px; background: var(--page); color: var(--ink);
              font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
            h1 { font-size: 24px; margin: 0; overflow-wrap: anywhere } h2 { font-size: 17px; margin: 0 0 4px }
            p { color: var(--soft); margin: 0 0 12px }
            section { background: var(--card); border: 1px solid var(--grid); border-radius: 10px; padding: 18px 20px; margin-top: 18px }
            dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 14px; margin: 18px 0 0 }
            dl div { background: var(--card); border: 1px solid var(--grid); border-radius: 10px; padding: 12px 16px }
            dt { color: var(--soft); font-size: 13px } dd { margin: 0; font-size: 21px; font-variant-numeric: tabular-nums }
            svg { display: block; width: 100%; height: auto } svg text { fill: var(--soft); font-size: 12px }
            .live { fill: var(--live) } .dead { fill: var(--dead) } .hit { fill: transparent }
            g:hover .hit { fill: var(--ink); opacity: .07 }
            .grid { stroke: var(--grid) } .line { fill: none; stroke: var(--line); stroke-width: 2 } .area { fill: var(--line); opacity: .15 }
            .key { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin: 0 5px 0 14px }
            .key.live { background: var(--live) } .key.dead { background: var(--dead) }
            .scroll { overflow-x: auto; max-height: 420px } summary { cursor: pointer; color: var(--soft) }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
            th, td { text-align: right; padding: 4px 10px; border-bottom: 1px solid var(--grid) }
            th { color: var(--soft); font-weight: 500 } th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere }
            """;

    private final StringBuilder page = new StringBuilder();
    private final StoreSurvey survey;

    private HtmlReport(StoreSurvey survey) {
        this.survey = survey;
    }

    static String of(StoreSurvey survey, Instant now) {
        return new HtmlReport(survey).build(now);
    }

    private String build(Instant now) {
        KVStats stats = survey.stats();
        page.append("<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>")
                .append("<meta name='viewport' content='width=device-width, initial-scale=1'>")
                .append(
                        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">")
                .append("<title>Store ")
                .append(Svg.escape(survey.name()))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(Svg.escape(survey.name()))
                .append("</h1>\n<p>The store as it was at ")
                .append(now.truncatedTo(ChronoUnit.SECONDS))
                .append("</p>\n<dl>");
        figure("Keys", Human.count(stats.keys()));
        figure("On disk", Human.bytes(stats.diskBytes()));
        figure("Live records", Human.bytes(Math.min(stats.liveBytes(), stats.logBytes())));
        figure("Garbage", Human.percent(stats.garbageRatio()));
        figure("Segments", Human.count(stats.segments()));
        figure("Index in memory", Human.bytes(stats.indexBytes()));
        page.append("</dl>\n");
        segments();
        sizes("Key sizes", survey.keySizes());
        sizes("Value sizes", survey.valueSizes());
        growth();
        merges();
        buckets();
        return page.append("</body></html>\n").toString();
    }

    private void figure(String name, String text) {
        page.append("<div><dt>")
                .append(name)
                .append("</dt><dd>")
                .append(Svg.escape(text))
                .append("</dd></div>");
    }

    private void segments() {
        List<Svg.Column> columns = new ArrayList<>();
        for (SegmentGroup group : SegmentGroup.of(survey.stats().segmentFigures(), COLUMNS_MAX)) {
            columns.add(new Svg.Column(
                    Integer.toString(group.segments().get(0).number()),
                    "segment " + group.name() + ": " + Human.bytes(group.liveBytes()) + " live, "
                            + Human.bytes(group.deadBytes()) + " dead"
                            + (group.remark().isEmpty() ? "" : " (" + group.remark() + ")"),
                    List.of((double) group.liveBytes(), (double) group.deadBytes()),
                    List.of("live", "dead")));
        }
        section(
                "Segments",
                "Bytes of records by segment, in the order in which they count."
                        + " <span class='key live'></span>live<span class='key dead'></span>dead: overwritten, deleted, expired");
        page.append(Svg.columns("Live and dead bytes by segment", columns, height -> Human.bytes((long) height)));
        page.append(
                "<details><summary>As a table</summary><div class='scroll'><table><tr><th>Segment</th><th>Kind</th><th>Live</th><th>Dead</th><th>Garbage</th></tr>");
        for (SegmentGroup group : SegmentGroup.of(survey.stats().segmentFigures(), ROWS_MAX)) {
            row(
                    group.name(),
                    group.remark(),
                    Human.bytes(group.liveBytes()),
                    Human.bytes(group.deadBytes()),
                    Human.percent(group.garbageRatio()));
        }
        page.append("</table></div></details></section>\n");
    }

    private void sizes(String name, SizeHistogram sizes) {
        List<Svg.Column> columns = new ArrayList<>();
        for (int i = sizes.first(); i <= sizes.last(); i++) {
            long from = SizeHistogram.from(i);
            columns.add(new Svg.Column(
                    SizeHistogram.label(i),
                    (from <= 1 ? Long.toString(from) : from + " to " + (2 * from - 1)) + " bytes: "
                            + Human.count(sizes.count(i), "entry", "entries"),
                    List.of((double) sizes.count(i)),
                    List.of("live")));
        }
        section(
                name,
                "Entries by size in bytes, in powers of two; the label is the smallest size. Mean "
                        + Svg.escape(Human.bytes(Math.round(sizes.mean()))) + ", largest "
                        + Svg.escape(Human.bytes(sizes.largest())) + ".");
        page.append(
                columns.isEmpty()
                        ? "<p>There are no entries.</p>"
                        : Svg.columns(name, columns, height -> Human.count(Math.round(height))));
        page.append("</section>\n");
    }

    private void growth() {
        section(
                "Growth",
                "Bytes of records in the segments that there are, by the time at which each was last written. What merges"
                        + " have removed is not in it.");
        List<double[]> points = new ArrayList<>();
        double sum = 0;
        for (StoreSurvey.Written written : survey.written()) {
            sum += written.segment().logBytes();
            points.add(new double[] {written.time().toEpochMilli(), sum});
        }
        if (points.isEmpty()) {
            page.append("<p>There are no segments.</p>");
        } else {
            page.append(Svg.steps(
                    "Bytes of records by time",
                    points,
                    time(survey.written().get(0)),
                    time(survey.written().get(points.size() - 1)),
                    height -> Human.bytes((long) height)));
        }
        page.append("</section>\n");
    }

    private void merges() {
        List<StoreSurvey.Written> merged = survey.written().stream()
                .filter(written -> written.segment().merged())
                .toList();
        long made = survey.stats().segmentFigures().stream()
                .mapToLong(KVStats.Segment::number)
                .max()
                .orElse(0);
        section(
                "Merge history",
                "Of the " + Human.count(made, "segment", "segments") + " ever made, "
                        + Human.count(Math.max(0, made - survey.stats().segments()))
                        + " are gone again. A store keeps no diary of its merges: these are their results that are still there, the last "
                        + ROWS_MAX + " at most.");
        if (merged.isEmpty()) {
            page.append("<p>No segment here is the result of a merge.</p>");
        } else {
            page.append(
                    "<div class='scroll'><table><tr><th>Written at</th><th>Segment</th><th>Records</th><th>Garbage since</th></tr>");
            for (StoreSurvey.Written written : merged.subList(Math.max(0, merged.size() - ROWS_MAX), merged.size())) {
                row(
                        time(written),
                        Integer.toString(written.segment().number()),
                        Human.bytes(written.segment().logBytes()),
                        Human.percent(written.segment().garbageRatio()));
            }
            page.append("</table></div>");
        }
        page.append("</section>\n");
    }

    private void buckets() {
        section("Buckets", "The largest " + ROWS_MAX + " at most, by keys.");
        page.append(
                "<div class='scroll'><table><tr><th>Bucket</th><th>Keys</th><th>Bytes of keys</th><th>Bytes of values</th></tr>");
        survey.buckets().stream()
                .limit(ROWS_MAX)
                .forEach(bucket -> row(
                        bucket.name().isEmpty() ? "(default)" : bucket.name(),
                        Human.count(bucket.keys()),
                        Human.bytes(bucket.keyBytes()),
                        Human.bytes(bucket.valueBytes())));
        page.append("</table></div></section>\n");
    }

    private void section(String heading, String html) {
        page.append("<section><h2>")
                .append(heading)
                .append("</h2><p>")
                .append(html)
                .append("</p>");
    }

    private void row(String... cells) {
        page.append("<tr>");
        for (String cell : cells) {
            page.append("<td>").append(Svg.escape(cell)).append("</td>");
        }
        page.append("</tr>");
    }

    private static String time(StoreSurvey.Written written) {
        return written.time().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
