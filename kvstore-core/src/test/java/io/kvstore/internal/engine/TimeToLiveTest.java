package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import io.kvstore.internal.file.MemoryDirectory;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.merge.MergePoint;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.StoreKind;
import io.kvstore.testing.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("contract")
@ParameterizedClass
@EnumSource(StoreKind.class)
class TimeToLiveTest {
    private static final byte[] KEY = Bytes.of("key");
    private static final byte[] VALUE = Bytes.of("value");
    private static final byte[] OTHER = Bytes.of("other");

    @Parameter
    StoreKind kind;

    @TempDir
    Path temp;

    private StoreDirectory directory;
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private FileStore store;

    @BeforeEach
    void makeDirectory() {
        directory = kind == StoreKind.FILE ? FaultyDirectory.unsynced(temp) : new MemoryDirectory(temp);
        open();
    }

    private void open() {
        open(KVOptions.builder().segmentSize(4096).autoMerge(false).build());
    }

    private void open(KVOptions options) {
        store = FileStore.open(directory, options, clock::get, MergePoint.Hook.NONE);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void putFor(int millis) {
        store.put(KEY, VALUE, Duration.ofMillis(millis));
    }

    @Test
    void valueIsThereUntilItsTimeHasCome() {
        putFor(10);
        clock.addAndGet(9);
        assertThat(store.get(KEY)).isEqualTo(VALUE);
        assertThat(store.containsKey(KEY)).isTrue();
        clock.addAndGet(1);
        assertThat(store.get(KEY)).isNull();
        assertThat(store.containsKey(KEY)).isFalse();
        assertThat(Stores.scan(store)).isEmpty();
    }

    @Test
    void expiredKeyIsAbsentToEveryVerb() {
        putFor(10);
        clock.addAndGet(10);
        assertThat(store.delete(KEY)).isFalse();
        assertThat(store.delete(KEY, VALUE)).isFalse();
        assertThat(store.replace(KEY, VALUE, OTHER)).isFalse();
        assertThat(store.get(KEY)).isNull();
        assertThat(store.putIfAbsent(KEY, OTHER)).isTrue();
        assertThat(store.get(KEY)).isEqualTo(OTHER);
        clock.addAndGet(1_000_000);
        assertThat(store.get(KEY)).isEqualTo(OTHER);
    }

    @Test
    void presentKeyIsPresentToEveryVerb() {
        putFor(10);
        assertThat(store.putIfAbsent(KEY, OTHER)).isFalse();
        assertThat(store.replace(KEY, OTHER, OTHER)).isFalse();
        assertThat(store.delete(KEY, OTHER)).isFalse();
        assertThat(store.replace(KEY, VALUE, OTHER)).isTrue();
        clock.addAndGet(10);
        assertThat(store.get(KEY)).as("replaced without a time-to-live").isEqualTo(OTHER);
        putFor(10);
        assertThat(store.delete(KEY)).isTrue();
        assertThat(store.get(KEY)).isNull();
    }

    @Test
    void laterPutDecidesWhetherTheValueExpires() {
        putFor(10);
        store.put(KEY, OTHER);
        clock.addAndGet(10);
        assertThat(store.get(KEY)).isEqualTo(OTHER);
        putFor(10);
        clock.addAndGet(10);
        assertThat(store.get(KEY)).isNull();
    }

    @Test
    void clockThatIsSetBackBringsNothingBack() {
        putFor(10);
        clock.addAndGet(10);
        assertThat(store.get(KEY)).isNull();
        clock.addAndGet(-5_000);
        assertThat(store.get(KEY)).isNull();
        store.put(OTHER, VALUE, Duration.ofMillis(10));
        clock.addAndGet(4_999);
        assertThat(store.get(OTHER)).as("time stood still").isEqualTo(VALUE);
        clock.addAndGet(11);
        assertThat(store.get(OTHER)).isNull();
    }

    @Test
    void clockThatIsSetForwardExpiresEarly() {
        putFor(10_000);
        clock.addAndGet(10_000);
        assertThat(store.get(KEY)).isNull();
    }

    @Test
    void expirySurvivesReopening() {
        putFor(10);
        store.put(OTHER, VALUE, Duration.ofMillis(1_000));
        store.close();
        clock.addAndGet(10);
        open();
        assertThat(store.get(KEY)).isNull();
        assertThat(Stores.scan(store)).containsOnlyKeys("other");
    }

    @Test
    void sizeCountsExpiredKeysUntilTheMerge() {
        putFor(10);
        store.put(OTHER, VALUE);
        clock.addAndGet(10);
        assertThat(store.size()).isEqualTo(2);
        store.merge();
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void expiredValueHidesAnOlderOneAfterMergeAndReopen() {
        store.put(KEY, OTHER);
        store.merge();
        putFor(10);
        clock.addAndGet(10);
        store.merge();
        store.close();
        open();
        assertThat(store.get(KEY)).isNull();
        assertThat(store.size()).isZero();
    }

    @Test
    void backgroundMergeReclaimsWhatHasExpired() {
        store.close();
        open(KVOptions.builder().segmentSize(4096).build());
        for (int i = 0; i < 1_000; i++) {
            store.put(Bytes.of(i), VALUE, Duration.ofSeconds(10));
        }
        store.put(KEY, VALUE);
        store.sync();
        assertThat(store.size()).isEqualTo(1_001);
        clock.addAndGet(10_000);
        Crew.awaitUntil("most is reclaimed", () -> store.size() < 200);
        assertThat(store.get(KEY)).isEqualTo(VALUE);
    }

    @Test
    void timeToLiveMustBePositive() {
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofMillis(-1)}) {
            assertThatThrownBy(() -> store.put(KEY, VALUE, wrong))
                    .isInstanceOfSatisfying(
                            KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.INVALID_TIME_TO_LIVE))
                    .hasMessageContaining(wrong.toString());
        }
        assertThatThrownBy(() -> store.put(KEY, VALUE, null)).isInstanceOf(NullPointerException.class);
        assertThat(store.get(KEY)).isNull();
    }

    @Test
    void shortestTimeToLiveIsAMillisecondAndTheLongestForEver() {
        store.put(KEY, VALUE, Duration.ofNanos(1));
        assertThat(store.get(KEY)).isEqualTo(VALUE);
        clock.addAndGet(1);
        assertThat(store.get(KEY)).isNull();
        store.put(KEY, VALUE, Duration.ofSeconds(Long.MAX_VALUE));
        clock.addAndGet(Long.MAX_VALUE / 2);
        assertThat(store.get(KEY)).isEqualTo(VALUE);
    }
}
