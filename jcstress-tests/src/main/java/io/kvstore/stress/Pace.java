package io.kvstore.stress;

import java.util.List;
import org.openjdk.jcstress.infra.runners.TestList;

/** How long the harnesses run, as options of jcstress 0.16. */
final class Pace {
    /**
     * About a second or two a harness: one kind of JVM, with assertions, its compilers as they come. Its heap is small
     * and comes as it is needed: to touch all of a large one beforehand takes longer than the harness.
     */
    static final List<String> SHORT = List.of(
            "-f", "1", "-iters", "1", "-sc", "false", "-time", "150", "-pth", "false", "-hs", "128", "-jvmArgs", "-ea");

    /** The kinds of JVM that jcstress tries: interpreter, C1, C2, and C2 in random order, each twice on JDK 17. */
    private static final int KINDS = 8;

    private static final int START_MILLIS = 1_000;

    private Pace() {}

    /** All kinds of JVM, for about so long in all. */
    static List<String> forMinutes(int minutes) {
        long millis =
                Math.max(100, minutes * 60_000L / (KINDS * TestList.tests().size()) - START_MILLIS);
        return List.of(
                "-f",
                "1",
                "-fsm",
                "1",
                "-iters",
                "1",
                "-sc",
                "false",
                "-pth",
                "false",
                "-hs",
                "128",
                "-time",
                String.valueOf(millis));
    }
}
