package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes of their own that are ended in the middle of a scan. */
@Timeout(60)
class ProcessTest {
    /** A sparse file of this size takes minutes to hash and no room. */
    private static final long HUGE_BYTES = 500_000_000_000L;

    private Tree tree;
    private Process process;

    @BeforeEach
    void setUp(@TempDir Path temp) throws IOException {
        assumeTrue(File.separatorChar == '/', "signals and sparse files are for Unix");
        tree = new Tree(temp);
        for (int i = 0; i < 20; i++) {
            tree.write("file" + i, "content " + i);
        }
        try (RandomAccessFile huge =
                new RandomAccessFile(tree.root.resolve("huge").toFile(), "rw")) {
            huge.setLength(HUGE_BYTES);
        } catch (IOException e) {
            assumeTrue(false, "this file system has no sparse files of that size: " + e);
        }
    }

    @AfterEach
    void endProcess() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void aSignalStopsTheScanAndClosesTheStore() throws Exception {
        BufferedReader err = startScan();
        // Not Process.destroy(), which closes the streams as well.
        process.toHandle().destroy();
        String out = new String(process.getInputStream().readAllBytes());

        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(out).startsWith("Interrupted: " + tree.root).contains("The next scan goes on from there.");
        assertThat(err.lines()).isEmpty();
        assertTheNextScanGoesOn();
    }

    @Test
    void aKilledScanLosesNothingThatWasStored() throws Exception {
        startScan();
        process.destroyForcibly();
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        assertTheNextScanGoesOn();
    }

    private void assertTheNextScanGoesOn() {
        int stored = tree.catalogued().size();
        tree.delete("huge");
        ScanReport next = tree.scan();
        assertThat(next.files()).isEqualTo(20);
        assertThat(next.hashedFiles()).isEqualTo(20 - stored);
        assertThat(next.removed().count()).isZero();
    }

    /** Comes back when the store is open. */
    private BufferedReader startScan() throws IOException {
        process = tree.process("scan", tree.root.toString()).start();
        BufferedReader err = process.errorReader();
        assertThat(err.readLine()).startsWith("Scanning " + tree.root);
        return err;
    }
}
