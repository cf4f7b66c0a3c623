package io.kvstore.typed;

import io.kvstore.KVBucket;
import io.kvstore.KVCorruptionException;
import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a queue as bytes, in the order of their numbers; see {@link QueueBuckets} for what the numbers
 * promise. In a transaction, what it has added itself comes behind all others, under provisional numbers.
 *
 * <p><b>Finding the first.</b> Two numbers are remembered, which only grow: {@code first}, below which no element is
 * left, and {@code tail}, as it was when it was last read. An element is looked for from {@code first} on. A number
 * that is absent and below the remembered tail is gone for ever, since the tail was read before the look; so the search
 * steps over it, and nobody need be waited for. If the search comes to the remembered tail, the tail is read again; if
 * it has not moved, then at that moment the queue was empty. Both numbers are hints that hold whatever other threads,
 * and other handles on the same queue, do: no state is shared but the store itself. Shown by
 * {@code CollectionLinearizabilityTest}, as {@link MultimapEntries} is.
 *
 * <p><b>In a transaction</b> the tail is read as it is now, outside of it, so that adds of others are no conflict. What
 * is found is right all the same: an element that was there at the transaction's moment has a number above those that
 * had been given by then, so that whichever of these was absent was gone; and one that is newer moves the moment on to
 * now. Only where none is found is the tail read in the transaction as well, and then an add of others is a conflict.
 *
 * <p>As thread-safe as the scope.
 */
final class QueueElements {
    /** Provisional numbers begin here. */
    private static final long PENDING = 1L << 62;

    /** The head in the store is raised when it is that far behind. */
    private static final long HEAD_LAG = 64;

    /** After that many absent numbers in a row the head in the store is asked whether it is farther on. */
    private static final int LONG_GAP = 16;

    private final Scope scope;
    private final QueueBuckets names;
    private final KVBucket elements;
    private final KVBucket ends;
    private final KVBucket latestEnds;
    private final NavigableMap<Long, byte[]> pending;

    /** No element is left below it; negative until the head in the store was read. */
    private final AtomicLong first = new AtomicLong(-1);

    private final AtomicLong tail = new AtomicLong();

    /** The head in the store, or less. */
    private final AtomicLong head = new AtomicLong();

    /** An element: its number, and the bytes of its value, or why they cannot be read. Immutable. */
    static final class Element {
        private final long number;
        private final byte[] bytes;
        private final @Nullable KVCorruptionException damage;

        Element(long number, byte[] bytes) {
            this.number = number;
            this.bytes = bytes;
            this.damage = null;
        }

        Element(long number, KVCorruptionException damage) {
            this.number = number;
            this.bytes = new byte[0];
            this.damage = damage;
        }

        long number() {
            return number;
        }

        /** The bytes; throws what is wrong with them. */
        byte[] bytes() {
            if (damage != null) {
                throw damage;
            }
            return bytes;
        }
    }

    QueueElements(Scope scope, QueueBuckets names) {
        this.scope = scope;
        this.names = names;
        this.elements = scope.bucket(names.elements());
        this.ends = scope.bucket(names.ends());
        this.latestEnds = scope.latest(names.ends());
        this.pending = scope.pendingAdds(names);
    }

    /** Adds elements at the end, all or none. */
    void add(Collection<byte[]> added) {
        if (scope.isTransaction()) {
            addPending(added);
        } else {
            scope.atomically(buckets -> {
                names.append(buckets, added);
                return null;
            });
            scope.wake(names.elements());
        }
    }

    private void addPending(Collection<byte[]> added) {
        scope.requireActive();
        for (byte[] element : added) {
            pending.put(PENDING + scope.nextPending(), element);
        }
    }

    /** The first element; null if there is none. */
    @Nullable
    Element first() {
        return next(0);
    }

    /** The first element with a number or a higher one; null if there is none. */
    @Nullable
    Element next(long number) {
        if (number < PENDING) {
            long start = start();
            Element stored = number <= start ? firstStored(start) : nextStored(number);
            if (stored != null) {
                return stored;
            }
        }
        scope.requireActive();
        Map.Entry<Long, byte[]> own = pending.ceilingEntry(number);
        return own == null ? null : new Element(own.getKey(), own.getValue());
    }

    private long start() {
        long start = first.get();
        if (start < 0) {
            restoreTail();
            start = QueueBuckets.head(ends);
            head.accumulateAndGet(start, Math::max);
            start = first.accumulateAndGet(start, Math::max);
        }
        return start;
    }

    private void restoreTail() {
        if (!scope.isTransaction() && names.hasLostTail(scope)) {
            try {
                scope.atomically(buckets -> {
                    names.restoreTail(buckets);
                    return null;
                });
            } catch (KVException e) {
                if (e.code() != KVErrorCode.READ_ONLY) {
                    throw e;
                }
            }
        }
    }

    /** As {@link #nextStored}, and remembers how far it has come, so that no gap is gone over again and again. */
    private @Nullable Element firstStored(long start) {
        long end = tail.get();
        Element stored = nextStored(start);
        // If there is none, then none was left below the tail either that was known before.
        first.accumulateAndGet(stored == null ? end : stored.number(), Math::max);
        return stored;
    }

    private @Nullable Element nextStored(long from) {
        long number = from;
        for (int gap = 0; ; ) {
            if (!isGiven(number)) {
                return null;
            }
            try {
                byte[] bytes = elements.get(Numbers.bytes(number));
                if (bytes != null) {
                    return new Element(number, bytes);
                }
            } catch (KVCorruptionException e) {
                // It has its place all the same: whoever reads it is told, and an iterator can remove it.
                return new Element(number, e);
            }
            number++;
            gap++;
            if (gap % LONG_GAP == 0) {
                number = Math.max(number, QueueBuckets.head(ends));
            }
        }
    }

    /** Whether a number is below the tail: what is absent under it then, is gone for ever. */
    private boolean isGiven(long number) {
        return number < tail.get()
                || number < tail.accumulateAndGet(QueueBuckets.tail(latestEnds), Math::max)
                || (scope.isTransaction() && number < QueueBuckets.tail(ends));
    }

    /** Removes an element; false if another thread has done so. */
    boolean remove(long number) {
        return number < PENDING ? elements.delete(Numbers.bytes(number)) : pending.remove(number) != null;
    }

    /** Removes the first element; false if another thread has done so. */
    boolean removeFirst(Element element) {
        if (!remove(element.number())) {
            return false;
        }
        if (element.number() < PENDING) {
            // All before it were gone when it was found.
            long next = element.number() + 1;
            first.accumulateAndGet(next, Math::max);
            if (next - head.get() >= HEAD_LAG) {
                raiseHead(next);
            }
        }
        return true;
    }

    /**
     * Outside of a transaction the element is gone by now, and must be handed out whatever comes: an error, such as
     * that the store was closed meanwhile, only leaves the head farther behind.
     */
    private void raiseHead(long next) {
        try {
            QueueBuckets.raiseHead(ends, next);
            head.accumulateAndGet(next, Math::max);
        } catch (KVException e) {
            if (scope.isTransaction()) {
                throw e;
            }
        }
    }

    long size() {
        return elements.size() + pending.size();
    }

    /**
     * Removes all elements. Numbers go on as before: what is below the tail as it was before the drop is gone after it,
     * so the head may be raised to there. A crash between the two leaves a head that is right, though far back.
     */
    void clear() {
        long end = QueueBuckets.tail(ends);
        scope.empty(elements);
        if (!pending.isEmpty()) {
            pending.clear();
        }
        raiseHead(end);
    }
}
