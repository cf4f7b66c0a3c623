package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.event.StoreEvents;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.HeapDirectory.Operation;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupSyncTest {
    private static final int CAPACITY = 1 << 20;

    private final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files =
            new SegmentFiles(directory, new StoreFileLayout(new UUID(1, 2), 3, 4, 1_767_225_600_000L), 0);
    private final AtomicLong appended = new AtomicLong();
    private Segment active;
    private GroupSync sync;

    @BeforeEach
    void makeLogOfOneSegment() throws IOException {
        active = files.create(1, 0, CAPACITY);
        appended.set(LogPosition.of(1, active.end()));
        sync = new GroupSync(appended::get, appended.get(), StoreEvents.NONE);
        sync.add(active);
    }

    /** Appends a record, and returns the position behind it. */
    private synchronized long append() throws IOException {
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of("k"), Bytes.of("v"));
        active.reserve(active.end() + record.size());
        active.append(record, 1, 0, 0);
        appended.set(LogPosition.of(active.number(), active.end()));
        return appended.get();
    }

    private synchronized void roll() throws IOException {
        active = files.create(active.number() + 1, active.slot() + 1, CAPACITY);
        sync.add(active);
        appended.set(LogPosition.of(active.number(), active.end()));
    }

    private boolean isForced(long position) {
        String name = FileNames.segment(LogPosition.segmentNumber(position));
        return directory.file(name).forcedEnd() >= LogPosition.offset(position);
    }

    /** Holds the first force up until it is told to go on. */
    private final class Gate implements AutoCloseable {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch opened = new CountDownLatch(1);

        /** A force that fails afterwards, if there is an error. */
        Gate(IOException error) {
            directory.hookOperations(operation -> {
                if (operation == Operation.FORCE_MAPPED && entered.getCount() > 0) {
                    entered.countDown();
                    await(opened);
                    if (error != null) {
                        throw error;
                    }
                }
            });
        }

        Thread leader(Crew crew, long position) {
            return leader(crew, position, () -> {});
        }

        Thread leader(Crew crew, long position, Runnable then) {
            Thread leader = crew.start("leader", () -> {
                sync.await(position);
                then.run();
            });
            await(entered);
            return leader;
        }

        void open() {
            opened.countDown();
        }

        @Override
        public void close() {
            open();
        }
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsSyncedNeedsNoForce() {
        sync.await(appended.get());
        sync.await(0);
        assertThat(directory.forces()).isEmpty();
        assertThat(sync.syncs()).isZero();
    }

    @Test
    void awaitForcesEverythingAppendedSoFar() throws IOException {
        long first = append();
        long second = append();
        sync.await(first);
        assertThat(isForced(second)).isTrue();
        assertThat(sync.synced()).isEqualTo(second);
        sync.await(second);
        assertThat(directory.forces()).hasSize(1);
        assertThat(sync.syncs()).isOne();
    }

    @Test
    void nobodyIsAcknowledgedBeforeTheForceHasReturned() throws IOException {
        long position = append();
        try (Crew crew = new Crew();
                Gate gate = new Gate(null)) {
            Thread leader = gate.leader(crew, position);
            Thread follower = crew.start("follower", () -> sync.await(position));
            Crew.awaitParked(follower);
            assertThat(sync.synced()).isLessThan(position);
            assertThat(leader.isAlive()).isTrue();
            assertThat(follower.isAlive()).isTrue();
            gate.open();
        }
        assertThat(sync.synced()).isEqualTo(position);
        assertThat(directory.forces()).as("one force served both").hasSize(1);
    }

    @Test
    void allThatWaitWhileAForceRunsShareTheNextOne() throws IOException {
        long position = append();
        try (Crew crew = new Crew();
                Gate gate = new Gate(null)) {
            gate.leader(crew, position);
            for (int i = 0; i < 10; i++) {
                long later = append();
                Crew.awaitParked(crew.start("follower-" + i, () -> {
                    sync.await(later);
                    assertThat(isForced(later)).isTrue();
                }));
            }
            gate.open();
        }
        assertThat(directory.forces()).hasSize(2);
        assertThat(sync.syncs()).isEqualTo(2);
        assertThat(sync.synced()).isEqualTo(appended.get());
    }

    @Test
    void positionAppendedDuringAForceIsNotCoveredByIt() throws IOException {
        long position = append();
        long later;
        try (Crew crew = new Crew();
                Gate gate = new Gate(null)) {
            gate.leader(crew, position);
            later = append();
            gate.open();
        }
        assertThat(sync.synced()).isEqualTo(position).isLessThan(later);
        sync.await(later);
        assertThat(directory.forces()).hasSize(2);
    }

    @Test
    void positionInANewSegmentForcesTheOldOnesFirstAndClosesThem() throws IOException {
        long inFirst = append();
        roll();
        long inSecond = append();
        roll();
        long position = append();
        List<Boolean> forcedBefore = new ArrayList<>();
        directory.hook((operation, file, at, source, offset, length) -> {
            if (operation == Operation.FORCE_MAPPED && file.name().equals(FileNames.segment(3))) {
                forcedBefore.add(isForced(inFirst));
                forcedBefore.add(isForced(inSecond));
            }
        });
        sync.await(position);
        assertThat(directory.forces())
                .containsExactly(FileNames.segment(1), FileNames.segment(2), FileNames.segment(3));
        assertThat(forcedBefore).containsExactly(true, true);
        assertThat(directory.file(FileNames.segment(1)).wasClosed()).isTrue();
        assertThat(directory.file(FileNames.segment(2)).wasClosed()).isTrue();
        assertThat(directory.file(FileNames.segment(3)).wasClosed()).isFalse();
        sync.await(append());
        assertThat(directory.forces()).as("sealed segments are forced once").hasSize(4);
    }

    @Test
    void failedForceOfAnOldSegmentAcknowledgesNothingOfANewerOne() throws IOException {
        long inFirst = append();
        roll();
        long position = append();
        directory.hook((operation, file, at, source, offset, length) -> {
            if (operation == Operation.FORCE_MAPPED && file.name().equals(FileNames.segment(1))) {
                throw new IOException("bad sector");
            }
        });
        assertThatThrownBy(() -> sync.await(position)).isInstanceOf(KVException.class);
        assertThat(sync.synced()).isLessThan(inFirst);
        assertThat(directory.forces()).containsExactly(FileNames.segment(1));
    }

    @Test
    void failedForceIsTheErrorOfAllThatWait() throws IOException {
        long position = append();
        IOException error = new IOException("bad sector");
        Queue<KVException> errors = new ConcurrentLinkedQueue<>();
        try (Crew crew = new Crew();
                Gate gate = new Gate(error)) {
            crew.start("leader", () -> errors.add(failureOf(position)));
            await(gate.entered);
            for (int i = 0; i < 5; i++) {
                long awaited = i % 2 == 0 ? position : append();
                Crew.awaitParked(crew.start("follower-" + i, () -> errors.add(failureOf(awaited))));
            }
            gate.open();
        }
        assertThat(errors).hasSize(6).allSatisfy(failure -> {
            assertThat(failure.code()).isEqualTo(KVErrorCode.SYNC_FAILED);
            assertThat(failure).hasCause(error).hasMessageContaining("bad sector");
        });
        assertThat(sync.isPoisoned()).isTrue();
    }

    private KVException failureOf(long position) {
        return catchThrowableOfType(KVException.class, () -> sync.await(position));
    }

    @Test
    void nothingIsEverAcknowledgedAfterAFailedForce() throws IOException {
        long safe = append();
        sync.await(safe);
        long position = append();
        IOException error = new IOException("bad sector");
        directory.hookOperations(operation -> {
            if (operation == Operation.FORCE_MAPPED) {
                throw error;
            }
        });
        assertThatThrownBy(() -> sync.await(position)).hasCause(error);
        directory.unhook();
        int forces = directory.forces().size();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> sync.await(position))
                    .isInstanceOf(KVException.class)
                    .hasCause(error);
            assertThatThrownBy(sync::requireHealthy)
                    .isInstanceOf(KVException.class)
                    .hasCause(error);
        }
        assertThat(directory.forces())
                .as("a force after a failed one proves nothing, so none is tried")
                .hasSize(forces);
        assertThat(sync.synced()).isEqualTo(safe);
        sync.await(safe);
    }

    @Test
    void uncheckedErrorsPoisonToo() throws IOException {
        long position = append();
        InternalError error = new InternalError("a fault in a recent unsafe memory access operation");
        directory.hookOperations(operation -> {
            if (operation == Operation.FORCE_MAPPED) {
                throw error;
            }
        });
        assertThatThrownBy(() -> sync.await(position))
                .isInstanceOf(KVException.class)
                .hasCause(error);
        assertThat(sync.isPoisoned()).isTrue();
    }

    @Test
    void firstErrorStaysTheCause() {
        IOException first = new IOException("first");
        sync.poison(first);
        sync.poison(new IOException("second"));
        assertThatThrownBy(sync::requireHealthy).hasCause(first);
    }

    @Test
    void failureBesideAForceLeavesNobodyWaiting() throws IOException {
        for (int round = 0; round < 20; round++) {
            makeLogOfOneSegment();
            long first = append();
            try (Crew crew = new Crew();
                    Gate gate = new Gate(null)) {
                // Of those that the force has not covered it wakes one, to lead: who finds the failure and leaves.
                gate.leader(crew, first, () -> sync.poison(new IOException("an append that failed")));
                long second = append();
                for (int i = 0; i < 3; i++) {
                    Crew.awaitParked(crew.start("follower-" + i, () -> {
                        try {
                            sync.await(second);
                        } catch (KVException e) {
                            assertThat(e).hasRootCauseMessage("an append that failed");
                        }
                    }));
                }
                gate.open();
            }
        }
    }

    @Test
    void interruptNeitherCutsTheWaitShortNorIsItLost() throws IOException {
        long position = append();
        AtomicInteger flags = new AtomicInteger();
        try (Crew crew = new Crew();
                Gate gate = new Gate(null)) {
            Thread leader = crew.start("leader", () -> {
                sync.await(position);
                flags.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            });
            await(gate.entered);
            Thread follower = crew.start("follower", () -> {
                sync.await(position);
                flags.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            });
            Crew.awaitParked(follower);
            leader.interrupt();
            follower.interrupt();
            Crew.awaitUntil(
                    "the follower has met its interrupt", () -> !follower.isInterrupted() || !follower.isAlive());
            Crew.awaitParked(follower);
            assertThat(follower.isAlive()).isTrue();
            assertThat(sync.synced()).isLessThan(position);
            gate.open();
        }
        assertThat(flags).as("threads that kept their flag").hasValue(2);
        assertThat(directory.forces()).hasSize(1);
    }

    @Test
    void threadThatComesInterruptedKeepsItsFlagAndIsServed() throws IOException {
        long position = append();
        Thread.currentThread().interrupt();
        try {
            sync.await(position);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(isForced(position)).isTrue();
    }

    @Test
    void interruptIsNotLostWhenTheForceFails() throws IOException {
        long position = append();
        AtomicInteger flags = new AtomicInteger();
        try (Crew crew = new Crew();
                Gate gate = new Gate(new IOException("bad sector"))) {
            crew.start("leader", () -> failureOf(position));
            await(gate.entered);
            Thread follower = crew.start("follower", () -> {
                assertThat(failureOf(position)).isNotNull();
                flags.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            });
            Crew.awaitParked(follower);
            follower.interrupt();
            Crew.awaitUntil(
                    "the follower has met its interrupt", () -> !follower.isInterrupted() || !follower.isAlive());
            gate.open();
        }
        assertThat(flags).as("threads that kept their flag").hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 40})
    @Tag("concurrency")
    void nobodyIsForgottenWhoComesJustWhenTheLastForceEnds(int threads) {
        AtomicInteger arrivals = new AtomicInteger();
        directory.hookOperations(operation -> {
            if (operation == Operation.FORCE_MAPPED) {
                Thread.yield();
            }
        });
        try (Crew crew = new Crew()) {
            // They come at the same time, round by round; nobody comes after them who could wake the one that waits. Of
            // many, some sleep on when a force has not covered them, and one leads.
            for (int i = 0; i < threads; i++) {
                crew.start("writer-" + i, () -> {
                    for (int round = 1; round <= 16_000 / threads && !crew.hasFailed(); round++) {
                        arrivals.incrementAndGet();
                        while (arrivals.get() < threads * round && !crew.hasFailed()) {
                            Thread.yield();
                        }
                        sync.await(append());
                    }
                });
            }
        }
        assertThat(sync.synced()).isEqualTo(appended.get());
    }

    @Test
    @Tag("concurrency")
    void everyAcknowledgementUnderLoadComesAfterItsForceAndNobodyIsForgotten() {
        directory.hookOperations(operation -> {
            if (operation == Operation.FORCE_MAPPED) {
                Thread.yield();
            }
        });
        int threads = 8;
        int each = 1500;
        try (Crew crew = new Crew()) {
            for (int i = 0; i < threads; i++) {
                crew.start("writer-" + i, () -> {
                    for (int j = 0; j < each && !crew.hasFailed(); j++) {
                        long position = append();
                        sync.await(position);
                        if (!isForced(position)) {
                            throw new AssertionError("acknowledged and not forced: " + position);
                        }
                    }
                });
            }
        }
        assertThat(sync.synced()).isEqualTo(appended.get());
        assertThat(directory.forces().size()).as("forces are shared").isLessThan(threads * each);
    }
}
