package io.kvstore.internal.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.index.KeyHash.Hash;
import io.kvstore.internal.log.ExpiryProfile;
import io.kvstore.internal.log.HeapDirectory.Operation;
import io.kvstore.internal.log.Segment;
import io.kvstore.internal.log.SegmentState;
import io.kvstore.internal.recovery.HintFile;
import io.kvstore.internal.recovery.SummaryBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TombstoneRuleTest {
    private static final int VICTIM = 1;

    private final SegmentStates segments = new SegmentStates();
    private final List<SegmentState> states = new ArrayList<>();
    private final DeletedKeys deleted = new DeletedKeys();
    private boolean stopped;

    private static Hash key(int i) {
        return new Hash(i * 0x9E3779B97F4A7C15L, (long) i << 32 | i);
    }

    /** A segment with garbage, without a hint. */
    private Segment segment(int number, long base) throws IOException {
        Segment segment = segments.segment(number, base);
        states.add(new SegmentStates.Figures(segment).deadPuts(1).state());
        return segment;
    }

    /** A segment with garbage, and a hint that has some keys of the default bucket. */
    private void hinted(int number, long base, int... keys) throws IOException {
        Segment segment = segment(number, base);
        SummaryBuilder builder = new SummaryBuilder(segment.header(), base);
        for (int key : keys) {
            builder.add(false, key(key), 0, 64 + 8 * key, 40, base + 1);
        }
        HintFile.write(segments.directory, SegmentStates.STORE, builder.build(4096, 0), builder.sort());
        segment.markHinted(ExpiryProfile.NONE);
    }

    private TombstoneRule rule() {
        return new TombstoneRule(segments.directory, SegmentStates.STORE, states, Set.of(VICTIM), () -> stopped);
    }

    private void delete(int key, int bucket, long sequence) {
        deleted.add(key(key).high(), key(key).low(), bucket, sequence, 0, 64);
    }

    private static BitSet bits(int... set) {
        BitSet bits = new BitSet();
        for (int bit : set) {
            bits.set(bit);
        }
        return bits;
    }

    @Test
    void withoutAnotherSegmentNoTombstoneIsNeeded() throws IOException {
        segment(VICTIM, 0);
        delete(1, 0, 100);
        TombstoneRule rule = rule();
        assertThat(rule.mayMatter(Long.MAX_VALUE)).isFalse();
        assertThat(rule.needed(deleted)).isEqualTo(bits());
        assertThat(rule.blockers()).isEmpty();
    }

    @Test
    void tombstoneIsNeededWhereAnOlderSegmentHasTheKey() throws IOException {
        hinted(2, 10, 1, 3);
        hinted(3, 20, 3);
        for (int key = 1; key <= 4; key++) {
            delete(key, 0, 100);
        }
        TombstoneRule rule = rule();
        assertThat(rule.needed(deleted)).isEqualTo(bits(0, 2));
        assertThat(rule.blockers()).contains(2);
    }

    @Test
    void segmentThatBeganAfterTheDeletionDoesNotMatter() throws IOException {
        hinted(2, 100, 1, 2);
        delete(1, 0, 100);
        delete(2, 0, 101);
        TombstoneRule rule = rule();
        assertThat(rule.mayMatter(100)).isFalse();
        assertThat(rule.mayMatter(101)).isTrue();
        assertThat(rule.needed(deleted)).isEqualTo(bits(1));
    }

    @Test
    void segmentWithoutGarbageDoesNotMatter() throws IOException {
        Segment clean = segments.segment(2, 0);
        states.add(new SegmentStates.Figures(clean).state());
        delete(1, 0, 100);
        assertThat(rule().mayMatter(100)).isFalse();
        assertThat(rule().needed(deleted)).isEqualTo(bits());
    }

    @Test
    void sameKeyInAnotherBucketDoesNotMatter() throws IOException {
        hinted(2, 0, 1);
        delete(1, 5, 100);
        delete(1, 0, 100);
        assertThat(rule().needed(deleted)).isEqualTo(bits(1));
    }

    @Test
    void segmentWithoutAHintMayHaveAnyKey() throws IOException {
        segment(2, 50);
        delete(1, 0, 100);
        delete(2, 0, 50);
        TombstoneRule rule = rule();
        assertThat(rule.needed(deleted)).isEqualTo(bits(0));
        assertThat(rule.blockers()).containsExactly(2);
    }

    @Test
    void segmentWhoseHintHasGoneMayHaveAnyKey() throws IOException {
        hinted(2, 0, 7);
        segments.directory.delete(FileNames.hint(2));
        delete(1, 0, 100);
        assertThat(rule().needed(deleted)).isEqualTo(bits(0));
    }

    @Test
    void segmentWhoseHintIsOfAnotherFileMayHaveAnyKey() throws IOException {
        hinted(2, 0, 7);
        hinted(3, 0, 8);
        segments.directory.put(
                FileNames.hint(2), segments.directory.file(FileNames.hint(3)).bytes());
        delete(1, 0, 100);
        TombstoneRule rule = rule();
        assertThat(rule.needed(deleted)).isEqualTo(bits(0));
        assertThat(rule.blockers()).containsExactly(2);
    }

    @Test
    void segmentWhoseHintCannotBeReadMayHaveAnyKeyThatIsOldEnough() throws IOException {
        hinted(2, 50, 7);
        delete(1, 0, 100);
        delete(2, 0, 50);
        segments.directory.hookOperations(operation -> {
            if (operation == Operation.OPEN) {
                throw new IOException("made up");
            }
        });
        TombstoneRule rule = rule();
        assertThat(rule.needed(deleted)).isEqualTo(bits(0));
        assertThat(rule.blockers()).containsExactly(2);
    }

    /** Each byte of the hint in turn: what it says of keys that are there must not get lost. */
    @Test
    void noDamageOfAHintLetsATombstoneGo() throws IOException {
        hinted(2, 0, 1, 2, 3);
        delete(2, 0, 100);
        byte[] bytes = segments.directory.file(FileNames.hint(2)).bytes();
        for (int index = 0; index < bytes.length; index++) {
            bytes[index] ^= 16;
            if (!rule().needed(deleted).get(0)) {
                assertThat(rule().needed(deleted)).as("byte %d", index).isEqualTo(bits(0));
            }
            bytes[index] ^= 16;
        }
    }

    @Test
    void ruleIsAskedAgainAndAgain() throws IOException {
        hinted(2, 0, 1);
        hinted(3, 0, 2);
        TombstoneRule rule = rule();
        delete(1, 0, 100);
        assertThat(rule.needed(deleted)).isEqualTo(bits(0));
        deleted.clear();
        delete(9, 0, 100);
        delete(2, 0, 100);
        assertThat(rule.needed(deleted)).isEqualTo(bits(1));
        assertThat(rule.blockers()).containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void ruleGivesUpWhenItIsTold() throws IOException {
        hinted(2, 0, 1);
        delete(1, 0, 100);
        stopped = true;
        assertThatThrownBy(() -> rule().needed(deleted)).isInstanceOf(MergeStoppedException.class);
    }
}
