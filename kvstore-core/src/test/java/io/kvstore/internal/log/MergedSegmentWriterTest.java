package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.HeapDirectory.HeapFile;
import io.kvstore.internal.log.HeapDirectory.Operation;
import io.kvstore.testing.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergedSegmentWriterTest {
    private static final UUID STORE = new UUID(1, 2);
    private static final long SEGMENT_SIZE = 4096;

    private final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files = new SegmentFiles(directory, new StoreFileLayout(STORE, 3, 4, 0), 0);
    private final RecordBuffer read = new RecordBuffer();

    /** Has the records that are copied. */
    private Segment source;

    private MergedSegmentWriter writer;

    @BeforeEach
    void begin() throws IOException {
        source = files.create(files.nextNumber(), 0, 32 << 20);
        writer = files.createMerged();
    }

    /** Appends a put to the source, and copies it; returns where the copy is. */
    private int copy(int valueLength, long sequence, int bucket, long expiryMillis, boolean partOfABatch)
            throws IOException {
        byte[] value = new byte[valueLength];
        Arrays.fill(value, (byte) sequence);
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of("key"), value, expiryMillis);
        record.setBatchContinues(partOfABatch);
        int offset = source.end();
        source.reserve(offset + record.size());
        source.append(record, sequence, 5, bucket);
        return writer.append(sourceFile().bytes(), offset, record.size());
    }

    private int copy(int valueLength, long sequence) throws IOException {
        return copy(valueLength, sequence, 0, RecordBuffer.NO_EXPIRY, false);
    }

    private HeapFile sourceFile() {
        return directory.file("0000000001.seg");
    }

    private HeapFile file() {
        return directory.file(writer.fileName());
    }

    private Segment finish() throws IOException {
        int end = writer.finish();
        return files.open(writer.header(), 1, end, end);
    }

    @Test
    void headerIsThatOfAMergedSegment() throws IOException {
        finish();
        byte[] bytes = file().bytes();
        assertThat(SegmentHeader.defect("", bytes, bytes.length, 2, STORE)).isEmpty();
        assertThat(SegmentHeader.decode(bytes)).isEqualTo(writer.header());
        assertThat(writer.header().kind()).isEqualTo(SegmentHeader.KIND_MERGED);
        assertThat(writer.header().number()).isEqualTo(2);
    }

    /** Values below, at, around and far above the buffer of the writer. */
    @Test
    void copiesAreReadAtTheirNewPlaceWithTheirOwnNumbers() throws IOException {
        int buffer = ReservedSpace.CHUNK;
        int[] lengths = {0, 1, 100, buffer - 200, 64, buffer, 3, 2 * buffer + 5, 17};
        List<Integer> offsets = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            offsets.add(copy(lengths[i], 100 - i, i, i % 2 == 0 ? RecordBuffer.NO_EXPIRY : 1000 + i, false));
        }
        Segment merged = finish();
        for (int i = 0; i < lengths.length; i++) {
            merged.read(offsets.get(i), Long.MAX_VALUE, read);
            assertThat(read.key()).isEqualTo(Bytes.of("key"));
            assertThat(read.valueLength()).isEqualTo(lengths[i]);
            byte[] value = new byte[lengths[i]];
            Arrays.fill(value, (byte) (100 - i));
            assertThat(read.hasValue(value)).as("value %d", i).isTrue();
            assertThat(read.sequence()).isEqualTo(100 - i);
            assertThat(read.expiryMillis()).isEqualTo(i % 2 == 0 ? RecordBuffer.NO_EXPIRY : 1000 + i);
            assertThat(LittleEndian.getInt(read.bytes(), RecordBuffer.HEADER + RecordLayout.BUCKET))
                    .isEqualTo(i);
        }
    }

    @Test
    void copyVouchesForNoSyncAndBelongsToNoBatch() throws IOException {
        int offset = copy(10, 7, 0, RecordBuffer.NO_EXPIRY, true);
        finish();
        assertThat(LittleEndian.getInt(file().bytes(), offset + RecordLayout.SYNCED))
                .isZero();
        assertThat(file().bytes()[offset + RecordLayout.FLAGS]).isZero();
    }

    @Test
    void sourceStaysAsItWas() throws IOException {
        copy(10, 7, 0, RecordBuffer.NO_EXPIRY, true);
        source.read(SegmentHeader.SIZE, Long.MAX_VALUE, read);
        assertThat(read.flags()).isEqualTo(RecordLayout.FLAG_BATCH_CONTINUES);
        assertThat(read.sequence()).isEqualTo(7);
    }

    @Test
    void tombstoneTakesTheNumberOfTheRecordInWhosePlaceItIs() throws IOException {
        RecordBuffer tombstone = new RecordBuffer().encode(RecordLayout.KIND_TOMBSTONE, Bytes.of("gone"), new byte[0]);
        int offset = writer.append(tombstone, 77, 3);
        finish().read(offset, Long.MAX_VALUE, read);
        assertThat(read.kind()).isEqualTo(RecordLayout.KIND_TOMBSTONE);
        assertThat(read.key()).isEqualTo(Bytes.of("gone"));
        assertThat(read.sequence()).isEqualTo(77);
    }

    @Test
    void sealHasTheHighestNumberAndEndsTheFile() throws IOException {
        copy(10, 30);
        copy(10, 90);
        copy(10, 60);
        long sealOffset = writer.offset();
        Segment merged = finish();
        assertThat(merged.end()).isEqualTo((int) sealOffset + RecordLayout.SEAL_SIZE);
        assertThat(file().length()).isEqualTo(merged.end());
        merged.read((int) sealOffset, Long.MAX_VALUE, read);
        assertThat(read.kind()).isEqualTo(RecordLayout.KIND_SEAL);
        assertThat(read.sequence()).isEqualTo(90);
        assertThat(read.value()).as("the log goes on nowhere").isEmpty();
    }

    @Test
    void contentIsForcedAfterTheLastWriteAndTheFileClosed() throws IOException {
        List<Operation> operations = new ArrayList<>();
        copy(10, 1);
        directory.hookOperations(operations::add);
        writer.finish();
        assertThat(operations).containsExactly(Operation.WRITE, Operation.FORCE);
        assertThat(file().wasClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000})
    void onlyTheFirstRecordMayExceedTheSegmentSize(int before) throws IOException {
        assertThat(writer.hasRoom(1 << 30, SEGMENT_SIZE)).isTrue();
        copy(before, 1);
        long room = SEGMENT_SIZE - writer.offset() - RecordLayout.SEAL_SIZE;
        assertThat(writer.hasRoom(room, SEGMENT_SIZE)).isTrue();
        assertThat(writer.hasRoom(room + 8, SEGMENT_SIZE)).isFalse();
        assertThat(writer.hasRoom(1L << 40, SEGMENT_SIZE)).isFalse();
    }

    @Test
    void noRecordGoesBeyondTheReachOfALocation() throws IOException {
        copy(10, 1);
        long room = RecordLayout.OFFSET_LIMIT - writer.offset();
        assertThat(writer.hasRoom(room, 1L << 40)).isTrue();
        assertThat(writer.hasRoom(room + 8, 1L << 40)).isFalse();
    }

    @Test
    void fullDiskIsThrownByTheAppendThatFillsTheBufferOrByTheEnd() throws IOException {
        directory.hookOperations(operation -> {
            if (operation == Operation.WRITE) {
                throw new NoSpaceException("disk full", null);
            }
        });
        RecordBuffer record =
                new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of("k"), new byte[ReservedSpace.CHUNK]);
        assertThatThrownBy(() -> writer.append(record, 1, 0)).isInstanceOf(NoSpaceException.class);
        try (MergedSegmentWriter small = files.createMerged()) {
            small.append(new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of("k"), new byte[5]), 1, 0);
            assertThatThrownBy(small::finish).isInstanceOf(NoSpaceException.class);
        }
    }

    @Test
    void writerThatIsGivenUpClosesItsFile() throws IOException {
        writer.close();
        assertThat(file().wasClosed()).isTrue();
        writer.close();
    }
}
