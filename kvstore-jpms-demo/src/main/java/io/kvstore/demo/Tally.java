package io.kvstore.demo;

import java.util.ArrayList;
import java.util.List;

/** Counts, and remembers the first few of what it counted. For one thread. */
final class Tally {
    /** How many are remembered. */
    static final int FIRST = 5;

    private final List<String> first = new ArrayList<>(FIRST);
    private long count;

    void add(String name) {
        if (count++ < FIRST) {
            first.add(name);
        }
    }

    long count() {
        return count;
    }

    /** The first of them, at most {@link #FIRST}. */
    List<String> first() {
        return List.copyOf(first);
    }
}
