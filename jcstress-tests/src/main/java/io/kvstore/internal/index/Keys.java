package io.kvstore.internal.index;

import io.kvstore.internal.index.KeyHash.Hash;

/** Keys and locations for harnesses of the index. */
public final class Keys {
    /** Present before the actors start. */
    public static final Hash A = colliding(1);

    public static final Hash B = colliding(2);
    public static final Hash C = colliding(3);

    private Keys() {}

    /**
     * A key that shares its home slot with all others made here, whatever the capacity of the table, and the bits that
     * stand beside the location: it is told from them by the first word of its slot alone.
     *
     * @param i tells it from the others
     * @return its hash
     */
    public static Hash colliding(int i) {
        return new Hash(1L << 63 | i, 0x5555);
    }

    /**
     * A location of its own for each number.
     *
     * @param number at least 1
     * @return the location, of which {@link Location#slot} is the number again
     */
    public static long location(int number) {
        return Location.of(number, 8 * number, 0, false);
    }

    /**
     * The number of the location of a key.
     *
     * @param index where to look
     * @param key its hash
     * @return 0 if it is absent, -1 if the location is none of those made here
     */
    public static int look(Index index, Hash key) {
        long location = index.get(key);
        int number = Location.slot(location);
        return location == (number == 0 ? Location.NONE : location(number)) ? number : -1;
    }
}
