package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVNoSpaceException;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.HeapDirectory.HeapFile;
import io.kvstore.internal.log.HeapDirectory.Operation;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LogTest {
    private static final int SEGMENT_SIZE = 4096;

    private final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files = new SegmentFiles(directory, new StoreFileLayout(new UUID(1, 2), 3, 4, 0), 0);
    private final SegmentSet segments = new SegmentSet();
    private final AtomicInteger rollsTold = new AtomicInteger();
    private Log log;

    private Log open(int segmentSize, Duration syncInterval) throws IOException {
        Segment first = files.create(files.nextNumber(), segments.takeSlot(), segmentSize);
        segments.add(first);
        return openAgain(first, segmentSize, syncInterval);
    }

    private Log openAgain(Segment active, int segmentSize, Duration syncInterval) {
        log = new Log(
                files, segments, active, 0, new Log.Settings(new SegmentSizes(segmentSize), syncInterval, "test"));
        log.start(rollsTold::incrementAndGet);
        return log;
    }

    @AfterEach
    void closeLog() throws IOException {
        directory.unhook();
        if (log != null) {
            log.close();
        }
    }

    private long append(byte[] key, byte[] value) {
        RecordBuffer record = new RecordBuffer().encode(RecordLayout.KIND_PUT, key, value);
        log.lock().lock();
        try {
            log.tail().reserve(record.size());
            return log.tail().append(record, 5);
        } finally {
            log.lock().unlock();
        }
    }

    private long append(int valueLength) {
        return append(Bytes.of("key"), new byte[valueLength]);
    }

    private RecordBuffer read(long address) {
        RecordBuffer record = new RecordBuffer();
        log.read(Log.slot(address), Log.offset(address), Long.MAX_VALUE, record);
        return record;
    }

    /** A record as it stands in a file. */
    private record Stored(int segment, int offset, int kind, long sequence, int synced, int size) {
        static Stored at(int segment, int offset, byte[] bytes, int header) {
            long size = RecordLayout.size(
                    bytes[header + RecordLayout.FLAGS],
                    LittleEndian.getUnsignedShort(bytes, header + RecordLayout.KEY_LENGTH),
                    LittleEndian.getInt(bytes, header + RecordLayout.VALUE_LENGTH));
            return new Stored(
                    segment,
                    offset,
                    bytes[header + RecordLayout.KIND],
                    LittleEndian.getLong(bytes, header + RecordLayout.SEQUENCE),
                    LittleEndian.getInt(bytes, header + RecordLayout.SYNCED) * RecordLayout.ALIGNMENT,
                    (int) size);
        }
    }

    /** All records of one segment, one behind the other. */
    private List<Stored> stored(int segment) {
        byte[] bytes = file(segment).bytes();
        List<Stored> stored = new ArrayList<>();
        int offset = SegmentHeader.SIZE;
        while (offset + RecordLayout.HEADER_SIZE <= bytes.length && bytes[offset + RecordLayout.KIND] != 0) {
            stored.add(Stored.at(segment, offset, bytes, offset));
            offset += stored.get(stored.size() - 1).size();
        }
        return stored;
    }

    private HeapFile file(int segment) {
        return directory.file(FileNames.segment(segment));
    }

    @Test
    void recordsComeBackFromWhereTheyWereAppended() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        long seed = Seeds.next(LogTest.class);
        Random random = new Random(seed);
        List<Long> addresses = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(3 * SEGMENT_SIZE) : random.nextInt(300)];
            random.nextBytes(value);
            values.add(value);
            addresses.add(append(Bytes.of(i), value));
        }
        for (int i = 0; i < 1000; i++) {
            RecordBuffer record = read(addresses.get(i));
            assertThat(record.key()).as("seed %d, record %d", seed, i).isEqualTo(Bytes.of(i));
            assertThat(record.value()).as("seed %d, record %d", seed, i).isEqualTo(values.get(i));
        }
        assertThat(log.figures().rolls()).isGreaterThan(50);
    }

    @Test
    void sequenceNumbersGoUpByOneOverAllSegmentsAndEachButTheLastIsSealed() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        for (int i = 0; i < 500; i++) {
            append(i);
        }
        int last = segments.all().size();
        assertThat(last).isGreaterThan(10);
        long sequence = 0;
        for (int number = 1; number <= last; number++) {
            assertThat(segments.get(number - 1).number()).isEqualTo(number);
            List<Stored> stored = stored(number);
            for (int i = 0; i < stored.size(); i++) {
                boolean seal = number < last && i == stored.size() - 1;
                sequence += seal ? 0 : 1;
                assertThat(stored.get(i).kind()).isEqualTo(seal ? RecordLayout.KIND_SEAL : RecordLayout.KIND_PUT);
                assertThat(stored.get(i).sequence()).isEqualTo(sequence);
            }
            assertThat(segments.get(number - 1).end()).isLessThanOrEqualTo(SEGMENT_SIZE);
        }
        assertThat(sequence).isEqualTo(500);
        assertThat(log.tail().cleanMark().sequence()).isEqualTo(500);
        assertThat(log.tail().cleanMark().segment()).isEqualTo(last);
        assertThat(log.tail().cleanMark().end())
                .isEqualTo(segments.get(last - 1).end());
    }

    @Test
    void segmentIsFilledToTheLastByteThatLeavesRoomForItsSeal() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        int room = SEGMENT_SIZE - SegmentHeader.SIZE - RecordLayout.SEAL_SIZE;
        append(room - RecordLayout.HEADER_SIZE - 3);
        assertThat(log.figures().rolls()).isZero();
        append(0);
        assertThat(log.figures().rolls()).isOne();
        assertThat(segments.get(0).end()).isEqualTo(SEGMENT_SIZE);
    }

    @Test
    void recordLargerThanASegmentGetsOneOfItsOwn() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        long before = append(10);
        // The segment of ordinary size that was made ahead does not do.
        Crew.awaitUntil(
                "the next segment was made ahead", () -> directory.names().size() == 2);
        long large = append(100_000);
        long after = append(10);
        assertThat(Log.slot(before)).isZero();
        assertThat(Log.slot(large)).isEqualTo(1);
        assertThat(Log.offset(large)).isEqualTo(SegmentHeader.SIZE);
        assertThat(Log.slot(after)).isEqualTo(2);
        assertThat(stored(segments.get(1).number()))
                .extracting(Stored::kind)
                .containsExactly(RecordLayout.KIND_PUT, RecordLayout.KIND_SEAL);
        assertThat(segments.get(1).end()).isEqualTo(segments.get(1).capacity());
        assertThat(segments.get(2).capacity()).isEqualTo(SEGMENT_SIZE);
        assertThat(read(large).valueLength()).isEqualTo(100_000);
        assertThat(read(before).valueLength()).isEqualTo(10);
        assertThat(read(after).valueLength()).isEqualTo(10);
    }

    @Test
    void recordsThatWereReservedTogetherStandInOneSegment() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(3000);
        // The first alone would fit.
        RecordBuffer first = new RecordBuffer().encode(RecordLayout.KIND_BUCKET, Bytes.of("b"), new byte[0]);
        RecordBuffer second = new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of("k"), new byte[1000]);
        log.lock().lock();
        try {
            log.tail().reserve((long) first.size() + second.size());
            assertThat(Log.slot(log.tail().append(first, 1))).isEqualTo(1);
            assertThat(Log.slot(log.tail().append(second, 1))).isEqualTo(1);
        } finally {
            log.lock().unlock();
        }
    }

    @Test
    void awaitedPositionIsForcedInAllSegments() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            append(i * 3);
        }
        log.awaitSynced(log.position());
        for (Segment segment : segments.all()) {
            assertThat(file(segment.number()).forcedEnd())
                    .as("segment %d", segment.number())
                    .isEqualTo(segment.end());
        }
        long syncs = log.figures().syncs();
        log.awaitSynced(log.position());
        assertThat(log.figures().syncs()).isEqualTo(syncs);
    }

    /** Checks each record at the moment when it is written against the forces that have returned by then. */
    @Test
    @Tag("concurrency")
    void syncedMarkNeverClaimsWhatIsNotForced() throws IOException {
        open(4 * SEGMENT_SIZE, Duration.ZERO);
        int records = 2000;
        AtomicInteger written = new AtomicInteger();
        AtomicInteger claims = new AtomicInteger();
        AtomicBoolean writerWaits = new AtomicBoolean();
        AtomicBoolean writerDone = new AtomicBoolean();
        directory.hook((operation, file, position, source, offset, length) -> {
            if (operation == Operation.PUT) {
                written.incrementAndGet();
                int number = FileNames.segmentNumber(file.name()).orElseThrow();
                Stored record = Stored.at(number, position, source, offset);
                claims.addAndGet(record.synced() > 0 ? 1 : 0);
                requireForced(record);
            } else if (operation == Operation.FORCE_MAPPED) {
                // A force takes as long as some records: they are written while it runs.
                int until = written.get() + 7;
                while (written.get() < until && !writerWaits.get()) {
                    Thread.yield();
                }
            }
        });
        try (Crew crew = new Crew()) {
            crew.start("syncer", () -> {
                while (!writerDone.get() && !crew.hasFailed()) {
                    log.awaitSynced(log.position());
                }
            });
            crew.start("writer", () -> {
                try {
                    long syncs = 0;
                    for (int i = 0; i < records; i++) {
                        append(i % 100);
                        if (i % 20 == 19) {
                            long before = syncs;
                            writerWaits.set(true);
                            Crew.awaitUntil(
                                    "a sync is done", () -> log.figures().syncs() > before);
                            writerWaits.set(false);
                            syncs = log.figures().syncs();
                        }
                    }
                } finally {
                    writerWaits.set(true);
                    writerDone.set(true);
                }
            });
        }
        assertThat(claims.get()).as("records that claim something").isGreaterThan(100);
    }

    private void requireForced(Stored record) {
        boolean forced = record.synced() == 0
                || record.synced() <= file(record.segment()).forcedEnd();
        for (int number = 1; number < record.segment() && record.synced() > 0; number++) {
            forced &= file(number).forcedEnd() >= segments.get(number - 1).end();
        }
        if (!forced || record.synced() > record.offset()) {
            throw new AssertionError("claims more than was forced: " + record);
        }
    }

    @Test
    void syncedMarkTellsOfTheLastSync() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(1000);
        assertThat(stored(1).get(0).synced()).isEqualTo(SegmentHeader.SIZE);
        append(1000);
        log.awaitSynced(log.position());
        int synced = segments.get(0).end();
        append(1000);
        assertThat(stored(1)).extracting(Stored::synced).containsExactly(64, 64, synced);
    }

    @Test
    void firstRecordsOfANewSegmentClaimNothingUntilTheOldOneIsForced() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(1000);
        append(3000);
        append(10);
        assertThat(stored(2)).extracting(Stored::synced).containsExactly(0, 0);
        log.awaitSynced(log.position());
        int synced = segments.get(1).end();
        append(10);
        assertThat(stored(2)).extracting(Stored::synced).containsExactly(0, 0, synced);
    }

    @Test
    void sealedSegmentsThatWaitForASyncAreBoundedInNumber() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        for (int i = 0; i < 32; i++) {
            append(3000);
        }
        assertThat(directory.forces())
                .as("31 sealed segments wait, and the active one")
                .isEmpty();
        append(3000);
        Crew.awaitUntil("the sealed segments are forced", () -> file(32).wasClosed());
        for (int number = 1; number <= 32; number++) {
            assertThat(file(number).forcedEnd())
                    .isEqualTo(segments.get(number - 1).end());
            assertThat(file(number).wasClosed()).isTrue();
        }
    }

    @Test
    void withoutAnIntervalNothingIsSyncedUnasked() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            append(100);
        }
        assertThat(log.figures().rolls()).isPositive();
        assertThat(directory.forces()).isEmpty();
    }

    @Test
    void intervalBoundsTheTimeWithoutSync() throws IOException {
        open(SEGMENT_SIZE, Duration.ofMillis(1));
        for (int i = 0; i < 5; i++) {
            append(100);
            long end = LogPosition.offset(log.position());
            Crew.awaitUntil("the record is forced", () -> file(1).forcedEnd() >= end);
        }
    }

    @Test
    void slotsEndWithAnErrorAndWhatFitsStillGoesIn() throws IOException {
        HeapFile shared = (HeapFile) directory.create("shared");
        var region = shared.map(64, true);
        for (int slot = 0; slot < SegmentSet.MAX_SEGMENTS - 1; slot++) {
            SegmentHeader header = new SegmentHeader(SegmentHeader.KIND_LOG, slot + 1, 0);
            segments.add(new Segment(header, segments.takeSlot(), "shared", shared, null, region, 0, 64, 64));
        }
        Segment last = files.create(SegmentSet.MAX_SEGMENTS, segments.takeSlot(), SEGMENT_SIZE);
        segments.add(last);
        openAgain(last, SEGMENT_SIZE, Duration.ZERO);
        long first = append(1000);
        assertThat(Log.slot(first)).isEqualTo(SegmentSet.MAX_SEGMENTS - 1);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> append(4000))
                    .asInstanceOf(type(KVException.class))
                    .extracting(KVException::code)
                    .isEqualTo(KVErrorCode.LIMIT_REACHED);
        }
        long second = append(1000);
        assertThat(read(first).valueLength()).isEqualTo(1000);
        assertThat(read(second).valueLength()).isEqualTo(1000);
        assertThat(directory.names()).as("no segment without a slot was made").hasSize(2);
    }

    @Test
    void fullDiskWritesNothingAndPassesWhenThereIsRoomAgain() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        long first = append(3000);
        directory.hookOperations(operation -> {
            if (operation == Operation.WRITE) {
                throw new NoSpaceException("disk full", null);
            }
        });
        long position = log.position();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 3; i++) {
                        append(3000);
                    }
                })
                .isInstanceOf(KVNoSpaceException.class)
                .hasMessageContaining("nothing was written");
        assertThat(read(first).valueLength()).isEqualTo(3000);
        directory.unhook();
        long second = append(3000);
        assertThat(log.position()).isGreaterThan(position);
        assertThat(read(second).valueLength()).isEqualTo(3000);
        log.awaitSynced(log.position());
    }

    @Test
    void errorWhileASegmentIsMadeWritesNothingAndPasses() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(1000);
        Crew.awaitUntil(
                "the next segment was made ahead", () -> directory.names().size() == 2);
        directory.hookOperations(operation -> {
            if (operation == Operation.CREATE || operation == Operation.SYNC) {
                throw new IOException("no more inodes");
            }
        });
        long position = log.position();
        // Too large for the segment that was made ahead.
        assertThatThrownBy(() -> append(100_000))
                .hasMessageContaining("no more inodes")
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.IO_ERROR);
        assertThat(log.position()).isEqualTo(position);
        assertThat(stored(1)).hasSize(1);
        append(1000);
        directory.unhook();
        assertThat(read(append(100_000)).valueLength()).isEqualTo(100_000);
    }

    @Test
    void failedRemovalOfTheSegmentMadeAheadDoesNotBlockTheLog() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(1000);
        Crew.awaitUntil(
                "the next segment was made ahead", () -> directory.names().size() == 2);
        AtomicInteger failures = new AtomicInteger();
        directory.hookOperations(operation -> {
            if (operation == Operation.DELETE && failures.getAndIncrement() == 0) {
                throw new IOException("busy");
            }
        });
        assertThatThrownBy(() -> append(100_000)).isInstanceOf(KVException.class);
        assertThat(failures).hasPositiveValue();
        long large = append(100_000);
        long small = append(10);
        assertThat(read(large).valueLength()).isEqualTo(100_000);
        assertThat(read(small).valueLength()).isEqualTo(10);
    }

    @Test
    void recordTooLargeForTheDiskGivesTheSpaceBackThatWasReservedForIt() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(1000);
        directory.hook((operation, file, position, source, offset, length) -> {
            if (operation == Operation.WRITE && position >= 2 << 20) {
                throw new NoSpaceException("disk full", null);
            }
        });
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> append(4 << 20)).isInstanceOf(KVNoSpaceException.class);
            long most = 0;
            for (String name : directory.names()) {
                most = Math.max(most, directory.file(name).length());
            }
            assertThat(most).isEqualTo(SEGMENT_SIZE);
            assertThat(segments.all()).hasSize(1);
        }
        append(1000);
        directory.unhook();
        assertThat(read(append(4 << 20)).valueLength()).isEqualTo(4 << 20);
    }

    @Test
    void appendThatFailsInTheMappingPoisonsTheLog() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        long first = append(100);
        IOException error = new IOException("a page could not be written");
        directory.hookOperations(operation -> {
            if (operation == Operation.PUT) {
                throw error;
            }
        });
        long position = log.position();
        assertThatThrownBy(() -> append(100)).hasCause(error);
        directory.unhook();
        assertThatThrownBy(() -> append(100))
                .hasCause(error)
                .asInstanceOf(type(KVException.class))
                .extracting(KVException::code)
                .isEqualTo(KVErrorCode.SYNC_FAILED);
        assertThatThrownBy(log.tail()::cleanMark).as("nothing to vouch for").hasCause(error);
        assertThat(log.position()).isEqualTo(position);
        assertThatThrownBy(() -> log.awaitSynced(position)).hasCause(error);
        assertThat(read(first).valueLength()).isEqualTo(100);
    }

    @Test
    void failedSyncRefusesAppends() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(100);
        IOException error = new IOException("bad sector");
        directory.hookOperations(operation -> {
            if (operation == Operation.FORCE_MAPPED) {
                throw error;
            }
        });
        assertThatThrownBy(() -> log.awaitSynced(log.position())).hasCause(error);
        directory.unhook();
        assertThatThrownBy(() -> append(100)).hasCause(error);
        assertThat(stored(1)).hasSize(1);
    }

    @Test
    void closeCutsTheFilesAndRemovesTheSegmentMadeAhead() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        for (int i = 0; i < 5; i++) {
            append(1500);
        }
        int last = segments.all().size();
        Crew.awaitUntil(
                "the next segment was made ahead", () -> directory.names().size() == last + 1);
        log.awaitSynced(log.position());
        log.close();
        assertThat(directory.names()).hasSize(last);
        for (Segment segment : segments.all()) {
            assertThat(file(segment.number()).length()).isEqualTo(segment.end());
            assertThat(file(segment.number()).wasClosed()).isTrue();
        }
    }

    @Test
    void closeAfterAFailedSyncLeavesTheFilesAsTheyAre() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(100);
        directory.hookOperations(operation -> {
            if (operation == Operation.FORCE_MAPPED) {
                throw new IOException("bad sector");
            }
        });
        assertThatThrownBy(() -> log.awaitSynced(log.position())).isInstanceOf(KVException.class);
        log.close();
        assertThat(file(1).length()).isEqualTo(SEGMENT_SIZE);
        assertThat(file(1).wasClosed()).isTrue();
    }

    @Test
    void closeClosesTheOtherFilesThoughOneFails() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        append(1500);
        append(3000);
        log.awaitSynced(log.position());
        directory.hook((operation, file, position, source, offset, length) -> {
            if (operation == Operation.SET_LENGTH && file.name().equals(FileNames.segment(1))) {
                throw new IOException("cannot cut");
            }
        });
        assertThatThrownBy(log::close).isInstanceOf(IOException.class).hasMessage("cannot cut");
        assertThat(file(2).length()).isEqualTo(segments.get(1).end());
        assertThat(file(2).wasClosed()).isTrue();
    }

    @Test
    void closeEndsTheThreadsOfTheLog() throws IOException {
        open(SEGMENT_SIZE, Duration.ofDays(1));
        assertThat(threads()).contains("kvstore-test-reserve", "kvstore-test-sync");
        log.close();
        assertThat(threads()).doesNotContain("kvstore-test-reserve", "kvstore-test-sync");
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void figuresTellWhatThereIs() throws IOException {
        open(SEGMENT_SIZE, Duration.ZERO);
        long bytes = 0;
        for (int i = 0; i < 20; i++) {
            append(500);
            bytes += RecordLayout.size(0, 3, 500);
        }
        Log.Figures figures = log.figures();
        assertThat(figures.rolls()).isEqualTo(2);
        List<SegmentState> states = log.segments(0);
        assertThat(states).hasSize(3);
        long logBytes = states.stream().mapToLong(SegmentState::logBytes).sum();
        long diskBytes = states.stream().mapToLong(SegmentState::diskBytes).sum();
        assertThat(logBytes).isEqualTo(bytes + 2 * RecordLayout.SEAL_SIZE);
        assertThat(log.balance().logBytes()).isEqualTo(logBytes);
        assertThat(diskBytes).isBetween(logBytes, 3L * SEGMENT_SIZE);
        assertThat(log.balance().liveBytes()).isZero();
        assertThat(states).extracting(SegmentState::liveBytes).containsOnly(0L);
    }
}
