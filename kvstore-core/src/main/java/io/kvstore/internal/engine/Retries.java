package io.kvstore.internal.engine;

import io.kvstore.KVConflictException;
import io.kvstore.KVTransaction;
import io.kvstore.KVWork;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs work in transactions until one of them commits. */
final class Retries {
    private static final int MAX_TRIES = 100;
    private static final long FIRST_PAUSE_NANOS = 20_000;
    private static final long LONGEST_PAUSE_NANOS = 20_000_000;

    private Retries() {}

    static <T extends @Nullable Object, E extends Exception> T run(Supplier<KVTransaction> begin, KVWork<T, E> work)
            throws E {
        for (int tries = 1; ; tries++) {
            try (KVTransaction tx = begin.get()) {
                T result = work.run(tx);
                tx.commit();
                return result;
            } catch (KVConflictException e) {
                if (tries == MAX_TRIES) {
                    throw e;
                }
                pause(tries);
            }
        }
    }

    /** At random up to a bound that doubles: those that have met do not meet again (binary exponential backoff). */
    private static void pause(int tries) {
        long most = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(tries, 20));
        // An interrupt, which stays set, cuts the pause short.
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most));
    }
}
