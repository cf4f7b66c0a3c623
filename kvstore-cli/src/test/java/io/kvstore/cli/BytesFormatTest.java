package io.kvstore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesFormatTest {
    @Test
    void everyByteSurvivesHexAndBase64() throws BadRecordException {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (BytesFormat format : new BytesFormat[] {BytesFormat.HEX, BytesFormat.BASE64}) {
            assertThat(format.parse(format.format(all))).as("%s", format).isEqualTo(all);
        }
    }

    @ParameterizedTest
    @CsvSource({"HEX,0", "HEX,zz", "HEX,00 01", "BASE64,a", "BASE64,$$$$", "JSON,{", "JSON,1 2", "JSON,''"})
    void whatIsNotOfTheFormatIsRefused(BytesFormat format, String text) {
        assertThatThrownBy(() -> format.parse(text)).isInstanceOf(BadRecordException.class);
    }

    @Test
    void textIsStrict() {
        assertThatThrownBy(() -> BytesFormat.TEXT.parse("\uD800")).isInstanceOf(BadRecordException.class);
        assertThatThrownBy(() -> BytesFormat.TEXT.format(new byte[] {(byte) 0xFF}))
                .isInstanceOf(BadRecordException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"{\"a\":[1,2.5,\"x\",null,true]}", "\"ключ\"", "-9007199254740993", "[]"})
    void jsonComesBackThroughCbor(String json) throws BadRecordException {
        assertThat(BytesFormat.JSON.format(BytesFormat.JSON.parse(json))).isEqualTo(json);
    }

    @Test
    void anyBytesAreCborOrRefused() {
        long seed = Seeds.next(BytesFormatTest.class);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            try {
                assertThat(BytesFormat.JSON.format(bytes)).isNotEmpty();
            } catch (BadRecordException refused) {
                assertThat(refused).hasMessageContaining("CBOR");
            }
        }
    }

    @Test
    void whatIsShownIsOneLineOfText() {
        assertThat(BytesFormat.shown(Cli.bytes("plain"))).isEqualTo("plain");
        assertThat(BytesFormat.shown(Cli.bytes("a\nb"))).isEqualTo("0x610a62");
        assertThat(BytesFormat.shown(Cli.bytes("\u001B[2J"))).startsWith("0x1b");
    }
}
