package io.kvstore.benchmarks.driver;

import io.kvstore.benchmarks.adapter.Peer;
import io.kvstore.benchmarks.workload.Stage;
import io.kvstore.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What one process does: its arguments.
 *
 * @param peer that is measured
 * @param stage of its files
 * @param keys how many
 * @param valueBytes the length of each value
 * @param seconds for each workload
 * @param folder for the files of the peer
 * @param killed whether it waits to be killed in the end, instead of closing the store
 * @param workloads in order
 */
record ChildTask(
        Peer peer,
        Stage stage,
        long keys,
        int valueBytes,
        double seconds,
        Path folder,
        boolean killed,
        List<Workload> workloads) {
    List<String> toArguments() {
        return List.of(
                peer.name(),
                stage.name(),
                Long.toString(keys),
                Integer.toString(valueBytes),
                Double.toString(seconds),
                folder.toString(),
                Boolean.toString(killed),
                String.join(",", workloads.stream().map(Workload::name).toList()));
    }

    static ChildTask of(String[] arguments) {
        return new ChildTask(
                Peer.valueOf(arguments[0]),
                Stage.valueOf(arguments[1]),
                Long.parseLong(arguments[2]),
                Integer.parseInt(arguments[3]),
                Double.parseDouble(arguments[4]),
                Path.of(arguments[5]),
                Boolean.parseBoolean(arguments[6]),
                Arrays.stream(arguments[7].split(",")).map(Workload::valueOf).toList());
    }
}
