package io.kvstore.typed.serializer;

/**
 * Turns values of one type into bytes and back. {@link Serializers} has those that are built in; others may be written.
 *
 * <p><b>Round trip.</b> {@code deserialize(serialize(v))} equals {@code v}.
 *
 * <p><b>Equality.</b> Collections compare keys, and in conditional writes values, by their bytes alone. So equal values
 * must have equal bytes, in every process and at all times: nothing may depend on the order of a hash table, on
 * identity, on locale or on time.
 *
 * <p><b>Order.</b> A serializer may promise that its bytes, compared as unsigned numbers from the first on, sort as the
 * values do. Nothing in the store needs it.
 *
 * <p><b>Threads.</b> A serializer must be thread-safe: one instance serves all threads that use a collection.
 *
 * @param <T> the type of the values, never null
 */
public interface Serializer<T> {
    /**
     * The bytes of a value.
     *
     * @param value not null
     * @return a new array, which the caller may keep and change
     * @throws KVSerializationException if the value cannot be written
     */
    byte[] serialize(T value);

    /**
     * The value of bytes that {@link #serialize} has made, in this version of the program or an earlier one.
     *
     * @param bytes all bytes of one value; neither changed nor kept
     * @return the value, never null
     * @throws KVSerializationException if the bytes are not those of a value, be they damaged, cut short, too many, or
     *     of another serializer. No bytes may lead to an endless loop or to memory out of proportion to their number
     */
    T deserialize(byte[] bytes);

    /**
     * The name of the byte format. The store keeps it with each collection and refuses to open the collection with a
     * serializer of another id.
     *
     * <p>The id promises that bytes written under it can be read under it for ever. So it changes when old bytes can no
     * longer be read, for example {@code money} to {@code money-2}, and only then: a format that can grow, such as one
     * with named fields, keeps its id as it grows. It should not hold the name of a class, or the class could never be
     * renamed or moved.
     *
     * @return short, constant text
     */
    String id();
}
