package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.HeapDirectory.HeapFile;
import io.kvstore.internal.log.HeapDirectory.Operation;
import io.kvstore.testing.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SegmentFilesTest {
    private static final UUID STORE = new UUID(1, 2);

    private final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files = new SegmentFiles(directory, new StoreFileLayout(STORE, 3, 4, 0), 0);

    @Test
    void newSegmentIsEmptyAndHasItsHeader() throws IOException {
        Segment segment = files.create(12, 3, 4096);
        assertThat(segment.number()).isEqualTo(12);
        assertThat(segment.slot()).isEqualTo(3);
        assertThat(segment.end()).isEqualTo(SegmentHeader.SIZE);
        assertThat(segment.capacity()).isEqualTo(4096);
        byte[] bytes = directory.file(FileNames.segment(12)).bytes();
        assertThat(SegmentHeader.defect("", bytes, bytes.length, 12, STORE)).isEmpty();
        for (int i = SegmentHeader.SIZE; i < bytes.length; i++) {
            assertThat(bytes[i]).isZero();
        }
    }

    @Test
    void headerAndNameAreDurableBeforeAnythingIsAppended() throws IOException {
        List<Operation> operations = new ArrayList<>();
        directory.hookOperations(operations::add);
        files.create(1, 0, 4096);
        assertThat(operations).contains(Operation.FORCE).endsWith(Operation.SYNC);
        assertThat(operations.indexOf(Operation.FORCE)).isGreaterThan(operations.lastIndexOf(Operation.WRITE));
        assertThat(directory.file(FileNames.segment(1)).forcedEnd()).isEqualTo(SegmentHeader.SIZE);
    }

    @Test
    void nothingIsLeftOfASegmentThatCouldNotBeMade() throws IOException {
        int steps = countOperations();
        assertThat(steps).isGreaterThan(4);
        for (int failing = 1; failing <= steps; failing++) {
            int[] countdown = {failing};
            directory.hookOperations(operation -> {
                if (--countdown[0] == 0) {
                    throw new IOException("step failed");
                }
            });
            assertThatThrownBy(() -> files.create(1, 0, 4096))
                    .as("step %d", failing)
                    .isInstanceOf(IOException.class)
                    .hasMessage("step failed");
            assertThat(directory.names())
                    .as("after failure of step %d", failing)
                    .isEmpty();
        }
        directory.unhook();
        assertThat(files.create(1, 0, 4096).end()).isEqualTo(SegmentHeader.SIZE);
    }

    private int countOperations() throws IOException {
        List<Operation> operations = new ArrayList<>();
        directory.hookOperations(operations::add);
        Segment made = files.create(1, 0, 4096);
        int count = operations.size();
        files.discard(made);
        return count;
    }

    @Test
    @Timeout(20)
    void whatIsReservedEndsWithTheSegment() throws IOException {
        Segment segment = files.create(1, 0, 4096);
        segment.reserve(4097);
        assertThat(segment.reserved()).isEqualTo(4096);
        segment.reserve(8192);
        assertThat(segment.reserved()).isEqualTo(4096);
    }

    @Test
    void discardedSegmentIsGoneAndItsNumberFree() throws IOException {
        Segment segment = files.create(1, 0, 4096);
        HeapFile file = directory.file(FileNames.segment(1));
        segment.reserve(4096);
        files.discard(segment);
        assertThat(directory.names()).isEmpty();
        assertThat(file.wasClosed()).isTrue();
        assertThat(file.length())
                .as("its space is free though it is still mapped")
                .isZero();
        files.create(1, 0, 8192);
    }

    @Test
    void segmentThatIsOpenedAgainGoesOnWhereItEnded() throws IOException {
        Segment first = files.create(1, 0, 4096);
        append(first);
        Segment again = files.open(first.header(), 0, first.end(), 4096);
        append(again);
        RecordBuffer read = new RecordBuffer();
        again.read(SegmentHeader.SIZE, 32, read);
        again.read(SegmentHeader.SIZE + read.size(), 32, read);
        assertThat(again.end()).isEqualTo(SegmentHeader.SIZE + 2 * read.size());
    }

    @Test
    void segmentThatIsOpenedToBeReadOnlyHasItsFileClosed() throws IOException {
        Segment first = files.create(1, 0, 4096);
        append(first);
        Segment again = files.open(first.header(), 0, first.end(), first.end());
        assertThat(directory.file(FileNames.segment(1)).wasClosed()).isTrue();
        assertThat(again.hasRoom(0)).isFalse();
        again.read(SegmentHeader.SIZE, 32, new RecordBuffer());
    }

    @Test
    void trimCutsWhatWasReservedBehindTheEnd() throws IOException {
        Segment segment = files.create(1, 0, 4096);
        append(segment);
        files.trim(segment);
        assertThat(directory.file(FileNames.segment(1)).length()).isEqualTo(segment.end());
        List<Operation> operations = new ArrayList<>();
        directory.hookOperations(operations::add);
        files.trim(segment);
        assertThat(operations).as("cut already").doesNotContain(Operation.SET_LENGTH);
    }

    private static void append(Segment segment) throws IOException {
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of("k"), Bytes.of("v"));
        segment.reserve(segment.end() + record.size());
        segment.append(record, 1, 0, 0);
    }
}
