package io.kvstore.benchmarks.driver;

import io.kvstore.benchmarks.workload.Scale;
import io.kvstore.benchmarks.workload.Session;
import io.kvstore.benchmarks.workload.Stage;
import io.kvstore.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The process that measures one peer. It tells what it does, and what comes out, in lines of standard output that start
 * with {@link #MARK}.
 */
public final class Child {
    static final String MARK = "@@";
    static final String PHASE = "phase";
    static final String FIGURE = "figure";
    static final String READY = "ready";

    private static final int WARM_OPENS = 5;

    private final ChildTask task;

    private Child(ChildTask task) {
        this.task = task;
    }

    /**
     * Measures.
     *
     * @param args of {@link ChildTask}
     * @throws IOException if files fail
     */
    public static void main(String[] args) throws IOException {
        Child child = new Child(ChildTask.of(args));
        child.warmUp();
        child.measure();
        // Peers leave threads behind.
        System.exit(0);
    }

    private static void tell(String... words) {
        System.out.println(MARK + " " + String.join(" ", words));
        System.out.flush();
    }

    /** Everything once in brief, with files that go at once. */
    private void warmUp() throws IOException {
        Path folder = Folders.fresh(task.folder(), "warm-up");
        try (Session session = new Session(
                task.peer(),
                Scale.warmUp(task.keys(), task.valueBytes(), task.seconds()),
                folder,
                (series, figure, value) -> {})) {
            if (task.stage() != Stage.MAIN) {
                Workload.FILL.run(session);
                session.closeStore();
                for (int i = 0; i < WARM_OPENS; i++) {
                    Workload.REOPEN_CLOSED.run(session);
                    session.closeStore();
                }
            }
            if (task.stage() == Stage.MAIN || task.stage() == Stage.LAST) {
                for (Workload workload : task.workloads()) {
                    workload.run(session);
                }
            }
        }
        Folders.delete(folder);
        System.gc();
    }

    private void measure() throws IOException {
        Scale scale = Scale.measured(task.keys(), task.valueBytes(), task.seconds());
        try (Session session = new Session(
                task.peer(),
                scale,
                task.folder(),
                (series, figure, value) -> tell(FIGURE, series, figure, Double.toString(value)))) {
            for (Workload workload : task.workloads()) {
                tell(PHASE, workload.id());
                workload.run(session);
            }
            if (task.killed()) {
                Workload.lastWrites(session);
                tell(READY);
                awaitKill();
            }
        }
    }

    private static void awaitKill() throws IOException {
        // Nobody writes to standard input: this comes back only if the parent has gone.
        int ignored = System.in.read();
        Runtime.getRuntime().halt(1);
    }
}
