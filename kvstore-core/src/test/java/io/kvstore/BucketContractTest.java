package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.testing.Bytes;
import io.kvstore.testing.StoreKind;
import io.kvstore.testing.Stores;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every bucket promises, tried on the default bucket and on a named one, of every kind of store, through the
 * public API alone.
 */
@Tag("contract")
@ParameterizedClass
@EnumSource(StoreKind.class)
class BucketContractTest {
    private static final String DEFAULT = "";
    private static final String NAMED = "audit";

    @Parameter
    StoreKind kind;

    @TempDir
    Path directory;

    private KVStore store;

    @BeforeEach
    void open() {
        store = kind.open(directory, "maxValueSize=100000");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private KVBucket bucket(String name) {
        return name.isEmpty() ? store : store.bucket(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT, NAMED})
    void lastValuePutIsTheOneRead(String name) {
        KVBucket bucket = bucket(name);
        bucket.put(Bytes.of("a"), Bytes.of("1"));
        bucket.put(Bytes.of("a"), Bytes.of("2"));
        bucket.put(Bytes.of("b"), Bytes.of("3"));
        assertThat(bucket.get(Bytes.of("a"))).isEqualTo(Bytes.of("2"));
        assertThat(bucket.get(Bytes.of("b"))).isEqualTo(Bytes.of("3"));
        assertThat(bucket.get(Bytes.of("c"))).isNull();
        assertThat(bucket.size()).isEqualTo(2);
        assertThat(bucket.name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT, NAMED})
    void deleteTellsWhetherTheKeyWasPresent(String name) {
        KVBucket bucket = bucket(name);
        assertThat(bucket.delete(Bytes.of("a"))).isFalse();
        bucket.put(Bytes.of("a"), Bytes.of("1"));
        assertThat(bucket.containsKey(Bytes.of("a"))).isTrue();
        assertThat(bucket.delete(Bytes.of("a"))).isTrue();
        assertThat(bucket.containsKey(Bytes.of("a"))).isFalse();
        assertThat(bucket.get(Bytes.of("a"))).isNull();
        assertThat(bucket.delete(Bytes.of("a"))).isFalse();
        assertThat(bucket.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT, NAMED})
    void putIfAbsentStoresOnlyWhereNothingIs(String name) {
        KVBucket bucket = bucket(name);
        assertThat(bucket.putIfAbsent(Bytes.of("a"), Bytes.of("1"))).isTrue();
        assertThat(bucket.putIfAbsent(Bytes.of("a"), Bytes.of("2"))).isFalse();
        assertThat(bucket.get(Bytes.of("a"))).isEqualTo(Bytes.of("1"));
        bucket.delete(Bytes.of("a"));
        assertThat(bucket.putIfAbsent(Bytes.of("a"), Bytes.of("3"))).isTrue();
        assertThat(bucket.get(Bytes.of("a"))).isEqualTo(Bytes.of("3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT, NAMED})
    void replaceAndConditionalDeleteCompareTheBytes(String name) {
        KVBucket bucket = bucket(name);
        assertThat(bucket.replace(Bytes.of("a"), Bytes.of("1"), Bytes.of("2"))).isFalse();
        assertThat(bucket.delete(Bytes.of("a"), Bytes.of("1"))).isFalse();
        assertThat(bucket.size()).isZero();
        bucket.put(Bytes.of("a"), Bytes.of("1"));
        assertThat(bucket.replace(Bytes.of("a"), Bytes.of("x"), Bytes.of("2"))).isFalse();
        assertThat(bucket.replace(Bytes.of("a"), Bytes.of("11"), Bytes.of("2"))).isFalse();
        assertThat(bucket.replace(Bytes.of("a"), Bytes.of("1"), Bytes.of("2"))).isTrue();
        assertThat(bucket.get(Bytes.of("a"))).isEqualTo(Bytes.of("2"));
        assertThat(bucket.delete(Bytes.of("a"), Bytes.of("1"))).isFalse();
        assertThat(bucket.delete(Bytes.of("a"), Bytes.of("2"))).isTrue();
        assertThat(bucket.get(Bytes.of("a"))).isNull();
    }

    @Test
    void bucketsDoNotSeeEachOthersKeys() {
        KVBucket audit = store.bucket("audit");
        KVBucket other = store.bucket("other");
        store.put(Bytes.of("k"), Bytes.of("default"));
        audit.put(Bytes.of("k"), Bytes.of("audit"));
        assertThat(other.get(Bytes.of("k"))).isNull();
        assertThat(store.get(Bytes.of("k"))).isEqualTo(Bytes.of("default"));
        assertThat(audit.get(Bytes.of("k"))).isEqualTo(Bytes.of("audit"));
        assertThat(store.delete(Bytes.of("k"))).isTrue();
        assertThat(audit.get(Bytes.of("k"))).isEqualTo(Bytes.of("audit"));
        assertThat(other.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT, NAMED})
    void emptyAndLargestKeysAndValuesAreStored(String name) {
        KVBucket bucket = bucket(name);
        byte[] largestKey = new byte[65_535];
        byte[] largestValue = new byte[100_000];
        largestKey[65_534] = 1;
        largestValue[99_999] = 2;
        bucket.put(new byte[0], new byte[0]);
        bucket.put(largestKey, largestValue);
        assertThat(bucket.get(new byte[0])).isEmpty();
        assertThat(bucket.get(largestKey)).isEqualTo(largestValue);
        assertThat(bucket.delete(new byte[0])).isTrue();
        assertThat(bucket.get(new byte[0])).isNull();
    }

    @Test
    void tooLargeKeysAndValuesAreRefusedAndNothingIsWritten() {
        byte[] key = new byte[65_536];
        byte[] value = new byte[100_001];
        long before = store.stats().logBytes();
        assertCode(() -> store.put(key, Bytes.of("v")), KVErrorCode.KEY_TOO_LARGE, "65536", "65535");
        assertCode(() -> store.putIfAbsent(key, Bytes.of("v")), KVErrorCode.KEY_TOO_LARGE, "65536");
        assertCode(() -> store.get(key), KVErrorCode.KEY_TOO_LARGE, "65536");
        assertCode(() -> store.put(Bytes.of("k"), value), KVErrorCode.VALUE_TOO_LARGE, "100001", "100000");
        assertCode(() -> store.putIfAbsent(Bytes.of("k"), value), KVErrorCode.VALUE_TOO_LARGE, "maxValueSize");
        assertCode(
                () -> store.replace(Bytes.of("k"), Bytes.of("v"), value), KVErrorCode.VALUE_TOO_LARGE, "maxValueSize");
        assertThat(store.stats().logBytes()).isEqualTo(before);
        assertThat(store.get(Bytes.of("k"))).isNull();
    }

    private static void assertCode(ThrowingCallable call, KVErrorCode code, String... parts) {
        assertThatThrownBy(call)
                .asInstanceOf(type(KVException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @Test
    void nullsAreRefusedByTheNameOfTheParameter() {
        byte[] some = Bytes.of("x");
        assertThatNullPointerException().isThrownBy(() -> store.put(null, some)).withMessageContaining("key");
        assertThatNullPointerException().isThrownBy(() -> store.put(some, null)).withMessageContaining("value");
        assertThatNullPointerException().isThrownBy(() -> store.get(null)).withMessageContaining("key");
        assertThatNullPointerException().isThrownBy(() -> store.delete(null)).withMessageContaining("key");
        assertThatNullPointerException()
                .isThrownBy(() -> store.containsKey(null))
                .withMessageContaining("key");
        assertThatNullPointerException()
                .isThrownBy(() -> store.delete(some, null))
                .withMessageContaining("expected");
        assertThatNullPointerException()
                .isThrownBy(() -> store.replace(some, null, some))
                .withMessageContaining("expected");
        assertThatNullPointerException()
                .isThrownBy(() -> store.replace(some, some, null))
                .withMessageContaining("value");
        assertThatNullPointerException()
                .isThrownBy(() -> store.putIfAbsent(some, null))
                .withMessageContaining("value");
        assertThatNullPointerException().isThrownBy(() -> store.bucket(null)).withMessageContaining("name");
        assertThatNullPointerException()
                .isThrownBy(() -> store.dropBucket(null))
                .withMessageContaining("name");
        assertThatNullPointerException()
                .isThrownBy(() -> KVStore.open((Path) null))
                .withMessageContaining("directory");
        assertThatNullPointerException()
                .isThrownBy(() -> KVStore.open(directory, null))
                .withMessageContaining("options");
    }

    @Test
    void arraysBelongToTheCaller() {
        byte[] key = Bytes.of("key");
        byte[] value = Bytes.of("value");
        store.put(key, value);
        key[0] = 'x';
        value[0] = 'x';
        byte[] read = store.get(Bytes.of("key"));
        assertThat(read).isEqualTo(Bytes.of("value"));
        read[0] = 'y';
        assertThat(store.get(Bytes.of("key"))).isEqualTo(Bytes.of("value"));
        try (KVCursor cursor = store.scan()) {
            assertThat(cursor.next()).isTrue();
            cursor.key()[0] = 'z';
            cursor.value()[0] = 'z';
            assertThat(cursor.key()).isEqualTo(Bytes.of("key"));
            assertThat(cursor.value()).isEqualTo(Bytes.of("value"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT, NAMED})
    void scanReturnsEachEntryOnce(String name) {
        KVBucket bucket = bucket(name);
        assertThat(Stores.scan(bucket)).isEmpty();
        for (int i = 0; i < 3_000; i++) {
            bucket.put(Bytes.of(i), Bytes.of(-i));
            store.bucket("noise").put(Bytes.of(i), Bytes.of("noise"));
        }
        for (int i = 0; i < 3_000; i += 3) {
            bucket.delete(Bytes.of(i));
        }
        Map<String, String> entries = Stores.scan(bucket);
        assertThat(entries).hasSize(2_000).containsEntry("2999", "-2999").doesNotContainKey("0");
        assertThat(bucket.size()).isEqualTo(2_000);
    }

    @Test
    void cursorThatIsNotOnAnEntrySaysSo() {
        store.put(Bytes.of("k"), Bytes.of("v"));
        KVCursor cursor = store.scan();
        assertThatThrownBy(cursor::key).isInstanceOf(IllegalStateException.class);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.next()).isFalse();
        assertThatThrownBy(cursor::value).isInstanceOf(IllegalStateException.class);
        assertThat(cursor.next()).isFalse();
        cursor.close();
        cursor.close();
        assertThatThrownBy(cursor::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(cursor::key)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void scanShowsEntriesThatStayWhileOthersComeAndGo() {
        for (int i = 0; i < 50_000; i++) {
            store.put(Bytes.of(i), Bytes.of("stays"));
        }
        int seen = 0;
        try (KVCursor cursor = store.scan()) {
            for (int step = 0; cursor.next(); step++) {
                long key = Long.parseLong(Bytes.text(cursor.key()));
                if (key < 50_000) {
                    seen++;
                }
                store.put(Bytes.of(1_000_000 + step), Bytes.of("new"));
                store.delete(Bytes.of(1_000_000 + step / 2));
            }
        }
        assertThat(seen).isEqualTo(50_000);
    }
}
