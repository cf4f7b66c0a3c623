package io.kvstore.typed.testing;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Seeds of randomised tests: a new one each time, printed, unless {@code -Dkvstore.test.seed} gives one to run again.
 */
public final class Seeds {
    private static final String PROPERTY = "kvstore.test.seed";

    private Seeds() {}

    public static long next(Class<?> test) {
        Long given = Long.getLong(PROPERTY);
        long seed = given != null ? given : ThreadLocalRandom.current().nextLong();
        System.out.println(test.getSimpleName() + ": run again with -D" + PROPERTY + "=" + seed);
        return seed;
    }
}
