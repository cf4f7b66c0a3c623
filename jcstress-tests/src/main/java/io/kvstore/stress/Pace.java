package io.kvstore.stress;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.infra.runners.TestList;

/** How long the harnesses run, as options of jcstress 0.16. */
final class Pace {
    /**
     * About two or three seconds a harness: one kind of JVM, with assertions, its compilers as they come. Its heap is
     * small and comes as it is needed: to touch all of a large one beforehand takes longer than the harness.
     */
    static final List<String> SHORT = options(400, "-jvmArgs", "-ea");

    /** The kinds of JVM that jcstress starts for a harness: interpreter, C1, C2, and C2 in random order. */
    private static final int KINDS = 4;

    /** In Java before 18 each kind runs with biased locking and without, whatever it is told. */
    private static final int LOCKINGS = Runtime.version().feature() < 18 ? 2 : 1;

    private static final int START_MILLIS = 1_500;

    private static final int LEAST_MILLIS = 250;

    private Pace() {}

    /** For about so long in all: in all kinds of JVM, if that is long enough to start so many, else in one. */
    static List<String> forMinutes(int minutes) {
        long millisEach = minutes * 60_000L / LOCKINGS / TestList.tests().size();
        long inAllKinds = millisEach / KINDS - START_MILLIS;
        return inAllKinds >= LEAST_MILLIS
                ? options(inAllKinds, "-fsm", "1")
                : options(Math.max(LEAST_MILLIS, millisEach - START_MILLIS), "-fsm", "1", "-jvmArgs", "-ea");
    }

    private static List<String> options(long millis, String... more) {
        List<String> options = new ArrayList<>(List.of("-f", "1", "-iters", "1", "-sc", "false", "-pth", "false"));
        options.addAll(List.of("-hs", "128", "-time", String.valueOf(millis)));
        // Fewer states at once than usual: to make thousands of them takes a JVM that has just started most of its
        // time, and the interpreter half a minute at times, before it begins.
        options.addAll(List.of("-strideCount", "4"));
        options.addAll(List.of(more));
        return List.copyOf(options);
    }
}
