package io.kvstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.testing.SmallApplication;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store asks for two modules of the JDK that need not be there: tried in an image without them, on the module path
 * and on the class path.
 */
@Tag("module")
class SmallImageTest {
    @TempDir
    Path temp;

    @Test
    void imageOfNothingButJavaBaseOpensAStoreAndRefusesJmxByName() throws IOException {
        SmallApplication application = new SmallApplication(temp);
        Path image = application.link();
        assertThat(SmallApplication.run(image, "-m", "small/small.Main", temp.resolve("a") + "", "false"))
                .isEqualTo("1 key, jfr false, management false");
        assertThat(SmallApplication.run(image, "-m", "small/small.Main", temp.resolve("b") + "", "true"))
                .startsWith("INVALID_OPTION")
                .contains("java.management")
                .endsWith("threads of the store: 0");
    }

    @Test
    void applicationOnTheModulePathHasTheBean() throws IOException {
        SmallApplication application = new SmallApplication(temp);
        Path java = Path.of(System.getProperty("java.home"));
        assertThat(SmallApplication.run(
                        java,
                        "-p",
                        application.modulePath(),
                        "--add-modules",
                        "jdk.jfr,java.management",
                        "-m",
                        "small/small.Main",
                        temp.resolve("a") + "",
                        "true"))
                .isEqualTo("1 key, jfr true, management true");
        assertThat(SmallApplication.run(
                        java,
                        "-p",
                        application.modulePath(),
                        "--limit-modules",
                        "java.base,small",
                        "-m",
                        "small/small.Main",
                        temp.resolve("b") + "",
                        "false"))
                .isEqualTo("1 key, jfr false, management false");
    }

    @Test
    void applicationOnTheClassPathHasTheBean() throws IOException {
        SmallApplication application = new SmallApplication(temp);
        Path java = Path.of(System.getProperty("java.home"));
        assertThat(SmallApplication.run(
                        java, "-cp", application.modulePath(), "small.Main", temp.resolve("a") + "", "true"))
                .isEqualTo("1 key, jfr true, management true");
    }
}
