package io.kvstore.internal.index;

import io.kvstore.internal.index.KeyHash.Hash;
import java.util.function.LongConsumer;

/**
 * Maps the hash of each key to the {@link Location} of its latest record. Keys themselves are not kept.
 *
 * <p>{@link #get}, {@link #fetch}, {@link #size} and {@link #memoryBytes} may be called by any thread at any time and
 * take no lock. All other methods are the writer's: one thread at a time, each seeing what the one before did (the
 * log's lock does that).
 *
 * <p>Two keys are the same to the index if 112 bits of their hashes are. Among a billion keys the chance that any two
 * of them are mixed up is below 1e-16 (a birthday bound of 2^59 pairs over 2^112).
 */
public interface Index {
    /**
     * Looks a key up.
     *
     * <p>What comes back was current at some moment during the call.
     *
     * @param key its hash
     * @return its location, or {@link Location#NONE}
     */
    long get(Hash key);

    /**
     * Brings the place of a key into the processor's caches: before a number of keys are looked up or put, since calls
     * of this one wait for memory together, while a look into the index has to wait before it knows where to go on. By
     * any thread.
     *
     * @param key its hash
     * @return what was read there; to be stored somewhere, or the compiler drops the read
     */
    long fetch(Hash key);

    /**
     * Grows or shrinks the table of a key if it has become too full or too sparse, so that the next {@link #put} or
     * {@link #remove}, of this key, allocates nothing: memory must not run out between the append of a record and the
     * change of the index.
     *
     * @param key its hash
     */
    void prepare(Hash key);

    /**
     * Sets the location of a key, for which {@link #prepare} was called. Readers that learn of the location see
     * everything that the writer did before.
     *
     * @param key its hash
     * @param location of its new record
     * @return its former location, or {@link Location#NONE}
     */
    long put(Hash key, long location);

    /**
     * Sets the location of a key if it is still the expected one: the swap of a merge. A key that was written since
     * stays where that write has put it. Allocates nothing, and needs no {@link #prepare}.
     *
     * @param key its hash
     * @param expected its present location
     * @param location of the copy of its record
     * @return true if it was set; false if the key is elsewhere, or absent
     */
    boolean compareAndSet(Hash key, long expected, long location);

    /**
     * Removes a key, for which {@link #prepare} was called.
     *
     * @param key its hash
     * @return its former location, or {@link Location#NONE}
     */
    long remove(Hash key);

    /**
     * The number of keys.
     *
     * @return the count after the last change
     */
    long size();

    /**
     * The heap that the tables take.
     *
     * @return bytes
     */
    long memoryBytes();

    /**
     * Copies out hashes and locations of all keys of one part of the range of hashes. Parts do not overlap, whatever
     * happens between two calls; those got by starting at 0 and going on at {@link Part#next} until it is 0 make up the
     * whole.
     *
     * @param start 0, or the {@link Part#next} of the part before
     * @return the part
     */
    Part part(long start);

    /**
     * Passes the locations of all keys of one part of the range of hashes; allocates nothing.
     *
     * @param start 0, or what the call for the part before has returned
     * @param locations takes them, in no order
     * @return where the next part starts; 0 after the last
     */
    long visit(long start, LongConsumer locations);

    /**
     * The keys of one part of the range of hashes at one moment.
     *
     * @param entries three longs for each key, in no order: both halves of its hash, as far as they are known, and its
     *     location
     * @param next where the next part starts; 0 after the last
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, and never compared
    record Part(long[] entries, long next) {
        private static final int LONGS = 3;

        /**
         * How many keys there are.
         *
         * @return the count
         */
        public int size() {
            return entries.length / LONGS;
        }

        /**
         * The hash of a key, enough of it to look the key up.
         *
         * @param i 0 to {@link #size}
         * @return the hash
         */
        public Hash hash(int i) {
            return new Hash(entries[LONGS * i], entries[LONGS * i + 1]);
        }

        /**
         * The location of a key when the part was copied.
         *
         * @param i 0 to {@link #size}
         * @return the location
         */
        public long location(int i) {
            return entries[LONGS * i + 2];
        }
    }
}
