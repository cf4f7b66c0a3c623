package io.kvstore.benchmarks.adapter;

/**
 * What will be put into a store. Some must be told when they are made, others size their caches by it.
 *
 * @param keys how many there will be
 * @param keyBytes the length of each
 * @param valueBytes the length of each value
 */
public record Shape(long keys, int keyBytes, int valueBytes) {
    /**
     * The bytes of all keys and values.
     *
     * @return bytes
     */
    public long dataBytes() {
        return keys * (keyBytes + valueBytes);
    }
}
