package io.kvstore.benchmarks.parts;

import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.log.RecordBuffer;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The log: appending records of 144 bytes, and reading them at random. Its files are in the folder for temporary files
 * ({@code -Djava.io.tmpdir}), up to some gigabytes, and new in each iteration.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LogBenchmark {
    private static final int READ = 1_000_000;

    private final RecordBuffer written = OpenLog.record(1);
    private final RecordBuffer read = new RecordBuffer();
    private final SplittableRandom random = new SplittableRandom(1);
    private final long sizeBound = SizeClass.bound(SizeClass.of(written.size()));
    private final long[] addresses = new long[READ];

    @SuppressWarnings("NullAway.Init")
    private OpenLog log;

    /** For JMH. */
    public LogBenchmark() {}

    /**
     * Makes a log, with records to be read.
     *
     * @throws IOException if it cannot be made
     */
    @Setup(Level.Iteration)
    public void open() throws IOException {
        log = new OpenLog(Duration.ofSeconds(1));
        for (int i = 0; i < READ; i++) {
            addresses[i] = log.append(OpenLog.record(i));
        }
    }

    /**
     * Deletes it.
     *
     * @throws IOException if it cannot be deleted
     */
    @TearDown(Level.Iteration)
    public void close() throws IOException {
        log.close();
    }

    /**
     * Appends a record that is encoded already.
     *
     * @return its address
     */
    @Benchmark
    public long append() {
        return log.append(written);
    }

    /**
     * Reads a record at random, and checks it.
     *
     * @return the record
     */
    @Benchmark
    public Object read() {
        log.read(addresses[random.nextInt(READ)], sizeBound, read);
        return read;
    }
}
