package io.kvstore.benchmarks.report;

import io.kvstore.benchmarks.workload.Figures;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one workload with one peer.
 *
 * @param workload the name of the series
 * @param peer its id
 * @param ratio how many times as fast the first peer was; null if there is no telling
 * @param figures by name, one for each round
 */
public record Series(String workload, String peer, @Nullable Double ratio, Map<String, List<Double>> figures) {
    /**
     * The median over all rounds.
     *
     * @param figure its name
     * @return the median, or nothing if it was not measured
     */
    public OptionalDouble median(String figure) {
        List<Double> rounds = figures.get(figure);
        if (rounds == null || rounds.isEmpty()) {
            return OptionalDouble.empty();
        }
        double[] sorted =
                rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }

    /** How fast it was in each round. */
    List<Double> speeds() {
        List<Double> rates = figures.get(Figures.RATE);
        return rates != null
                ? rates
                : figures.getOrDefault(Figures.MILLIS, List.of()).stream()
                        .map(millis -> 1000 / millis)
                        .toList();
    }

    /** How fast it was: the rate, or the inverse of the time that it took. */
    OptionalDouble speed() {
        OptionalDouble rate = median(Figures.RATE);
        if (rate.isPresent()) {
            return rate;
        }
        OptionalDouble millis = median(Figures.MILLIS);
        return millis.isPresent() ? OptionalDouble.of(1000 / millis.getAsDouble()) : millis;
    }

    Series withRatioOf(OptionalDouble firstSpeed) {
        OptionalDouble speed = speed();
        boolean known = speed.isPresent() && firstSpeed.isPresent() && speed.getAsDouble() > 0;
        return new Series(workload, peer, known ? firstSpeed.getAsDouble() / speed.getAsDouble() : null, figures);
    }
}
