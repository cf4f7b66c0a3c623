package io.kvstore.testing;

import io.kvstore.KVStore;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.slf4j.Logger;

/** A module of one class on the store, compiled here, to be run and linked into images. */
public final class SmallApplication {
    private static final String MAIN = """
            package small;

            import io.kvstore.*;
            import java.nio.file.Path;

            public class Main {
                public static void main(String[] args) {
                    KVOptions options = KVOptions.builder().jmx(Boolean.parseBoolean(args[1])).build();
                    try (KVStore store = KVStore.open(Path.of(args[0]), options)) {
                        store.put(new byte[1], new byte[1]);
                        store.sync();
                        store.merge();
                        System.out.println(store.size() + " key, jfr " + has("jdk.jfr") + ", management "
                                + has("java.management"));
                    } catch (KVException e) {
                        System.out.println(e.code() + ": " + e.getMessage() + "; threads of the store: "
                                + Thread.getAllStackTraces().keySet().stream()
                                        .filter(thread -> thread.getName().startsWith("kvstore-"))
                                        .count());
                    }
                }

                private static boolean has(String module) {
                    return ModuleLayer.boot().findModule(module).isPresent();
                }
            }
            """;

    private final Path temp;
    private final Path classes;

    public SmallApplication(Path temp) throws IOException {
        this.temp = temp;
        this.classes = temp.resolve("small");
        Path sources = Files.createDirectories(temp.resolve("small-sources"));
        Path main = Files.createDirectories(sources.resolve("small")).resolve("Main.java");
        Path module = sources.resolve("module-info.java");
        Files.writeString(main, MAIN);
        Files.writeString(module, "module small { requires io.kvstore.core; }");
        tool(
                "javac",
                "-Xlint:-module",
                "-p",
                modulePath(),
                "-d",
                classes.toString(),
                main.toString(),
                module.toString());
    }

    /** The application, the store, and what that needs; a class path as well as a module path. */
    public String modulePath() {
        return String.join(
                File.pathSeparator,
                classes.toString(),
                location(KVStore.class).resolveSibling("classes").toString(),
                location(Logger.class).toString());
    }

    /** Makes an image of the application, the store and some more modules. */
    public Path link(String... more) throws IOException {
        Path image = temp.resolve("image");
        List<String> modules = new ArrayList<>(List.of("small"));
        modules.addAll(List.of(more));
        // A process of its own: a JDK without jmods links none from a run-time in which a module is patched, as here.
        String output = execute(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                "-p",
                modulePath(),
                "--add-modules",
                String.join(",", modules),
                "--output",
                image.toString()));
        if (!Files.exists(image.resolve("release"))) {
            throw new AssertionError("jlink failed: " + output);
        }
        return image;
    }

    /** Runs the java of a home or an image; returns all that it prints. */
    public static String run(Path home, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin").resolve("java").toString(), "-Xmx64m"));
        command.addAll(List.of(arguments));
        String output = execute(command);
        StringBuilder told = new StringBuilder();
        // slf4j says that it has no provider; that is as it should be.
        Pattern.compile("\\R")
                .splitAsStream(output)
                .filter(line -> !line.startsWith("SLF4J"))
                .forEach(told::append);
        return told.toString();
    }

    private static String execute(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void tool(String name, String... arguments) {
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output);
        int result = ToolProvider.findFirst(name)
                .orElseThrow(() -> new IllegalStateException("no " + name + ": run the tests on a JDK"))
                .run(printer, printer, arguments);
        if (result != 0) {
            throw new AssertionError(name + " failed: " + output);
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
