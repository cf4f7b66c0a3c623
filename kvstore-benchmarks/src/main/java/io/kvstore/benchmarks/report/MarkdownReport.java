package io.kvstore.benchmarks.report;

import io.kvstore.benchmarks.workload.Figures;
import io.kvstore.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Results as tables of Markdown: ratios first, then what they are made of. */
public final class MarkdownReport {
    private static final String NONE = "";

    private final RunResult result;
    private final StringBuilder text = new StringBuilder();

    private MarkdownReport(RunResult result) {
        this.result = result;
    }

    /**
     * Writes all tables.
     *
     * @param result of a run
     * @return Markdown, without a title
     */
    public static String of(RunResult result) {
        MarkdownReport report = new MarkdownReport(result);
        report.settings();
        report.ratios();
        report.speeds();
        report.processor();
        report.latencies();
        report.memory();
        report.disk();
        report.peers();
        return report.text.toString();
    }

    private void settings() {
        Machine machine = result.machine();
        Settings settings = result.settings();
        text.append(String.format(
                Locale.ROOT,
                """
                    %s

                %s, %d processors, %.0f GiB, %s, %s, JDK %s; load before the run %.1f. %,d keys of %d bytes, values of %d bytes;
                each figure the median of %d rounds, each workload up to %.1f seconds; heap %s.

                """,
                result.command(),
                machine.processor(),
                machine.processors(),
                machine.memoryBytes() / (double) (1 << 30),
                machine.system(),
                machine.fileSystem(),
                machine.java(),
                machine.load(),
                settings.keys(),
                settings.keyBytes(),
                settings.valueBytes(),
                settings.rounds(),
                settings.seconds(),
                settings.heap()));
    }

    private void ratios() {
        PeerInfo first = result.peers().get(0);
        List<PeerInfo> others = result.peers().subList(1, result.peers().size());
        if (others.isEmpty()) {
            return;
        }
        text.append("How many times as fast as each peer ")
                .append(first.title())
                .append(" is:\n\n");
        table(
                others,
                Optional.of(first),
                workload -> peer -> result.find(workload, peer.id())
                        .map(Series::ratio)
                        .map(ratio -> String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.0f", ratio)));
    }

    private void speeds() {
        text.append("Operations a second, in thousands, or the milliseconds of an open:\n\n");
        table(
                result.peers(),
                Optional.empty(),
                workload -> peer -> result.find(workload, peer.id()).flatMap(MarkdownReport::speed));
    }

    private void processor() {
        text.append("Processor time of the whole process in nanoseconds for one operation, which others on the machine"
                + " change far less than speed; it includes merging, compaction and garbage collection meanwhile:\n\n");
        table(
                result.peers(),
                Optional.empty(),
                workload -> peer -> result.find(workload, peer.id())
                        .flatMap(series -> series.median(Figures.PROCESSOR_NANOS).stream()
                                .mapToObj(nanos -> String.format(Locale.ROOT, "%,.0f", nanos))
                                .findAny()));
    }

    private static Optional<String> speed(Series series) {
        OptionalDouble rate = series.median(Figures.RATE);
        if (rate.isPresent()) {
            double thousands = rate.getAsDouble() / 1000;
            return Optional.of(String.format(Locale.ROOT, thousands < 10 ? "%.2f" : "%,.0f", thousands));
        }
        OptionalDouble millis = series.median(Figures.MILLIS);
        return millis.isPresent()
                ? Optional.of(String.format(Locale.ROOT, "%,.0f ms", millis.getAsDouble()))
                : Optional.empty();
    }

    /** Fills one cell of the row of a workload. */
    private interface Row {
        Optional<String> cell(PeerInfo peer);
    }

    private interface Rows {
        Row of(String workload);
    }

    /** A row a workload, a column a peer; rows without any cell are left out. */
    private void table(List<PeerInfo> peers, Optional<PeerInfo> beside, Rows rows) {
        text.append("| workload |");
        peers.forEach(peer -> text.append(' ').append(peer.title()).append(" |"));
        text.append("\n|---|").append("---:|".repeat(peers.size())).append('\n');
        for (String workload : result.workloads()) {
            List<String> cells = new ArrayList<>();
            for (PeerInfo peer : peers) {
                cells.add(rows.of(workload).cell(peer).orElse(NONE));
            }
            boolean some = cells.stream().anyMatch(cell -> !cell.isEmpty());
            if (some
                    && beside.map(first -> result.find(workload, first.id()).isPresent())
                            .orElse(true)) {
                text.append("| ").append(Workload.title(workload)).append(" |");
                cells.forEach(cell -> text.append(' ').append(cell).append(" |"));
                text.append('\n');
            }
        }
        text.append('\n');
    }

    private void latencies() {
        List<Series> measured = result.series().stream()
                .filter(series -> series.median(Figures.P50_NANOS).isPresent())
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        text.append(
                "Latency in microseconds when an operation falls due half as often as the store can, from when it is"
                        + " due:\n\n");
        text.append("| workload | peer | p50 | p99 | p99.9 | p99.99 | longest |\n|---|---|---:|---:|---:|---:|---:|\n");
        for (Series series : measured) {
            text.append("| ").append(Workload.title(series.workload())).append(" | ");
            text.append(title(series.peer())).append(" |");
            for (String figure : List.of(
                    Figures.P50_NANOS, Figures.P99_NANOS, Figures.P999_NANOS, Figures.P9999_NANOS, Figures.MAX_NANOS)) {
                double micros = series.median(figure).orElse(Double.NaN) / 1000;
                text.append(String.format(Locale.ROOT, micros < 10 ? " %.2f |" : " %,.0f |", micros));
            }
            text.append('\n');
        }
        text.append('\n');
    }

    private void memory() {
        figures(
                "Memory for each key after the fill, in bytes: live heap, resident outside of it, and resident pages of"
                        + " mapped files, which the system can take back:",
                List.of("heap", "outside", "mapped files"),
                List.of(Figures.HEAP_BYTES_PER_KEY, Figures.NATIVE_BYTES_PER_KEY, Figures.MAPPED_BYTES_PER_KEY));
    }

    private void disk() {
        figures(
                "Disk, by the bytes of keys and values: what the system counted as written, by what was put; allocated"
                        + " blocks in the end and at the most, by what is live (before the deletes, for those):",
                List.of("written", "allocated", "at the most"),
                List.of(Figures.WRITE_AMPLIFICATION, Figures.SPACE_AMPLIFICATION, Figures.PEAK_SPACE_AMPLIFICATION));
    }

    private void figures(String title, List<String> heads, List<String> names) {
        List<Series> measured = result.series().stream()
                .filter(series ->
                        names.stream().anyMatch(name -> series.median(name).isPresent()))
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        text.append(title).append("\n\n| workload | peer | ").append(String.join(" | ", heads));
        text.append(" |\n|---|---|").append("---:|".repeat(heads.size())).append('\n');
        for (Series series : measured) {
            text.append("| ").append(Workload.title(series.workload())).append(" | ");
            text.append(title(series.peer())).append(" |");
            for (String name : names) {
                OptionalDouble median = series.median(name);
                text.append(
                        median.isPresent()
                                ? String.format(
                                        Locale.ROOT,
                                        Math.abs(median.getAsDouble()) < 10 ? " %.2f |" : " %,.0f |",
                                        median.getAsDouble())
                                : " |");
            }
            text.append('\n');
        }
        text.append('\n');
    }

    private String title(String peer) {
        return result.peers().stream()
                .filter(info -> info.id().equals(peer))
                .map(PeerInfo::title)
                .findAny()
                .orElse(peer);
    }

    private void peers() {
        text.append("| peer | version and settings | a write that was acknowledged |\n|---|---|---|\n");
        for (PeerInfo peer : result.peers()) {
            text.append("| ").append(peer.title()).append(" | ").append(peer.settings());
            text.append(" | ").append(peer.guarantee()).append(" |\n");
        }
    }
}
