package io.kvstore.benchmarks.driver;

import io.kvstore.benchmarks.adapter.Peer;
import io.kvstore.benchmarks.data.Entries;
import io.kvstore.benchmarks.report.Charts;
import io.kvstore.benchmarks.report.Comparison;
import io.kvstore.benchmarks.report.GrowthReport;
import io.kvstore.benchmarks.report.JsonReport;
import io.kvstore.benchmarks.report.Machine;
import io.kvstore.benchmarks.report.MarkdownReport;
import io.kvstore.benchmarks.report.PeerInfo;
import io.kvstore.benchmarks.report.RunResult;
import io.kvstore.benchmarks.report.Settings;
import io.kvstore.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench}: measures kvstore beside its peers. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        version = "kvstore benchmarks",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Measures kvstore beside its peers, each in JVMs of its own, in turns, and writes results.json, results.md"
                    + " and a chart in SVG for each group of workloads.",
            "A value that comes back wrong fails the run."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured",
            "1:a store failed, or gave back a wrong value",
            "2:wrong use",
            "3:measured, and a ratio is more than 20 %% below the one of --compare"
        })
public final class Bench implements Callable<Integer> {
    /** The exit code that says that something became slower. */
    static final int SLOWER = 3;

    private static final List<Peer> QUICK_PEERS =
            List.of(Peer.KVSTORE, Peer.ROCKSDB, Peer.CHRONICLE, Peer.HASHMAP, Peer.APPEND, Peer.FDATASYNC);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--quick",
            description = "a few peers, 200,000 keys, 4 rounds, 0.4 seconds each: under 5 minutes in all")
    private boolean quick;

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "PEER",
            description = "the first one is what the others are beside")
    private @Nullable List<String> peers;

    @Option(names = "--workloads", split = ",", paramLabel = "WORKLOAD", description = "all without it")
    private @Nullable List<String> workloads;

    @Option(names = "--keys", paramLabel = "N", description = "2,000,000 without it")
    private @Nullable Long keys;

    @Option(
            names = "--growth",
            split = ",",
            paramLabel = "N",
            description = "instead of --keys: measures with each of these numbers of keys, and writes growth.md and a"
                    + " chart of what an operation costs by the number of keys")
    private @Nullable List<Long> growth;

    @Option(
            names = "--value-bytes",
            paramLabel = "N",
            description = "the length of values, at least " + Entries.LEAST_VALUE_BYTES + "; 100 without it")
    private int valueBytes = Entries.VALUE_BYTES;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description = "of each JVM, as of -Xmx; without it twice what a map of all entries takes")
    private @Nullable String heap;

    @Option(names = "--rounds", paramLabel = "N", description = "3 without it")
    private @Nullable Integer rounds;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "for each workload at the most, but the fill; 5 without it")
    private @Nullable Double seconds;

    @Option(names = "--dir", paramLabel = "DIR", description = "for the files of the stores; they are deleted")
    private Path directory = Path.of("kvstore-benchmarks", "target", "bench");

    @Option(names = "--out", paramLabel = "DIR", description = "for the results")
    private Path out = Path.of("kvstore-benchmarks", "target", "bench-results");

    @Option(names = "--compare", paramLabel = "FILE", description = "results.json of an earlier run to be beside")
    private @Nullable Path compare;

    @Option(names = "--from", paramLabel = "FILE", description = "takes the results of this file; measures nothing")
    private @Nullable Path from;

    private String command = "./bench";

    private Bench() {}

    /**
     * Measures, and ends the JVM with the exit code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.setProperty("java.awt.headless", "true");
        System.exit(run(args));
    }

    /** Does what the arguments say, and returns the exit code. */
    static int run(String... args) {
        Bench bench = new Bench();
        bench.command = String.join(" ", "./bench", String.join(" ", args)).strip();
        return new CommandLine(bench)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    line.getErr().println("bench: " + failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        // A file that is no result is told before an hour of measuring, not after.
        RunResult before = compare == null ? null : JsonReport.read(compare);
        if (growth != null) {
            return measureGrowth(growth);
        }
        RunResult now = from == null ? measure(keyCount(), "results.json") : JsonReport.read(from);
        Files.createDirectories(out);
        JsonReport.write(now, out.resolve("results.json"));
        Files.writeString(out.resolve("results.md"), MarkdownReport.of(now));
        List<Path> charts = Charts.write(now, out);
        System.out.printf(
                "%s%n%s: results.json, results.md and %d charts%n", MarkdownReport.of(now), out, charts.size());
        return before == null ? CommandLine.ExitCode.OK : compare(before, now);
    }

    private int compare(RunResult before, RunResult now) {
        Comparison comparison;
        try {
            comparison = Comparison.of(before, now);
        } catch (IllegalArgumentException e) {
            throw wrongUse(e.getMessage());
        }
        System.out.printf("%nBeside %s:%n%n%s%n", compare, comparison.toMarkdown());
        int slower = comparison.slower().size();
        System.out.printf(
                "%d of %d ratios fell by more than 20 %%%n",
                slower, comparison.changes().size());
        return slower == 0 ? CommandLine.ExitCode.OK : SLOWER;
    }

    private long keyCount() {
        return keys != null ? keys : quick ? 200_000 : 2_000_000;
    }

    private int measureGrowth(List<Long> counts) throws IOException, InterruptedException {
        if (keys != null || compare != null || from != null) {
            throw wrongUse("--growth goes without --keys, --compare and --from");
        }
        List<RunResult> results = new ArrayList<>();
        for (long count : counts) {
            results.add(measure(count, "results-" + count + ".json"));
        }
        String text = GrowthReport.of(results);
        Files.writeString(out.resolve("growth.md"), text);
        Charts.writeGrowth(results, out.resolve("growth.svg"));
        System.out.printf("%s%n%s: growth.md, growth.svg, and a results-N.json each%n", text, out);
        return CommandLine.ExitCode.OK;
    }

    private RunResult measure(long keyCount, String file) throws IOException, InterruptedException {
        List<Peer> chosen = chosenPeers();
        int roundCount = rounds != null ? rounds : quick ? 4 : 3;
        double length = seconds != null ? seconds : quick ? 0.4 : 5;
        if (keyCount < 1_000 || keyCount > Integer.MAX_VALUE) {
            throw wrongUse("--keys must be from 1,000 to " + Integer.MAX_VALUE);
        }
        if (roundCount < 1 || !(length > 0)) {
            throw wrongUse("--rounds and --seconds must be positive");
        }
        if (valueBytes < Entries.LEAST_VALUE_BYTES) {
            throw wrongUse("--value-bytes must be at least " + Entries.LEAST_VALUE_BYTES);
        }
        Files.createDirectories(directory);
        Files.createDirectories(out);
        Machine machine = Machine.of(directory);
        Settings settings = new Settings(
                keyCount, Entries.KEY_BYTES, valueBytes, roundCount, length, heap != null ? heap : heapFor(keyCount));
        List<PeerInfo> infos = chosen.stream()
                .map(peer -> new PeerInfo(peer.id(), peer.title(), peer.settings(), peer.guarantee()))
                .toList();
        RunResult.Builder results = new RunResult.Builder();
        new Run(chosen, chosenWorkloads(), settings, directory, System.err)
                .run(
                        results,
                        () -> JsonReport.write(results.build(command, machine, settings, infos), out.resolve(file)));
        return results.build(command, machine, settings, infos);
    }

    /** Room for a map of all keys and values, twice. */
    private String heapFor(long keyCount) {
        return (int) Math.ceil(keyCount * (500.0 + 2 * valueBytes) / (1 << 30)) + "g";
    }

    private List<Peer> chosenPeers() {
        try {
            if (peers != null) {
                return peers.stream().map(Peer::of).distinct().toList();
            }
            return quick ? QUICK_PEERS : List.of(Peer.values());
        } catch (IllegalArgumentException e) {
            throw wrongUse(e.getMessage());
        }
    }

    private Set<Workload> chosenWorkloads() {
        if (workloads == null) {
            return EnumSet.allOf(Workload.class);
        }
        Set<Workload> chosen = EnumSet.noneOf(Workload.class);
        try {
            workloads.forEach(workload -> chosen.add(Workload.of(workload)));
        } catch (IllegalArgumentException e) {
            throw wrongUse(e.getMessage());
        }
        return chosen;
    }

    private ParameterException wrongUse(@Nullable String message) {
        return new ParameterException(Objects.requireNonNull(spec, "spec").commandLine(), String.valueOf(message));
    }
}
