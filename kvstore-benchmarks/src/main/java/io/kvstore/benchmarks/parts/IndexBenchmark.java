package io.kvstore.benchmarks.parts;

import io.kvstore.benchmarks.data.Entries;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.index.ShardedIndex;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The index: gets, puts of keys that are there, and growing from nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class IndexBenchmark {
    private static final int GROWN = 1_000_000;
    private static final int SIZE_CLASS = 5;

    /** How many keys are in it. */
    @Param({"10000", "10000000"})
    public int keys;

    private final SplittableRandom random = new SplittableRandom(1);
    private ShardedIndex index = new ShardedIndex();

    /** For JMH. */
    public IndexBenchmark() {}

    private static Hash hash(long number) {
        return new Hash(Entries.mix(number), Entries.mix(~number));
    }

    private static long location(int number) {
        return Location.of(number >>> 18, 8 + 144 * (number & 0x3FFFF), SIZE_CLASS, false);
    }

    private static ShardedIndex filled(int count) {
        ShardedIndex filled = new ShardedIndex();
        for (int i = 0; i < count; i++) {
            Hash hash = hash(i);
            filled.prepare(hash);
            filled.put(hash, location(i));
        }
        return filled;
    }

    /** Fills it. */
    @Setup
    public void fill() {
        index = filled(keys);
    }

    /**
     * A random key.
     *
     * @return its location
     */
    @Benchmark
    public long get() {
        return index.get(hash(random.nextInt(keys)));
    }

    /**
     * A key that is not there.
     *
     * @return none
     */
    @Benchmark
    public long getAbsent() {
        return index.get(hash(Entries.ABSENT + random.nextInt(keys)));
    }

    /**
     * A random key, which is there, to another place.
     *
     * @return its former location
     */
    @Benchmark
    public long put() {
        int number = random.nextInt(keys);
        Hash hash = hash(number);
        index.prepare(hash);
        return index.put(hash, location(number));
    }

    /**
     * An index that grows from nothing to a million keys: the time of one of them.
     *
     * @return the index
     */
    @Benchmark
    @OperationsPerInvocation(GROWN)
    public Object grow() {
        return filled(GROWN);
    }
}
