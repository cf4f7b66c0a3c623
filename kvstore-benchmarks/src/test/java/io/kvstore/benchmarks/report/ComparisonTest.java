package io.kvstore.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.benchmarks.workload.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    Path folder;

    private static RunResult result(double kvstorePut, double rocksPut, double kvstoreOpen, double rocksOpen) {
        RunResult.Builder builder = new RunResult.Builder();
        builder.add("fill", "kvstore", Figures.RATE, kvstorePut);
        builder.add("fill", "rocksdb", Figures.RATE, rocksPut);
        builder.add("reopen-closed", "kvstore", Figures.MILLIS, kvstoreOpen);
        builder.add("reopen-closed", "rocksdb", Figures.MILLIS, rocksOpen);
        return builder.build(
                "./bench",
                new Machine("processor", 2, 1L << 30, "Linux", "ext4", "17", 0),
                new Settings(1000, 16, 100, 1, 1, "1g"),
                List.of(
                        new PeerInfo("kvstore", "kvstore", "defaults", "the same"),
                        new PeerInfo("rocksdb", "RocksDB", "defaults", "the same")));
    }

    @Test
    void ratioSaysHowManyTimesAsFastTheFirstPeerIs() {
        RunResult result = result(3000, 1000, 50, 200);
        assertThat(result.find("fill", "rocksdb").orElseThrow().ratio()).isEqualTo(3);
        assertThat(result.find("reopen-closed", "rocksdb").orElseThrow().ratio())
                .isEqualTo(4);
    }

    @Test
    void figuresAreMediansOfTheRounds() {
        RunResult.Builder builder = new RunResult.Builder();
        for (double rate : new double[] {5, 1, 3}) {
            builder.add("fill", "kvstore", Figures.RATE, rate);
        }
        RunResult one = builder.build(
                "",
                result(1, 1, 1, 1).machine(),
                result(1, 1, 1, 1).settings(),
                result(1, 1, 1, 1).peers());
        assertThat(one.find("fill", "kvstore").orElseThrow().median(Figures.RATE))
                .hasValue(3);
    }

    @Test
    void slowerMachineAloneIsNoChange() {
        assertThat(Comparison.of(result(3000, 1000, 50, 200), result(300, 100, 500, 2000))
                        .slower())
                .isEmpty();
    }

    @Test
    void ratiosThatFellByMoreThanAFifthAreTold() {
        Comparison comparison = Comparison.of(result(3000, 1000, 50, 200), result(2430, 1000, 64, 200));
        assertThat(comparison.slower()).singleElement().satisfies(change -> {
            assertThat(change.workload()).isEqualTo("reopen-closed");
            assertThat(change.before()).isEqualTo(4);
            assertThat(change.now()).isEqualTo(3.125);
        });
        assertThat(comparison.toMarkdown()).contains("open after a close | rocksdb | 4.00 | 3.13 | **slower**");
    }

    private static RunResult rounds(double... kvstorePuts) {
        RunResult.Builder builder = new RunResult.Builder();
        for (double rate : kvstorePuts) {
            builder.add("fill", "kvstore", Figures.RATE, rate);
            builder.add("fill", "rocksdb", Figures.RATE, 1000);
        }
        RunResult other = result(1, 1, 1, 1);
        return builder.build("", other.machine(), other.settings(), other.peers());
    }

    @Test
    void roundsThatOverlapAreNoChange() {
        RunResult before = rounds(3000, 3100, 1900);
        assertThat(Comparison.of(before, rounds(1500, 1600, 2000)).slower()).isEmpty();
        assertThat(Comparison.of(before, rounds(1500, 1600, 1800)).slower()).hasSize(1);
    }

    @Test
    void runsWithNothingInCommonAreNotCompared() {
        RunResult other = new RunResult.Builder()
                .build(
                        "",
                        result(1, 1, 1, 1).machine(),
                        result(1, 1, 1, 1).settings(),
                        result(1, 1, 1, 1).peers());
        assertThatThrownBy(() -> Comparison.of(result(1, 1, 1, 1), other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no ratio in common");
    }

    @Test
    void jsonKeepsEverything() throws IOException {
        RunResult result = result(3000, 1000, 50, 200);
        Path file = folder.resolve("results.json");
        JsonReport.write(result, file);
        assertThat(JsonReport.read(file)).isEqualTo(result);
    }

    @Test
    void fileThatIsNoResultIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), "[1]");
        assertThatThrownBy(() -> JsonReport.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(file.toString(), "no result");
        Path future = Files.writeString(folder.resolve("future.json"), "{\"format\": 2}");
        assertThatThrownBy(() -> JsonReport.read(future)).hasMessageContainingAll(future.toString(), "format 2");
    }

    @Test
    void chartsAndTablesHoldEveryPeer() throws IOException {
        RunResult result = result(3000, 1000, 50, 200);
        assertThat(Charts.chart(result, List.of("fill")).getSeriesMap()).containsOnlyKeys("kvstore", "RocksDB");
        assertThat(Charts.write(result, folder))
                .containsExactly(folder.resolve("writes.svg"), folder.resolve("open.svg"));
        assertThat(folder.resolve("writes.svg")).content().contains("<svg", "</svg");
        assertThat(MarkdownReport.of(result)).contains("| put, new keys | 3.00 |", "| put, new keys | 3.00 | 1.00 |");
    }
}
