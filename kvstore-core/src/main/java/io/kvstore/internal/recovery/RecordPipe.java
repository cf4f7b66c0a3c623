package io.kvstore.internal.recovery;

import io.kvstore.internal.log.Threads;
import io.kvstore.internal.recovery.IndexLoader.InconsistentRecordException;
import io.kvstore.internal.recovery.LogScan.BatchSink;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands batches from the thread that scans, which this owns, to the thread that loads the index. Either one's failure
 * ends the other.
 */
final class RecordPipe implements BatchSink, AutoCloseable {
    private static final int CAPACITY = 8;

    private final BlockingQueue<RecordBatch> batches = new ArrayBlockingQueue<>(CAPACITY);
    private final RecordBatch endOfLog = new RecordBatch();
    private final String storeName;
    private @Nullable Thread thread;
    private volatile boolean cancelled;

    /** What the scan came to; written before {@link #endOfLog} is put, read after it is taken. */
    private LogScan.@Nullable Result result;

    private @Nullable Throwable failure;

    RecordPipe(String storeName) {
        this.storeName = storeName;
    }

    /** The scan. */
    interface Scan {
        LogScan.Result run() throws IOException;
    }

    void start(Scan scan) {
        Thread scanner = new Thread(() -> run(scan), "kvstore-" + storeName + "-scan");
        scanner.setDaemon(true);
        thread = scanner;
        scanner.start();
    }

    private void run(Scan scan) {
        try {
            result = scan.run();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        put(endOfLog);
    }

    @Override
    public void accept(RecordBatch batch) {
        if (!put(batch)) {
            throw new CancellationException("the load of the index failed");
        }
    }

    /** Waits for room; returns false once nobody takes batches any more. */
    private boolean put(RecordBatch batch) {
        try {
            while (!batches.offer(batch, 10, TimeUnit.MILLISECONDS)) {
                if (cancelled) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            // Nobody else knows this thread.
            throw new AssertionError("the scan thread was interrupted", e);
        }
    }

    /** Loads all batches; rethrows what ended the scan early. */
    LogScan.Result drainTo(IndexLoader loader) throws IOException, InconsistentRecordException {
        for (RecordBatch batch = take(); batch != endOfLog; batch = take()) {
            loader.apply(batch);
        }
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
        LogScan.Result found = result;
        if (found == null) {
            throw new IllegalStateException("the scan ended without a result");
        }
        return found;
    }

    private RecordBatch take() {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return batches.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the scan, if it is not at its end. */
    @Override
    public void close() {
        cancelled = true;
        Thread scanner = thread;
        if (scanner != null) {
            Threads.join(scanner);
        }
    }
}
