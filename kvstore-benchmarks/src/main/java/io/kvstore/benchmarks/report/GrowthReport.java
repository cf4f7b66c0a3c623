package io.kvstore.benchmarks.report;

import io.kvstore.benchmarks.workload.Figures;
import io.kvstore.benchmarks.workload.Workload;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/** Results at several numbers of keys as tables of Markdown, one for each peer: what an operation costs at each. */
public final class GrowthReport {
    /** What is told beside speed, with its title. */
    private static final List<Map.Entry<String, String>> FIGURES = List.of(
            Map.entry(Figures.HEAP_BYTES_PER_KEY, "heap a key, bytes"),
            Map.entry(Figures.SPACE_AMPLIFICATION, "disk by keys and values"),
            Map.entry(Figures.WRITE_AMPLIFICATION, "written by keys and values"));

    private final List<RunResult> results;
    private final StringBuilder text = new StringBuilder();

    private GrowthReport(List<RunResult> results) {
        this.results = results;
    }

    /**
     * Writes all tables.
     *
     * @param results one for each number of keys, of the same peers
     * @return Markdown, without a title
     */
    public static String of(List<RunResult> results) {
        GrowthReport report = new GrowthReport(results);
        Settings settings = results.get(0).settings();
        report.text.append(String.format(
                Locale.ROOT,
                "    %s%n%nKeys of %d bytes, values of %d bytes. Nanoseconds for one operation, or the milliseconds of an"
                        + " open, by the number of keys:%n",
                results.get(0).command(),
                settings.keyBytes(),
                settings.valueBytes()));
        results.get(0).peers().forEach(report::peer);
        return report.text.toString();
    }

    private void peer(PeerInfo peer) {
        text.append(String.format(Locale.ROOT, "%n| %s |", peer.title()));
        results.forEach(result -> text.append(
                String.format(Locale.ROOT, " %,d |", result.settings().keys())));
        text.append(String.format("%n|---|%s%n", "---:|".repeat(results.size())));
        List<String> workloads = results.stream()
                .flatMap(result -> result.workloads().stream())
                .distinct()
                .toList();
        for (String workload : workloads) {
            row(Workload.title(workload), peer, workload, Figures.RATE, "%,.0f", rate -> 1e9 / rate);
            row(Workload.title(workload), peer, workload, Figures.MILLIS, "%,.0f ms", millis -> millis);
        }
        for (String workload : workloads) {
            for (Map.Entry<String, String> figure : FIGURES) {
                String title = Workload.title(workload) + ": " + figure.getValue();
                row(title, peer, workload, figure.getKey(), "%.2f", value -> value);
            }
        }
    }

    private void row(
            String title, PeerInfo peer, String workload, String figure, String format, DoubleUnaryOperator shown) {
        StringBuilder cells = new StringBuilder();
        boolean some = false;
        for (RunResult result : results) {
            OptionalDouble median = result.median(workload, peer.id(), figure);
            some |= median.isPresent();
            cells.append(
                    median.isPresent()
                            ? String.format(Locale.ROOT, " " + format + " |", shown.applyAsDouble(median.getAsDouble()))
                            : " |");
        }
        if (some) {
            text.append(String.format("| %s |%s%n", title, cells));
        }
    }
}
