package io.kvstore.typed;

import io.kvstore.typed.QueueElements.Element;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A durable queue, first in, first out, without a bound; {@link TypedStore#queue} opens it. Any number of threads may
 * add and take. Elements are not null.
 *
 * <p><b>Each element is taken by exactly one.</b> {@link #offer}, {@link #poll}, {@link #peek} and
 * {@link #remove(Object)} are linearizable. What an add has returned for, and no poll has removed, is there after a
 * crash, as the {@link io.kvstore.Durability} of the store says of writes; so an element is gone once it was taken, and
 * if it must not be lost with the program that works on it, the work belongs into the same transaction. A poll never
 * waits for another thread: neither for an fsync nor for a transaction that has not been committed.
 *
 * <p><b>Waiting.</b> {@link #take} and {@link #poll(long, TimeUnit)} wait for an element that any handle on the store
 * adds in this process, and can be interrupted; interrupted, they have taken nothing. They throw
 * {@link io.kvstore.KVClosedException} soon after the store was closed. The order among those that wait is not fixed.
 *
 * <p><b>Cost.</b> An add is a commit of two small writes, {@link #addAll} one commit for all; it is tried again as long
 * as other adds get in between. A poll is a read and a delete. {@link #size} and {@link #isEmpty} read a counter. To
 * open a queue costs nothing, and the first look some 100 lookups at the most, however long the queue is (after
 * elements were removed from its middle, a lookup for each of them that lies before the first). {@link #clear} drops a
 * bucket.
 *
 * <p><b>Iterators</b> go from the first to the last, hold one element at a time, and see what is added and removed
 * meanwhile or not. An element that cannot be read makes {@link #poll} and the iterator's {@code next} throw; it stays
 * where it is until the iterator's {@code remove}, called after that, has removed it.
 *
 * <p>Thread-safe, but for one that was opened in a transaction: what {@link KVMap} says of that, of a drop, and of
 * errors, holds here too. In a transaction nothing waits: {@link #take} and {@link #poll(long, TimeUnit)} are
 * unsupported. Elements that a transaction adds come behind all others, in the order of its adds, when it is committed;
 * it sees them itself before. Adding alone conflicts with other adds only in the short moment of the commit.
 *
 * @param <E> type of the elements
 */
public final class KVQueue<E> extends AbstractQueue<E> implements BlockingQueue<E> {
    private final Binding binding;
    private final Scope scope;
    private final QueueElements elements;
    private final Codec<E> codec;
    private final Waiting waiting;

    KVQueue(Binding binding, Scope scope, Codec<E> codec) {
        this.binding = binding;
        this.scope = scope;
        this.codec = codec;
        QueueBuckets names = QueueBuckets.of(binding);
        this.elements = new QueueElements(scope, names);
        this.waiting = Waiting.on(names.elements());
    }

    private QueueElements elements() {
        binding.requirePresent();
        return elements;
    }

    private E decode(Element element) {
        return codec.decodeNumbered(element.bytes(), element.number());
    }

    /**
     * The name that the queue was opened by.
     *
     * @return the name
     */
    public String name() {
        return binding.name();
    }

    /**
     * Adds an element at the end.
     *
     * @param element not null
     * @return true, always
     */
    @Override
    public boolean offer(E element) {
        elements().add(List.of(codec.encode(element, "element")));
        return true;
    }

    /** As {@link #offer(Object)}: there is always room, and nothing to wait for. */
    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) {
        return offer(element);
    }

    /** As {@link #offer(Object)}. */
    @Override
    public void put(E element) {
        offer(element);
    }

    /** Adds all elements, one behind the other, in one commit. */
    @Override
    public boolean addAll(Collection<? extends E> added) {
        if (isThis(added)) {
            throw new IllegalArgumentException(binding.label() + " cannot be added to itself");
        }
        List<byte[]> bytes = new ArrayList<>(added.size());
        for (E element : added) {
            bytes.add(codec.encode(element, "element"));
        }
        if (!bytes.isEmpty()) {
            elements().add(bytes);
        }
        return !bytes.isEmpty();
    }

    /** Whether a collection is this queue, by this handle or by another one. */
    @SuppressWarnings("ReferenceEquality") // a collection has one binding, which all handles share
    private boolean isThis(Collection<?> collection) {
        return collection instanceof KVQueue<?> queue && queue.binding == binding;
    }

    @Override
    public @Nullable E poll() {
        for (; ; ) {
            Element first = elements().first();
            if (first == null) {
                return null;
            }
            // Read before it is removed: what cannot be read must not be lost.
            E element = decode(first);
            if (elements.removeFirst(first)) {
                return element;
            }
        }
    }

    @Override
    public @Nullable E peek() {
        Element first = elements().first();
        return first == null ? null : decode(first);
    }

    /**
     * Takes the first element, and waits until there is one.
     *
     * @return the element
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    @Override
    public E take() throws InterruptedException {
        E element;
        do {
            element = pollWithin(Long.MAX_VALUE);
        } while (element == null);
        return element;
    }

    /**
     * Takes the first element, and waits for some time until there is one.
     *
     * @param timeout how long; if it is not positive, it does not wait
     * @param unit of the timeout
     * @return the element, or null if there was none in time
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    @Override
    public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return pollWithin(unit.toNanos(timeout));
    }

    /**
     * Takes the first element, and waits for some time until there is one.
     *
     * @param timeout how long; if it is not positive, it does not wait
     * @return the element, or null if there was none in time
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public @Nullable E poll(Duration timeout) throws InterruptedException {
        return pollWithin(TimeUnit.NANOSECONDS.convert(timeout));
    }

    private @Nullable E pollWithin(long nanos) throws InterruptedException {
        if (scope.isTransaction()) {
            throw new UnsupportedOperationException(
                    binding.label() + ": a transaction does not wait for others; use poll(), or wait outside of it");
        }
        E element = poll();
        if (element != null || nanos <= 0) {
            return element;
        }
        waiting.enter();
        try {
            long deadline = System.nanoTime() + nanos;
            for (; ; ) {
                long seen = waiting.version();
                element = poll();
                // The difference is right even if the sum has overflowed.
                long left = deadline - System.nanoTime();
                if (element != null || left <= 0) {
                    return element;
                }
                waiting.await(seen, left);
            }
        } finally {
            waiting.leave();
        }
    }

    /** There is always room. */
    @Override
    public int remainingCapacity() {
        return Integer.MAX_VALUE;
    }

    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    public int drainTo(Collection<? super E> target, int most) {
        Objects.requireNonNull(target, "target");
        if (isThis(target)) {
            throw new IllegalArgumentException(binding.label() + " cannot be drained into itself");
        }
        int drained = 0;
        while (drained < most) {
            E element = poll();
            if (element == null) {
                break;
            }
            target.add(element);
            drained++;
        }
        return drained;
    }

    /** Whether there is an element with the bytes of an object. Goes over the elements. */
    @Override
    public boolean contains(Object element) {
        byte[] bytes = codec.encodeAny(element, "element");
        return bytes != null && find(bytes, 0) != null;
    }

    /** Removes the first element that has the bytes of an object, if there is one. Goes over the elements. */
    @Override
    public boolean remove(Object element) {
        byte[] bytes = codec.encodeAny(element, "element");
        if (bytes == null) {
            return false;
        }
        Element found = find(bytes, 0);
        while (found != null && !elements().remove(found.number())) {
            found = find(bytes, found.number() + 1);
        }
        return found != null;
    }

    private @Nullable Element find(byte[] bytes, long from) {
        Element element = elements().next(from);
        while (element != null && !codec.isSame(element.bytes(), bytes)) {
            element = elements().next(element.number() + 1);
        }
        return element;
    }

    /** {@inheritDoc} Removes an element only if no other thread has done so meanwhile. */
    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        Objects.requireNonNull(filter, "filter");
        boolean removed = false;
        for (Element at = elements().next(0); at != null; at = elements().next(at.number() + 1)) {
            removed |= filter.test(decode(at)) && elements().remove(at.number());
        }
        return removed;
    }

    @Override
    public boolean removeAll(Collection<?> collection) {
        Objects.requireNonNull(collection, "collection");
        return removeIf(collection::contains);
    }

    @Override
    public boolean retainAll(Collection<?> collection) {
        Objects.requireNonNull(collection, "collection");
        return removeIf(element -> !collection.contains(element));
    }

    /** {@inheritDoc} At most {@link Integer#MAX_VALUE}. */
    @Override
    public int size() {
        return (int) Math.min(elements().size(), Integer.MAX_VALUE);
    }

    @Override
    public boolean isEmpty() {
        return elements().size() == 0;
    }

    /** Removes all elements as one, whatever their number: drops the bucket. */
    @Override
    public void clear() {
        elements().clear();
    }

    /** {@inheritDoc} Others may add and remove meanwhile, so that it knows no size. */
    @Override
    public Spliterator<E> spliterator() {
        return Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.CONCURRENT | Spliterator.NONNULL | Spliterator.ORDERED);
    }

    @Override
    public Iterator<E> iterator() {
        return new InOrder();
    }

    /** From the first to the last. Belongs to one thread. */
    private final class InOrder implements Iterator<E> {
        /** Where to look for the next one. */
        private long from;

        private @Nullable Element ahead;
        private @Nullable Element last;

        @Override
        public boolean hasNext() {
            if (ahead == null) {
                ahead = from == 0 ? elements().first() : elements().next(from);
            }
            return ahead != null;
        }

        @Override
        public E next() {
            Element element = hasNext() ? ahead : null;
            if (element == null) {
                throw new NoSuchElementException("no more elements");
            }
            ahead = null;
            from = element.number() + 1;
            last = element;
            return decode(element);
        }

        @Override
        public void remove() {
            Element element = last;
            if (element == null) {
                throw new IllegalStateException("next() was not called since the last remove()");
            }
            elements().remove(element.number());
            last = null;
        }
    }
}
