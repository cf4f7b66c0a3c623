package io.kvstore.internal.txn;

import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.txn.WriteSet.Write;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a batch or a transaction is going to write to one bucket: the last write to each key, in the order in which the
 * keys were first written. An open-addressing table finds the write of a key by its hash, whose bits are evenly spread.
 * Belongs to one thread at a time.
 */
public final class BucketWrites {
    private static final int INITIAL_CAPACITY = 16;
    private static final int GROWTH = 4;

    private final String name;
    private @Nullable Write[] writes = new Write[INITIAL_CAPACITY];

    /** A power of two of places, twice as many as there are in {@link #writes}: one more than an index in it, or 0. */
    private int[] table = new int[2 * INITIAL_CAPACITY];

    private int size;

    BucketWrites(String name) {
        this.name = name;
    }

    /**
     * The name of the bucket.
     *
     * @return its name
     */
    public String name() {
        return name;
    }

    /**
     * How many keys are written.
     *
     * @return the count
     */
    public int size() {
        return size;
    }

    /**
     * One of the writes.
     *
     * @param index less than {@link #size}
     * @return the last write to its key
     */
    public Write get(int index) {
        return Objects.requireNonNull(writes[index], "a write below the size");
    }

    /** Adds a write in place of the one to the same key; true if there was none. */
    boolean add(Write write) {
        if (size == writes.length) {
            grow();
        }
        int place = place(write.hash());
        int index = table[place] - 1;
        if (index >= 0) {
            writes[index] = write;
            return false;
        }
        writes[size++] = write;
        table[place] = size;
        return true;
    }

    @Nullable
    Write find(Hash key) {
        int index = table[place(key)] - 1;
        return index < 0 ? null : writes[index];
    }

    List<Write> copy() {
        return Arrays.asList(Arrays.copyOf(writes, size));
    }

    /** Where a key is in the table, or would be. */
    private int place(Hash key) {
        int mask = table.length - 1;
        int place = (int) key.low() & mask;
        while (table[place] != 0 && !isOf(get(table[place] - 1), key)) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private static boolean isOf(Write write, Hash key) {
        return write.hash().low() == key.low() && write.hash().high() == key.high();
    }

    private void grow() {
        int capacity = Math.multiplyExact(GROWTH, writes.length);
        writes = Arrays.copyOf(writes, capacity);
        table = new int[2 * capacity];
        for (int i = 0; i < size; i++) {
            table[place(get(i).hash())] = i + 1;
        }
    }
}
