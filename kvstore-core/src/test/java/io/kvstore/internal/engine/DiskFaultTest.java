package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.engine.Survivor.Moment;
import io.kvstore.internal.engine.Workload.Step;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.PowerLoss;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Fails each file operation of a {@link Workload} in turn, in each way: the caller gets the right error, nothing that
 * was acknowledged is lost, and nothing that was refused is there. Then the power is lost on top of it.
 */
@Tag("crash")
class DiskFaultTest {
    private static final int WORKLOADS = Integer.getInteger("kvstore.test.fault.workloads", 2);
    private static final long MINUTES = Long.getLong("kvstore.test.crash.minutes", 10);
    private static final int THREADS = 4;
    private static final int SHARE = 4;
    private static final String MADE_UP = "made up";

    private static final Set<Operation> TAKE_SPACE = EnumSet.of(
            Operation.LOCK, Operation.CREATE, Operation.RENAME, Operation.LINK, Operation.WRITE, Operation.MAP);

    private static final Set<Operation> WRITES = EnumSet.of(Operation.WRITE, Operation.OVERWRITE, Operation.MAPPED_PUT);

    /** After one of these has failed nobody knows what is on the disk. */
    private static final Set<Operation> POISON = EnumSet.of(
            Operation.FORCE,
            Operation.MAPPED_FORCE,
            Operation.OVERWRITE,
            Operation.MAPPED_PUT,
            Operation.SYNC_DIRECTORY);

    /** How an operation fails. */
    private enum Kind {
        /** It alone. */
        ERROR,
        /** A write, in its middle. */
        SHORT_WRITE,
        /** There is no room, for it and the next ones that need some. */
        NO_SPACE,
        /** Of a mapping no page can be brought in, for so many reads that a second try does not help. */
        UNREADABLE,
        /** All are failing from here on, but for reads through mappings, whose pages are in memory. */
        DEAD
    }

    private static final int FULL_FOR = 5;
    private static final int UNREADABLE_FOR = 5;

    private final AtomicInteger cases = new AtomicInteger();
    private final AtomicInteger reported = new AtomicInteger();

    @Test
    void eachFileOperationThatFailsIsToldAndLosesNothing() throws Exception {
        long seed = Seeds.next(getClass());
        for (int workload = 0; workload < WORKLOADS; workload++) {
            run(seed + workload);
        }
        report();
        assertThat(cases.get()).isGreaterThan(WORKLOADS * 200);
    }

    @Test
    @Tag("long")
    void fileOperationsFailForMinutes() throws Exception {
        long seed = Seeds.next(getClass());
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        for (long workload = 0; System.nanoTime() < end; workload++) {
            run(seed + workload);
        }
        report();
    }

    private void report() {
        System.out.println(
                getClass().getSimpleName() + ": " + cases + " faults, of which " + reported + " were told to a caller");
    }

    private void run(long seed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            // By its group the order of turns knows the threads of each store.
            Thread thread = new Thread(new ThreadGroup("faults"), task, "faults");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Operation> operations =
                    threads.submit(() -> new Case(seed, -1, Kind.ERROR).run()).get();
            List<Future<List<Operation>>> results = new ArrayList<>();
            for (int i = 0; i < operations.size(); i++) {
                for (Kind kind : Kind.values()) {
                    if (applies(kind, operations.get(i))) {
                        Case next = new Case(seed, i, kind);
                        results.add(threads.submit(next::run));
                    }
                }
            }
            for (Future<List<Operation>> result : results) {
                result.get(60, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("workload of seed " + seed + ": a thread hangs: " + Thread.getAllStackTraces(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean applies(Kind kind, Operation operation) {
        return switch (kind) {
            // Of a read through a mapping one error alone is not seen.
            case ERROR -> operation != Operation.MAPPED_GET;
            case UNREADABLE -> operation == Operation.MAPPED_GET;
            case SHORT_WRITE -> WRITES.contains(operation);
            case NO_SPACE -> TAKE_SPACE.contains(operation);
            case DEAD -> operation.changes();
        };
    }

    /** One run of a workload, in which one operation fails. */
    private final class Case {
        private final long seed;
        private final int failing;
        private final Kind kind;
        private final Turns turns = new Turns();
        private final List<Operation> operations = new ArrayList<>();
        private final Set<Operation> failed = EnumSet.noneOf(Operation.class);
        private Workload workload;
        private boolean poisoned;
        private boolean over;

        /** Reads that have failed; no more do once a caller was told of one. */
        private int unreadable;

        Case(long seed, int failing, Kind kind) {
            this.seed = seed;
            this.failing = failing;
            this.kind = kind;
        }

        List<Operation> run() {
            try {
                turns.start();
                workload = new Workload(seed, SHARE, this::before);
                workload.run(turns::settle, this::isOver);
                closeWhatIsLeft();
                loseThePower();
                cases.incrementAndGet();
                return operations;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "workload of seed " + seed + ", operation " + failing + " "
                                + (failing < operations.size() && failing >= 0 ? operations.get(failing) : "")
                                + " fails, " + kind + ": " + e.getMessage(),
                        e);
            }
        }

        private void before(Operation operation, String file) throws IOException {
            turns.await();
            synchronized (this) {
                int number = operations.size();
                operations.add(operation);
                if (failing < 0 || over || number < failing) {
                    return;
                }
                String message = MADE_UP + ": " + kind + " of " + operation + " " + file;
                switch (kind) {
                    case ERROR -> {
                        if (number == failing) {
                            failed.add(operation);
                            throw new IOException(message);
                        }
                    }
                    case SHORT_WRITE -> {
                        if (number == failing) {
                            failed.add(operation);
                            throw new FaultyDirectory.ShortWriteException(message);
                        }
                    }
                    case NO_SPACE -> {
                        if (number < failing + FULL_FOR && TAKE_SPACE.contains(operation)) {
                            failed.add(operation);
                            throw new NoSpaceException(message, new IOException("No space left on device"));
                        }
                    }
                    case UNREADABLE -> {
                        if (unreadable < UNREADABLE_FOR && operation == Operation.MAPPED_GET) {
                            unreadable++;
                            failed.add(operation);
                            throw new IOException(message);
                        }
                    }
                    case DEAD -> {
                        if (operation != Operation.MAPPED_GET) {
                            failed.add(operation);
                            throw new IOException(message);
                        }
                    }
                    default -> throw new AssertionError(kind);
                }
            }
        }

        /** Is told of an error; whether that is the end. */
        private boolean isOver(Step step, KVException failure) {
            reported.incrementAndGet();
            assertThat(failure).as("%s", step).hasStackTraceContaining(MADE_UP);
            if (kind == Kind.NO_SPACE) {
                assertThat(failure.code()).as("%s: %s", step, failure).isEqualTo(KVErrorCode.NO_SPACE);
            } else {
                assertThat(failure.code())
                        .as("%s: %s", step, failure)
                        .isIn(KVErrorCode.IO_ERROR, KVErrorCode.SYNC_FAILED);
            }
            if (failure.code() == KVErrorCode.SYNC_FAILED) {
                assertThat(failed).as("%s: %s", step, failure).containsAnyElementsOf(POISON);
                poisoned = true;
            }
            if (kind == Kind.UNREADABLE) {
                becomeReadable();
            }
            if (step != Step.REOPEN) {
                if (poisoned) {
                    requireReadsGoOn();
                    requireWritesRefused();
                } else {
                    workload.history.withdraw();
                    requireReadsGoOn();
                }
            }
            return poisoned || kind == Kind.DEAD;
        }

        private synchronized void becomeReadable() {
            unreadable = UNREADABLE_FOR;
        }

        private void requireReadsGoOn() {
            Map<String, Map<String, String>> stored = History.stored(workload.store());
            assertThat(workload.history.since(workload.history.acknowledgedIndex()).stream()
                            .map(state -> state.visible(workload.nowMillis)))
                    .contains(stored);
        }

        private void requireWritesRefused() {
            for (int i = 0; i < 2; i++) {
                try {
                    workload.store().put(Bytes.of("late"), Bytes.of("late"));
                    throw new AssertionError("a write was acknowledged after a failed force");
                } catch (KVException e) {
                    assertThat(e.code()).isEqualTo(KVErrorCode.SYNC_FAILED);
                }
            }
        }

        private void closeWhatIsLeft() {
            synchronized (this) {
                over = kind != Kind.DEAD;
            }
            if (workload.store() != null) {
                try {
                    workload.store().close();
                } catch (KVException e) {
                    assertThat(poisoned || kind == Kind.DEAD)
                            .as("closing: %s", e)
                            .isTrue();
                }
            }
            synchronized (this) {
                over = true;
            }
        }

        private void loseThePower() {
            Moment moment = new Moment(
                    operations.size(),
                    "the end",
                    workload.disk.image(),
                    workload.history.since(workload.history.syncedIndex()),
                    0,
                    Survivor.Backup.of(workload.backups),
                    workload.nowMillis);
            for (long left : new long[] {PowerLoss.NOTHING, PowerLoss.PROCESS_ONLY, 2 + seed + failing}) {
                // A process that goes on with a system that has dropped pages is what the error warns of.
                if (left != PowerLoss.PROCESS_ONLY || !poisoned) {
                    Survivor.checkAll(moment, left, false, "fault-" + seed + "-" + failing + "-" + kind);
                }
            }
        }
    }
}
