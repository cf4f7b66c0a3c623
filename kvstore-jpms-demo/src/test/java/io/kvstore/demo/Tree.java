package io.kvstore.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import picocli.CommandLine;

/** A tree to scan and a catalog beside it, in one temporary folder; scans and commands over them. */
final class Tree {
    final Path root;
    final Path store;
    Disk disk = new Disk();
    StopSignal stop = new StopSignal();

    Tree(Path temp) {
        try {
            root = Files.createDirectory(temp.toRealPath().resolve("tree"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        store = root.resolveSibling("catalog");
    }

    /** What a command left behind. */
    record Run(int exitCode, String out, String err) {}

    /** Writes a file, whose time of change is another each time. */
    Path write(String name, String content) {
        try {
            Path file = root.resolve(name);
            boolean existed = Files.exists(file);
            FileTime before = existed ? Files.getLastModifiedTime(file) : FileTime.fromMillis(0);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            if (existed) {
                touch(name, before.toInstant().plusNanos(1_000));
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void touch(String name, Instant modified) {
        try {
            Files.setLastModifiedTime(root.resolve(name), FileTime.from(modified));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a file, or a folder with all below. */
    void delete(String name) {
        try (var paths = Files.walk(root.resolve(name))) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ScanReport scan() {
        return scan(root);
    }

    ScanReport scan(Path folder) {
        try (CatalogStore catalog = CatalogStore.openOrCreate(store)) {
            return scan(folder, catalog);
        }
    }

    ScanReport scan(Path folder, CatalogStore catalog) {
        Progress progress = new Progress(new PrintWriter(new StringWriter()), false, System::nanoTime);
        return new TreeScan(folder, catalog, disk, progress, stop)
                .run(catalog.beginRun(folder.toString(), Instant.now(), false));
    }

    /** Runs a command on the catalog in a process-like way: fresh command line, store opened and closed. */
    Run run(String... args) {
        List<String> all = new ArrayList<>(List.of("--store", store.toString()));
        all.addAll(List.of(args));
        return execute(all);
    }

    /** Runs a command line as it is. */
    Run execute(List<String> args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command =
                Catalog.commandLine(disk).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = command.execute(args.toArray(String[]::new));
        return new Run(exitCode, out.toString(), err.toString());
    }

    /** The hash of a content as the catalog has it. */
    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** A command in a process of its own, started as the demo script does. */
    ProcessBuilder process(String... args) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-p",
                System.getProperty("jdk.module.path"),
                "-m",
                "io.kvstore.demo/io.kvstore.demo.Catalog",
                "--store",
                store.toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }

    /** The paths in the catalog relative to the root, sorted. */
    List<String> catalogued() {
        try (CatalogStore catalog = CatalogStore.openOrCreate(store)) {
            return catalogued(catalog);
        }
    }

    List<String> catalogued(CatalogStore catalog) {
        List<String> paths = new ArrayList<>();
        catalog.eachFile((path, entry) -> paths.add(name(path)));
        return paths.stream().sorted().toList();
    }

    /** The groups of duplicates, each as its sorted names relative to the root; sorted. */
    List<List<String>> dupes() {
        try (CatalogStore catalog = CatalogStore.openOrCreate(store)) {
            return dupes(catalog);
        }
    }

    List<List<String>> dupes(CatalogStore catalog) {
        List<List<String>> groups = new ArrayList<>();
        catalog.eachGroup(group -> groups.add(
                catalog.paths(group.sha256()).stream().map(this::name).sorted().toList()));
        groups.sort((a, b) -> a.toString().compareTo(b.toString()));
        return groups;
    }

    private String name(String path) {
        return root.relativize(Path.of(path)).toString().replace('\\', '/');
    }
}
