package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The image that the build links, run by its launcher. */
@Tag("module")
@Timeout(60)
class ImageIT {
    private static final Path IMAGE = Path.of(System.getProperty("image.directory"));

    private Tree tree;
    private Path temp;

    @BeforeEach
    void setUp(@TempDir Path temp) throws IOException {
        this.temp = temp;
        tree = new Tree(temp);
        tree.write("one", "same");
        tree.write("two", "same");
        tree.write("other", "different");
    }

    @Test
    void theLauncherWritesACatalogThatItsNextProcessReads() throws Exception {
        assertThat(launch("scan", tree.root.toString())).contains("3 files");
        assertThat(launch("find", "other")).contains(tree.root.resolve("other").toString());
        assertThat(launch("dupes"))
                .contains(
                        tree.root.resolve("one").toString(),
                        tree.root.resolve("two").toString())
                .doesNotContain(tree.root.resolve("other").toString());
    }

    @Test
    void theImageHasALoggerAndNoHeadersOrManualPages() throws Exception {
        assertThat(Files.readString(IMAGE.resolve("release"))).contains("io.kvstore.demo", "org.slf4j.simple");
        assertThat(IMAGE.resolve("include")).doesNotExist();
        assertThat(IMAGE.resolve("man")).doesNotExist();
    }

    /** What the launcher printed, errors too; it must end well. */
    private String launch(String... args) throws IOException, InterruptedException {
        String name = File.separatorChar == '/' ? "kvstore-catalog" : "kvstore-catalog.bat";
        List<String> command = new ArrayList<>(
                List.of(IMAGE.resolve("bin").resolve(name).toString(), "--store", tree.store.toString()));
        command.addAll(List.of(args));
        Path out = temp.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        int exitCode = process.waitFor();
        String text = Files.readString(out);
        assertThat(exitCode).as(text).isZero();
        assertThat(text).doesNotContain("SLF4J");
        return text;
    }
}
