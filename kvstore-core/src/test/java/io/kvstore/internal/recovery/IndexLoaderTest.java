package io.kvstore.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.HintLayout;
import io.kvstore.internal.format.SizeClass;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.index.Location;
import io.kvstore.internal.index.ShardedIndex;
import io.kvstore.internal.log.HeapDirectory;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads segments by the threads of the loader, and one range by hand, and compares with a plain map. */
class IndexLoaderTest {
    private static final long SEED = Seeds.next(IndexLoaderTest.class);
    private static final int BUCKETS = 3;
    private static final int CLASS = SizeClass.of(MadeUpSegment.RECORD_SIZE);
    private static final long BOUND = SizeClass.bound(CLASS);

    private final HeapDirectory directory = new HeapDirectory();
    private final Random random = new Random(SEED);
    private final List<MadeUpSegment> segments = new ArrayList<>();
    private final List<Hash> keys = new ArrayList<>();

    /** For each bucket the location of each key. */
    private final List<Map<Hash, Long>> model = new ArrayList<>();

    /** Segments in which any of some keys is written, overwritten and deleted. */
    private void makeSegments(int count, int records, int keyCount) {
        while (keys.size() < keyCount) {
            // What the index compares, and no more.
            keys.add(new Hash(random.nextLong(), random.nextLong() & ~0xFFFF_0000L));
        }
        while (model.size() < BUCKETS) {
            model.add(new HashMap<>());
        }
        for (int slot = 0; slot < count; slot++) {
            MadeUpSegment segment = new MadeUpSegment(slot + 1);
            segments.add(segment);
            for (int i = 0; i < records; i++) {
                write(segment, slot, keys.get(random.nextInt(keyCount)), random.nextInt(BUCKETS));
            }
        }
    }

    private void write(MadeUpSegment segment, int slot, Hash key, int bucket) {
        if (random.nextInt(4) == 0) {
            segment.delete(key, bucket);
            model.get(bucket).remove(key);
        } else {
            boolean expires = random.nextInt(4) == 0;
            int offset = expires ? segment.putExpiring(key, bucket, 5000) : segment.put(key, bucket);
            model.get(bucket).put(key, Location.of(slot, offset, CLASS, expires));
        }
    }

    /** Every third segment in memory, the others by hint. */
    private List<SegmentSource> sources() throws IOException {
        List<SegmentSource> sources = new ArrayList<>();
        for (MadeUpSegment segment : segments) {
            sources.add(sources.size() % 3 == 2 ? segment.inMemory() : segment.hinted(directory));
        }
        return sources;
    }

    private static List<PartitionLoader> load(List<SegmentSource> sources) throws IOException {
        try (IndexLoader loader = new IndexLoader("test")) {
            loader.start();
            sources.forEach(loader::add);
            return loader.finish();
        }
    }

    private static List<PartitionLoader> loadByHand(List<SegmentSource> sources, int bits) throws IOException {
        List<PartitionLoader> partitions = new ArrayList<>();
        for (int i = 0; i < 1 << bits; i++) {
            PartitionLoader partition = new PartitionLoader(new HashRange(bits, i), 3000, 400);
            int half = sources.size() / 2;
            partition.load(sources.subList(0, half), 0);
            partition.load(sources.subList(half, sources.size()), half);
            partition.finish();
            partitions.add(partition);
        }
        return partitions;
    }

    private static ShardedIndex join(List<PartitionLoader> partitions, int bucket) {
        int bits = Integer.numberOfTrailingZeros(partitions.size());
        List<ShardedIndex> parts = new ArrayList<>();
        for (PartitionLoader partition : partitions) {
            PartitionLoader.Part part = partition.parts().get(bucket);
            parts.add(part == null ? new ShardedIndex(bits) : part.index);
        }
        return ShardedIndex.join(parts);
    }

    private void requireModel(List<PartitionLoader> partitions) {
        long[] livePuts = new long[segments.size()];
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            Map<Hash, Long> expected = model.get(bucket);
            expected.values().forEach(location -> livePuts[Location.slot(location)]++);
            ShardedIndex index = join(partitions, bucket);
            assertThat(index.size()).as("seed %d, bucket %d", SEED, bucket).isEqualTo(expected.size());
            for (Hash key : keys) {
                long location = expected.getOrDefault(key, Location.NONE);
                if (index.get(key) != location) {
                    assertThat(index.get(key))
                            .as("seed %d, bucket %d", SEED, bucket)
                            .isEqualTo(location);
                }
            }
        }
        for (int slot = 0; slot < livePuts.length; slot++) {
            requireLive(partitions, slot, livePuts[slot]);
        }
    }

    private static void requireLive(List<PartitionLoader> partitions, int slot, long puts) {
        long livePuts = 0;
        long liveEstimate = 0;
        for (PartitionLoader partition : partitions) {
            livePuts += partition.livePuts(slot);
            liveEstimate += partition.liveEstimate(slot);
        }
        assertThat(livePuts).as("seed %d, slot %d", SEED, slot).isEqualTo(puts);
        assertThat(liveEstimate).as("seed %d, slot %d", SEED, slot).isEqualTo(puts * BOUND);
    }

    /** Of few keys that are written again and again, and of many; more segments than are loaded together, too. */
    @ParameterizedTest
    @CsvSource({"0, 0, 1", "1, 1, 1", "4, 3000, 200", "10, 5000, 20000", "300, 20, 2000", "2, 60000, 200000"})
    @Tag("model")
    void loadedIndexIsAMapWithTheLastRecordOfEachKey(int count, int records, int keyCount) throws IOException {
        makeSegments(count, records, keyCount);
        requireModel(load(sources()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    @Tag("model")
    void howManyRangesThereAreMakesNoDifference(int bits) throws IOException {
        makeSegments(7, 4000, 9000);
        requireModel(loadByHand(sources(), bits));
    }

    @Test
    void roomThatWasMadeInVainIsGivenBack() throws IOException {
        // A sample of the first segment promises as much for each of the others, which bring nothing new.
        makeSegments(1, 40_000, 80_000);
        while (segments.size() < 12) {
            MadeUpSegment again = new MadeUpSegment(segments.size() + 1);
            model.get(0).keySet().stream().limit(4000).forEach(key -> again.put(key, 0));
            segments.add(again);
        }
        for (PartitionLoader partition : loadByHand(sources(), 1)) {
            ShardedIndex index = partition.parts().get(0).index;
            assertThat((double) index.memoryBytes() / index.size())
                    .as("seed %d: bytes a key", SEED)
                    .isLessThan(32.5);
        }
    }

    @Test
    void droppedBucketCountsAsGarbageInItsSegmentsAlone() throws IOException {
        makeSegments(5, 2000, 3000);
        List<PartitionLoader> partitions = load(sources());
        ShardedIndex dropped = join(partitions, 1);
        partitions.get(0).discard(dropped);
        for (int slot = 0; slot < segments.size(); slot++) {
            int expected = slot;
            long left = List.of(model.get(0), model.get(2)).stream()
                    .flatMap(entries -> entries.values().stream())
                    .filter(location -> Location.slot(location) == expected)
                    .count();
            requireLive(partitions, slot, left);
        }
    }

    @Test
    void bucketIsKnownByItsFirstRecordOfTheRange() throws IOException {
        makeSegments(1, 100, 100);
        MadeUpSegment second = new MadeUpSegment(2);
        second.put(new Hash(1, 1), 0);
        int offset = second.put(new Hash(1, 1), 9);
        PartitionLoader loader = new PartitionLoader(new HashRange(0, 0), 3000, 400);
        loader.load(List.of(segments.get(0).inMemory(), second.inMemory()), 0);
        assertThat(loader.parts()).containsOnlyKeys(0, 1, 2, 9);
        assertThat(loader.parts().get(9).firstSlot).isOne();
        assertThat(loader.parts().get(9).firstOffset).isEqualTo(offset);
        assertThat(loader.parts().get(0).firstSlot).isZero();
    }

    /** Damages the first and the last block, or the last alone. */
    private void damageHint(int number, boolean first) {
        byte[] bytes = directory.file(FileNames.hint(number)).bytes();
        bytes[bytes.length - 1] ^= 1;
        if (first) {
            int blocks = HintLayout.blocks(segments.get(number - 1).entries().count());
            bytes[bytes.length - blocks * HintLayout.BLOCK_SIZE] ^= 1;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void segmentWhoseHintIsDamagedIsReadOnceByWhicheverThreadFindsOut(boolean inAllRanges) throws IOException {
        makeSegments(4, 5000, 3000);
        AtomicInteger rereads = new AtomicInteger();
        List<SegmentSource> sources = sources();
        SegmentSource damaged = segments.get(1).hinted(directory, source -> {
            rereads.incrementAndGet();
            return segments.get(1).entries();
        });
        sources.set(1, damaged);
        damageHint(2, inAllRanges);
        requireModel(load(sources));
        assertThat(rereads).hasValue(1);
        assertThat(damaged.isHinted()).isFalse();
    }

    @Test
    void segmentThatCannotBeReadEitherFailsTheLoad() throws IOException {
        makeSegments(3, 3000, 3000);
        List<SegmentSource> sources = sources();
        sources.set(1, segments.get(1).hinted(directory, source -> {
            throw new IOException("made up");
        }));
        damageHint(2, true);
        assertThatThrownBy(() -> load(sources)).isInstanceOf(IOException.class).hasMessage("made up");
    }

    @Test
    void whoFindsSegmentsIsToldThatTheLoadHasFailed() throws IOException {
        makeSegments(2, 3000, 3000);
        SegmentSource failing = segments.get(0).hinted(directory, source -> {
            throw new IllegalStateException("made up");
        });
        damageHint(1, true);
        SegmentSource other = segments.get(1).inMemory();
        try (IndexLoader loader = new IndexLoader("test")) {
            loader.start();
            loader.add(failing);
            // Waits for a free place among those in memory, or for the failure.
            assertThatThrownBy(() -> {
                        for (; ; ) {
                            loader.add(other);
                        }
                    })
                    .isInstanceOf(CancellationException.class);
            assertThatThrownBy(loader::rethrow).hasMessage("made up");
            assertThatThrownBy(loader::finish).hasMessage("made up");
        }
    }

    @Test
    @Timeout(60)
    void hintsAreLoadedWhileTheNextSegmentIsRead() throws Exception {
        makeSegments(2, 3000, 3000);
        CountDownLatch loading = new CountDownLatch(1);
        // Its hint is damaged, so that the load tells of itself.
        SegmentSource hinted = segments.get(0).hinted(directory, source -> {
            loading.countDown();
            return segments.get(0).entries();
        });
        damageHint(1, true);
        try (IndexLoader loader = new IndexLoader("test")) {
            loader.start();
            loader.add(hinted);
            loader.nextIsRead();
            loading.await();
            loader.add(segments.get(1).inMemory());
            requireModel(loader.finish());
        }
    }

    @Test
    void loaderThatIsClosedBeforeItsEndLeavesNoThread() throws IOException {
        makeSegments(3, 1000, 1000);
        try (IndexLoader loader = new IndexLoader("cut-off")) {
            loader.start();
            loader.add(segments.get(0).inMemory());
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("kvstore-cut-off-"));
    }

    @Test
    void interruptDoesNotCutTheLoadShortAndStaysSet() throws IOException {
        makeSegments(9, 1000, 1000);
        List<SegmentSource> inMemory =
                segments.stream().map(MadeUpSegment::inMemory).toList();
        Thread.currentThread().interrupt();
        List<PartitionLoader> loaded = load(inMemory);
        assertThat(Thread.interrupted()).isTrue();
        requireModel(loaded);
    }

    @Test
    void memoryOfASegmentIsFreeAfterTheLastRange() {
        makeSegments(1, 100, 100);
        SegmentSource source = segments.get(0).inMemory();
        assertThat(source.count()).isPositive();
        assertThat(source.doneBy(2)).isFalse();
        assertThat(source.count()).isPositive();
        assertThat(source.doneBy(2)).isTrue();
        assertThat(source.count()).isZero();
        assertThat(source.isReadIntoMemory()).as("was").isTrue();
    }
}
