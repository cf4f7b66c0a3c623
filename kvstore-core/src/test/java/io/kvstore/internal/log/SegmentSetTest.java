package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.testing.Crew;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SegmentSetTest {
    private final SegmentSet set = new SegmentSet();
    private final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files = new SegmentFiles(directory, new StoreFileLayout(new UUID(1, 2), 3, 4, 0), 0);

    private final MappedRegion region;

    SegmentSetTest() throws IOException {
        region = directory.create("shared").map(64, true);
    }

    private Segment segment() throws IOException {
        int slot = set.takeSlot();
        return files.create(slot + 1, slot, 128);
    }

    /** A segment that nothing is read from, in the next slot. */
    private Segment empty() {
        int slot = set.takeSlot();
        return new Segment(
                new SegmentHeader(SegmentHeader.KIND_LOG, slot + 1, 0), slot, "", null, null, region, 0, 64, 64);
    }

    @Test
    void segmentsAreFoundByTheirSlotHoweverManyThereAre() throws IOException {
        for (int slot = 0; slot < 1000; slot++) {
            Segment segment = segment();
            assertThat(segment.slot()).isEqualTo(slot);
            set.add(segment);
            assertThat(set.get(slot).number()).isEqualTo(slot + 1);
            assertThat(set.get(slot / 2).number()).isEqualTo(slot / 2 + 1);
        }
        assertThat(set.all()).hasSize(1000).extracting(Segment::slot).isSorted();
    }

    @Test
    void allIsASnapshotOfTheCallersOwn() throws IOException {
        set.add(segment());
        var before = set.all();
        set.add(segment());
        assertThat(before).hasSize(1);
        assertThat(set.all()).hasSize(2);
    }

    @Test
    void onlyTheSegmentInTheSlotThatIsReleasedIsTakenOut() throws IOException {
        Segment first = segment();
        Segment second = segment();
        set.add(first);
        set.add(second);
        set.release(second.slot());
        assertThat(set.all()).containsExactly(first);
        assertThat(set.get(0)).isSameAs(first);
        assertThatThrownBy(() -> set.get(1)).isInstanceOf(IllegalStateException.class);
        Segment third = segment();
        assertThat(third.slot()).isEqualTo(1);
        set.add(third);
        assertThat(set.all()).containsExactly(first, third);
    }

    @Test
    void slotThatWasTakenIsNobodyElsesUntilItIsReleased() {
        assertThat(set.takeSlot()).isZero();
        assertThat(set.takeSlot()).isEqualTo(1);
        assertThat(set.all()).as("no segment in them yet").isEmpty();
        set.release(0);
        assertThat(set.takeSlot()).isZero();
        assertThat(set.takeSlot()).isEqualTo(2);
    }

    @Test
    void segmentsComeInAnyOrderOfTheirSlots() throws IOException {
        Segment[] made = new Segment[200];
        for (int slot = 0; slot < made.length; slot++) {
            made[slot] = segment();
        }
        for (int slot = made.length - 1; slot >= 0; slot--) {
            set.add(made[slot]);
            assertThat(set.all()).hasSize(made.length - slot);
        }
        for (int slot = 0; slot < made.length; slot++) {
            assertThat(set.get(slot)).isSameAs(made[slot]);
        }
    }

    @Test
    void releasedSlotsAreUsedAgainHoweverManySegmentsComeAndGo() throws IOException {
        Segment kept = segment();
        set.add(kept);
        for (int round = 0; round < 10; round++) {
            int[] slots = new int[100];
            for (int i = 0; i < slots.length; i++) {
                Segment segment = empty();
                slots[i] = segment.slot();
                set.add(segment);
            }
            assertThat(slots).as("round %d", round).doesNotHaveDuplicates();
            for (int slot : slots) {
                assertThat(slot).as("round %d", round).isBetween(1, 100);
                set.release(slot);
            }
        }
        assertThat(set.all()).containsExactly(kept);
    }

    @Test
    void assertsThatSlotsAreTakenBeforeTheyAreUsed() {
        Segment segment = empty();
        set.release(segment.slot());
        assertThatThrownBy(() -> set.add(segment)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> set.release(segment.slot())).isInstanceOf(AssertionError.class);
        Segment other = empty();
        set.add(other);
        assertThatThrownBy(() -> set.add(other)).isInstanceOf(AssertionError.class);
    }

    @Test
    void emptySlotIsAnError() throws IOException {
        set.add(segment());
        assertThatThrownBy(() -> set.get(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slot 1");
    }

    @Test
    void slotsEndWhereMappingsMight() throws IOException {
        set.add(segment());
        for (int slot = 1; slot < SegmentSet.MAX_SEGMENTS; slot++) {
            set.add(empty());
        }
        assertThatThrownBy(set::takeSlot)
                .hasMessageContainingAll("60000 segments", "segmentSize")
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.LIMIT_REACHED);
        assertThat(set.get(SegmentSet.MAX_SEGMENTS - 1).number()).isEqualTo(SegmentSet.MAX_SEGMENTS);
        assertThat(set.all()).hasSize(SegmentSet.MAX_SEGMENTS);
        set.release(777);
        assertThat(set.takeSlot()).as("one that is free again").isEqualTo(777);
        assertThatThrownBy(set::takeSlot).isInstanceOf(KVException.class);
    }

    @Test
    void whatIsThereAlreadyAndWhatAMergeMakesHaveSomeMoreSlots() {
        for (int slot = 0; slot < SegmentSet.MAX_SEGMENTS; slot++) {
            set.takeSlot();
        }
        int more = 0;
        for (; more < 2_000; more++) {
            assertThat(set.takeKeptSlot()).isEqualTo(SegmentSet.MAX_SEGMENTS + more);
        }
        assertThatThrownBy(set::takeKeptSlot).isInstanceOf(KVException.class);
        SegmentSet.requireRoom(SegmentSet.MAX_SEGMENTS + more);
        assertThatThrownBy(() -> SegmentSet.requireRoom(SegmentSet.MAX_SEGMENTS + 2_001))
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.LIMIT_REACHED);
    }

    @Test
    @Tag("concurrency")
    void readerFindsEverySegmentThatItWasToldOf() {
        AtomicInteger told = new AtomicInteger();
        try (Crew crew = new Crew()) {
            crew.start("writer", () -> {
                for (int slot = 0; slot < SegmentSet.MAX_SEGMENTS && !crew.hasFailed(); slot++) {
                    set.add(empty());
                    told.setRelease(slot + 1);
                }
            });
            crew.start("reader", () -> {
                int known = 0;
                while (known < SegmentSet.MAX_SEGMENTS && !crew.hasFailed()) {
                    known = told.getAcquire();
                    for (int slot = Math.max(0, known - 3); slot < known; slot++) {
                        assertThat(set.get(slot).slot()).isEqualTo(slot);
                    }
                }
            });
        }
    }
}
