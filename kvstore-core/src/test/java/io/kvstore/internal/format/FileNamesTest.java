package io.kvstore.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 99_999, 60_000, 100_000_000, Integer.MAX_VALUE})
    void segmentNameTellsItsNumber(int number) {
        assertThat(FileNames.segmentNumber(FileNames.segment(number))).hasValue(number);
    }

    @Test
    void segmentNameIsTenDigits() {
        assertThat(FileNames.segment(1)).isEqualTo("0000000001.seg");
        assertThat(FileNames.segment(Integer.MAX_VALUE)).isEqualTo("2147483647.seg");
    }

    @Test
    void namesListInTheOrderOfNumbersToo() {
        TreeMap<String, Integer> byName = new TreeMap<>();
        Random random = new Random(1);
        for (int bits = 1; bits < 32; bits++) {
            int number = Math.max(1, random.nextInt() >>> (32 - bits));
            byName.put(FileNames.segment(number), number);
        }
        assertThat(List.copyOf(byName.values())).isSorted();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0000000000.seg", // numbers start at 1
                "2147483648.seg", // beyond an int
                "9999999999.seg",
                "000000001.seg", // nine digits
                "00000000001.seg", // eleven
                "-000000001.seg",
                "+000000001.seg",
                " 000000001.seg",
                "0000000001.SEG",
                "0000000001.seg.new",
                "0000000001.seg\n",
                "0000000001xseg",
                "0000000001",
                "00000000a1.seg",
                "./0000000001.seg",
                "\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0661.seg", // Arabic-Indic digits
                "kvstore.store",
                "kvstore.lock"
            })
    void foreignNamesAreNoSegments(String name) {
        assertThat(FileNames.segmentNumber(name)).isEmpty();
    }

    /** Of all the ways to break a store: to start it on a machine set to Arabic, Persian or Marathi. */
    @ParameterizedTest
    @ValueSource(strings = {"en", "ar-EG", "fa-IR", "mr-IN", "th-TH-u-nu-thai", "tr-TR"})
    void segmentNameDoesNotDependOnTheLanguageOfTheMachine(String language) {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(language));
        try {
            assertThat(FileNames.segment(1234567890)).isEqualTo("1234567890.seg");
            assertThat(FileNames.segmentNumber(FileNames.segment(42))).hasValue(42);
        } finally {
            Locale.setDefault(before);
        }
    }
}
