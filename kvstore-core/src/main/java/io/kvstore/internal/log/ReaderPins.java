package io.kvstore.internal.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells who is reading, so that nothing is taken away under a reader: a reader holds a pin for the time of one read,
 * and whoever wants to cut or remove a file first makes sure that no new reader can get there, then waits until the
 * readers that were there have left (quiescence, as in RCU: McKenney and Slingwine, 1998).
 *
 * <p>A pin is one of a fixed number of slots, each on cache lines of its own, taken by a compare-and-set and given back
 * by a release store. With it comes a buffer for the record, and a count of reads: its holder is alone with them.
 *
 * <p>Why waiting is enough: {@link #enter} takes its slot by a full-fence compare-and-set before it looks at
 * {@link #closed}; {@link #closeAndDrain} sets {@code closed} before it looks at the slots. So either the reader sees
 * {@code closed} and leaves, or the drain sees the slot taken and waits for its release, after which everything that
 * the reader did happened before.
 */
public final class ReaderPins {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    /** 128 bytes: two cache lines, since processors fetch them in pairs. */
    private static final int STRIDE = 16;

    private static final int HITS = 1;
    private static final int MISSES = 2;
    private static final int LEAST_PINS = 64;

    private final long[] slots;
    private final Pin[] pins;
    private volatile boolean closed;

    /** Makes pins for this machine: eight a processor, 64 at the least. */
    public ReaderPins() {
        int wanted = Math.max(LEAST_PINS, 8 * Runtime.getRuntime().availableProcessors());
        int count = Integer.highestOneBit(wanted - 1) << 1;
        slots = new long[(count + 1) * STRIDE];
        pins = new Pin[count];
        for (int i = 0; i < count; i++) {
            pins[i] = new Pin((i + 1) * STRIDE);
        }
    }

    /** The right to read, and the buffer to read into, until it is closed. */
    public final class Pin implements AutoCloseable {
        private final int slot;
        private final RecordBuffer record = new RecordBuffer();

        private Pin(int slot) {
            this.slot = slot;
        }

        /**
         * The buffer that comes with the pin.
         *
         * @return for the holder alone
         */
        public RecordBuffer record() {
            return record;
        }

        /** Counts a read that found its key. */
        public void countHit() {
            count(HITS);
        }

        /** Counts a read that found nothing. */
        public void countMiss() {
            count(MISSES);
        }

        private void count(int field) {
            SLOT.setOpaque(slots, slot + field, slots[slot + field] + 1);
        }

        /** Gives the pin back. */
        @Override
        public void close() {
            assert slots[slot] != 0 : "a pin is given back twice";
            record.trim();
            SLOT.setRelease(slots, slot, 0L);
        }
    }

    /**
     * Takes a pin. Costs one compare-and-set when fewer threads read than there are slots.
     *
     * @return the pin, to be closed; null if the pins were closed
     */
    @SuppressWarnings("ThreadPriorityCheck") // all slots are taken: their holders need the processor
    public @Nullable Pin enter() {
        int mask = pins.length - 1;
        int start = (int) ((Thread.currentThread().getId() * 0x9E3779B97F4A7C15L) >>> 40);
        for (int i = 0; ; i++) {
            Pin pin = pins[(start + i) & mask];
            if ((long) SLOT.getOpaque(slots, pin.slot) == 0 && SLOT.compareAndSet(slots, pin.slot, 0L, 1L)) {
                if (!closed) {
                    return pin;
                }
                pin.close();
                return null;
            }
            if ((i & mask) == mask) {
                Thread.yield();
            }
        }
    }

    /**
     * Reads that found their key. Exact when nobody reads.
     *
     * @return the sum over all slots
     */
    public long hits() {
        return sum(HITS);
    }

    /**
     * Reads that found nothing. Exact when nobody reads.
     *
     * @return the sum over all slots
     */
    public long misses() {
        return sum(MISSES);
    }

    private long sum(int field) {
        long sum = 0;
        for (Pin pin : pins) {
            sum += (long) SLOT.getOpaque(slots, pin.slot + field);
        }
        return sum;
    }

    /** Lets no new reader in, and waits until the last one has left. */
    public void closeAndDrain() {
        closed = true;
        for (Pin pin : pins) {
            while ((long) SLOT.getVolatile(slots, pin.slot) != 0) {
                LockSupport.parkNanos(10_000);
            }
        }
    }
}
