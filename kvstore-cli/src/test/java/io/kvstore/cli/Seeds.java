package io.kvstore.cli;

import java.util.concurrent.ThreadLocalRandom;

/** Seeds of randomised tests: new ones, printed, unless {@code -Dkvstore.test.seed} gives one to run again. */
final class Seeds {
    private static final String PROPERTY = "kvstore.test.seed";

    private Seeds() {}

    static long next(Class<?> test) {
        Long given = Long.getLong(PROPERTY);
        long seed = given != null ? given : ThreadLocalRandom.current().nextLong();
        System.out.println(test.getSimpleName() + ": run again with -D" + PROPERTY + "=" + seed);
        return seed;
    }
}
