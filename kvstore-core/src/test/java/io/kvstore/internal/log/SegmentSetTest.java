package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
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
    private final SegmentFiles files = new SegmentFiles(directory, new StoreFileLayout(new UUID(1, 2), 3, 4, 0));

    private Segment segment(int slot) throws IOException {
        return files.create(slot + 1, slot, 128);
    }

    @Test
    void segmentsAreFoundByTheirSlotHoweverManyThereAre() throws IOException {
        for (int slot = 0; slot < 1000; slot++) {
            assertThat(set.nextSlot()).isEqualTo(slot);
            set.add(segment(slot));
            assertThat(set.get(slot).number()).isEqualTo(slot + 1);
            assertThat(set.get(slot / 2).number()).isEqualTo(slot / 2 + 1);
        }
        assertThat(set.all()).hasSize(1000).extracting(Segment::slot).isSorted();
    }

    @Test
    void allIsASnapshotOfTheCallersOwn() throws IOException {
        set.add(segment(0));
        var before = set.all();
        set.add(segment(1));
        assertThat(before).hasSize(1);
        assertThat(set.all()).hasSize(2);
    }

    @Test
    void onlyTheSegmentThatWasAddedLastIsTakenOut() throws IOException {
        Segment first = segment(0);
        Segment second = segment(1);
        set.remove(first);
        set.add(first);
        set.add(second);
        set.remove(first);
        assertThat(set.all()).containsExactly(first, second);
        set.remove(second);
        assertThat(set.all()).containsExactly(first);
        assertThat(set.nextSlot()).isEqualTo(1);
        set.add(segment(1));
    }

    @Test
    void emptySlotIsAnError() throws IOException {
        set.add(segment(0));
        assertThatThrownBy(() -> set.get(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slot 1");
    }

    @Test
    void slotsEndWhereMappingsMight() throws IOException {
        Segment any = segment(0);
        set.add(any);
        for (int slot = 1; slot < SegmentSet.MAX_SEGMENTS; slot++) {
            set.add(new Segment(slot + 1, slot, "", null, null, 0, 64, 64));
        }
        assertThatThrownBy(set::nextSlot)
                .hasMessageContainingAll("60000 segments", "segmentSize")
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.LIMIT_REACHED);
        assertThat(set.get(SegmentSet.MAX_SEGMENTS - 1).number()).isEqualTo(SegmentSet.MAX_SEGMENTS);
        assertThat(set.all()).hasSize(SegmentSet.MAX_SEGMENTS);
    }

    @Test
    @Tag("concurrency")
    void readerFindsEverySegmentThatItWasToldOf() {
        AtomicInteger told = new AtomicInteger();
        try (Crew crew = new Crew()) {
            crew.start("writer", () -> {
                for (int slot = 0; slot < SegmentSet.MAX_SEGMENTS && !crew.hasFailed(); slot++) {
                    set.add(new Segment(slot + 1, slot, "", null, null, 0, 64, 64));
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
