package io.kvstore.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own with the class path of the tests, that can be killed. */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private ChildJvm(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public static ChildJvm start(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-ea");
        command.add("-Xmx256m");
        command.add("-cp");
        command.add(classPath());
        command.add(main.getName());
        command.addAll(List.of(args));
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Runs a child to its end; returns the first line that it prints. */
    public static String run(Class<?> main, String... args) throws IOException {
        try (ChildJvm child = start(main, args)) {
            String line = child.readLine();
            child.waitFor();
            return line;
        }
    }

    /** In the parent the store is a module; all its parts together make the class path of the child. */
    private static String classPath() {
        List<String> entries = new ArrayList<>();
        for (String property : List.of("java.class.path", "jdk.module.path")) {
            String value = System.getProperty(property, "");
            if (!value.isEmpty()) {
                entries.add(value);
            }
        }
        Path classes = location(ChildJvm.class);
        entries.add(classes.resolveSibling("test-classes").toString());
        entries.add(classes.resolveSibling("classes").toString());
        return String.join(System.getProperty("path.separator"), entries);
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** The next line of its output; null at its end. */
    public String readLine() throws IOException {
        return output.readLine();
    }

    /** Ends it as SIGKILL does: no shutdown hook runs. */
    public void kill() {
        // Not the method of the process, which closes the streams: what was printed before is still to be read.
        process.toHandle().destroyForcibly();
    }

    public int waitFor() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
        waitFor();
    }
}
