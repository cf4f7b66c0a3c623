package io.kvstore.benchmarks.data;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.apache.commons.math3.distribution.ZipfDistribution;
import org.apache.commons.math3.random.Well19937c;

/** How the key of the next operation is chosen. Each thread takes a source of its own. */
public enum KeyChoice {
    /** Each key as often as any other. */
    UNIFORM {
        @Override
        public LongSupplier numbers(long keys, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            return () -> random.nextLong(keys);
        }
    },

    /**
     * The i-th most popular key in proportion to i to the -0.99, as in YCSB; the popular ones lie scattered. Drawn
     * beforehand, since a draw takes longer than a put, and used in turns.
     */
    ZIPFIAN {
        @Override
        public LongSupplier numbers(long keys, long seed) {
            ZipfDistribution ranks =
                    new ZipfDistribution(new Well19937c(seed), (int) Math.min(keys, Integer.MAX_VALUE), EXPONENT);
            int[] drawn = new int[DRAWS];
            for (int i = 0; i < DRAWS; i++) {
                drawn[i] = (int) Long.remainderUnsigned(Entries.mix(ranks.sample()), keys);
            }
            return new LongSupplier() {
                private int next;

                @Override
                public long getAsLong() {
                    return drawn[next++ & (DRAWS - 1)];
                }
            };
        }
    };

    private static final double EXPONENT = 0.99;
    private static final int DRAWS = 1 << 20;

    /**
     * A source of numbers of keys.
     *
     * @param keys the numbers are below it
     * @param seed decides what comes
     * @return a source for one thread
     */
    public abstract LongSupplier numbers(long keys, long seed);
}
