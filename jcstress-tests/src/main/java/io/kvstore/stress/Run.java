package io.kvstore.stress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jcstress.infra.runners.TestList;

/** One run of jcstress in a JVM of its own, on the class path of this one. */
final class Run {
    private static final Pattern PROGRESS = Pattern.compile("\\(Results: (.*)\\)");
    private static final Pattern BAD = Pattern.compile("\\.+ \\[(?:FAILED|ERROR)] (\\S+)");
    private static final Pattern GOOD =
            Pattern.compile("  (?:Interesting|All remaining) tests: ([0-9]+) matching test results.*");
    private static final long PROGRESS_NANOS = 60_000_000_000L;

    private final Path directory;
    private final List<String> options;
    private final String selection;

    private int passed;
    private final TreeSet<String> failed = new TreeSet<>();
    private boolean inResults;

    /** What comes then says the same once more, for each kind of JVM. */
    private boolean inTrace;

    private long lastProgress = System.nanoTime();

    Run(Path directory, List<String> options, String selection) {
        this.directory = directory;
        this.options = options;
        this.selection = selection;
    }

    /** Whether there is anything to run. */
    boolean hasHarness() {
        return TestList.tests().stream().anyMatch(Pattern.compile(selection).asPredicate());
    }

    /** Runs, and waits until it is done. */
    Verdict start() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.openjdk.jcstress.Main"));
        command.addAll(List.of("-t", selection, "-r", directory.toString()));
        command.addAll(options);
        // It leaves a file with all results in the directory where it runs.
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        boolean matched = true;
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter log = new PrintWriter(directory.resolve("log.txt").toFile(), StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                log.println(line);
                matched &= !line.contains("No matching tests");
                read(line);
            }
        }
        int code = process.waitFor();
        if (matched && failed.isEmpty() && (code != 0 || !inResults)) {
            failed.add("jcstress itself: see " + directory.resolve("log.txt"));
        }
        return new Verdict(passed, List.copyOf(failed));
    }

    private void read(String line) {
        inResults |= line.startsWith("RUN RESULTS");
        inTrace |= line.startsWith("Exception in thread \"main\"");
        Matcher progress = PROGRESS.matcher(line);
        if (progress.matches() && System.nanoTime() - lastProgress > PROGRESS_NANOS) {
            lastProgress = System.nanoTime();
            System.out.println("... " + progress.group(1));
        }
        Matcher bad = BAD.matcher(line.strip());
        if (bad.matches()) {
            failed.add(bad.group(1));
        }
        Matcher good = GOOD.matcher(line);
        if (good.matches()) {
            passed += Integer.parseInt(good.group(1));
        }
        if (inResults && !inTrace && !failed.isEmpty()) {
            System.out.println(line);
        }
    }
}
