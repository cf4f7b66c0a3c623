package io.kvstore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import io.kvstore.KVOptions;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KVUrlTest {
    private static KVUrl parse(String rest) {
        return KVUrl.parse("kvstore:x:", "kvstore:x:" + rest);
    }

    @Test
    void pathRunsLiterallyToTheFirstQuestionMark() {
        assertThat(parse("data/a%20b+&=#c").path()).isEqualTo("data/a%20b+&=#c");
        assertThat(parse("data/a%20b+&=#c").options()).isEmpty();
        assertThat(parse(" ?a=b").path()).isEqualTo(" ");
        assertThat(parse("p?a=?b").options()).isEqualTo(Map.of("a", "?b"));
    }

    @Test
    void optionsComeInTheOrderOfTheUrl() {
        assertThat(parse("p?z=1&a=2&m=").options().toString()).isEqualTo("{z=1, a=2, m=}");
        assertThatThrownBy(() -> parse("p?a=1").options().put("b", "c"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "a=b=c, b=c",
        "a=%41%42c, ABc",
        "a=%26%3d%3D%25, &==%",
        "a=+, +",
        "a=%C3%bc, ü",
        "a=%F0%9F%98%80!, 😀!",
        "a=ü, ü"
    })
    void valuesArePercentDecoded(String option, String value) {
        assertThat(parse("p?" + option).options()).isEqualTo(Map.of("a", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%4", "%zz", "x%4", "%4g", "%-1", "%+1", "%%41", "%41%", "%C3", "%C3x", "%ff", "%1٣"})
    void badPercentEncodingIsRefused(String value) {
        assertInvalid("p?name=" + value, "option name", "percent encoding", "%25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p?", "p?&a=b", "p?a=b&", "p?a=b&&c=d"})
    void emptyOptionIsRefused(String rest) {
        assertInvalid(rest, "empty option");
    }

    @Test
    void badFormIsRefused() {
        assertInvalid("", "names nothing after kvstore:x:");
        assertInvalid("?a=b", "names nothing");
        assertInvalid("p?a", "\"a\" without a value");
        assertInvalid("p?=b", "\"=b\" without a name");
        assertInvalid("p?a=1&b=2&a=1", "option a twice");
        assertThatThrownBy(() -> KVUrl.parse("kvstore:x:", "kvstore:y:z"))
                .isInstanceOf(KVException.class)
                .hasMessageContaining("kvstore:x:");
    }

    private static void assertInvalid(String rest, String... parts) {
        assertThatThrownBy(() -> parse(rest))
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.INVALID_URL))
                .hasMessageContaining("\"kvstore:x:" + rest + "\"")
                .hasMessageContainingAll(parts);
    }

    @Test
    void propertiesWinOverTheUrlAndTheUrlOverTheDefaults() {
        Properties properties = new Properties();
        properties.setProperty("segmentSize", "2m");
        KVOptions options = parse("p?segmentSize=1m&maxValueSize=1m")
                .toOptions(KVOptions.builder().maxValueSize(5).autoMerge(false), properties);
        assertThat(options.segmentSize()).isEqualTo(2 << 20);
        assertThat(options.maxValueSize()).isEqualTo(1 << 20);
        assertThat(options.autoMerge()).isFalse();
    }

    @Test
    void errorsOfOptionsSayWhereTheyStand() {
        Properties none = new Properties();
        assertThatThrownBy(() -> parse("p?segmentSize=1").toOptions(KVOptions.builder(), none))
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.INVALID_OPTION))
                .hasMessageStartingWith("URL \"kvstore:x:p?segmentSize=1\": option segmentSize=1: must be 1024");
        Properties wrong = new Properties();
        wrong.setProperty("segmentsize", "1m");
        assertThatThrownBy(() -> parse("p").toOptions(KVOptions.builder(), wrong))
                .isInstanceOfSatisfying(
                        KVException.class, e -> assertThat(e.code()).isEqualTo(KVErrorCode.INVALID_OPTION))
                .hasMessageContainingAll("properties given with URL \"kvstore:x:p\"", "\"segmentsize\"", "segmentSize");
    }
}
