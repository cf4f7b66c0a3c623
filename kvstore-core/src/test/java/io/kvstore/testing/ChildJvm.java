package io.kvstore.testing;

import io.kvstore.KVStore;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A JVM of its own with the class path of the tests, that can be killed. */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private ChildJvm(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public static ChildJvm start(Class<?> main, String... args) throws IOException {
        return startUnder(List.of(), main, args);
    }

    /** As {@link #start(Class, String...)}, run by another program that has the command line behind its own. */
    public static ChildJvm startUnder(List<String> program, Class<?> main, String... args) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-cp", classPath(), main.getName()));
        arguments.addAll(List.of(args));
        return start(program, arguments);
    }

    private static ChildJvm start(List<String> arguments) throws IOException {
        return start(List.of(), arguments);
    }

    private static ChildJvm start(List<String> program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-ea");
        command.add("-Xmx256m");
        command.addAll(arguments);
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Runs a child to its end; returns the first line that it prints. */
    public static String run(Class<?> main, String... args) throws IOException {
        return firstLine(start(main, args));
    }

    /** As {@link #run}, with more at the end of the class path. */
    public static String runOnClassPath(List<Path> more, Class<?> main, String... args) throws IOException {
        String path = classPath();
        for (Path entry : more) {
            path += File.pathSeparator + entry;
        }
        List<String> arguments = new ArrayList<>(List.of("-cp", path, main.getName()));
        arguments.addAll(List.of(args));
        return firstLine(start(arguments));
    }

    /** Runs a module to its end, with nothing but the core and what that needs beside it. */
    public static String runModule(Path modules, String main) throws IOException {
        List<String> path = new ArrayList<>(List.of(
                modules.toString(),
                location(KVStore.class).resolveSibling("classes").toString()));
        for (String entry : classPath().split(Pattern.quote(File.pathSeparator))) {
            if (Path.of(entry).getFileName().toString().startsWith("slf4j-")) {
                path.add(entry);
            }
        }
        return firstLine(start(List.of("-p", String.join(File.pathSeparator, path), "-m", main)));
    }

    private static String firstLine(ChildJvm started) throws IOException {
        try (ChildJvm child = started) {
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
        return String.join(File.pathSeparator, entries);
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
