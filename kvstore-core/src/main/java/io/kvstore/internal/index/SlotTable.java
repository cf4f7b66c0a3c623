package io.kvstore.internal.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

/**
 * One open-addressing hash table with linear probing and a fixed capacity, which need not be a power of two. A slot is
 * 20 bytes: 64 fingerprint bits that also give the home slot, a location with 16 more, and 32 more.
 *
 * <pre>
 *   two slots in five longs:   fingerprint0  location0  fingerprint1  location1  extra0 | extra1 &lt;&lt; 32
 * </pre>
 *
 * <p>One writer at a time; any number of readers without a lock. Entries never move within a table: {@link #resized}
 * and {@link #split} copy them into new tables and leave this one as it was at that moment, for the readers still in
 * it.
 *
 * <p><b>Why readers need no lock.</b> A slot's location word goes EMPTY, location, (location, DELETED)*, and is written
 * by a release after the slot's other words. A reader reads it first, by an acquire, then the others, and then, behind
 * an acquire fence, the location again. The fingerprint of an entry that takes over a DELETED slot is written by a
 * release too, so a reader that sees it finds the location changed: what it returns belongs together. (No location may
 * come twice while a reader is in here; none does, since the slot of a segment is given out again only after the
 * readers were drained.) Shown by {@code IndexGet.WhileSlotIsTakenOver} and {@code WhileSlotChangesHands}. A reader
 * that passes a slot because its words do not match passes one whose key was deleted, or inserted, while it read:
 * "absent" is a right answer for either. A DELETED slot becomes EMPTY only if the one behind it is EMPTY, so that no
 * entry's chain of probes is ever cut: an entry that is present for the whole of a read is found. Shown by the other
 * harnesses of {@code IndexGet}.
 */
final class SlotTable {
    /** Largest load, counting DELETED slots; a table that reaches it is replaced. */
    static final double MAX_LOAD = 0.8;

    /** Load of a table that replaces another one: at most 20 / 0.64 = 31.25 bytes a key. */
    static final double FRESH_LOAD = 0.64;

    /** Load of a table for keys that are to come, in the middle, so that there may be a tenth more of them or fewer. */
    static final double EXPECTED_LOAD = 0.72;

    /** Below this load a table is replaced by a smaller one: at most 20 / 0.45 = 44.4 bytes a key after deletes. */
    static final double MIN_LOAD = 0.45;

    static final int MIN_CAPACITY = 8;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int WORDS_A_LINE = 8;
    private static final long EMPTY = Location.NONE;
    private static final long DELETED = 1;
    private static final long LOCATION_MASK = -1L << Location.FREE_BITS;

    /** How many leading bits of a fingerprint all entries share: those that choose this table in its directory. */
    private final int depth;

    private final int capacity;
    private final int maxUsed;
    private final long[] words;

    /** Entries; the writer's. */
    private int count;

    /** Slots that are not EMPTY; the writer's. */
    private int used;

    SlotTable(int depth, int capacity) {
        this.depth = depth;
        this.capacity = capacity;
        this.maxUsed = (int) (capacity * MAX_LOAD);
        this.words = new long[wordIndex(capacity + (capacity & 1))];
    }

    /** The capacity at which some entries make up {@link #FRESH_LOAD}. */
    static int capacityFor(int entries) {
        return capacityFor(entries, FRESH_LOAD);
    }

    private static int capacityFor(int entries, double load) {
        return Math.max(MIN_CAPACITY, (int) (entries / load) + 1);
    }

    int depth() {
        return depth;
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return used >= maxUsed;
    }

    boolean isSparse() {
        return capacity > MIN_CAPACITY && count < capacity * MIN_LOAD;
    }

    /** Bytes of heap: the words, their array's header, and this object. */
    long memoryBytes() {
        return 8L * words.length + 16 + 48;
    }

    /** Reads the home slot of an entry, and a line further, where most probes end; depends on nothing that is there. */
    long fetch(long fingerprint) {
        int home = wordIndex(home(fingerprint));
        int further = Math.min(home + WORDS_A_LINE, words.length - 1);
        return (long) WORD.getOpaque(words, home) + (long) WORD.getOpaque(words, further);
    }

    long get(long fingerprint, long low) {
        int slot = home(fingerprint);
        for (; ; ) {
            int word = wordIndex(slot);
            long location = (long) WORD.getAcquire(words, word + 1);
            if (location == EMPTY) {
                return Location.NONE;
            }
            if (!isMatch(slot, word, location, fingerprint, low)) {
                slot = next(slot);
                continue;
            }
            VarHandle.acquireFence();
            if ((long) WORD.getOpaque(words, word + 1) == location) {
                return location & LOCATION_MASK;
            }
            // The slot was written meanwhile: look at it again.
        }
    }

    long put(long fingerprint, long low, long location) {
        long tagged = location | (low & ~LOCATION_MASK);
        int free = -1;
        int slot = home(fingerprint);
        for (; ; ) {
            int word = wordIndex(slot);
            long present = words[word + 1];
            if (present == EMPTY) {
                break;
            }
            if (present == DELETED) {
                free = free < 0 ? slot : free;
            } else if (isMatch(slot, word, present, fingerprint, low)) {
                WORD.setRelease(words, word + 1, tagged);
                return present & LOCATION_MASK;
            }
            slot = next(slot);
        }
        if (free < 0) {
            free = slot;
            used++;
        }
        insert(free, fingerprint, (int) (low >>> 32), tagged);
        count++;
        assert used < capacity : "no empty slot left to end a probe";
        return Location.NONE;
    }

    /** Sets the location of an entry that has the expected one. */
    boolean compareAndSet(long fingerprint, long low, long expected, long location) {
        int slot = home(fingerprint);
        for (; ; slot = next(slot)) {
            int word = wordIndex(slot);
            long present = words[word + 1];
            if (present == EMPTY) {
                return false;
            }
            if (isMatch(slot, word, present, fingerprint, low)) {
                if ((present & LOCATION_MASK) != expected) {
                    return false;
                }
                WORD.setRelease(words, word + 1, location | (low & ~LOCATION_MASK));
                return true;
            }
        }
    }

    long remove(long fingerprint, long low) {
        int slot = home(fingerprint);
        for (; ; slot = next(slot)) {
            int word = wordIndex(slot);
            long present = words[word + 1];
            if (present == EMPTY) {
                return Location.NONE;
            }
            if (isMatch(slot, word, present, fingerprint, low)) {
                count--;
                vacate(slot);
                return present & LOCATION_MASK;
            }
        }
    }

    /** Makes a slot DELETED, or EMPTY with the DELETED ones before it where no chain of probes goes on behind. */
    private void vacate(int slot) {
        if (words[wordIndex(next(slot)) + 1] != EMPTY) {
            WORD.setRelease(words, wordIndex(slot) + 1, DELETED);
            return;
        }
        int vacated = slot;
        do {
            WORD.setRelease(words, wordIndex(vacated) + 1, EMPTY);
            used--;
            vacated = vacated == 0 ? capacity - 1 : vacated - 1;
        } while (words[wordIndex(vacated) + 1] == DELETED);
    }

    /** Whether it takes so many entries in all. */
    boolean hasRoomFor(long entries) {
        return entries + (used - count) < maxUsed;
    }

    /** Whether it has clearly more room than a table of its entries needs. */
    boolean isLoose() {
        return capacity > MIN_CAPACITY && count < capacity * FRESH_LOAD - 1;
    }

    /** A table of the right capacity with the same entries. This one is not written any more. */
    SlotTable resized() {
        return copy(capacityFor(count));
    }

    /** A table for more entries, which are to come, with those of this one, which is not written any more. */
    SlotTable resizedFor(int entries) {
        return copy(capacityFor(entries, EXPECTED_LOAD));
    }

    private SlotTable copy(int newCapacity) {
        SlotTable table = new SlotTable(depth, newCapacity);
        for (int slot = 0; slot < capacity; slot++) {
            copyEntry(slot, table);
        }
        return table;
    }

    /** Two tables that share the entries by the next bit of their fingerprints. This one is not written any more. */
    SlotTable[] split() {
        long bit = Long.MIN_VALUE >>> depth;
        int upper = 0;
        for (int slot = 0; slot < capacity; slot++) {
            int word = wordIndex(slot);
            if (isEntry(words[word + 1]) && (words[word] & bit) != 0) {
                upper++;
            }
        }
        SlotTable[] halves = {
            new SlotTable(depth + 1, capacityFor(count - upper)), new SlotTable(depth + 1, capacityFor(upper))
        };
        for (int slot = 0; slot < capacity; slot++) {
            copyEntry(slot, halves[(words[wordIndex(slot)] & bit) == 0 ? 0 : 1]);
        }
        return halves;
    }

    private void copyEntry(int slot, SlotTable target) {
        int word = wordIndex(slot);
        if (isEntry(words[word + 1])) {
            int free = target.home(words[word]);
            while (target.words[wordIndex(free) + 1] != EMPTY) {
                free = target.next(free);
            }
            target.insert(free, words[word], extra(slot, word), words[word + 1]);
            target.count++;
            target.used++;
        }
    }

    /** Both halves of the hash, as far as they are stored, and the location of each entry. */
    long[] entries() {
        long[] entries = new long[3 * count];
        int copied = 0;
        for (int slot = 0; slot < capacity; slot++) {
            int word = wordIndex(slot);
            long location = words[word + 1];
            if (isEntry(location)) {
                entries[copied] = words[word];
                entries[copied + 1] = (long) extra(slot, word) << 32 | (location & ~LOCATION_MASK);
                entries[copied + 2] = location & LOCATION_MASK;
                copied += 3;
            }
        }
        assert copied == entries.length : copied / 3 + " entries, counted " + count;
        return entries;
    }

    /** Passes the location of each entry. */
    void visit(LongConsumer locations) {
        for (int slot = 0; slot < capacity; slot++) {
            long location = words[wordIndex(slot) + 1];
            if (isEntry(location)) {
                locations.accept(location & LOCATION_MASK);
            }
        }
    }

    private static boolean isEntry(long location) {
        return location != EMPTY && location != DELETED;
    }

    private boolean isMatch(int slot, int word, long location, long fingerprint, long low) {
        return (long) WORD.getOpaque(words, word) == fingerprint
                && location != DELETED
                && ((location ^ low) & ~LOCATION_MASK) == 0
                && extra(slot, word) == (int) (low >>> 32);
    }

    private int extra(int slot, int word) {
        return (int) ((long) WORD.getOpaque(words, word + extraDistance(slot)) >>> extraShift(slot));
    }

    /** Fills a slot that is EMPTY or DELETED; the location last, which publishes it. */
    private void insert(int slot, long fingerprint, int extra, long tagged) {
        int word = wordIndex(slot);
        int extraWord = word + extraDistance(slot);
        long mask = 0xFFFF_FFFFL << extraShift(slot);
        WORD.setOpaque(words, extraWord, (words[extraWord] & ~mask) | (((long) extra << extraShift(slot)) & mask));
        WORD.setRelease(words, word, fingerprint);
        WORD.setRelease(words, word + 1, tagged);
    }

    /** The home slot: the bits behind those that chose the table, scaled to the capacity. */
    private int home(long fingerprint) {
        return (int) (((fingerprint << depth >>> 32) * capacity) >>> 32);
    }

    private int next(int slot) {
        return slot + 1 == capacity ? 0 : slot + 1;
    }

    private static int wordIndex(int slot) {
        return (slot >> 1) * 5 + (slot & 1) * 2;
    }

    private static int extraDistance(int slot) {
        return 4 - (slot & 1) * 2;
    }

    private static int extraShift(int slot) {
        return (slot & 1) * 32;
    }
}
