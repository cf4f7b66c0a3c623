package io.kvstore.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Figures of several rounds by name, told as medians and as ratios to one of them. */
final class Rates {
    private final Map<String, double[]> figures = new LinkedHashMap<>();

    void add(String name, double figure) {
        figures.merge(name, new double[] {figure}, (all, one) -> {
            double[] longer = Arrays.copyOf(all, all.length + 1);
            longer[all.length] = one[0];
            return longer;
        });
    }

    double median(String name) {
        double[] sorted = Objects.requireNonNull(figures.get(name), name).clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    void print(String unit, String base) {
        System.out.printf(Locale.ROOT, "| %-42s | %14s | %10s | %s |%n", "workload", unit, "ratio", "min .. max");
        System.out.println("|---|---:|---:|---|");
        for (Map.Entry<String, double[]> entry : figures.entrySet()) {
            double[] all = entry.getValue().clone();
            Arrays.sort(all);
            double median = median(entry.getKey());
            System.out.printf(
                    Locale.ROOT,
                    "| %-42s | %,14.0f | %10.3f | %,.0f .. %,.0f |%n",
                    entry.getKey(),
                    median,
                    median / median(base),
                    all[0],
                    all[all.length - 1]);
        }
        System.out.println();
    }
}
