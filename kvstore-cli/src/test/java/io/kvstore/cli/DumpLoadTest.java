package io.kvstore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVCursor;
import io.kvstore.KVStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is dumped is what is loaded. */
class DumpLoadTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @ParameterizedTest
    @Tag("model")
    @CsvSource({"jsonl,,", "jsonl,hex,base64", "csv,hex,base64", "csv,base64,hex", "tsv,base64,hex"})
    void anyBytesComeBack(String format, String keys, String values) {
        SplittableRandom random = new SplittableRandom(Seeds.next(DumpLoadTest.class));
        Path from = temp.resolve("from");
        try (KVStore store = KVStore.open(from)) {
            store.put(new byte[0], new byte[0]);
            for (int i = 0; i < 500; i++) {
                byte[] key = new byte[random.nextInt(12)];
                byte[] value = new byte[random.nextInt(300)];
                random.nextBytes(key);
                random.nextBytes(value);
                (i % 2 == 0 ? store : store.bucket("b,\"\n" + i % 5)).put(key, value);
            }
        }
        roundTrip(from, "dump." + format, keys, values);
    }

    @ParameterizedTest
    @Tag("model")
    @EnumSource(FileFormat.class)
    void anyTextComesBackAsText(FileFormat format) {
        SplittableRandom random = new SplittableRandom(Seeds.next(DumpLoadTest.class));
        String letters = "a ,;\t\"'\r\n\\\u0000\u001Fé€\uD83D\uDE00#\uFEFF{}";
        int[] points = letters.codePoints().toArray();
        Path from = temp.resolve("from");
        try (KVStore store = KVStore.open(from)) {
            for (int i = 0; i < 500; i++) {
                store.put(text(random, points), text(random, points));
            }
        }
        roundTrip(from, "dump." + format, null, null);
    }

    @Test
    void aDumpOfOneBucketCanBeLoadedIntoAnother() {
        Path from = temp.resolve("from");
        try (KVStore store = KVStore.open(from)) {
            store.bucket("a").put(Cli.bytes("k"), Cli.bytes("v"));
        }
        String dump = Cli.run("dump", from, "-b", "a").out();
        assertThat(dump).isEqualTo("{\"key\":\"k\",\"value\":\"v\"}\n");
        Cli.withInput(dump, "load", from, "-b", "b");
        assertThat(Cli.run("get", from, "k", "-b", "b").out()).isEqualTo("v\n");
    }

    @Test
    void aDumpThatFailsLeavesTheFileAsItWas() throws Exception {
        Path from = temp.resolve("from");
        Path file = temp.resolve("old.csv");
        Files.writeString(file, "old");
        try (KVStore store = KVStore.open(from)) {
            store.put(new byte[] {(byte) 0x80}, new byte[0]);
        }
        Cli.Run run = Cli.run("dump", from, file);
        assertThat(run.exitCode()).isEqualTo(ExitCode.STORE);
        assertThat(run.err()).contains("0x80").contains("not text in UTF-8").contains("base64");
        assertThat(file).hasContent("old");
        assertThat(temp.resolve("old.csv.part")).doesNotExist();
    }

    @Test
    void aDumpFollowsALinkAndLeavesDevicesAndDirectoriesInPlace() throws Exception {
        Path from = temp.resolve("from");
        Cli.run("put", "--create", from, "k", "v");
        Path file = Files.writeString(temp.resolve("file"), "old");
        Path link = Files.createSymbolicLink(temp.resolve("link"), file);
        assertThat(Cli.run("dump", from, link).exitCode()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("{\"key\":\"k\",\"value\":\"v\"}");
        Files.delete(file);
        assertThat(Cli.run("dump", from, link).exitCode()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("{\"key\":\"k\",\"value\":\"v\"}");
        Path loop = Files.createSymbolicLink(temp.resolve("loop"), Path.of("loop"));
        Cli.Run refused = Cli.run("dump", from, loop);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.INPUT_OUTPUT);
        assertThat(refused.err()).contains(loop + ": is a link that leads to no file");
        assertThat(loop).isSymbolicLink();
        Path directory = Files.createDirectory(temp.resolve("directory"));
        assertThat(Cli.run("dump", from, directory).exitCode()).isEqualTo(ExitCode.INPUT_OUTPUT);
        assertThat(directory).isDirectory();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDumpGoesIntoAPipe() throws Exception {
        Path from = temp.resolve("from");
        Cli.run("put", "--create", from, "k", "v");
        Path pipe = temp.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process reader = new ProcessBuilder("cat", pipe.toString()).start();
        assertThat(Cli.run("dump", from, pipe).exitCode()).isZero();
        assertThat(reader.inputReader().lines()).containsExactly("{\"key\":\"k\",\"value\":\"v\"}");
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }

    private void roundTrip(Path from, String name, String keys, String values) {
        Path file = temp.resolve(name);
        Cli.Run dump = keys == null
                ? Cli.run("dump", from, file)
                : Cli.run("dump", from, file, "--keys", keys, "--values", values);
        assertThat(dump.exitCode()).as(dump.err()).isZero();
        Path to = temp.resolve("to");
        Cli.Run load = Cli.run("load", "--create", to, file);
        assertThat(load.exitCode()).as(load.err()).isZero();
        assertThat(contents(to)).isEqualTo(contents(from));
    }

    private static Map<String, String> contents(Path directory) {
        Map<String, String> all = new TreeMap<>();
        try (KVStore store = StoreCommand.openToRead(directory)) {
            add(all, "", store.scan());
            store.bucketNames()
                    .forEach(name -> add(all, name, store.bucket(name).scan()));
        }
        return all;
    }

    private static void add(Map<String, String> all, String bucket, KVCursor entries) {
        try (entries) {
            while (entries.next()) {
                all.put(
                        bucket + "/" + HexFormat.of().formatHex(entries.key()),
                        HexFormat.of().formatHex(entries.value()));
            }
        }
    }

    private static byte[] text(SplittableRandom random, int[] points) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(9); i > 0; i--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return Cli.bytes(text.toString());
    }
}
