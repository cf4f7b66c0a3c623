package io.kvstore.benchmarks.parts;

import io.kvstore.benchmarks.data.Entries;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.log.RecordBuffer;
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

/** What a writer does to a record outside of the lock: it is laid out, and the checksum begun. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RecordBenchmark {
    /** The length of the value in bytes. */
    @Param({"10", "100", "65536"})
    public int valueBytes;

    private final RecordBuffer record = new RecordBuffer();
    private final byte[] key = Entries.key(1);
    private byte[] value = {};

    /** For JMH. */
    public RecordBenchmark() {}

    /** Makes the value. */
    @Setup
    public void makeValue() {
        value = new byte[valueBytes];
    }

    /**
     * Encodes it.
     *
     * @return the record
     */
    @Benchmark
    public Object encode() {
        return record.encode(RecordLayout.KIND_PUT, key, value);
    }
}
