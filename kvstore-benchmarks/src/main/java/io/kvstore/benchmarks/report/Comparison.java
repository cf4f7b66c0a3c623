package io.kvstore.benchmarks.report;

import io.kvstore.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The ratios of one run beside those of an earlier one. Ratios hold where absolute figures do not: both stores ran on
 * the same machine in the same state, whatever that was. What one round differs from the next is no change: a ratio has
 * only fallen if each of its rounds is below all of the earlier run.
 *
 * @param changes of all ratios that both runs have
 */
public record Comparison(List<Change> changes) {
    /** A ratio that has fallen below this part of what it was is told. */
    public static final double LEAST = 0.8;

    /**
     * A ratio then and now.
     *
     * @param workload name of the series
     * @param peer id
     * @param before the first peer's speed by this one's, in the earlier run
     * @param now the same in the later run
     * @param fallen whether no round of the later run comes up to any of the earlier one
     */
    public record Change(String workload, String peer, double before, double now, boolean fallen) {
        /**
         * Whether the ratio fell by more than a fifth.
         *
         * @return true if it did
         */
        public boolean isSlower() {
            return fallen && now < LEAST * before;
        }
    }

    /**
     * Compares two runs.
     *
     * @param before the earlier
     * @param now the later
     * @return all changes
     * @throws IllegalArgumentException if they have no ratio in common, or are of different numbers of keys
     */
    public static Comparison of(RunResult before, RunResult now) {
        if (before.settings().keys() != now.settings().keys()) {
            throw new IllegalArgumentException(
                    "the runs are of " + before.settings().keys() + " and of "
                            + now.settings().keys() + " keys, whose ratios differ by themselves; use --keys");
        }
        String first = now.peers().stream().map(PeerInfo::id).findFirst().orElse("");
        List<Change> changes = new ArrayList<>();
        for (Series series : now.series()) {
            Double then = before.find(series.workload(), series.peer())
                    .map(Series::ratio)
                    .orElse(null);
            if (!series.peer().equals(first) && series.ratio() != null && then != null) {
                boolean fallen = mostOf(ratios(now, first, series.workload(), series.peer()))
                        < leastOf(ratios(before, first, series.workload(), series.peer()));
                changes.add(new Change(series.workload(), series.peer(), then, series.ratio(), fallen));
            }
        }
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("the runs have no ratio in common; use the same peers and workloads");
        }
        return new Comparison(changes);
    }

    /** How many times as fast as a peer the first one was in each round, which had both in turns. */
    private static List<Double> ratios(RunResult run, String first, String workload, String peer) {
        List<Double> speeds = speeds(run, first, workload);
        List<Double> others = speeds(run, peer, workload);
        return IntStream.range(0, Math.min(speeds.size(), others.size()))
                .mapToObj(round -> speeds.get(round) / others.get(round))
                .toList();
    }

    private static List<Double> speeds(RunResult run, String peer, String workload) {
        return run.find(workload, peer).map(Series::speeds).orElse(List.of());
    }

    private static double mostOf(List<Double> ratios) {
        return ratios.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    private static double leastOf(List<Double> ratios) {
        return ratios.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    /**
     * The ratios that fell by more than a fifth.
     *
     * @return those alone
     */
    public List<Change> slower() {
        return changes.stream().filter(Change::isSlower).toList();
    }

    /**
     * All of them, as a table.
     *
     * @return Markdown
     */
    public String toMarkdown() {
        StringBuilder text = new StringBuilder("| workload | beside | before | now | |\n|---|---|---:|---:|---|\n");
        for (Change change : changes) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.2f | %.2f | %s |%n",
                    Workload.title(change.workload()),
                    change.peer(),
                    change.before(),
                    change.now(),
                    change.isSlower() ? "**slower**" : ""));
        }
        return text.toString();
    }
}
