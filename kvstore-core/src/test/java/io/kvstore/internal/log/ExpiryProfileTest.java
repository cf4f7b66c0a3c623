package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryProfileTest {
    private static final long SEED = Seeds.next(ExpiryProfileTest.class);

    /** Times of which each number from 1 to a count comes once. */
    private static long[] oneToN(int count) {
        long[] times = new long[count];
        for (int i = 0; i < count; i++) {
            times[i] = count - i;
        }
        return times;
    }

    @Test
    void nothingHasExpiredBeforeTheFirstTimeAndAllAfterTheLast() {
        ExpiryProfile profile = ExpiryProfile.of(1000, new long[] {700, 300, 500}, 3);
        assertThat(profile.bytes()).isEqualTo(1000);
        assertThat(profile.expiredShare(299)).isZero();
        assertThat(profile.expiredShare(Long.MIN_VALUE)).isZero();
        assertThat(profile.expiredShare(699)).isLessThan(1);
        assertThat(profile.expiredShare(700)).isOne();
    }

    @Test
    void sixteenTimesAreKeptAsTheyAre() {
        ExpiryProfile profile = ExpiryProfile.of(1, oneToN(16), 16);
        for (int now = 0; now <= 16; now++) {
            assertThat(profile.expiredShare(now)).as("at %d", now).isEqualTo(now / 16.0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 1000, 100_000})
    void nothingCountsAsExpiredBeforeItsTimeNorLongAfter(int count) {
        long[] times = new long[count];
        Random random = new Random(SEED);
        Arrays.setAll(times, i -> random.nextInt(2 * count));
        ExpiryProfile profile = ExpiryProfile.of(1, times, count);
        for (int i = 0; i < 50; i++) {
            long now = random.nextInt(2 * count + 2);
            double expired = (double) Arrays.stream(times)
                            .limit(count)
                            .filter(time -> time <= now)
                            .count()
                    / count;
            assertThat(profile.expiredShare(now))
                    .as("seed %d, %d of %d", SEED, now, count)
                    .isLessThanOrEqualTo(expired)
                    .isGreaterThan(expired - 1.0 / ExpiryProfile.QUANTILES - 1e-9);
        }
    }

    @Test
    void onlyTheCountedTimesMatterAndTheArrayStaysAsItWas() {
        long[] times = {30, 10, 20, -1, -1};
        ExpiryProfile profile = ExpiryProfile.of(1, times, 3);
        assertThat(profile.expiredShare(9)).isZero();
        assertThat(profile.quantiles())
                .isSorted()
                .hasSize(ExpiryProfile.QUANTILES)
                .endsWith(30);
        assertThat(times).containsExactly(30, 10, 20, -1, -1);
    }

    @Test
    void timesOfNeverAreNotReached() {
        long[] times = {Long.MAX_VALUE - 1, Long.MAX_VALUE - 1, 5};
        ExpiryProfile profile = ExpiryProfile.of(1, times, 3);
        assertThat(profile.expiredShare(Long.MAX_VALUE - 2)).isBetween(0.25, 0.34);
    }

    @Test
    void segmentInWhichNothingExpiresHasNoExpiringBytes() {
        assertThat(ExpiryProfile.NONE.bytes()).isZero();
    }
}
