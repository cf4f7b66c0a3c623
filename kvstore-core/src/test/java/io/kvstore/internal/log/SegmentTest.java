package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.KVCorruptionException;
import io.kvstore.KVException;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.HeapDirectory.HeapFile;
import io.kvstore.internal.log.HeapDirectory.Operation;
import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentTest {
    private static final int CAPACITY = 8 << 20;
    private static final int CHUNK = ReservedSpace.CHUNK;

    private final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files =
            new SegmentFiles(directory, new StoreFileLayout(new UUID(1, 2), 3, 4, 1_767_225_600_000L), 0);
    private final RecordBuffer read = new RecordBuffer();
    private Segment segment;
    private HeapFile file;

    @BeforeEach
    void makeSegment() throws IOException {
        segment = files.create(7, 6, CAPACITY);
        file = directory.file(FileNames.segment(7));
    }

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (length + 31 * i);
        }
        return bytes;
    }

    /** Appends a record of some value length, and returns its offset. */
    private int append(int valueLength) throws IOException {
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_PUT, pattern(5), pattern(valueLength));
        int offset = segment.end();
        segment.reserve(offset + record.size());
        segment.append(record, 1, 0, 0);
        return offset;
    }

    private static long bound(int valueLength) {
        return SizeClass.bound(SizeClass.of(RecordLayout.size(0, 5, valueLength)));
    }

    private void assertReads(int offset, int valueLength) {
        segment.read(offset, bound(valueLength), read);
        assertThat(read.key()).isEqualTo(pattern(5));
        assertThat(read.value()).isEqualTo(pattern(valueLength));
    }

    private void assertDamaged(int offset, long bound, String what) {
        assertThatThrownBy(() -> segment.read(offset, bound, read))
                .as(what)
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll("segment 7", FileNames.segment(7), "offset " + offset);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 983, 990, 991, 992, 2000, 20_000, 1 << 20, 3 << 20})
    void recordComesBackWhateverItsSize(int valueLength) throws IOException {
        append(3);
        int offset = append(valueLength);
        append(3);
        assertReads(offset, valueLength);
    }

    @Test
    void recordAtTheVeryEndOfTheSegmentIsRead() throws IOException {
        int room = CAPACITY - segment.end();
        int offset = append(room - RecordLayout.HEADER_SIZE - 5);
        assertThat(segment.end()).isEqualTo(CAPACITY);
        segment.read(offset, Long.MAX_VALUE, read);
        assertThat(read.valueLength()).isEqualTo(room - RecordLayout.HEADER_SIZE - 5);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 100})
    void everyFlippedBitIsReportedWithFileAndOffset(int valueLength) throws IOException {
        int before = append(3);
        int offset = append(valueLength);
        int after = append(3);
        for (int bit = 8 * offset; bit < 8 * after; bit++) {
            file.bytes()[bit / 8] ^= (byte) (1 << bit % 8);
            assertDamaged(offset, bound(valueLength), "bit " + bit);
            file.bytes()[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertReads(before, 3);
        assertReads(offset, valueLength);
        assertReads(after, 3);
    }

    @Test
    void flippedBitsOfALargeRecordAreReported() throws IOException {
        int offset = append(100_000);
        int end = append(0);
        for (int index = offset; index < end; index += 1009) {
            file.bytes()[index] ^= 64;
            assertDamaged(offset, bound(100_000), "byte " + index);
            file.bytes()[index] ^= 64;
        }
        assertReads(offset, 100_000);
    }

    @Test
    void damageNeverCostsMemoryBeyondTheSizeClass() throws IOException {
        int offset = append(100);
        // A value length of four gigabytes.
        Arrays.fill(
                file.bytes(), offset + RecordLayout.VALUE_LENGTH, offset + RecordLayout.VALUE_LENGTH + 4, (byte) -1);
        assertDamaged(offset, bound(100), "nonsense length");
        assertThat(read.bytes().length).isLessThan(2048);
        assertDamaged(offset, Long.MAX_VALUE, "nonsense length without a bound");
    }

    @Test
    void placeWithoutARecordIsReported() throws IOException {
        int offset = append(100);
        assertDamaged(offset + 8, bound(100), "inside a record");
        assertDamaged(segment.end(), 32, "behind the last");
        assertDamaged(CAPACITY - 8, 32, "at the end of the file");
    }

    @Test
    void recordCopiedToAnotherPlaceOrSegmentIsNotTakenForOne() throws IOException {
        int offset = append(100);
        int other = append(100);
        System.arraycopy(file.bytes(), offset, file.bytes(), other, other - offset);
        assertReads(offset, 100);
        assertDamaged(other, bound(100), "copied within the segment");

        Segment source = files.create(8, 7, CAPACITY);
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_PUT, pattern(5), pattern(100));
        source.reserve(source.end() + record.size());
        source.append(record, 1, 0, 0);
        byte[] bytes = directory.file(FileNames.segment(8)).bytes();
        System.arraycopy(bytes, SegmentHeader.SIZE, file.bytes(), SegmentHeader.SIZE, record.size());
        assertDamaged(SegmentHeader.SIZE, bound(100), "copied from another segment");
    }

    @Test
    void spaceIsReservedInWholeChunksAndNeverBeyondTheCapacity() throws IOException {
        segment.reserve(100);
        assertThat(segment.reserved()).isEqualTo(CHUNK);
        segment.reserve(CHUNK);
        assertThat(segment.reserved()).isEqualTo(CHUNK);
        segment.reserve(CHUNK + 1);
        assertThat(segment.reserved()).isEqualTo(2 * CHUNK);
        segment.reserve(CAPACITY);
        assertThat(segment.reserved()).isEqualTo(CAPACITY);
        Segment odd = files.create(8, 7, CHUNK + 8);
        odd.reserve(odd.capacity());
        assertThat(odd.reserved()).isEqualTo(CHUNK + 8);
        assertThat(directory.file(FileNames.segment(8)).length()).isEqualTo(CHUNK + 8);
    }

    @Test
    void reservingNeverWritesOverRecords() throws IOException {
        int last = 0;
        for (int i = 0; i < 300; i++) {
            last = append(20_000);
        }
        segment.reserve(CAPACITY);
        for (int offset = SegmentHeader.SIZE; offset <= last; offset += (int) RecordLayout.size(0, 5, 20_000)) {
            assertReads(offset, 20_000);
        }
    }

    @Test
    void fullDiskIsAnErrorOfTheReservationThatCanBeTriedAgain() throws IOException {
        append(10);
        directory.hookOperations(operation -> {
            if (operation == Operation.WRITE) {
                throw new NoSpaceException("disk full", null);
            }
        });
        int reserved = segment.reserved();
        assertThatThrownBy(() -> segment.reserve(2 * CHUNK)).isInstanceOf(NoSpaceException.class);
        assertThat(segment.reserved()).isEqualTo(reserved);
        assertReads(SegmentHeader.SIZE, 10);
        directory.unhook();
        segment.reserve(2 * CHUNK);
        assertThat(segment.reserved()).isEqualTo(2 * CHUNK);
    }

    @Test
    void closedFileIsNotWrittenAnyMoreAndCanStillBeRead() throws IOException {
        int offset = append(100);
        segment.forceSealed();
        assertThat(file.wasClosed()).isTrue();
        directory.hookOperations(operation -> {
            if (operation == Operation.WRITE) {
                throw new IOException("stream closed");
            }
        });
        segment.reserve(CAPACITY);
        segment.closeFile();
        assertReads(offset, 100);
    }

    @Test
    void forceCoversEverythingOnceAndNothingTwice() throws IOException {
        append(100);
        int middle = segment.end();
        append(100);
        segment.force(middle);
        assertThat(file.forcedEnd()).isEqualTo(middle);
        segment.force(middle);
        segment.force(SegmentHeader.SIZE);
        assertThat(directory.forces()).hasSize(1);
        segment.force(segment.end());
        assertThat(file.forcedEnd()).isEqualTo(segment.end());
        assertThat(directory.forces()).hasSize(2);
    }

    @Test
    void failedForceIsTriedAgainFromWhereItWas() throws IOException {
        append(100);
        directory.hookOperations(operation -> {
            if (operation == Operation.FORCE_MAPPED) {
                throw new IOException("bad sector");
            }
        });
        assertThatThrownBy(() -> segment.force(segment.end())).isInstanceOf(IOException.class);
        directory.unhook();
        segment.force(segment.end());
        assertThat(file.forcedEnd()).isEqualTo(segment.end());
    }

    @Test
    void liveBytesAreExactForRecordsOfOneSize() throws IOException {
        assertThat(segment.content().liveBytes(segment.logBytes())).isZero();
        long bound = SizeClass.bound(SizeClass.of(RecordLayout.size(0, 5, 100)));
        for (int i = 0; i < 10; i++) {
            append(100);
            segment.content().addLive(bound);
        }
        assertThat(segment.content().liveBytes(segment.logBytes()))
                .isEqualTo(segment.logBytes())
                .isEqualTo(10 * RecordLayout.size(0, 5, 100));
        for (int i = 0; i < 4; i++) {
            segment.content().removeLive(bound);
        }
        assertThat(segment.content().liveBytes(segment.logBytes())).isEqualTo(6 * RecordLayout.size(0, 5, 100));
        for (int i = 0; i < 6; i++) {
            segment.content().removeLive(bound);
        }
        assertThat(segment.content().liveBytes(segment.logBytes())).isZero();
    }

    /** Of a segment of more than 512 MiB, which is made for one large record, the end is beyond any location. */
    @Test
    void onlyTheFirstRecordMayGoBeyondTheReachOfALocation() {
        long beyond = RecordLayout.OFFSET_LIMIT + 1000;
        assertThat(large(SegmentHeader.SIZE).hasRoom(beyond)).isTrue();
        assertThat(large(SegmentHeader.SIZE + 32).hasRoom(beyond)).isFalse();
        assertThat(large(RecordLayout.OFFSET_LIMIT - 32).hasRoom(32)).isTrue();
        assertThat(large(RecordLayout.OFFSET_LIMIT - 32).hasRoom(40)).isFalse();
        assertThat(large(RecordLayout.OFFSET_LIMIT).hasRoom(32)).isFalse();
    }

    private static Segment large(int end) {
        Region region = new Region(1 << 30) {
            @Override
            public void get(int position, byte[] target, int offset, int length) {
                throw new UnsupportedOperationException();
            }
        };
        return new Segment(new SegmentHeader(SegmentHeader.KIND_LOG, 1, 0), 0, "", null, null, region, 0, end, end);
    }

    /** A mapping that is only read. */
    private abstract static class Region implements MappedRegion {
        private final int length;

        Region(int length) {
            this.length = length;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void put(int position, byte[] source, int offset, int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void force(int position, int count) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void pageThatCannotBeReadHurtsNoRecordInFrontOfIt() throws IOException {
        int healthy = append(100);
        int lost = append(100);
        byte[] bytes = file.bytes();
        Region region = new Region(bytes.length) {
            @Override
            public void get(int position, byte[] target, int offset, int length) {
                if (position + length > lost) {
                    throw new InternalError("a fault in a recent unsafe memory access operation");
                }
                System.arraycopy(bytes, position, target, offset, length);
            }
        };
        segment = new Segment(
                segment.header(), 6, segment.path(), null, null, region, segment.salt(), segment.end(), segment.end());
        // What is read at once is more than the record, since the index knows its size only roughly.
        assertThat(bound(100)).isGreaterThan(lost - healthy);
        assertReads(healthy, 100);
        assertThatThrownBy(() -> segment.read(lost, bound(100), read))
                .isInstanceOf(KVException.class)
                .hasMessageContainingAll(segment.path(), "offset " + lost, "check the disk");
    }

    @Test
    void roomCountsTheSealToo() throws IOException {
        int room = CAPACITY - segment.end();
        assertThat(segment.hasRoom(room - RecordLayout.SEAL_SIZE)).isTrue();
        assertThat(segment.hasRoom(room - RecordLayout.SEAL_SIZE + 8)).isFalse();
        assertThat(segment.hasRoom(1L << 40)).isFalse();
    }
}
