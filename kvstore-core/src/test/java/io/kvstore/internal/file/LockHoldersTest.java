package io.kvstore.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockHoldersTest {
    /** Device 254:3 as stat gives it. */
    private static final long DEVICE = 254 << 8 | 3;

    private static final List<String> LINES = List.of(
            "1: POSIX  ADVISORY  READ 1234 fe:03:77 0 EOF",
            "2: POSIX  ADVISORY  READ 99 fe:03:77 0 EOF",
            "2: -> POSIX  ADVISORY  WRITE 55 fe:03:77 0 EOF",
            "3: FLOCK  ADVISORY  WRITE 98 fe:03:77 0 EOF",
            "4: POSIX  ADVISORY  READ 0 fe:03:77 0 EOF",
            "5: POSIX  ADVISORY  READ 97 fe:03:78 0 EOF",
            "6: POSIX  ADVISORY  READ 96 fe:04:77 0 EOF",
            "whatever else");

    @Test
    void holdersOfTheFileAreNamedAndNobodyElse() {
        assertThat(LockHolders.holders(LINES, DEVICE, 77)).containsExactly("1234", "99");
        assertThat(LockHolders.holders(LINES, DEVICE, 79)).isEmpty();
    }

    @Test
    void largeDeviceNumbersAreUnpacked() {
        long device = 0x123L << 8 | 0x45 | 0x678L << 20;
        assertThat(LockHolders.holders(List.of("1: POSIX  ADVISORY  READ 7 123:67845:1 0 EOF"), device, 1))
                .containsExactly("7");
    }

    @Test
    void nobodyIsNamedForAFileThatIsNotThere(@TempDir Path directory) {
        assertThat(LockHolders.of(directory.resolve("none"))).isEqualTo(LockHolders.UNKNOWN);
    }
}
