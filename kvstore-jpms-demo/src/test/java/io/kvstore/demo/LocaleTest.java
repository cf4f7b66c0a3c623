package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A catalog made in a locale that has all letters is scanned by a process in one that has only those of ASCII. */
@Timeout(60)
class LocaleTest {
    private Tree tree;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "elsewhere names do not depend on the locale");
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "this process has no UTF-8 locale");
        tree = new Tree(temp);
        tree.write("caf\u00E9/file", "x");
        tree.write("\u00FCber", "y");
        tree.write("folder/\u00E4", "z");
        tree.write("folder/plain", "p");
        tree.scan();
    }

    @Test
    void namesThatItCannotReadAreReportedAndNotTakenForGone() throws Exception {
        Process process = scanInAscii();
        String out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(out)
                .containsPattern("(?m)^ +3 unreadable$")
                .containsPattern("(?m)^ +0 removed$")
                .contains("UTF-8");
        assertThat(tree.catalogued()).hasSize(4);
        assertThat(tree.scan().hashedFiles()).isZero();
    }

    @Test
    void whatIsGoneWithItsFolderIsRemovedWhateverItsName() throws Exception {
        tree.delete("folder");
        assertThat(scanInAscii().waitFor()).isEqualTo(1);
        assertThat(tree.catalogued()).containsExactly("caf\u00E9/file", "\u00FCber");
    }

    private Process scanInAscii() throws Exception {
        ProcessBuilder builder = tree.process("scan", tree.root.toString());
        builder.environment().put("LC_ALL", "C");
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }
}
