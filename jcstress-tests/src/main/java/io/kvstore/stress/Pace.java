package io.kvstore.stress;

import java.util.List;

/** How long the harnesses run, as options of jcstress 0.16. */
final class Pace {
    /** About a second or two a harness: one kind of JVM, with assertions, its compilers as they come. */
    static final List<String> SHORT =
            List.of("-f", "1", "-iters", "1", "-sc", "false", "-time", "150", "-jvmArgs", "-ea");

    /**
     * Harnesses times the kinds of JVM that jcstress tries: interpreter, C1, C2, and C2 in random order, each twice.
     */
    private static final int FORKS = 55 * 8;

    private static final int START_MILLIS = 1_000;

    private Pace() {}

    /** All kinds of JVM, for about so long in all. */
    static List<String> forMinutes(int minutes) {
        long millis = Math.max(100, minutes * 60_000L / FORKS - START_MILLIS);
        return List.of("-f", "1", "-fsm", "1", "-iters", "1", "-sc", "false", "-time", String.valueOf(millis));
    }
}
