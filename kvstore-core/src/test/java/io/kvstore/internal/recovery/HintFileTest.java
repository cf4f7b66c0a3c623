package io.kvstore.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.HintEntry;
import io.kvstore.internal.format.HintLayout;
import io.kvstore.internal.format.KeyFilter;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.HeapDirectory;
import io.kvstore.internal.log.HeapDirectory.Operation;
import io.kvstore.internal.recovery.HintFile.DamagedHintException;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HintFileTest {
    private static final long SEED = Seeds.next(HintFileTest.class);
    private static final StoreFileLayout STORE = MadeUpSegment.STORE;
    private static final String NAME = FileNames.hint(7);
    private static final HashRange ALL = new HashRange(0, 0);

    private final HeapDirectory directory = new HeapDirectory();
    private final Random random = new Random(SEED);

    private MadeUpSegment segment(int number, int keys) {
        MadeUpSegment segment = new MadeUpSegment(number);
        segment.event(false, 3, "b");
        for (int i = 0; i < keys; i++) {
            Hash key = new Hash(random.nextLong(), random.nextLong());
            switch (i % 4) {
                case 0 -> segment.delete(key, i % 3);
                case 1 -> segment.putExpiring(key, i % 3, 1000L * i);
                default -> segment.put(key, i % 3);
            }
        }
        return segment;
    }

    private HintFile open(MadeUpSegment segment) throws IOException {
        return HintFile.open(directory, STORE, segment.header());
    }

    private static List<List<Long>> list(EntryRun run) {
        List<List<Long>> list = new ArrayList<>();
        for (int i = 0; i < run.count(); i++) {
            list.add(List.of(run.high(i), run.second(i), run.third(i)));
        }
        return list;
    }

    private static List<List<Long>> list(SortedEntries entries, HashRange range) {
        EntryRun run = new EntryRun();
        entries.read(range, run);
        return list(run);
    }

    private static List<List<Long>> list(HintFile hint, HashRange range) throws IOException {
        EntryRun run = new EntryRun();
        hint.read(range, run);
        return list(run);
    }

    private static HintLayout.Head head(byte[] hint) {
        return HintLayout.decode(Arrays.copyOf(hint, HintLayout.HEAD_SIZE));
    }

    /** Around the ends of a block, and of what is read at once. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 169, 170, 171, 340, 341, 64 * 170, 64 * 170 + 1, 25_000})
    void hintComesBackAsItWasWritten(int keys) throws IOException {
        MadeUpSegment segment = segment(7, keys);
        HintFile hint = segment.writeHint(directory);
        assertThat(MadeUpSegment.said(hint.summary())).isEqualTo(MadeUpSegment.said(segment.summary()));
        assertThat(hint.count()).isEqualTo(keys);
        assertThat(list(hint, ALL).equals(list(segment.entries(), ALL))).isTrue();
        assertThat(hint.matches(segment.summary(), segment.entries())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void everyRangeHasTheEntriesThatTheSegmentHas(int bits) throws IOException {
        MadeUpSegment segment = segment(7, 3000);
        HintFile hint = segment.writeHint(directory);
        for (int number = 0; number < 1 << bits; number++) {
            HashRange range = new HashRange(bits, number);
            assertThat(list(hint, range))
                    .as("seed %d, range %d", SEED, number)
                    .isEqualTo(list(segment.entries(), range))
                    .isNotEmpty();
        }
    }

    /** One hash in more buckets than a block has entries: blocks begin in the middle of it. */
    @Test
    void hashThatGoesOnInTheNextBlocksIsFoundInAllOfThem() throws IOException {
        MadeUpSegment segment = segment(7, 100);
        Hash crowded = new Hash(1L << 62, 5);
        for (int bucket = 0; bucket < 400; bucket++) {
            segment.put(crowded, bucket);
        }
        HintFile hint = segment.writeHint(directory);
        for (int number = 0; number < 4; number++) {
            HashRange range = new HashRange(2, number);
            assertThat(list(hint, range)).isEqualTo(list(segment.entries(), range));
        }
        try (HintFile.Keys keys = hint.keys()) {
            for (int bucket = 0; bucket < 400; bucket++) {
                assertThat(keys.contains(crowded.high(), crowded.low(), bucket)).isTrue();
            }
            assertThat(keys.contains(crowded.high(), crowded.low(), 400)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 170, 5000})
    void keysAreThoseOfTheSegmentAndNoOthers(int count) throws IOException {
        MadeUpSegment segment = segment(7, count);
        SortedEntries entries = segment.entries();
        try (HintFile.Keys keys = segment.writeHint(directory).keys()) {
            for (int i = 0; i < count; i++) {
                long low = HintEntry.low(entries.second(i));
                int bucket = HintEntry.bucket(entries.third(i));
                assertThat(keys.contains(entries.high(i), low, bucket)).isTrue();
                assertThat(keys.contains(entries.high(i), low, bucket + 3))
                        .as("in another bucket")
                        .isFalse();
                assertThat(keys.contains(entries.high(i), low ^ 1, bucket))
                        .as("the same for the filter")
                        .isFalse();
            }
            for (int i = 0; i < 5000; i++) {
                assertThat(keys.contains(random.nextLong(), random.nextLong() & ~0xFFFF_0000L, 0))
                        .isFalse();
            }
        }
    }

    @Test
    void hintOfOtherEntriesDoesNotMatch() throws IOException {
        MadeUpSegment segment = segment(7, 500);
        HintFile hint = segment.writeHint(directory);
        MadeUpSegment fewer = segment(7, 499);
        MadeUpSegment others = segment(7, 500);
        assertThat(hint.matches(fewer.summary(), fewer.entries())).isFalse();
        assertThat(hint.matches(others.summary(), others.entries())).isFalse();
        segment.event(true, 3, "b");
        assertThat(hint.matches(segment.summary(), segment.entries()))
                .as("the same keys, and a bucket dropped")
                .isFalse();
    }

    @Test
    void laterHintTakesThePlaceOfAnEarlierOne() throws IOException {
        segment(7, 500).writeHint(directory);
        MadeUpSegment later = segment(7, 3);
        assertThat(later.writeHint(directory).matches(later.summary(), later.entries()))
                .isTrue();
    }

    @Test
    void noFileIsNoHint() throws IOException {
        MadeUpSegment segment = segment(7, 1);
        assertThat(open(segment)).isNull();
        assertThat(HintFile.headerOf(directory, STORE, 7)).isNull();
    }

    @Test
    void fileOfAnyOtherLengthIsNoHint() throws IOException {
        MadeUpSegment segment = segment(7, 200);
        segment.writeHint(directory);
        byte[] whole = directory.file(NAME).bytes();
        for (int length = 0; length <= whole.length + 9; length++) {
            directory.put(NAME, Arrays.copyOf(whole, length));
            if (length != whole.length && open(segment) != null) {
                assertThat(open(segment)).as("length %d", length).isNull();
            }
        }
    }

    @Test
    void everyFlippedByteIsFoundOrChangesNothing() throws IOException {
        MadeUpSegment segment = segment(7, 200);
        segment.writeHint(directory);
        byte[] bytes = directory.file(NAME).bytes();
        HintLayout.Head head = head(bytes);
        int described = HintLayout.HEAD_SIZE + head.descriptionLength();
        EntryRun run = new EntryRun();
        for (int index = 0; index < bytes.length; index++) {
            int mask = 1 << random.nextInt(8);
            bytes[index] ^= (byte) mask;
            String what = "seed " + SEED + ", byte " + index;
            HintFile hint = open(segment);
            if (index < described) {
                assertThat(hint).as(what).isNull();
                assertThat(HintFile.headerOf(directory, STORE, 7)).as(what).isNull();
            } else if (index < head.filterOffset()) {
                assertThat(hint.matches(segment.summary(), segment.entries()))
                        .as(what)
                        .isTrue();
            } else if (index < head.blocksOffset()) {
                assertThatThrownBy(hint::keys).as(what).isInstanceOf(DamagedHintException.class);
                assertThat(list(hint, ALL).size()).as(what).isEqualTo(200);
            } else {
                assertThatThrownBy(() -> hint.read(ALL, run))
                        .as(what)
                        .isInstanceOf(DamagedHintException.class)
                        .hasMessageContaining(NAME);
            }
            bytes[index] ^= (byte) mask;
        }
        assertThat(open(segment).matches(segment.summary(), segment.entries())).isTrue();
    }

    @Test
    void hintOfAnEarlierFileOfTheSameNumberIsNone() throws IOException {
        MadeUpSegment segment = segment(7, 10);
        segment.writeHint(directory);
        SegmentHeader written = segment.header();
        SegmentHeader renewed = new SegmentHeader(written.kind(), 7, written.nonce() + 1);
        assertThat(HintFile.open(directory, STORE, renewed)).isNull();
        SegmentHeader merged = new SegmentHeader(SegmentHeader.KIND_MERGED, 7, written.nonce());
        assertThat(HintFile.open(directory, STORE, merged)).isNull();
        assertThat(HintFile.headerOf(directory, STORE, 7)).isEqualTo(written);
    }

    @Test
    void hintOfAnotherStoreIsNone() throws IOException {
        MadeUpSegment segment = segment(7, 10);
        segment.writeHint(directory);
        StoreFileLayout other = new StoreFileLayout(new UUID(1, 3), 3, 4, 0);
        assertThat(HintFile.open(directory, other, segment.header())).isNull();
        assertThat(HintFile.headerOf(directory, other, 7)).isNull();
    }

    @Test
    void hintOfAnotherNumberIsNone() throws IOException {
        MadeUpSegment segment = segment(7, 10);
        MadeUpSegment other = segment(8, 10);
        other.writeHint(directory);
        directory.put(NAME, directory.file(FileNames.hint(8)).bytes());
        assertThat(open(segment)).isNull();
        assertThat(HintFile.headerOf(directory, STORE, 7)).isNull();
        SegmentHeader sameNonce =
                new SegmentHeader(SegmentHeader.KIND_LOG, 7, other.header().nonce());
        assertThat(HintFile.open(directory, STORE, sameNonce)).isNull();
    }

    @Test
    void blockInThePlaceOfAnotherIsFound() throws IOException {
        MadeUpSegment segment = segment(7, 500);
        HintFile hint = segment.writeHint(directory);
        byte[] bytes = directory.file(NAME).bytes();
        int blocks = (int) head(bytes).blocksOffset();
        System.arraycopy(bytes, blocks, bytes, blocks + HintLayout.BLOCK_SIZE, HintLayout.BLOCK_SIZE);
        assertThatThrownBy(() -> hint.read(ALL, new EntryRun())).isInstanceOf(DamagedHintException.class);
        assertThatThrownBy(() -> hint.matches(segment.summary(), segment.entries()))
                .isInstanceOf(DamagedHintException.class);
    }

    @Test
    void damageInOneBlockLeavesTheOthersToBeRead() throws IOException {
        MadeUpSegment segment = segment(7, 3000);
        HintFile hint = segment.writeHint(directory);
        byte[] bytes = directory.file(NAME).bytes();
        bytes[bytes.length - 1] ^= 1;
        assertThat(list(hint, new HashRange(1, 0))).isEqualTo(list(segment.entries(), new HashRange(1, 0)));
        assertThatThrownBy(() -> hint.read(new HashRange(1, 1), new EntryRun()))
                .isInstanceOf(DamagedHintException.class);
    }

    @Test
    void damagedBlockIsNoAnswerHoweverOftenItIsAsked() throws IOException {
        MadeUpSegment segment = segment(7, 3000);
        SortedEntries entries = segment.entries();
        try (HintFile.Keys keys = segment.writeHint(directory).keys()) {
            byte[] bytes = directory.file(NAME).bytes();
            bytes[bytes.length - 1] ^= 1;
            int last = entries.count() - 1;
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> keys.contains(
                                entries.high(last),
                                HintEntry.low(entries.second(last)),
                                HintEntry.bucket(entries.third(last))))
                        .isInstanceOf(DamagedHintException.class);
            }
            assertThat(keys.contains(
                            entries.high(0), HintEntry.low(entries.second(0)), HintEntry.bucket(entries.third(0))))
                    .isTrue();
        }
    }

    @Test
    void fileThatBecomesShorterWhileItIsReadIsFound() throws IOException {
        MadeUpSegment segment = segment(7, 500);
        HintFile hint = segment.writeHint(directory);
        byte[] bytes = directory.file(NAME).bytes();
        directory.put(NAME, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> hint.read(ALL, new EntryRun())).isInstanceOf(DamagedHintException.class);
        directory.put(NAME, Arrays.copyOf(bytes, (int) head(bytes).filterOffset() + 8 * KeyFilter.words(500) - 1));
        assertThatThrownBy(hint::keys).isInstanceOf(DamagedHintException.class);
    }

    @Test
    void nothingIsLeftOfAHintThatCouldNotBeWritten() throws IOException {
        MadeUpSegment segment = segment(7, 500);
        segment.entries();
        List<Operation> operations = new ArrayList<>();
        directory.hookOperations(operations::add);
        HintFile.write(directory, STORE, segment.summary(), segment.entries());
        assertThat(operations).startsWith(Operation.CREATE, Operation.WRITE).endsWith(Operation.FORCE);
        for (int failing = 1; failing <= operations.size(); failing++) {
            int[] countdown = {failing};
            directory.hookOperations(operation -> {
                if (--countdown[0] == 0) {
                    throw new IOException("made up");
                }
            });
            assertThatThrownBy(() -> HintFile.write(directory, STORE, segment.summary(), segment.entries()))
                    .as("operation %d", failing)
                    .isInstanceOf(IOException.class)
                    .hasMessage("made up");
            assertThat(directory.names()).as("operation %d", failing).isEmpty();
        }
    }

    @Test
    void hintThatCannotBeReadIsAFailureAndNotAbsence() throws IOException {
        MadeUpSegment segment = segment(7, 5);
        HintFile hint = segment.writeHint(directory);
        directory.hookOperations(operation -> {
            throw new IOException("made up");
        });
        assertThatThrownBy(() -> open(segment)).hasMessage("made up");
        assertThatThrownBy(hint::keys).hasMessage("made up");
        assertThatThrownBy(() -> hint.read(ALL, new EntryRun())).hasMessage("made up");
    }

    @Test
    void filesAreClosedAfterEachUse() throws IOException {
        MadeUpSegment segment = segment(7, 500);
        HintFile hint = segment.writeHint(directory);
        byte[] bytes = directory.file(NAME).bytes();
        directory.put(NAME, bytes);
        hint.read(ALL, new EntryRun());
        assertThat(directory.file(NAME).wasClosed()).as("read").isTrue();
        directory.put(NAME, bytes);
        hint.keys().close();
        assertThat(directory.file(NAME).wasClosed()).as("keys").isTrue();
        bytes[(int) head(bytes).filterOffset()] ^= 1;
        directory.put(NAME, bytes);
        assertThatThrownBy(hint::keys).isInstanceOf(DamagedHintException.class);
        assertThat(directory.file(NAME).wasClosed()).as("damaged").isTrue();
    }
}
