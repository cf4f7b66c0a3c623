package io.kvstore.internal.format;

/**
 * A Bloom filter (Bloom, 1970) over the hashes of the keys of one segment, blocked into words of 64 bits so that a look
 * costs one memory access (register-blocked: Lang et al., "Performance-Optimal Filtering", 2019). 16 bits a key, 5 of
 * them set: about 1 of 300 absent keys passes. The word is chosen by the leading bits of the hash, so that who asks in
 * the order of the hashes walks through the filter once.
 *
 * <p>Filled by one thread; read by any afterwards.
 */
public final class KeyFilter {
    private static final int KEYS_PER_WORD = 4;

    private final long[] words;

    private KeyFilter(long[] words) {
        this.words = words;
    }

    /**
     * An empty filter.
     *
     * @param keys how many will be added
     * @return the filter
     */
    public static KeyFilter forKeys(int keys) {
        return new KeyFilter(new long[words(keys)]);
    }

    /**
     * How many words a filter has.
     *
     * @param keys for how many
     * @return at least 1
     */
    public static int words(int keys) {
        return keys / KEYS_PER_WORD + 1;
    }

    /**
     * A filter as {@link #encode} has written it.
     *
     * @param bytes 8 a word
     * @return the filter
     */
    public static KeyFilter decode(byte[] bytes) {
        long[] words = new long[bytes.length / 8];
        for (int i = 0; i < words.length; i++) {
            words[i] = LittleEndian.getLong(bytes, 8 * i);
        }
        return new KeyFilter(words);
    }

    /**
     * The bytes of the filter.
     *
     * @return a new array, 8 bytes a word
     */
    public byte[] encode() {
        byte[] bytes = new byte[8 * words.length];
        for (int i = 0; i < words.length; i++) {
            LittleEndian.putLong(bytes, 8 * i, words[i]);
        }
        return bytes;
    }

    /**
     * Adds a key.
     *
     * @param high half of its hash
     * @param low the upper 32 bits of the other half count
     */
    public void add(long high, long low) {
        words[word(high)] |= mask(low);
    }

    /**
     * Whether a key may have been added.
     *
     * @param high half of its hash
     * @param low the other half
     * @return false if it was certainly not added
     */
    public boolean mayContain(long high, long low) {
        long mask = mask(low);
        return (words[word(high)] & mask) == mask;
    }

    private int word(long high) {
        return (int) (((high >>> 32) * words.length) >>> 32);
    }

    private static long mask(long low) {
        return 1L << (low >>> 58) | 1L << (low >>> 52) | 1L << (low >>> 46) | 1L << (low >>> 40) | 1L << (low >>> 34);
    }
}
