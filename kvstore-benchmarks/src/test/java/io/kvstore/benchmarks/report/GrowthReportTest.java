package io.kvstore.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.benchmarks.workload.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthReportTest {
    @TempDir
    Path folder;

    private static RunResult result(long keys, double putsASecond, double openMillis) {
        RunResult.Builder builder = new RunResult.Builder();
        builder.add("fill", "kvstore", Figures.RATE, putsASecond);
        builder.add("fill", "kvstore", Figures.HEAP_BYTES_PER_KEY, 30.126);
        builder.add("reopen-closed", "kvstore", Figures.MILLIS, openMillis);
        return builder.build(
                "./bench --growth 1000,2000",
                new Machine("processor", 2, 1L << 30, "Linux", "ext4", "17", 0),
                new Settings(keys, 16, 24, 1, 1, "1g"),
                List.of(new PeerInfo("kvstore", "kvstore", "defaults", "the same")));
    }

    @Test
    void columnIsANumberOfKeysAndARowWhatAnOperationCosts() {
        String text = GrowthReport.of(List.of(result(1000, 2e6, 5), result(2000, 1e6, 8)));
        assertThat(text)
                .contains("./bench --growth 1000,2000")
                .contains("values of 24 bytes")
                .contains("| kvstore | 1,000 | 2,000 |")
                .contains("| put, new keys | 500 | 1,000 |")
                .contains("| open after a close | 5 ms | 8 ms |")
                .contains("| put, new keys: heap a key, bytes | 30.13 | 30.13 |");
    }

    @Test
    void whatOneRunLacksIsLeftEmpty() {
        RunResult without = new RunResult.Builder()
                .build(
                        "",
                        result(1, 1, 1).machine(),
                        result(2000, 1, 1).settings(),
                        result(1, 1, 1).peers());
        assertThat(GrowthReport.of(List.of(result(1000, 2e6, 5), without))).contains("| put, new keys | 500 | |");
    }

    @Test
    void chartHasALineAWorkloadThatHasARate() throws IOException {
        List<RunResult> results = List.of(result(1000, 2e6, 5), result(2000, 1e6, 8));
        assertThat(Charts.growthChart(results).getSeriesMap()).containsOnlyKeys("put, new keys");
        assertThat(Charts.growthChart(results)
                        .getSeriesMap()
                        .get("put, new keys")
                        .getYData())
                .containsExactly(500, 1000);
        Path file = folder.resolve("growth.svg");
        Charts.writeGrowth(results, file);
        assertThat(Files.readString(file)).contains("<svg");
    }
}
