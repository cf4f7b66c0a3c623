package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.kvstore.spi.KVDriver;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("contract")
class OpenByUrlTest {
    @TempDir
    Path temp;

    private String url(String rest) {
        return "kvstore:file:" + temp + rest;
    }

    private static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }

    private static void assertCode(String url, Properties properties, KVErrorCode code, String... parts) {
        assertThatThrownBy(() -> KVStore.open(url, properties))
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(parts);
    }

    private static void assertInvalid(String url, String... parts) {
        assertCode(url, new Properties(), KVErrorCode.INVALID_URL, parts);
    }

    @Test
    void fileUrlOpensTheStoreOfTheDirectory() {
        try (KVStore store = KVStore.open(url("/a/b"))) {
            store.put(Bytes.of("k"), Bytes.of("v"));
        }
        try (KVStore store = KVStore.open(temp.resolve("a/b"))) {
            assertThat(store.get(Bytes.of("k"))).isEqualTo(Bytes.of("v"));
        }
    }

    @Test
    void pathIsTakenLiterally() {
        KVStore.open(url("/a%20b &c=d#e")).close();
        assertThat(temp.resolve("a%20b &c=d#e/kvstore.store")).exists();
    }

    @Test
    void optionsOfTheUrlAndThePropertiesCount() throws IOException {
        try (KVStore store = KVStore.open(url("/s?segmentSize=1k&autoMerge=false&maxValueSize=10"))) {
            store.put(Bytes.of("k"), new byte[10]);
            assertThatThrownBy(() -> store.put(Bytes.of("k"), new byte[11])).isInstanceOf(KVException.class);
            for (int i = 0; i < 100; i++) {
                store.put(Bytes.of(i), new byte[10]);
            }
        }
        assertThat(Stores.segments(temp.resolve("s"))).hasSizeGreaterThan(3);
        try (KVStore store =
                KVStore.open(url("/s?maxValueSize=10"), properties("maxValueSize", "20", "readOnly", "true"))) {
            assertThat(store.size()).isEqualTo(101);
            assertThatThrownBy(() -> store.put(Bytes.of("k"), new byte[20]))
                    .isInstanceOfSatisfying(
                            KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.READ_ONLY));
        }
    }

    @Test
    void createIfMissingCountsInAUrl() {
        assertCode(url("/none?createIfMissing=false"), new Properties(), KVErrorCode.STORE_NOT_FOUND, temp + "/none");
        assertThat(temp.resolve("none")).doesNotExist();
    }

    @Test
    void wrongOptionsAreRefusedByNameAndNothingIsMade() {
        assertCode(
                url("/s?segmentsize=1k"),
                new Properties(),
                KVErrorCode.INVALID_OPTION,
                url("/s?segmentsize=1k"),
                "\"segmentsize\"",
                "segmentSize",
                "durability");
        assertCode(
                url("/s?durability=never"),
                new Properties(),
                KVErrorCode.INVALID_OPTION,
                "durability=never",
                "sync, os, buffered");
        assertCode(url("/s"), properties("user", "me"), KVErrorCode.INVALID_OPTION, "\"user\"", url("/s"));
        assertInvalid(url("/s?readOnly=true&readOnly=false"), "readOnly twice");
        assertInvalid(url("/s?readOnly=%xx"), "readOnly", "%xx");
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void urlThatNobodyAcceptsIsNamedWithThoseThatAreKnown() {
        for (String url :
                new String[] {"foo", "kvstore:", "kvstore:raft:a", "KVSTORE:FILE:a", "jdbc:h2:x", "file:/tmp"}) {
            assertInvalid(url, "\"" + url + "\"", "kvstore:file:PATH", "kvstore:mem:NAME");
        }
    }

    @Test
    void urlsWithoutAPlaceAreRefused() {
        assertInvalid(null, "the URL is null", "kvstore:file:");
        assertInvalid("", "the URL is empty");
        assertInvalid("  ", "the URL is empty");
        assertInvalid("kvstore:file:", "names nothing after kvstore:file:");
        assertInvalid("kvstore:mem:", "names nothing after kvstore:mem:");
        assertInvalid("kvstore:file:?readOnly=true", "names nothing");
        assertInvalid("kvstore:file:a\0b", "no path of this system");
        assertThatNullPointerException().isThrownBy(() -> KVStore.open("kvstore:mem:x", null));
    }

    @Test
    void driversOfTheCoreAreServices() {
        assertThat(ServiceLoader.load(KVDriver.class))
                .extracting(driver -> driver.accepts("kvstore:file:x"), driver -> driver.accepts("kvstore:mem:x"))
                .containsExactlyInAnyOrder(tuple(true, false), tuple(false, true));
    }

    @Test
    void retryableIsWhatGoesAwayByItself() {
        for (KVErrorCode code : KVErrorCode.values()) {
            assertThat(code.isRetryable()).as(code.name()).isEqualTo(code == KVErrorCode.CONFLICT);
            assertThat(new KVException(code, "m").isRetryable()).isEqualTo(code.isRetryable());
        }
    }
}
