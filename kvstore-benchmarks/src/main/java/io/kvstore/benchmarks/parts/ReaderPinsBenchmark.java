package io.kvstore.benchmarks.parts;

import io.kvstore.internal.log.ReaderPins;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Taking a pin and giving it back, as each read does. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ReaderPinsBenchmark {
    private final ReaderPins pins = new ReaderPins();

    /** For JMH. */
    public ReaderPinsBenchmark() {}

    /**
     * One thread.
     *
     * @return the pin
     */
    @Benchmark
    public @Nullable Object threads1() {
        return pinAndUnpin();
    }

    /**
     * Two threads.
     *
     * @return the pin
     */
    @Benchmark
    @Threads(2)
    public @Nullable Object threads2() {
        return pinAndUnpin();
    }

    private @Nullable Object pinAndUnpin() {
        try (ReaderPins.Pin pin = pins.enter()) {
            return pin;
        }
    }
}
