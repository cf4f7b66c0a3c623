package io.kvstore.benchmarks.driver;

import io.kvstore.benchmarks.adapter.Peer;
import io.kvstore.benchmarks.report.RunResult;
import io.kvstore.benchmarks.report.Settings;
import io.kvstore.benchmarks.workload.Stage;
import io.kvstore.benchmarks.workload.Workload;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** All rounds over all peers. Each round takes the peers in another order, so that none always comes after the same. */
final class Run {
    private final List<Peer> peers;
    private final Set<Workload> workloads;
    private final Settings settings;
    private final Path folder;
    private final PrintStream progress;

    Run(List<Peer> peers, Set<Workload> workloads, Settings settings, Path folder, PrintStream progress) {
        this.peers = peers;
        this.workloads = withWhatTheyNeed(workloads);
        this.settings = settings;
        this.folder = folder;
        this.progress = progress;
    }

    private static Set<Workload> withWhatTheyNeed(Set<Workload> chosen) {
        Set<Workload> all = EnumSet.of(Workload.FILL);
        all.addAll(chosen);
        if (all.contains(Workload.REOPEN_KILLED)) {
            all.add(Workload.REOPEN_CLOSED);
        }
        return all;
    }

    /** Keeps what was measured so far, so that a failure later does not lose it. */
    @FunctionalInterface
    interface Kept {
        void keep() throws IOException;
    }

    /** Measures all rounds. */
    void run(RunResult.Builder results, Kept kept) throws IOException, InterruptedException {
        for (int round = 0; round < settings.rounds(); round++) {
            List<Peer> order = new ArrayList<>(peers);
            Collections.rotate(order, -round);
            for (Peer peer : order) {
                long start = System.nanoTime();
                measure(peer, results);
                kept.keep();
                progress.printf(
                        Locale.ROOT,
                        "round %d of %d: %s, %.0f s%n",
                        round + 1,
                        settings.rounds(),
                        peer.title(),
                        (System.nanoTime() - start) / 1e9);
            }
        }
    }

    private void measure(Peer peer, RunResult.Builder results) throws IOException, InterruptedException {
        Path own = Folders.fresh(folder, peer.id());
        try {
            List<Workload> suitable =
                    workloads.stream().filter(workload -> workload.suits(peer)).toList();
            boolean killed = suitable.contains(Workload.REOPEN_KILLED);
            for (Stage stage : Stage.values()) {
                List<Workload> now = suitable.stream()
                        .filter(workload -> workload.stage() == stage)
                        .toList();
                if (!now.isEmpty()) {
                    ChildTask task = new ChildTask(
                            peer,
                            stage,
                            settings.keys(),
                            settings.valueBytes(),
                            settings.seconds(),
                            own,
                            killed && stage == Stage.CLOSED,
                            now);
                    new ChildProcess(
                                    task,
                                    settings.heap(),
                                    (series, figure, value) -> results.add(series, peer.id(), figure, value))
                            .run();
                }
            }
        } finally {
            Folders.delete(own);
        }
    }
}
