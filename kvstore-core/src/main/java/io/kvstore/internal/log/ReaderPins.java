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
 * <p>A pin is one of a fixed number of slots, each on cache lines of its own: a counter that is odd while the pin is
 * held, raised by a compare-and-set when it is taken and by a release store when it is given back. With it comes a
 * buffer for the record, and a count of reads: its holder is alone with them.
 *
 * <p>Why waiting is enough: {@link #enter} takes its slot by a volatile compare-and-set and then reads {@link #epoch};
 * {@link #drain} writes {@code epoch} and then reads the slots, all of it volatile, hence in one total order. So either
 * the drain sees the slot taken and waits until its counter has moved on, after which everything that the reader did
 * happened before; or the reader's read of {@code epoch} comes after the drain's write, and the reader sees everything
 * that was done before the drain: that the pins are closed, or an index without the locations that are about to go.
 * Shown by the harnesses {@code Pins}, and by {@code StoreKey.GetAgainstMerge}.
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

    /** How many drains there were; negative once the pins are closed. Drains are one at a time, under this. */
    private volatile long epoch;

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
            assert (slots[slot] & 1) != 0 : "a pin is given back twice";
            record.trim();
            SLOT.setRelease(slots, slot, slots[slot] + 1);
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
            long count = (long) SLOT.getOpaque(slots, pin.slot);
            if ((count & 1) == 0 && SLOT.compareAndSet(slots, pin.slot, count, count + 1)) {
                if (epoch >= 0) {
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

    /**
     * Waits until all readers have left that may have seen the index as it was before the call. Others may come
     * meanwhile.
     */
    public synchronized void drain() {
        epoch++;
        awaitReaders();
    }

    /** Lets no new reader in, and waits until the last one has left. */
    public synchronized void closeAndDrain() {
        epoch |= Long.MIN_VALUE;
        awaitReaders();
    }

    private void awaitReaders() {
        long[] held = new long[pins.length];
        for (int i = 0; i < pins.length; i++) {
            held[i] = (long) SLOT.getVolatile(slots, pins[i].slot);
        }
        // All are read before the first wait: whoever comes later is not waited for.
        for (int i = 0; i < pins.length; i++) {
            while ((held[i] & 1) != 0 && (long) SLOT.getVolatile(slots, pins[i].slot) == held[i]) {
                // An interrupt cuts each of these short; the wait itself goes on.
                LockSupport.parkNanos(10_000);
            }
        }
    }
}
