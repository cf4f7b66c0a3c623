package io.kvstore.benchmarks.parts;

import io.kvstore.internal.log.RecordBuffer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Appends that wait for stable storage, by threads that share the syncs. Appends in all threads a second. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GroupSyncBenchmark {
    @SuppressWarnings("NullAway.Init")
    private OpenLog log;

    /** For JMH. */
    public GroupSyncBenchmark() {}

    /** The record of a thread. */
    @State(Scope.Thread)
    public static class Written {
        private final RecordBuffer record = OpenLog.record(1);

        /** For JMH. */
        public Written() {}
    }

    /**
     * Makes a log that syncs only when asked.
     *
     * @throws IOException if it cannot be made
     */
    @Setup
    public void open() throws IOException {
        log = new OpenLog(Duration.ZERO);
    }

    /**
     * Deletes it.
     *
     * @throws IOException if it cannot be deleted
     */
    @TearDown
    public void close() throws IOException {
        log.close();
    }

    /**
     * One thread.
     *
     * @param written its record
     */
    @Benchmark
    public void threads1(Written written) {
        log.appendDurably(written.record);
    }

    /**
     * 16 threads.
     *
     * @param written its record
     */
    @Benchmark
    @Threads(16)
    public void threads16(Written written) {
        log.appendDurably(written.record);
    }

    /**
     * 64 threads.
     *
     * @param written its record
     */
    @Benchmark
    @Threads(64)
    public void threads64(Written written) {
        log.appendDurably(written.record);
    }
}
