package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.log.ReaderPins.Pin;
import io.kvstore.testing.Crew;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ReaderPinsTest {
    private final ReaderPins pins = new ReaderPins();

    @Test
    void pinsThatAreHeldAreDifferentOnes() {
        Set<Pin> held = ConcurrentHashMap.newKeySet();
        Set<RecordBuffer> buffers = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 64; i++) {
            Pin pin = pins.enter();
            assertThat(pin).isNotNull();
            assertThat(held.add(pin)).as("pin %d", i).isTrue();
            assertThat(buffers.add(pin.record())).as("buffer %d", i).isTrue();
        }
        held.forEach(Pin::close);
        assertThat(held).contains(pins.enter());
    }

    @Test
    void pinGivesTheMemoryOfALargeRecordBack() {
        Pin pin = pins.enter();
        pin.record().ensureCapacity(1 << 20);
        pin.close();
        assertThat(pin.record().bytes().length).isLessThanOrEqualTo(64 << 10);
    }

    @Test
    void readsAreCountedOverAllPins() {
        try (Crew crew = new Crew()) {
            for (int i = 0; i < 8; i++) {
                crew.start("reader-" + i, () -> {
                    for (int j = 0; j < 1000; j++) {
                        try (Pin pin = pins.enter()) {
                            pin.countHit();
                            if (j % 4 == 0) {
                                pin.countMiss();
                            }
                        }
                    }
                });
            }
        }
        assertThat(pins.hits()).isEqualTo(8 * 1000);
        assertThat(pins.misses()).isEqualTo(8 * 250);
    }

    @Test
    void nobodyEntersAfterTheClose() {
        pins.closeAndDrain();
        assertThat(pins.enter()).isNull();
        pins.closeAndDrain();
        assertThat(pins.enter()).isNull();
    }

    @Test
    void drainWaitsForEveryHolder() {
        List<Pin> held = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            held.add(pins.enter());
        }
        try (Crew crew = new Crew()) {
            Thread drain = crew.start("drain", pins::closeAndDrain);
            Crew.awaitUntil("no reader gets in", () -> isClosed(pins));
            for (Pin pin : held) {
                Crew.awaitParked(drain);
                assertThat(drain.isAlive())
                        .as("drain goes on while a pin is held")
                        .isTrue();
                pin.close();
            }
        }
    }

    @Test
    void drainBetweenReadersWaitsForThoseWhoWereThereAndLetsOthersIn() {
        Pin before = pins.enter();
        try (Crew crew = new Crew()) {
            Thread drain = crew.start("drain", pins::drain);
            Crew.awaitParked(drain);
            // Never given back: whoever comes later is not waited for.
            assertThat(pins.enter()).isNotNull();
            assertThat(drain.isAlive()).as("drain goes on while a pin is held").isTrue();
            before.close();
        }
    }

    private static boolean isClosed(ReaderPins pins) {
        Pin pin = pins.enter();
        if (pin != null) {
            pin.close();
        }
        return pin == null;
    }

    @Test
    void readersComeInDuringAndAfterADrain() {
        Pin early = pins.enter();
        try (Crew crew = new Crew()) {
            Thread drain = crew.start("drain", pins::drain);
            Crew.awaitParked(drain);
            Pin meanwhile = pins.enter();
            assertThat(meanwhile).isNotNull();
            meanwhile.close();
            assertThat(drain.isAlive()).isTrue();
            early.close();
        }
        assertThat(pins.enter()).isNotNull();
    }

    @Test
    void drainWaitsForNoReaderThatCameLater() {
        Pin early = pins.enter();
        try (Crew crew = new Crew()) {
            Thread drain = crew.start("drain", pins::drain);
            Crew.awaitParked(drain);
            Pin late = pins.enter();
            early.close();
            Crew.awaitUntil("the drain has ended", () -> !drain.isAlive());
            late.close();
        }
    }

    @Test
    void drainIsNotHeldUpByAPinThatIsTakenAgain() {
        Pin early = pins.enter();
        try (Crew crew = new Crew()) {
            Thread drain = crew.start("drain", pins::drain);
            Crew.awaitParked(drain);
            early.close();
            Pin again = pins.enter();
            assertThat(again).as("the same slot").isSameAs(early);
            Crew.awaitUntil("the drain has ended", () -> !drain.isAlive());
            again.close();
        }
    }

    @Test
    void drainsDoNotOpenWhatWasClosed() {
        pins.drain();
        assertThat(pins.enter()).isNotNull().satisfies(Pin::close);
        pins.closeAndDrain();
        pins.drain();
        assertThat(pins.enter()).isNull();
    }

    /** What a merge does: takes something out of reach, drains, and takes it away. */
    @Test
    @Tag("concurrency")
    void nothingIsTakenAwayUnderAReaderThatMayHaveSeenIt() {
        // One box after the other is in use; a retired one is plain, as a file that is removed is.
        boolean[][] boxes = new boolean[300][1];
        AtomicInteger current = new AtomicInteger();
        try (Crew crew = new Crew()) {
            for (int i = 0; i < 2; i++) {
                crew.start("reader-" + i, () -> {
                    while (current.get() < boxes.length - 1 && !crew.hasFailed()) {
                        Pin pin = pins.enter();
                        boolean[] box = boxes[current.get()];
                        Thread.onSpinWait();
                        boolean taken = box[0];
                        pin.close();
                        assertThat(taken).as("taken away under a reader").isFalse();
                    }
                });
            }
            crew.start("merge", () -> {
                for (int i = 0; i < boxes.length - 1; i++) {
                    current.set(i + 1);
                    pins.drain();
                    boxes[i][0] = true;
                }
            });
        }
    }

    @Test
    void readerBeyondTheNumberOfPinsGetsTheFirstThatComesFree() throws InterruptedException {
        List<Pin> all = allPins();
        AtomicReference<Pin> got = new AtomicReference<>();
        try (Crew crew = new Crew()) {
            CountDownLatch waiting = new CountDownLatch(1);
            crew.start("late reader", () -> {
                waiting.countDown();
                got.set(pins.enter());
            });
            waiting.await();
            Pin released = all.get(all.size() / 2);
            assertThat(got.get()).isNull();
            released.close();
            Crew.awaitUntil("the late reader is in", () -> got.get() != null);
            assertThat(got.get()).isSameAs(released);
        }
    }

    /** As many as there are: eight a processor, a power of two, 64 at the least. */
    private List<Pin> allPins() {
        int count = 64;
        while (count < 8 * Runtime.getRuntime().availableProcessors()) {
            count *= 2;
        }
        List<Pin> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(pins.enter());
        }
        return all;
    }

    @Test
    @Tag("concurrency")
    void moreReadersThanPinsShareThem() {
        Set<RecordBuffer> inUse = ConcurrentHashMap.newKeySet();
        try (Crew crew = new Crew()) {
            for (int i = 0; i < 150; i++) {
                crew.start("reader-" + i, () -> {
                    for (int j = 0; j < 50 && !crew.hasFailed(); j++) {
                        try (Pin pin = pins.enter()) {
                            assertThat(inUse.add(pin.record()))
                                    .as("a pin of one's own")
                                    .isTrue();
                            Thread.yield();
                            inUse.remove(pin.record());
                            pin.countHit();
                        }
                    }
                });
            }
        }
        assertThat(pins.hits()).isEqualTo(150 * 50);
    }

    @Test
    @Tag("concurrency")
    void nobodyIsInsideOnceTheDrainIsDone() {
        for (int round = 0; round < 50; round++) {
            ReaderPins fresh = new ReaderPins();
            // What the drain protects: plain, as a file that is cut is.
            boolean[] taken = new boolean[1];
            CountDownLatch inside = new CountDownLatch(1);
            try (Crew crew = new Crew()) {
                for (int i = 0; i < 2; i++) {
                    crew.start("reader-" + i, () -> {
                        for (Pin pin = fresh.enter(); pin != null; pin = fresh.enter()) {
                            inside.countDown();
                            boolean before = taken[0];
                            Thread.onSpinWait();
                            boolean after = taken[0];
                            pin.close();
                            assertThat(before || after)
                                    .as("taken away under a reader")
                                    .isFalse();
                        }
                    });
                }
                crew.start("drain", () -> {
                    inside.await();
                    fresh.closeAndDrain();
                    taken[0] = true;
                });
            }
        }
    }
}
