package io.kvstore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image that the build makes, as a process of its own. */
@Tag("module")
class ImageIT {
    private static final Path PROGRAM =
            Path.of("target/maven-jlink/classifiers/image/bin/kvstore").toAbsolutePath();

    /** Without the script of the image, which stays in front and keeps signals from the command. */
    private static final List<String> COMMAND =
            List.of(PROGRAM.resolveSibling("java").toString(), "-m", "io.kvstore.cli/io.kvstore.cli.KVStoreCommand");

    private Path temp;
    private Path store;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        this.temp = temp;
        store = temp.resolve("store");
    }

    @Test
    void theImageLoadsDumpsAndReports() throws Exception {
        Path input = temp.resolve("in.jsonl");
        Files.write(input, List.of("{\"key\":\"a\",\"value\":\"1\"}", "{\"key\":\"b\",\"valueJson\":{\"x\":1}}"));
        assertThat(run(PROGRAM + " load --create " + store + " " + input)).isEqualTo("0:");
        assertThat(run(PROGRAM + " dump -f csv -v hex " + store))
                .startsWith("0:bucket,key,valueHex\n")
                .contains(",a,31\n");
        assertThat(run(PROGRAM + " get -v json " + store + " b")).isEqualTo("0:{\"x\":1}\n");
        assertThat(run(PROGRAM + " report -o - " + store)).startsWith("0:<!doctype html>");
        assertThat(run(PROGRAM + " info " + temp.resolve("nix"))).isEqualTo("3:");
    }

    @Test
    void theScriptAtTheTopRunsTheImage() throws Exception {
        Path script = Path.of("../kvstore").toAbsolutePath().normalize();
        // What it would build is what this build is making.
        assertThat(script).isExecutable();
        assertThat(run("touch target/maven-jlink/classifiers/image/release && " + script + " --version"))
                .startsWith("0:kvstore ");
    }

    @Test
    void aClosedPipeEndsTheCommandInSilence() throws Exception {
        assertThat(run("seq 200000 | sed 's/.*/{\"key\":\"&\",\"value\":\"x\"}/' | " + PROGRAM + " load --create "
                        + store))
                .isEqualTo("0:");
        assertThat(run("set -o pipefail; " + PROGRAM + " dump " + store + " | head -n 1 >/dev/null"))
                .isEqualTo("141:");
        assertThat(temp.resolve("err")).isEmptyFile();
    }

    @Test
    void aFullDiskIsToldInOneLine() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/full")), "no /dev/full");
        run(PROGRAM + " put --create " + store + " k v");
        assertThat(run(PROGRAM + " dump " + store + " >/dev/full")).isEqualTo("6:");
        assertThat(temp.resolve("err"))
                .content()
                .startsWith("kvstore: cannot write the output")
                .hasLineCount(1);
    }

    @Test
    void interruptingALoadKeepsWhatWasLoaded() throws Exception {
        Process process = load().redirectError(temp.resolve("err").toFile())
                .redirectOutput(temp.resolve("out").toFile())
                .start();
        try (BufferedWriter lines = process.outputWriter()) {
            for (int i = 0; i < 10_000; i++) {
                lines.write("{\"key\":\"" + i + "\",\"value\":\"x\"}\n");
            }
            lines.flush();
            assertThat(new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            // The load stops at the next line: they go on until it has.
            for (int i = 0; process.isAlive(); i++) {
                lines.write("{\"key\":\"later-" + i + "\",\"value\":\"x\"}\n");
                lines.flush();
            }
        } catch (IOException pipeIsClosed) {
            // It has ended.
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.TERMINATED);
        if (Files.exists(store.resolve("kvstore.store"))) {
            assertThat(run(PROGRAM + " watch --count 1 " + store)).contains("closed,");
            assertThat(run(PROGRAM + " verify " + store)).startsWith("0:Sound");
        }
    }

    @Test
    void interruptingALoadThatWaitsForInputClosesTheStore() throws Exception {
        Process process = load().redirectError(temp.resolve("err").toFile())
                .redirectOutput(temp.resolve("out").toFile())
                .start();
        try (BufferedWriter lines = process.outputWriter()) {
            lines.write("{\"key\":\"k\",\"value\":\"x\"}\n");
            lines.flush();
            while (!Files.exists(store.resolve("kvstore.lock"))) {
                Thread.onSpinWait();
            }
            new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(process.exitValue()).isEqualTo(ExitCode.TERMINATED);
        assertThat(run(PROGRAM + " verify " + store)).startsWith("0:Sound");
    }

    /** Is ended by SIGTERM, which goes the way of Ctrl-C: a build in the background may have SIGINT switched off. */
    private ProcessBuilder load() {
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(List.of("load", "--create", store.toString()));
        return new ProcessBuilder(command);
    }

    private String run(String command) throws IOException, InterruptedException {
        Path out = temp.resolve("out");
        Process process = new ProcessBuilder("bash", "-c", command)
                .redirectOutput(out.toFile())
                .redirectError(temp.resolve("err").toFile())
                .start();
        process.getOutputStream().close();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(command).isTrue();
        return process.exitValue() + ":" + Files.readString(out);
    }
}
