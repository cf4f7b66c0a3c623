package io.kvstore.typed;

import io.kvstore.KVBucket;
import io.kvstore.KVCursor;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * How a queue lies in the store. Elements have numbers, from 0 on, each used once: the bucket {@code elements} has them
 * under these, as 8 bytes. The bucket {@code ends} has two numbers:
 *
 * <ul>
 *   <li>{@code tail} is the next number to be given. It is raised in the same commit that stores an element, so that
 *       every number below it is that of an element that is there, or of one that was there and is gone for ever: a
 *       number that is absent is never one on its way.
 *   <li>{@code head} is one below which no element is left, and hardly ever far below the first that is. It saves an
 *       open queue from looking for its beginning, and means nothing else.
 * </ul>
 *
 * <p>Immutable. Two of the same names are equal.
 *
 * @param elements name of the bucket
 * @param ends name of the bucket
 */
record QueueBuckets(String elements, String ends) {
    private static final byte[] HEAD = {'h', 'e', 'a', 'd'};
    private static final byte[] TAIL = {'t', 'a', 'i', 'l'};

    static QueueBuckets of(Binding binding) {
        return new QueueBuckets(binding.bucketName(BucketPart.ELEMENTS), binding.bucketName(BucketPart.ENDS));
    }

    /** Stores elements at the end; to be called where all that is written is committed as one. */
    void append(Buckets buckets, Collection<byte[]> added) {
        KVBucket elementBucket = buckets.bucket(elements);
        KVBucket endBucket = buckets.bucket(ends);
        byte[] tail = endBucket.get(TAIL);
        long number = tail == null ? behindLast(buckets) : Numbers.read(tail);
        for (byte[] element : added) {
            // It is taken only where a repair has set the tail back.
            while (elementBucket.containsKey(Numbers.bytes(number))) {
                number++;
            }
            elementBucket.put(Numbers.bytes(number), element);
            number++;
        }
        endBucket.put(TAIL, Numbers.bytes(number));
    }

    /** Stores the tail where a repair has lost it. To be called where all that is written is committed as one. */
    void restoreTail(Buckets buckets) {
        if (hasLostTail(buckets)) {
            buckets.bucket(ends).put(TAIL, Numbers.bytes(behindLast(buckets)));
        }
    }

    /** The tail of a queue that has none, or has lost it: behind the last element. Goes over all of them. */
    private long behindLast(Buckets buckets) {
        long tail = head(buckets.bucket(ends));
        try (KVCursor cursor = buckets.bucket(elements).scan()) {
            while (cursor.next()) {
                tail = Math.max(tail, Numbers.read(cursor.key()) + 1);
            }
        }
        return tail;
    }

    /** Whether {@link #restoreTail} has something to do. */
    boolean hasLostTail(Buckets buckets) {
        return buckets.bucket(ends).get(TAIL) == null
                && buckets.bucket(elements).size() > 0;
    }

    static long tail(KVBucket endBucket) {
        return number(endBucket.get(TAIL));
    }

    static long head(KVBucket endBucket) {
        return number(endBucket.get(HEAD));
    }

    /** Raises the head to a number below which no element is left; never lowers it. */
    static void raiseHead(KVBucket endBucket, long number) {
        byte[] raised = Numbers.bytes(number);
        byte[] before;
        do {
            before = endBucket.get(HEAD);
        } while (number(before) < number
                && !(before == null ? endBucket.putIfAbsent(HEAD, raised) : endBucket.replace(HEAD, before, raised)));
    }

    private static long number(byte @Nullable [] bytes) {
        return bytes == null ? 0 : Numbers.read(bytes);
    }
}
