package io.kvstore.testing;

import io.kvstore.KVStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** Compiles drivers that the tests do not have on their own path, into a jar or modules. */
public final class DriverModules {
    private static final String DRIVER = """
            package other;

            import io.kvstore.*;
            import io.kvstore.spi.*;
            import java.util.Properties;

            public class %s implements KVDriver {
                public %1$s() { %s }

                public boolean accepts(String url) { %s }

                public KVStore open(String url, Properties properties) { %s }
            }
            """;

    private static final String MAIN = """
            package application;

            import io.kvstore.KVStore;

            public class Main {
                public static void main(String[] args) {
                    try (KVStore store = KVStore.open("echo:x"); KVStore memory = KVStore.open("kvstore:mem:y")) {
                        store.put(new byte[1], new byte[1]);
                        memory.put(new byte[1], new byte[1]);
                        String path = KVStore.class.getModule().isNamed() ? " on module path" : " on class path";
                        System.out.println("opened " + store.size() + path);
                    }
                }
            }
            """;

    private DriverModules() {}

    private static void writeDrivers(Path sources) throws IOException {
        String open = "return KVStore.open(\"kvstore:mem:echo \" + url.substring(5), properties);";
        String accept = "return url.startsWith(\"echo:\");";
        write(sources, "EchoDriver", "", accept, open);
        write(sources, "FailingDriver", "if (true) throw new IllegalStateException(\"no\");", accept, open);
        write(sources, "ThrowingDriver", "", "throw new IllegalStateException(\"does not look at URLs\");", open);
        write(sources, "NullDriver", "", "return url.startsWith(\"null:\");", "return null;");
        write(sources, "GreedyDriver", "", "return true;", "return null;");
    }

    private static void write(Path sources, String name, String... bodies) throws IOException {
        Path file = Files.createDirectories(sources.resolve("other")).resolve(name + ".java");
        Files.writeString(file, String.format(DRIVER, name, bodies[0], bodies[1], bodies[2]));
    }

    /** A jar with all drivers, of which some are named as services, which need not be there. */
    public static Path jar(Path temp, String... services) throws IOException {
        Path sources = temp.resolve("sources");
        Path classes = temp.resolve("classes");
        writeDrivers(sources);
        compile(sources, classes, "-cp", mainClasses().toString());
        Path jar = temp.resolve("drivers.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Path path : filesIn(classes)) {
                String name = classes.relativize(path).toString().replace('\\', '/');
                out.putNextEntry(new ZipEntry(name));
                Files.copy(path, out);
            }
            out.putNextEntry(new ZipEntry("META-INF/services/io.kvstore.spi.KVDriver"));
            out.write(String.join("\n", services).getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    /** A directory with two modules: one that provides a driver, and an application that knows nothing of it. */
    public static Path modules(Path temp) throws IOException {
        Path modules = temp.resolve("modules");
        Path driver = temp.resolve("driver");
        writeDrivers(driver);
        Files.writeString(
                driver.resolve("module-info.java"),
                "module other { requires io.kvstore.core; provides io.kvstore.spi.KVDriver with other.EchoDriver; }");
        compile(driver, modules.resolve("other"), "-p", mainClasses().toString());
        Path application = temp.resolve("application");
        Files.writeString(
                Files.createDirectories(application.resolve("application")).resolve("Main.java"), MAIN);
        Files.writeString(application.resolve("module-info.java"), "module application { requires io.kvstore.core; }");
        compile(application, modules.resolve("application"), "-p", mainClasses().toString());
        return modules;
    }

    private static void compile(Path sources, Path classes, String... path) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(path));
        // The core is compiled against slf4j, the drivers only against the core.
        arguments.addAll(List.of("-proc:none", "-Xlint:-module", "-d", classes.toString()));
        filesIn(sources).forEach(file -> arguments.add(file.toString()));
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output);
        int result = ToolProvider.findFirst("javac")
                .orElseThrow(() -> new IllegalStateException("no javac: run the tests on a JDK"))
                .run(printer, printer, arguments.toArray(String[]::new));
        if (result != 0) {
            throw new AssertionError("javac failed: " + output);
        }
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** The classes of the core, without those of the tests. */
    static Path mainClasses() {
        try {
            return Path.of(KVStore.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolveSibling("classes");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
