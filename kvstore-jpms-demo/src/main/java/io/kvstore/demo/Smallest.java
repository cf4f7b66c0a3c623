package io.kvstore.demo;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Keeps the first few of many in some order, in memory for those few alone. For one thread.
 *
 * @param <T> what they are
 */
final class Smallest<T> {
    private final int limit;
    private final Comparator<? super T> order;
    private final PriorityQueue<T> kept;
    private long offered;

    /**
     * Starts with none.
     *
     * @param limit how many to keep, at least 1
     * @param order which comes first
     */
    Smallest(int limit, Comparator<? super T> order) {
        this.limit = limit;
        this.order = order;
        kept = new PriorityQueue<>(order.reversed());
    }

    void offer(T candidate) {
        offered++;
        kept.add(candidate);
        if (kept.size() > limit) {
            kept.remove();
        }
    }

    long offered() {
        return offered;
    }

    /** Those kept, in order. */
    List<T> sorted() {
        return kept.stream().sorted(order).toList();
    }
}
