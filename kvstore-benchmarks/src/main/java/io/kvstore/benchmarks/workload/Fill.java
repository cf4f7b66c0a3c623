package io.kvstore.benchmarks.workload;

import io.kvstore.benchmarks.adapter.Adapter;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.measure.DiskUse;
import io.kvstore.benchmarks.measure.MemoryUse;
import io.kvstore.benchmarks.measure.ProcessIo;
import io.kvstore.benchmarks.measure.ProcessorTime;
import java.io.IOException;
import java.nio.file.Files;

/**
 * Puts every key once, in an order that looks random, into an empty store; then tells what memory and disk that took.
 */
final class Fill implements Step {
    private static final String SERIES = "fill";
    private static final int STEP = 256;

    @Override
    public void run(Session session) throws IOException {
        MemoryUse before = MemoryUse.now();
        long writtenBefore = ProcessIo.writtenBytes();
        Adapter store = session.open();
        byte[] key = new byte[Entries.KEY_BYTES];
        byte[] value = new byte[session.valueBytes()];
        long most = (long) (1e9 * session.scale().fillSeconds());
        long processorBefore = ProcessorTime.nanos();
        long start = System.nanoTime();
        long filled = 0;
        while (filled < session.keys() && (filled == 0 || System.nanoTime() - start < most)) {
            long until = Math.min(session.keys(), filled + STEP);
            for (; filled < until; filled++) {
                Entries.fillKey(key, filled);
                Entries.fillValue(value, filled, 0);
                store.put(key, value);
            }
        }
        session.report(SERIES, Figures.RATE, filled * 1e9 / (System.nanoTime() - start));
        session.report(SERIES, Figures.PROCESSOR_NANOS, (double) (ProcessorTime.nanos() - processorBefore) / filled);
        session.setKeys(filled);
        MemoryUse after = MemoryUse.now();
        double keys = filled;
        session.report(SERIES, Figures.HEAP_BYTES_PER_KEY, (after.heapBytes() - before.heapBytes()) / keys);
        session.report(SERIES, Figures.NATIVE_BYTES_PER_KEY, (after.nativeBytes() - before.nativeBytes()) / keys);
        session.report(SERIES, Figures.MAPPED_BYTES_PER_KEY, (after.mappedBytes() - before.mappedBytes()) / keys);
        double dataBytes = keys * (Entries.KEY_BYTES + session.valueBytes());
        if (writtenBefore >= 0) {
            session.report(SERIES, Figures.WRITE_AMPLIFICATION, (ProcessIo.writtenBytes() - writtenBefore) / dataBytes);
        }
        if (Files.exists(session.storeFolder())) {
            session.report(
                    SERIES, Figures.SPACE_AMPLIFICATION, DiskUse.allocatedBytes(session.storeFolder()) / dataBytes);
        }
    }
}
