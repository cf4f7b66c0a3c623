package io.kvstore.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * All that one run has measured.
 *
 * @param format of the JSON; {@link #FORMAT}
 * @param command that measured it
 * @param machine that it was measured on
 * @param settings what was asked for
 * @param peers all of them; the others are beside the first
 * @param series in the order in which they were measured
 */
public record RunResult(
        int format, String command, Machine machine, Settings settings, List<PeerInfo> peers, List<Series> series) {
    /** The format that this version reads and writes. */
    public static final int FORMAT = 1;

    /** Gathers figures as they come. Used by one thread at a time. */
    public static final class Builder {
        private final Map<String, Map<String, Map<String, List<Double>>>> figures = new LinkedHashMap<>();

        /** Nothing yet. */
        public Builder() {}

        /**
         * One figure of one round.
         *
         * @param workload name of the series
         * @param peer its id
         * @param figure its name
         * @param value of it
         */
        public synchronized void add(String workload, String peer, String figure, double value) {
            figures.computeIfAbsent(workload, name -> new LinkedHashMap<>())
                    .computeIfAbsent(peer, name -> new LinkedHashMap<>())
                    .computeIfAbsent(figure, name -> new ArrayList<>())
                    .add(value);
        }

        /**
         * Puts everything together, with ratios to the first peer.
         *
         * @param command that measured it
         * @param machine that it was measured on
         * @param settings what was asked for
         * @param peers the first one first
         * @return the result
         */
        public synchronized RunResult build(String command, Machine machine, Settings settings, List<PeerInfo> peers) {
            List<Series> all = new ArrayList<>();
            figures.forEach((workload, byPeer) -> {
                Map<String, List<Double>> first =
                        byPeer.getOrDefault(peers.get(0).id(), Map.of());
                OptionalDouble speed = new Series(workload, "", null, first).speed();
                for (PeerInfo peer : peers) {
                    Map<String, List<Double>> own = byPeer.get(peer.id());
                    if (own != null) {
                        all.add(new Series(workload, peer.id(), null, own).withRatioOf(speed));
                    }
                }
            });
            // A run that has come to half of its peers is told without the others.
            List<PeerInfo> measured = peers.stream()
                    .filter(peer ->
                            all.stream().anyMatch(series -> series.peer().equals(peer.id())))
                    .toList();
            return new RunResult(FORMAT, command, machine, settings, measured, all);
        }
    }

    /**
     * One series.
     *
     * @param workload its name
     * @param peer id
     * @return the series, if it was measured
     */
    public Optional<Series> find(String workload, String peer) {
        return series.stream()
                .filter(one -> one.workload().equals(workload) && one.peer().equals(peer))
                .findAny();
    }

    /**
     * The median of one figure.
     *
     * @param workload name of the series
     * @param peer id
     * @param figure its name
     * @return the median, or nothing if it was not measured
     */
    public OptionalDouble median(String workload, String peer, String figure) {
        return find(workload, peer).map(one -> one.median(figure)).orElse(OptionalDouble.empty());
    }

    /**
     * The names of all series.
     *
     * @return each once, in order
     */
    public List<String> workloads() {
        return series.stream().map(Series::workload).distinct().toList();
    }
}
