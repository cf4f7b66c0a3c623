package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.testing.Bytes;
import io.kvstore.testing.Crew;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("contract")
class KVDataSourceTest {
    @TempDir
    Path temp;

    private final KVDataSource source = new KVDataSource();

    @Test
    void opensWhatWasSet() {
        Properties properties = new Properties();
        properties.setProperty("maxValueSize", "10");
        source.setUrl("kvstore:file:" + temp + "?maxValueSize=5");
        source.setProperties(properties);
        try (KVStore store = source.open()) {
            store.put(Bytes.of("k"), new byte[10]);
            assertThatThrownBy(() -> store.put(Bytes.of("k"), new byte[11])).isInstanceOf(KVException.class);
        }
        try (KVStore store = source.open()) {
            assertThat(store.get(Bytes.of("k"))).hasSize(10);
        }
    }

    @Test
    void isEmptyAtFirstAndSaysWhatIsMissing() {
        assertThat(source.getUrl()).isNull();
        assertThat(source.getProperties()).isEmpty();
        assertThatThrownBy(source::open)
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.INVALID_URL))
                .hasMessageContaining("setUrl");
        source.setUrl("kvstore:mem:x");
        assertThat(source.getUrl()).isEqualTo("kvstore:mem:x");
        source.setUrl(null);
        assertThat(source.getUrl()).isNull();
        assertThatThrownBy(() -> source.setProperties(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void propertiesAreItsOwnAndTheirDefaultsToo() {
        Properties defaults = new Properties();
        defaults.setProperty("maxValueSize", "7");
        Properties given = new Properties(defaults);
        given.setProperty("autoMerge", "false");
        source.setProperties(given);
        given.setProperty("autoMerge", "broken");
        defaults.setProperty("maxValueSize", "broken");
        source.getProperties().setProperty("readOnly", "broken");
        assertThat(source.getProperties())
                .containsEntry("autoMerge", "false")
                .containsEntry("maxValueSize", "7")
                .hasSize(2);
        source.setUrl("kvstore:mem:" + temp);
        source.open().close();
    }

    @Test
    void whatIsNoTextIsToldByTheOpen() {
        Properties given = new Properties();
        given.put("maxValueSize", 7);
        source.setProperties(given);
        source.setUrl("kvstore:mem:" + temp);
        assertThatThrownBy(source::open)
                .isInstanceOf(KVException.class)
                .hasMessageContainingAll("maxValueSize", "java.lang.Integer");
    }

    /** URL and properties of one moment each, never torn; opens go on while others set. */
    @Test
    void manyThreadsMayOpenAndSetAtOnce() {
        source.setUrl("kvstore:mem:" + temp + "/0");
        try (Crew crew = new Crew()) {
            for (int thread = 0; thread < 4; thread++) {
                String name = Integer.toString(thread);
                crew.start("setter " + name, () -> {
                    for (int i = 0; i < 100; i++) {
                        Properties properties = new Properties();
                        properties.setProperty("maxValueSize", Integer.toString(100 + i));
                        properties.setProperty("autoMerge", "false");
                        source.setProperties(properties);
                        source.setUrl("kvstore:mem:" + temp + "/" + name);
                        assertThat(source.getProperties()).hasSize(2);
                        source.open().close();
                    }
                });
            }
        }
    }
}
