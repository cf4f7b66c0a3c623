package io.kvstore.benchmarks.parts;

import io.kvstore.internal.index.KeyHash;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The hash of a key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class KeyHashBenchmark {
    /** The length of the key in bytes. */
    @Param({"8", "16", "100"})
    public int keyBytes;

    private final KeyHash hash = new KeyHash(1, 2);
    private byte[] key = {};

    /** For JMH. */
    public KeyHashBenchmark() {}

    /** Makes the key. */
    @Setup
    public void makeKey() {
        key = new byte[keyBytes];
        new SplittableRandom(1).nextBytes(key);
    }

    /**
     * Hashes it.
     *
     * @return the hash
     */
    @Benchmark
    public Object hash() {
        return hash.hash(key);
    }
}
