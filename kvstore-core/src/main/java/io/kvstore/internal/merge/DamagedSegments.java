package io.kvstore.internal.merge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The segments that cannot be merged, and what was found in them. One that is damaged stays so; one that could only not
 * be read is tried again from time to time. Belongs to the merge thread.
 */
final class DamagedSegments {
    private static final long RETRY_NANOS = 60_000_000_000L;

    private final Map<Integer, DamagedVictimException> found = new LinkedHashMap<>();
    private long retryAt;

    void add(DamagedVictimException victim) {
        found.put(victim.segment, victim);
        retryAt = System.nanoTime() + RETRY_NANOS;
    }

    boolean contains(int segment) {
        return found.containsKey(segment);
    }

    /** What was found in the first of them; null if there is none. */
    @Nullable
    DamagedVictimException any() {
        return found.isEmpty() ? null : found.values().iterator().next();
    }

    void tryUnreadableAgainIfDue() {
        if (!found.isEmpty() && retryAt - System.nanoTime() <= 0) {
            tryUnreadableAgain();
        }
    }

    /** Forgets those that could not be read: they were never seen to be damaged. */
    void tryUnreadableAgain() {
        retryAt = System.nanoTime() + RETRY_NANOS;
        found.values().removeIf(victim -> victim.unreadable);
    }

    /** The segment is gone. */
    void forget(int segment) {
        found.remove(segment);
    }
}
