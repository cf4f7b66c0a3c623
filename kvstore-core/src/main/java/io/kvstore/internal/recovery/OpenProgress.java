package io.kvstore.internal.recovery;

import io.kvstore.KVOpenProgress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells how far an open has come: a listener after each segment, the log every few seconds. Belongs to the thread that
 * opens the store.
 */
public final class OpenProgress {
    private static final Logger LOG = LoggerFactory.getLogger(OpenProgress.class);
    private static final long LOG_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

    private final Path store;
    private final Consumer<KVOpenProgress> listener;
    private final long start = System.nanoTime();
    private long lastLogged = start;
    private int segments;
    private int done;
    private int fromHints;

    /**
     * The progress of one open, which begins now.
     *
     * @param store where it is
     * @param listener is told after each segment
     */
    public OpenProgress(Path store, Consumer<KVOpenProgress> listener) {
        this.store = store;
        this.listener = listener;
    }

    void begin(int found) {
        segments = found;
    }

    void segment(boolean hinted) {
        done++;
        if (hinted) {
            fromHints++;
        }
        Duration elapsed = elapsed();
        long now = start + elapsed.toNanos();
        if (now - lastLogged >= LOG_INTERVAL_NANOS) {
            lastLogged = now;
            LOG.info(
                    "store {}: opening: {} of {} segments after {} s, {} of them from hint files",
                    store,
                    done,
                    segments,
                    elapsed.toSeconds(),
                    fromHints);
        }
        listener.accept(new KVOpenProgress(segments, done, fromHints, elapsed));
    }

    /**
     * The store is open: an operator who was told of the progress is told of the end, others only if they debug.
     *
     * @param records that were found
     */
    public void finished(long records) {
        Level level = lastLogged == start ? Level.DEBUG : Level.INFO;
        LOG.atLevel(level)
                .log(
                        "store {}: open after {} ms: {} segments, {} of them from hint files, {} records",
                        store,
                        elapsed().toMillis(),
                        done,
                        fromHints,
                        records);
    }

    /**
     * How long the open has taken so far.
     *
     * @return since this was made
     */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /**
     * How many segments were read.
     *
     * @return all that count
     */
    public int done() {
        return done;
    }

    /**
     * How many of them came from hint files.
     *
     * @return at most {@link #done}
     */
    public int fromHints() {
        return fromHints;
    }
}
