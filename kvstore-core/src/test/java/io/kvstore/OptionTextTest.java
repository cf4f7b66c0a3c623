package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionTextTest {
    private static KVOptions with(String name, String value) {
        return KVOptions.builder().set(name, value).build();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.INVALID_OPTION));
    }

    /** The methods of the builder are the options; the listener is for code alone. */
    @Test
    void everyOptionOfTheBuilderHasATextFormOfItsName() {
        Set<String> methods = Arrays.stream(KVOptions.Builder.class.getMethods())
                .filter(method -> method.getDeclaringClass() == KVOptions.Builder.class)
                .map(method -> method.getName())
                .collect(Collectors.toCollection(TreeSet::new));
        methods.removeAll(Set.of("build", "set", "openListener"));
        assertThat(OptionDescriptor.ALL)
                .extracting(OptionDescriptor::name)
                .containsExactlyInAnyOrderElementsOf(methods)
                .doesNotHaveDuplicates();
    }

    @Test
    void defaultsInTheTableAreThoseOfTheBuilder() {
        KVOptions.Builder builder = KVOptions.builder();
        for (OptionDescriptor option : OptionDescriptor.ALL) {
            builder.set(option.name(), option.defaultText());
        }
        assertThat(builder.build().toString()).isEqualTo(KVOptions.defaults().toString());
    }

    @Test
    void everyOptionIsSetFromText() {
        KVOptions options = KVOptions.builder()
                .set("durability", "sync")
                .set("readOnly", "true")
                .set("createIfMissing", "false")
                .set("segmentSize", "2m")
                .set("maxValueSize", "3k")
                .set("syncInterval", "5s")
                .set("autoMerge", "false")
                .set("mergeGarbageRatio", "0.25")
                .set("mergeBandwidth", "1g")
                .build();
        assertThat(options.durability()).isEqualTo(Durability.SYNC);
        assertThat(options.readOnly()).isTrue();
        assertThat(options.createIfMissing()).isFalse();
        assertThat(options.segmentSize()).isEqualTo(2 << 20);
        assertThat(options.maxValueSize()).isEqualTo(3 << 10);
        assertThat(options.syncInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.autoMerge()).isFalse();
        assertThat(options.mergeGarbageRatio()).isEqualTo(0.25);
        assertThat(options.mergeBandwidth()).isEqualTo(1 << 30);
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096", "64k, 65536", "64K, 65536", "64m, 67108864", "1g, 1073741824", "0, 0", "007, 7"})
    void sizesHaveUnitsOf1024(String text, long bytes) {
        assertThat(with("maxValueSize", text).maxValueSize()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"1ms, PT0.001S", "500ms, PT0.5S", "1s, PT1S", "2m, PT2M", "1h, PT1H", "1d, P1D"})
    void durationsHaveAUnit(String text, Duration duration) {
        assertThat(with("syncInterval", text).syncInterval()).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "SYNC", "Sync"})
    void constantsAreReadInAnyCaseAndLanguage(String text) {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr"));
        try {
            assertThat(with("durability", text).durability()).isEqualTo(Durability.SYNC);
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " 64m", "64 m", "64mb", "-1", "+1", "1.5m", "0x10", "m", "٣", "9999999999999999999"})
    void whatIsNoSizeIsRefused(String text) {
        assertInvalid(() -> with("segmentSize", text))
                .hasMessageContainingAll("option segmentSize=" + text + ": cannot be read", "64m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1 s", "1S", "s", "-1s", "1.5s", "PT1S", "1min", "1234567890123s"})
    void whatIsNoDurationIsRefused(String text) {
        assertInvalid(() -> with("syncInterval", text))
                .hasMessageContainingAll("option syncInterval=" + text + ": cannot be read", "500ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "True", "TRUE", "yes", "1", "on", "true "})
    void booleansAreStrict(String text) {
        assertInvalid(() -> with("autoMerge", text))
                .hasMessageContainingAll("option autoMerge=" + text, "true or false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NaN", "Infinity", "-0.1", "1e-1", "0x1p-1", ".5", "0.", "50%", "0,5", "0.5d"})
    void whatIsNoRatioIsRefused(String text) {
        assertInvalid(() -> with("mergeGarbageRatio", text))
                .hasMessageContainingAll("option mergeGarbageRatio=" + text, "0.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "syncs", "none", "sync,os"})
    void unknownConstantIsRefusedByAListOfThose(String text) {
        assertInvalid(() -> with("durability", text))
                .hasMessageContainingAll("option durability=" + text, "sync, os, buffered");
    }

    @ParameterizedTest
    @CsvSource({
        "segmentSize, 1k, 1023",
        "segmentSize, 512m, 513m",
        "maxValueSize, 1g, 2g",
        "maxValueSize, 0, 999999999999999999g",
        "syncInterval, 1ms, 0s",
        "syncInterval, 1d, 86401s",
        "mergeGarbageRatio, 0, 1.01",
        "mergeGarbageRatio, 1, 1.000001",
        "mergeBandwidth, 64k, 63k",
        "mergeBandwidth, 0, 1",
    })
    void boundsAreInsideAndWhatIsBeyondIsRefused(String name, String inside, String beyond) {
        with(name, inside);
        assertInvalid(() -> with(name, beyond)).hasMessageContainingAll("option " + name + "=", "must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "segmentsize", "openListener", "size", "segmentSize "})
    void unknownOptionIsRefusedByAListOfThoseThatThereAre(String name) {
        assertInvalid(() -> with(name, "1"))
                .hasMessageContaining("unknown option \"" + name + "\"")
                .hasMessageContainingAll(OptionDescriptor.ALL.stream()
                        .map(OptionDescriptor::name)
                        .toArray(String[]::new));
    }

    @Test
    void nullsAreRefused() {
        assertThatThrownBy(() -> with(null, "1"))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name");
        assertThatThrownBy(() -> with("segmentSize", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value");
        assertThatThrownBy(() -> KVOptions.of(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void propertiesCountWithTheirDefaults() {
        Properties defaults = new Properties();
        defaults.setProperty("segmentSize", "1m");
        defaults.setProperty("maxValueSize", "1m");
        Properties properties = new Properties(defaults);
        properties.setProperty("segmentSize", "2m");
        KVOptions options = KVOptions.of(properties);
        assertThat(options.segmentSize()).isEqualTo(2 << 20);
        assertThat(options.maxValueSize()).isEqualTo(1 << 20);
    }

    @Test
    void propertiesThatAreNoTextAreRefusedByName() {
        Properties number = new Properties();
        number.put("segmentSize", 1L << 20);
        assertInvalid(() -> KVOptions.of(number))
                .hasMessageContainingAll("segmentSize", "java.lang.Long", "setProperty");
        Properties name = new Properties();
        name.put(7, "x");
        assertInvalid(() -> KVOptions.of(name)).hasMessageContainingAll("option 7", "java.lang.Integer");
        Properties hidden = new Properties();
        hidden.put("autoMerge", false);
        assertInvalid(() -> KVOptions.of(new Properties(hidden))).hasMessageContaining("autoMerge");
        assertInvalid(() -> KVOptions.of(new Properties(name))).hasMessageContaining("defaults");
    }

    @Test
    void failedSettingChangesNothing() {
        KVOptions.Builder builder = KVOptions.builder();
        assertInvalid(() -> builder.set("segmentSize", "1"));
        assertInvalid(() -> builder.set("nothing", "1"));
        assertThat(builder.build().toString()).isEqualTo(KVOptions.defaults().toString());
    }
}
