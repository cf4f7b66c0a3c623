package io.kvstore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvstore.KVStore;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of {@code report}. */
class ReportTest {
    private Path temp;
    private Path page;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        this.temp = temp;
        page = temp.resolve("report.html");
        Cli.storeWithHistory(temp.resolve("store")).close();
        assertThat(Cli.run("report", temp.resolve("store"), "-o", page).exitCode())
                .isZero();
    }

    @Test
    void thePageNeedsNothingElseAndRunsNothing() {
        assertThat(page)
                .content()
                .doesNotContain("<script")
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain(" src=")
                .doesNotContain("@import")
                .doesNotContain("url(")
                .contains("default-src 'none'")
                .contains("prefers-color-scheme: dark");
    }

    @Test
    void namesOfTheStoreAreEscaped() {
        assertThat(page).content().contains("&lt;script&gt;alert(1)&lt;/script&gt;");
        assertThat(Svg.escape("<a href='x' b=\"y\">&\u001B"))
                .isEqualTo("&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;\\u001B");
    }

    @Test
    void segmentsSizesMergesAndGrowthAreThere() {
        assertThat(page)
                .content()
                .contains("class='live'")
                .contains("class='dead'")
                .contains("Key sizes")
                .contains("Value sizes")
                .contains("(merged)")
                .contains("Garbage since")
                .contains("class='line'");
    }

    @Test
    void anEmptyStoreHasAPageToo() {
        KVStore.open(temp.resolve("empty")).close();
        Cli.Run run = Cli.run("report", temp.resolve("empty"), "-o", "-");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("There are no entries").doesNotContain("NaN");
    }

    @Test
    void aBrowserShowsItInLightAndDark() throws Exception {
        String browser = Stream.of("chromium", "chromium-browser", "google-chrome")
                .filter(ReportTest::isOnPath)
                .findFirst()
                .orElse(null);
        assumeTrue(browser != null, "no Chromium on the PATH: the page was not looked at in a browser");
        BufferedImage dark = shot(browser, "dark", "--blink-settings=preferredColorScheme=0");
        BufferedImage light = shot(browser, "light", "--blink-settings=preferredColorScheme=1");
        assertThat(brightness(light.getRGB(1, 1))).isGreaterThan(200);
        assertThat(brightness(dark.getRGB(1, 1))).isLessThan(60);
        // The charts are drawn: both colours of the segment map, of either scheme.
        assertThat(count(light, 0x1f7a8c)).isGreaterThan(1000);
        assertThat(count(light, 0xe8a33d)).isGreaterThan(1000);
        assertThat(count(dark, 0x4fb3c6)).isGreaterThan(1000);
        assertThat(count(dark, 0xd9963a)).isGreaterThan(1000);
    }

    private BufferedImage shot(String browser, String name, String scheme) throws IOException, InterruptedException {
        Path picture = temp.resolve(name + ".png");
        List<String> command = new ArrayList<>(List.of(
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--window-size=1000,2200",
                "--user-data-dir=" + temp.resolve("profile-" + name),
                scheme,
                "--screenshot=" + picture,
                page.toUri().toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve(name + ".log").toFile())
                .start();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        assertThat(picture).exists();
        return ImageIO.read(picture.toFile());
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static int brightness(int rgb) {
        return ((rgb >> 16 & 0xFF) + (rgb >> 8 & 0xFF) + (rgb & 0xFF)) / 3;
    }

    private static long count(BufferedImage picture, int colour) {
        long count = 0;
        for (int x = 0; x < picture.getWidth(); x++) {
            for (int y = 0; y < picture.getHeight(); y++) {
                if ((picture.getRGB(x, y) & 0xFFFFFF) == colour) {
                    count++;
                }
            }
        }
        return count;
    }
}
