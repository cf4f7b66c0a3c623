package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kvstore.testing.Bytes;
import io.kvstore.testing.StoreKind;
import io.kvstore.testing.Stores;
import java.nio.file.Path;
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

@Tag("contract")
@ParameterizedClass
@EnumSource(StoreKind.class)
class NamedBucketsTest {
    @Parameter
    StoreKind kind;

    @TempDir
    Path directory;

    private KVStore store;

    @BeforeEach
    void open() {
        store = kind.open(directory, "");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        store = kind.reopen(store, directory, "");
    }

    @Test
    void bucketExistsFromItsFirstWriteOn() {
        KVBucket audit = store.bucket("audit");
        assertThat(store.bucketNames()).isEmpty();
        assertThat(audit.get(Bytes.of("k"))).isNull();
        assertThat(audit.delete(Bytes.of("k"))).isFalse();
        assertThat(audit.size()).isZero();
        assertThat(store.bucketNames()).isEmpty();
        audit.put(Bytes.of("k"), Bytes.of("v"));
        assertThat(store.bucketNames()).containsExactly("audit");
        audit.delete(Bytes.of("k"));
        assertThat(store.bucketNames()).containsExactly("audit");
        reopen();
        assertThat(store.bucketNames()).containsExactly("audit");
        assertThat(store.bucket("audit").size()).isZero();
    }

    @Test
    void droppedBucketIsAsGoodAsNew() {
        KVBucket audit = store.bucket("audit");
        for (int i = 0; i < 1_000; i++) {
            audit.put(Bytes.of(i), Bytes.of("old"));
        }
        store.put(Bytes.of(1), Bytes.of("default"));
        assertThat(store.dropBucket("audit")).isTrue();
        assertThat(store.dropBucket("audit")).isFalse();
        assertThat(store.bucketNames()).isEmpty();
        assertThat(audit.get(Bytes.of(1))).isNull();
        assertThat(audit.size()).isZero();
        assertThat(Stores.scan(audit)).isEmpty();
        audit.put(Bytes.of(2), Bytes.of("new"));
        assertThat(Stores.scan(audit)).containsOnlyKeys("2");
        reopen();
        assertThat(Stores.scan(store.bucket("audit"))).containsOnlyKeys("2").containsEntry("2", "new");
        assertThat(store.get(Bytes.of(1))).isEqualTo(Bytes.of("default"));
        assertThat(store.dropBucket("audit")).isTrue();
        reopen();
        assertThat(store.bucketNames()).isEmpty();
        assertThat(store.bucket("audit").get(Bytes.of(2))).isNull();
    }

    @Test
    void spaceOfADroppedBucketCountsAsGarbage() {
        KVBucket audit = store.bucket("audit");
        for (int i = 0; i < 1_000; i++) {
            audit.put(Bytes.of(i), new byte[100]);
        }
        assertThat(store.stats().garbageRatio()).isLessThan(0.1);
        store.dropBucket("audit");
        assertThat(store.stats().garbageRatio()).isGreaterThan(0.99);
        assertThat(store.stats().keys()).isZero();
        reopen();
        assertThat(store.stats().garbageRatio()).isGreaterThan(0.99);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "with space", "ümläut", "\uD83D\uDE00", "../../etc", "a/b\\c\n", "CON"})
    void oddNamesAreNamesLikeOthers(String name) {
        store.bucket(name).put(Bytes.of("k"), Bytes.of(name));
        reopen();
        assertThat(store.bucketNames()).containsExactly(name);
        assertThat(store.bucket(name).get(Bytes.of("k"))).isEqualTo(Bytes.of(name));
    }

    @Test
    void namesHave1To255BytesOfUtf8() {
        store.bucket("x".repeat(255)).put(Bytes.of("k"), Bytes.of("v"));
        store.bucket("ü".repeat(127)).put(Bytes.of("k"), Bytes.of("v"));
        for (String name : new String[] {"", "x".repeat(256), "ü".repeat(128), "\uD83D", "a\uDE00b"}) {
            assertThatThrownBy(() -> store.bucket(name))
                    .asInstanceOf(type(KVException.class))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(KVErrorCode.INVALID_BUCKET_NAME))
                    .satisfies(e -> assertThat(e.getMessage()).contains("255"));
            assertThatThrownBy(() -> store.dropBucket(name)).isInstanceOf(KVException.class);
        }
    }

    @Test
    void namesAreASnapshotThatCannotBeChanged() {
        store.bucket("b").put(Bytes.of("k"), Bytes.of("v"));
        var names = store.bucketNames();
        store.bucket("a").put(Bytes.of("k"), Bytes.of("v"));
        assertThat(names).containsExactly("b");
        assertThat(store.bucketNames()).containsExactly("a", "b");
        assertThatThrownBy(() -> names.add("c")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void thousandBucketsComeBack() {
        for (int i = 0; i < 1_000; i++) {
            store.bucket("bucket-" + i).put(Bytes.of(i), Bytes.of(i));
        }
        for (int i = 0; i < 1_000; i += 2) {
            store.dropBucket("bucket-" + i);
        }
        reopen();
        assertThat(store.bucketNames()).hasSize(500);
        assertThat(store.stats().keys()).isEqualTo(500);
        assertThat(store.bucket("bucket-999").get(Bytes.of(999))).isEqualTo(Bytes.of(999));
    }
}
