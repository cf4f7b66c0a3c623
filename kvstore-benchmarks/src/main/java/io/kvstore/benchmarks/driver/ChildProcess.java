package io.kvstore.benchmarks.driver;

import io.kvstore.benchmarks.workload.Sink;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the process of a task, hands on what it tells, and kills it where that is part of the task. */
final class ChildProcess {
    private static final int LINES_TOLD = 30;

    private final ChildTask task;
    private final String heap;
    private final Sink sink;

    ChildProcess(ChildTask task, String heap, Sink sink) {
        this.task = task;
        this.heap = heap;
        this.sink = sink;
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(task.peer().jvmOptions());
        command.addAll(List.of(
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+AlwaysPreTouch",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName()));
        command.addAll(task.toArguments());
        return command;
    }

    /** Runs it to its end; fails if it does. */
    void run() throws IOException, InterruptedException {
        Path errors = Files.createTempFile("bench", ".err");
        Process process =
                new ProcessBuilder(command()).redirectError(errors.toFile()).start();
        List<String> lines = new ArrayList<>();
        boolean killed = false;
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                DiskSampler sampler = new DiskSampler(task)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                String[] words = line.split(" ", -1);
                if (!words[0].equals(Child.MARK)) {
                    lines.add(line);
                } else if (words[1].equals(Child.FIGURE)) {
                    sink.add(words[2], words[3], Double.parseDouble(words[4]));
                } else if (words[1].equals(Child.PHASE)) {
                    sampler.begin(words[2]);
                } else if (words[1].equals(Child.READY)) {
                    killed = true;
                    // By its handle: the process itself would close the stream that is read here.
                    process.toHandle().destroyForcibly();
                }
            }
            sampler.report(sink);
            int code = process.waitFor();
            if (killed != task.killed() || (code != 0 && !killed)) {
                lines.addAll(Files.readAllLines(errors));
                throw new BenchmarkFailedException(String.format(
                        "%s, %s, has failed with exit code %d:%n  %s",
                        task.peer().title(),
                        task.workloads(),
                        code,
                        String.join(
                                System.lineSeparator() + "  ",
                                lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size()))));
            }
        } finally {
            process.destroyForcibly();
            Files.delete(errors);
        }
    }
}
