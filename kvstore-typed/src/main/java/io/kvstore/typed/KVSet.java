package io.kvstore.typed;

import io.kvstore.KVBucket;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;

/**
 * A durable set; {@link TypedStore#set} opens it. Elements are equal if their serialized bytes are, at most 65,535 of
 * them; none is null.
 *
 * <p>{@link #add}, {@link #remove} and {@link #contains} are linearizable, and cost one probe of the index, and one
 * append where something changes. {@link #clear} drops a bucket, whatever the size. Iterators are as those of
 * {@link KVMap}. {@code hashCode}, {@code equals} and {@code toString} go over everything.
 *
 * <p>Thread-safe, but for one that was opened in a transaction: what {@link KVMap} says of that, of a drop, and of
 * errors, holds here too.
 *
 * @param <E> type of the elements
 */
public final class KVSet<E> extends AbstractSet<E> {
    private static final byte[] NOTHING = {};

    private final Binding binding;
    private final Scope scope;
    private final KVBucket bucket;
    private final Codec<E> elements;

    KVSet(Binding binding, Scope scope, Codec<E> elements) {
        this.binding = binding;
        this.scope = scope;
        this.bucket = scope.bucket(binding.bucketName(BucketPart.DATA));
        this.elements = elements;
    }

    private KVBucket bucket() {
        binding.requirePresent();
        return bucket;
    }

    /**
     * The name that the set was opened by.
     *
     * @return the name
     */
    public String name() {
        return binding.name();
    }

    @Override
    public boolean add(E element) {
        return bucket().putIfAbsent(elements.encode(element, "element"), NOTHING);
    }

    @Override
    public boolean remove(Object element) {
        byte[] bytes = elements.encodeAnyKey(element, "element");
        return bytes != null && bucket().delete(bytes);
    }

    @Override
    public boolean contains(Object element) {
        byte[] bytes = elements.encodeAnyKey(element, "element");
        return bytes != null && bucket().containsKey(bytes);
    }

    @Override
    public Iterator<E> iterator() {
        return new ScanIterator<>(
                bucket(), (key, nothing) -> elements.decode(key, "element"), key -> bucket().delete(key));
    }

    /** {@inheritDoc} Others may add and remove meanwhile, so that it knows no size. */
    @Override
    public Spliterator<E> spliterator() {
        return Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.CONCURRENT | Spliterator.NONNULL | Spliterator.DISTINCT);
    }

    /** {@inheritDoc} At most {@link Integer#MAX_VALUE}. */
    @Override
    public int size() {
        return (int) Math.min(bucket().size(), Integer.MAX_VALUE);
    }

    @Override
    public boolean isEmpty() {
        return bucket().size() == 0;
    }

    /** Removes all elements as one, whatever their number: drops the bucket. */
    @Override
    public void clear() {
        scope.empty(bucket());
    }
}
