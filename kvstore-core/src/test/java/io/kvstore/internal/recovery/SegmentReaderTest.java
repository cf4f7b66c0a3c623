package io.kvstore.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.HeapDirectory;
import io.kvstore.internal.log.LogSegment;
import io.kvstore.internal.log.MergedSegmentWriter;
import io.kvstore.internal.log.RecordBuffer;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.recovery.SegmentReader.Contents;
import io.kvstore.internal.recovery.SegmentReader.NonsenseException;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SegmentReaderTest {
    private static final long BASE = 100;
    private static final KeyHash HASH = new KeyHash(MadeUpSegment.STORE.secret0(), MadeUpSegment.STORE.secret1());

    private final HeapDirectory directory = new HeapDirectory();
    private final SegmentFiles files = new SegmentFiles(directory, MadeUpSegment.STORE, 0);
    private final SegmentReader reader = new SegmentReader(HASH);
    private LogSegment log;

    @BeforeEach
    void begin() throws IOException {
        log = new LogSegment(files, 8 << 20, BASE);
    }

    private Contents read(SegmentHeader header, long salt, long base) throws IOException {
        SegmentWindow window = new SegmentWindow(directory.open(FileNames.segment(header.number())));
        return reader.read(window, header, salt, base);
    }

    private Contents read() throws IOException {
        return read(log.segment().header(), log.segment().salt(), BASE);
    }

    private byte[] bytes() {
        return directory.file(FileNames.segment(1)).bytes();
    }

    /** The place of the last record of each key, as "bucket/key of the test": its offset, negative for a tombstone. */
    private static Map<String, Integer> places(Contents contents, Iterable<String> keys, int buckets) {
        Map<String, Integer> places = new HashMap<>();
        SortedEntries entries = contents.entries();
        for (String key : keys) {
            Hash hash = HASH.hash(Bytes.of(key));
            for (int bucket = 0; bucket < buckets; bucket++) {
                for (int i = 0; i < entries.count(); i++) {
                    if (entries.high(i) == hash.high() && HintEntry.bucket(entries.third(i)) == bucket) {
                        int offset = HintEntry.offset(entries.third(i));
                        boolean tombstone = HintEntry.isTombstone(entries.second(i));
                        places.put(bucket + "/" + key, tombstone ? -offset : offset);
                    }
                }
            }
        }
        assertThat(places).as("all entries are of keys of the test").hasSize(entries.count());
        return places;
    }

    @Test
    @Tag("model")
    void lastRecordOfEachKeyIsFoundWhereItIs() throws IOException {
        long seed = Seeds.next(SegmentReaderTest.class);
        Random random = new Random(seed);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            keys.add("k".repeat(1 + random.nextInt(200)) + i);
        }
        Map<String, Integer> expected = new HashMap<>();
        int puts = 0;
        for (int i = 0; i < 300; i++) {
            String key = keys.get(random.nextInt(keys.size()));
            int bucket = random.nextInt(3);
            if (random.nextInt(4) == 0) {
                expected.put(bucket + "/" + key, -log.delete(key, bucket));
            } else {
                long expiry = random.nextBoolean() ? RecordBuffer.NO_EXPIRY : 5000;
                // Some are longer than the window through which they are read.
                int length = i % 100 == 50 ? 1_500_000 : random.nextInt(300);
                expected.put(bucket + "/" + key, log.put(key, bucket, length, expiry, false));
                puts++;
            }
        }
        int end = log.seal(2) + RecordLayout.SEAL_SIZE;
        Contents contents = read();
        assertThat(places(contents, keys, 3)).as("seed %d", seed).isEqualTo(expected);
        SegmentSummary summary = contents.summary();
        assertThat(summary.end()).isEqualTo(end).isEqualTo(contents.end().offset());
        assertThat(contents.end().sealed()).isTrue();
        assertThat(summary.next()).isEqualTo(2);
        assertThat(summary.base()).isEqualTo(BASE);
        assertThat(summary.lastSequence()).isEqualTo(BASE + 300);
        assertThat(summary.figures().puts()).isEqualTo(puts);
    }

    @Test
    void expiriesAndBucketsAreInTheSummary() throws IOException {
        log.append(RecordLayout.KIND_BUCKET, Bytes.of("b"), 1);
        log.put("key", 1, 10, 5000, false);
        log.append(RecordLayout.KIND_BUCKET_DROP, Bytes.of("b"), 1);
        Contents contents = read();
        assertThat(contents.summary().events())
                .containsExactly(new BucketEvent(false, 1, "b"), new BucketEvent(true, 1, "b"));
        long size = RecordLayout.size(RecordLayout.FLAG_EXPIRY, 3, 10);
        assertThat(contents.summary().figures().expiry().bytes()).isEqualTo(SizeClass.bound(SizeClass.of(size)));
        assertThat(contents.summary().figures().expiry().expiredShare(4999)).isZero();
        assertThat(contents.summary().figures().expiry().expiredShare(5000)).isOne();
        assertThat(HintEntry.expires(contents.entries().second(0))).isTrue();
        assertThat(HintEntry.sizeClass(contents.entries().second(0))).isEqualTo(SizeClass.of(size));
    }

    @Test
    void unsealedSegmentEndsBehindItsLastRecord() throws IOException {
        int first = log.put("a", 0, 10);
        int last = log.put("b", 0, 10);
        Contents contents = read();
        assertThat(contents.end().sealed()).isFalse();
        assertThat(contents.summary().next()).isZero();
        assertThat(contents.summary().end()).isEqualTo(2 * last - first);
    }

    @Test
    void emptySegmentHasNothing() throws IOException {
        Contents contents = read();
        assertThat(contents.entries().count()).isZero();
        assertThat(contents.summary().end()).isEqualTo(SegmentHeader.SIZE);
        assertThat(contents.summary().lastSequence()).isEqualTo(BASE);
    }

    @Test
    void readingEndsInFrontOfTheRecordWithAFlippedByte() throws IOException {
        List<Integer> offsets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            offsets.add(log.put("key-" + i, 0, 9 * i));
        }
        offsets.add(log.seal(2));
        offsets.add(log.segment().end());
        for (int i = 0; i + 1 < offsets.size(); i++) {
            for (int index = offsets.get(i); index < offsets.get(i + 1); index++) {
                bytes()[index] ^= 8;
                Contents contents = read();
                assertThat(contents.end().offset()).as("byte %d", index).isEqualTo(offsets.get(i));
                assertThat(contents.end().sealed()).isFalse();
                assertThat(contents.entries().count()).isEqualTo(i);
                bytes()[index] ^= 8;
            }
        }
        assertThat(read().end().sealed()).isTrue();
    }

    @Test
    void batchWhoseEndIsMissingLeavesNothing() throws IOException {
        int alone = log.put("alone", 0, 10);
        int batch = log.put("alone", 0, 10, RecordBuffer.NO_EXPIRY, true);
        log.put("second", 0, 10, 5000, true);
        Contents contents = read();
        assertThat(contents.end().offset()).isEqualTo(batch);
        assertThat(contents.summary().end()).isEqualTo(batch);
        assertThat(contents.summary().lastSequence()).isEqualTo(BASE + 1);
        assertThat(contents.summary().figures().records()).isOne();
        assertThat(contents.summary().figures().expiry().bytes()).isZero();
        assertThat(places(contents, List.of("alone", "second"), 1)).isEqualTo(Map.of("0/alone", alone));
    }

    @Test
    void batchThatIsWholeCounts() throws IOException {
        log.put("a", 0, 10, RecordBuffer.NO_EXPIRY, true);
        int last = log.put("b", 0, 10);
        Contents contents = read();
        assertThat(contents.entries().count()).isEqualTo(2);
        assertThat(contents.end().offset()).isGreaterThan(last);
    }

    @Test
    void gapInTheSequenceEndsASegmentOfTheLog() throws IOException {
        log.put("a", 0, 10);
        log.skipSequence();
        int behind = log.put("b", 0, 10);
        assertThat(read().end().offset()).isEqualTo(behind);
    }

    @Test
    void segmentThatGoesOnFromElsewhereHasNoRecords() throws IOException {
        log.put("a", 0, 10);
        SegmentHeader header = log.segment().header();
        assertThat(read(header, log.segment().salt(), BASE + 1).entries().count())
                .isZero();
        assertThat(read(header, log.segment().salt() + 8, BASE).entries().count())
                .as("of another segment")
                .isZero();
    }

    @Test
    void mergedSegmentMayHaveItsRecordsInAnyOrder() throws IOException {
        List<Long> sequences = List.of(900L, 3L, 500L);
        MergedSegmentWriter writer = files.createMerged();
        for (long sequence : sequences) {
            RecordBuffer record =
                    new RecordBuffer().encode(RecordLayout.KIND_PUT, Bytes.of("key-" + sequence), new byte[50]);
            writer.append(record, sequence, 0);
        }
        int end = writer.finish();
        SegmentHeader header = writer.header();
        Contents contents = read(header, files.open(header, 5, end, end).salt(), 777);
        assertThat(contents.end().sealed()).isTrue();
        assertThat(contents.summary().end()).isEqualTo(end);
        assertThat(contents.summary().lastSequence()).isEqualTo(900);
        assertThat(contents.summary().next()).isZero();
        assertThat(contents.entries().count()).isEqualTo(3);
    }

    @Test
    void bucketWithoutANameIsNonsenseThatTellsWhere() throws IOException {
        log.put("a", 0, 10);
        int nameless = log.append(RecordLayout.KIND_BUCKET, new byte[] {(byte) 0xFF}, 1);
        assertThatThrownBy(this::read)
                .asInstanceOf(type(NonsenseException.class))
                .satisfies(e -> assertThat(e.offset).isEqualTo(nameless));
    }
}
