package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is printed: figures, names and the progress line. */
class FiguresTest {
    @Test
    void sizesAreRoundedToAUnit() {
        assertThat(Human.bytes(0)).isEqualTo("0 B");
        assertThat(Human.bytes(999)).isEqualTo("999 B");
        assertThat(Human.bytes(1000)).isEqualTo("1.0 kB");
        assertThat(Human.bytes(999_949)).isEqualTo("999.9 kB");
        assertThat(Human.bytes(999_950)).isEqualTo("1.0 MB");
        assertThat(Human.bytes(1_234_567_890)).isEqualTo("1.2 GB");
        assertThat(Human.bytes(Long.MAX_VALUE)).isEqualTo("9.2 EB");
    }

    @Test
    void durationsHaveTheUnitsThatMatter() {
        assertThat(Human.duration(999_999_999)).isEqualTo("999 ms");
        assertThat(Human.duration(Duration.ofMillis(59_999).toNanos())).isEqualTo("59.9 s");
        assertThat(Human.duration(Duration.ofSeconds(60).toNanos())).isEqualTo("1 min 0 s");
        assertThat(Human.duration(Duration.ofMinutes(125).toNanos())).isEqualTo("2 h 5 min");
    }

    @Test
    void figuresAreTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(Human.bytes(1_500)).isEqualTo("1.5 kB");
            assertThat(Human.count(1_234_567)).isEqualTo("1,234,567");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void timesThatNoCalendarReachesArePrintedAllTheSame() {
        assertThat(Human.time(Instant.MAX)).isEqualTo(Instant.MAX.toString());
        assertThat(Human.time(Instant.MIN)).isEqualTo(Instant.MIN.toString());
        assertThat(Human.time(Instant.parse("2026-07-01T12:00:00.5Z"))).matches("2026-07-0[12] \\d\\d:\\d\\d:00");
    }

    @Test
    void plainNamesArePrintedAsTheyAre() {
        assertThat(Printable.of("/a b/\u00E9\u4E2D\uD83D\uDE00 $'\"\\x"))
                .isEqualTo("/a b/\u00E9\u4E2D\uD83D\uDE00 $'\"\\x");
    }

    @Test
    void whatDrivesATerminalIsEscaped() {
        assertThat(Printable.of("a\nb\tc\rd")).isEqualTo("a\\nb\\tc\\rd");
        assertThat(Printable.of("\u001B[31m\u0000\u007F\u009B")).isEqualTo("\\u001B[31m\\u0000\\u007F\\u009B");
        assertThat(Printable.of("\u202Egnp.exe\u2028")).isEqualTo("\\u202Egnp.exe\\u2028");
        assertThat(Printable.of("\uD800")).isEqualTo("\\uD800");
        assertThat(Printable.of("\uDB40\uDC01")).isEqualTo("\\U000E0001");
    }

    @Test
    void onATerminalOneLineIsRewritten() {
        AtomicLong clock = new AtomicLong();
        StringWriter err = new StringWriter();
        Progress progress = new Progress(new PrintWriter(err), true, clock::get);
        progress.fileDone();
        assertThat(err.toString()).isEmpty();
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        progress.hashed(5_000_000);
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        progress.fileDone();
        progress.end();
        assertThat(err.toString())
                .isEqualTo("\r\u001B[K1 files, 5.0 MB hashed, 5.0 MB/s"
                        + "\r\u001B[K2 files, 5.0 MB hashed, 2.5 MB/s"
                        + "\r\u001B[K");
    }

    @Test
    void elsewhereAPlainLineComesNowAndThen() {
        AtomicLong clock = new AtomicLong();
        StringWriter err = new StringWriter();
        Progress progress = new Progress(new PrintWriter(err), false, clock::get);
        for (int second = 0; second < 21; second++) {
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
            progress.fileDone();
        }
        progress.end();
        assertThat(err.toString().lines())
                .containsExactly("10 files, 0 B hashed, 0 B/s", "20 files, 0 B hashed, 0 B/s");
    }

    @Test
    void theSmallestAreKeptInOrder() {
        Smallest<Integer> smallest = new Smallest<>(3, Comparator.<Integer>naturalOrder());
        for (int i : new int[] {5, 3, 9, 1, 7, 2}) {
            smallest.offer(i);
        }
        assertThat(smallest.sorted()).containsExactly(1, 2, 3);
        assertThat(smallest.offered()).isEqualTo(6);
    }
}
