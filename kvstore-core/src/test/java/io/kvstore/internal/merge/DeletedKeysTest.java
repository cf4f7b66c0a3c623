package io.kvstore.internal.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeletedKeysTest {
    private final DeletedKeys keys = new DeletedKeys();

    @Test
    void whatIsAddedComesBackAtAllLimits() {
        keys.add(1, 2, 3, 4, 5, 64);
        keys.add(-1, -2, Integer.MAX_VALUE, Long.MAX_VALUE, 1023, Integer.MAX_VALUE - 7);
        assertThat(keys.count()).isEqualTo(2);
        assertThat(keys.high(0)).isEqualTo(1);
        assertThat(keys.low(0)).isEqualTo(2);
        assertThat(keys.bucket(0)).isEqualTo(3);
        assertThat(keys.sequence(0)).isEqualTo(4);
        assertThat(keys.victim(0)).isEqualTo(5);
        assertThat(keys.offset(0)).isEqualTo(64);
        assertThat(keys.high(1)).isEqualTo(-1);
        assertThat(keys.low(1)).isEqualTo(-2);
        assertThat(keys.bucket(1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(keys.sequence(1)).isEqualTo(Long.MAX_VALUE);
        assertThat(keys.victim(1)).isEqualTo(1023);
        assertThat(keys.offset(1)).isEqualTo(Integer.MAX_VALUE - 7);
    }

    @Test
    void orderHasEachKeyOnceByTheUpperHalfOfItsHash() {
        long seed = Seeds.next(DeletedKeysTest.class);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            keys.add(random.nextLong(), random.nextLong(), 0, i, 0, 64);
        }
        int[] order = keys.byHash();
        for (int i = 1; i < order.length; i++) {
            assertThat(keys.high(order[i]) >>> 32)
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(keys.high(order[i - 1]) >>> 32);
        }
        assertThat(Arrays.stream(order).distinct()).hasSize(10_000);
        for (int i = 0; i < 10_000; i++) {
            assertThat(keys.sequence(i)).isEqualTo(i);
        }
    }

    @Test
    void clearedKeysAreGoneAndTheirPlaceIsUsedAgain() {
        keys.add(1, 1, 1, 1, 1, 64);
        keys.clear();
        assertThat(keys.count()).isZero();
        assertThat(keys.byHash()).isEmpty();
        keys.add(2, 3, 4, 5, 6, 72);
        assertThat(keys.high(0)).isEqualTo(2);
        assertThat(keys.byHash()).containsExactly(0);
    }

    @Test
    void keysAreFullAtTheirCapacity() {
        for (int i = 0; i < DeletedKeys.CAPACITY; i++) {
            if (keys.isFull()) {
                assertThat(i).isEqualTo(DeletedKeys.CAPACITY);
            }
            keys.add(i, i, 0, i, 0, 64);
        }
        assertThat(keys.isFull()).isTrue();
        assertThat(keys.sequence(DeletedKeys.CAPACITY - 1)).isEqualTo(DeletedKeys.CAPACITY - 1);
        keys.clear();
        assertThat(keys.isFull()).isFalse();
    }
}
