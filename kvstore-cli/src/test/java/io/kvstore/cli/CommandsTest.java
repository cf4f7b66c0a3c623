package io.kvstore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVStore;
import io.kvstore.typed.TypedStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands as a user gives them: what they print, and how they end. */
class CommandsTest {
    private Path temp;
    private Path store;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        this.temp = temp;
        store = temp.resolve("store");
    }

    @Test
    void whatIsPutIsFoundUntilItIsDeleted() {
        assertThat(Cli.run("put", store, "k", "v").exitCode()).isEqualTo(ExitCode.STORE);
        assertThat(store).doesNotExist();
        assertThat(Cli.run("put", "--create", store, "k", "v").exitCode()).isZero();
        assertThat(Cli.run("get", store, "k").out()).isEqualTo("v\n");
        assertThat(Cli.run("get", "--raw", store, "k").out()).isEqualTo("v");
        assertThat(Cli.run("get", "--json", store, "-v", "hex", "k").out())
                .isEqualTo("{\"key\":\"k\",\"valueHex\":\"76\"}\n");
        assertThat(Cli.run("delete", store, "k").exitCode()).isZero();
        assertThat(Cli.run("delete", store, "k").exitCode()).isEqualTo(ExitCode.INCOMPLETE);
        Cli.Run get = Cli.run("get", store, "k");
        assertThat(get.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(get.err()).isEqualTo("kvstore: there is no key k\n");
    }

    @Test
    void aValueMayComeFromAFileOrStandardInput() throws IOException {
        byte[] value = {0, (byte) 0xFF, '\n'};
        Cli.withInput(value, "put", "--create", store, "--file", "-", "k");
        assertThat(Cli.run("get", store, "k").out()).isEqualTo("0x00ff0a\n");
        Path file = Files.write(temp.resolve("file"), new byte[] {1});
        Cli.run("put", store, "--file", file, "k");
        assertThat(Cli.run("get", store, "k").out()).isEqualTo("0x01\n");
        assertThat(Cli.run("put", store, "k").exitCode()).isEqualTo(ExitCode.USAGE);
        Cli.Run absent = Cli.run("put", store, "--file", temp.resolve("nix"), "k");
        assertThat(absent.exitCode()).isEqualTo(ExitCode.INPUT_OUTPUT);
        assertThat(absent.err()).contains("nix: no such file").hasLineCount(1);
    }

    @Test
    void aFileThatIsNoValueIsNotReadIntoMemory() throws IOException {
        Path large = temp.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(3L << 30);
        }
        Cli.Run run = Cli.run("put", "--create", store, "k", "--file", large);
        assertThat(run.exitCode()).isEqualTo(ExitCode.STORE);
        assertThat(run.err()).contains(large + " has 3.0 GiB").contains("at most 256.0 MiB");
    }

    @Test
    void valuesOfTypedCollectionsAreSeenAsJson() {
        try (KVStore open = KVStore.open(store)) {
            TypedStore.of(open).map("orders", String.class, Order.class).put("o1", new Order("a", 3));
        }
        assertThat(Cli.run("info", store).out())
                .contains("orders")
                .contains("string -> cbor")
                .contains("1 entry");
        JsonNode info = CborJson.JSON.readTree(Cli.run("info", "--json", store).out());
        assertThat(info.at("/collections/0/name").stringValue()).isEqualTo("orders");
        String bucket = info.get("buckets")
                .valueStream()
                .filter(b -> b.get("keys").intValue() == 1
                        && b.get("name").stringValue().startsWith("typed:")
                        && !b.get("name").stringValue().equals("typed:collections"))
                .findFirst()
                .orElseThrow()
                .get("name")
                .stringValue();
        assertThat(Cli.run("scan", store, "-b", bucket, "-v", "json").out()).contains("{\"count\":3,\"id\":\"a\"}");
    }

    /** A value of a typed map. */
    public record Order(String id, int count) {}

    @Test
    void scanIsBoundedAndSelects() {
        Cli.storeWithHistory(store).close();
        assertThat(Cli.run("scan", store, "--limit", 3).out()).hasLineCount(3);
        assertThat(Cli.run("scan", store, "--prefix", "key-99", "--keys-only")
                        .out()
                        .lines())
                .containsExactlyInAnyOrder(Stream.concat(
                                Stream.of("key-99x"),
                                java.util.stream.IntStream.range(990, 1000).mapToObj(i -> "key-" + i))
                        .filter(k -> !k.equals("key-99x"))
                        .toArray(String[]::new));
        assertThat(Cli.run("scan", store, "-b", "nix").err())
                .contains("no bucket 'nix'")
                .hasLineCount(1);
    }

    @Test
    void infoDrawsTheGarbageOfEachSegment() {
        Cli.storeWithHistory(store).close();
        String out = Cli.run("info", store).out();
        assertThat(out)
                .contains("merged")
                .contains("last")
                .containsPattern("\\[#+\\.+]")
                .doesNotContain("\u001B");
        JsonNode info = CborJson.JSON.readTree(Cli.run("info", "--json", store).out());
        assertThat(info.get("keys").longValue()).isEqualTo(1700);
        assertThat(info.get("segments").size()).isGreaterThan(3);
    }

    @Test
    void readingChangesNothing() throws IOException {
        Cli.storeWithHistory(store).close();
        Map<String, FileTime> before = files();
        Cli.run("info", store);
        Cli.run("get", store, "key-5");
        Cli.run("scan", store);
        Cli.run("dump", store);
        Cli.run("verify", store);
        Cli.run("report", store, "-o", temp.resolve("r.html"));
        Cli.run("backup", store, temp.resolve("b"));
        Cli.run("watch", store, "--count", 1);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void mergeGivesSpaceBack() {
        Cli.storeWithHistory(store).close();
        long before = info("logBytes");
        assertThat(Cli.run("merge", store).out()).startsWith("Merged: ");
        assertThat(info("logBytes")).isLessThan(before);
    }

    @Test
    void aBackupIsRestoredAndRepairedWhole() {
        Cli.storeWithHistory(store).close();
        assertThat(Cli.run("backup", store, temp.resolve("b")).exitCode()).isZero();
        assertThat(Cli.run("backup", store, temp.resolve("b")).exitCode()).isEqualTo(ExitCode.STORE);
        assertThat(Cli.run("restore", temp.resolve("b"), temp.resolve("r")).out())
                .contains("all sound");
        assertThat(Cli.run("repair", store, temp.resolve("p")).out())
                .contains("1,700 keys")
                .contains("nothing was lost");
        assertThat(Cli.run("scan", temp.resolve("r")).out().lines().sorted())
                .containsExactlyElementsOf(Cli.run("scan", temp.resolve("p"))
                        .out()
                        .lines()
                        .sorted()
                        .toList());
    }

    @Test
    void damageIsToldWithFileAndOffset() throws IOException {
        Cli.storeWithHistory(store).close();
        Path segment;
        try (Stream<Path> all = Files.list(store)) {
            segment = all.filter(f -> f.toString().endsWith(".seg"))
                    .min(Path::compareTo)
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.writeLong(0x5A5A5A5A5A5A5A5AL);
        }
        Cli.Run verify = Cli.run("verify", store);
        assertThat(verify.exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(verify.out() + verify.err())
                .contains(segment.getFileName().toString())
                .contains("offset", "kvstore repair")
                .doesNotContain("KVStore.repair");
        Cli.Run repair = Cli.run("repair", "--json", store, temp.resolve("p"));
        assertThat(repair.exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(CborJson.JSON.readTree(repair.out()).get("lost")).isNotEmpty();
        assertThat(Cli.run("verify", temp.resolve("p")).exitCode()).isZero();
    }

    @Test
    void aStoreThatIsOpenElsewhereIsToldInOneSentence() {
        try (KVStore open = KVStore.open(store)) {
            open.put(new byte[1], new byte[1]);
            for (String command : new String[] {"info", "verify", "merge", "dump"}) {
                Cli.Run run = Cli.run(command, store);
                assertThat(run.exitCode()).as(command).isEqualTo(ExitCode.LOCKED);
                assertThat(run.err())
                        .contains("open already")
                        .contains(Long.toString(ProcessHandle.current().pid()))
                        .hasLineCount(1);
            }
            assertThat(Cli.run("watch", store, "--count", 1).out())
                    .contains("open in process " + ProcessHandle.current().pid());
        }
        assertThat(Cli.run("watch", store, "--count", 1, "--json").out()).contains("\"state\":\"closed\"");
    }

    @Test
    void badPathsAreToldInOneLine() throws IOException {
        Files.writeString(temp.resolve("file"), "x");
        for (Path path : new Path[] {temp.resolve("nix"), temp.resolve("file"), temp}) {
            for (String command : new String[] {"info", "verify", "merge", "watch", "dump", "load", "report"}) {
                Cli.Run run = Cli.run(command, path);
                assertThat(run.exitCode()).as("%s %s", command, path).isEqualTo(ExitCode.STORE);
                assertThat(run.err())
                        .as("%s %s", command, path)
                        .startsWith("kvstore: ")
                        .hasLineCount(1);
            }
        }
    }

    @Test
    void wrongUsageSaysWhatIsRight() {
        assertThat(Cli.run("inof").err()).contains("Did you mean").contains("info");
        assertThat(Cli.run("get", store).err()).contains("KEY");
        assertThat(Cli.run("put", store, "k", "zz", "-v", "hex").err()).contains("VALUE: not hexadecimal");
        Cli.Run format = Cli.run("scan", store, "-k", "octal");
        assertThat(format.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(format.err()).contains("octal").contains("BASE64");
        assertThat(Cli.run().exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Cli.run("bogus").err()).startsWith("kvstore: there is no command 'bogus'\n");
        assertThat(Cli.run("help").err()).contains("--help").doesNotContain("delete");
        assertThat(Cli.run("put", store, "k", "v", "w").err()).contains("'w' is one argument too many");
        assertThat(Cli.run("scan", store, "--limit", "x").err()).contains("'x' is no whole number");
        Cli.run("put", "--create", store, "k", "v");
        assertThat(Cli.run("backup", store, temp.resolve("b"), "--previous", store)
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aStoreThatIsNotThereIsToldInWordsOfTheCommand() {
        for (Cli.Run run : new Cli.Run[] {Cli.run("info", store), Cli.run("put", store, "k", "v")}) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.STORE);
            assertThat(run.err())
                    .isEqualTo("kvstore: no store at " + store
                            + ": check the path; \"kvstore put --create\" and \"load --create\" make one\n");
        }
    }

    @Test
    void anAtSignInAKeyNamesNoFile() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x y");
        Cli.run("put", "--create", store, "@" + file, "v");
        Cli.run("put", store, "@@a", "w");
        assertThat(Cli.run("scan", store, "--keys-only").out().lines()).containsExactlyInAnyOrder("@" + file, "@@a");
    }

    @Test
    void bytesOfTheCommandLineThatAreNoTextAreRefused() {
        // What Java makes of them.
        Cli.Run run = Cli.run("put", "--create", store, "\uFFFD", "v");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("KEY").contains("not text in UTF-8").contains("--keys hex");
        assertThat(store).doesNotExist();
    }

    @Test
    void aDirectoryInPlaceOfAFileIsNamed() {
        Cli.run("put", "--create", store, "k", "v");
        for (String[] args : new String[][] {
            {"put", "" + store, "k", "--file", "" + temp},
            {"load", "" + store, "" + temp},
            {"dump", "" + store, "" + temp},
            {"report", "" + store, "-o", "" + temp}
        }) {
            Cli.Run run = Cli.run((Object[]) args);
            assertThat(run.exitCode()).isEqualTo(ExitCode.INPUT_OUTPUT);
            assertThat(run.err()).isEqualTo("kvstore: " + temp + ": is a directory; give a file\n");
        }
        Path nowhere = temp.resolve("nix/file");
        assertThat(Cli.run("dump", store, nowhere).err())
                .isEqualTo("kvstore: " + nowhere + ": there is no directory " + nowhere.getParent() + "\n");
    }

    @Test
    void helpAndVersionAndCompletionArePrinted() {
        assertThat(Cli.run("--help").out()).contains("Exit codes:").contains("restore");
        assertThat(Cli.run("--help").out().lines().filter(line -> line.startsWith("    ")))
                .as("commands of more than a line")
                .isEmpty();
        assertThat(Cli.run("load", "--help").out()).contains("--skip-bad");
        assertThat(Cli.run("--version").out()).startsWith("kvstore ");
        String completion = Cli.run("generate-completion").out();
        assertThat(completion).contains("complete -F").contains("--skip-bad");
        // Formats of bytes and of files are completed by names of their own.
        assertThat(completion).contains("FORMAT_option_args=(\"text\"").contains("KIND_option_args=(\"jsonl\"");
    }

    @Test
    void theListOfCommandsHasWholeSentences() {
        KVStoreCommand.commandLine(new Console(
                        new ByteArrayInputStream(new byte[0]),
                        OutputStream.nullOutputStream(),
                        OutputStream.nullOutputStream(),
                        Terminal.NONE))
                .getSubcommands()
                .forEach((name, command) -> assertThat(
                                command.getCommandSpec().usageMessage().description()[0])
                        .as(name)
                        .endsWith("."));
    }

    @Test
    void anOutputThatFailsEndsTheCommand() {
        Cli.run("put", "--create", store, "k", "v");
        assertThat(failing("Broken pipe", "dump", store.toString())).isEqualTo(ExitCode.PIPE_CLOSED + ":");
        assertThat(failing("No space left on device", "dump", store.toString()))
                .isEqualTo(ExitCode.NO_SPACE + ":kvstore: cannot write the output: No space left on device\n");
        assertThat(failing("Broken pipe", "--help")).isEqualTo(ExitCode.PIPE_CLOSED + ":");
    }

    @Test
    void benchMeasuresAndRemovesItsFolder() throws IOException {
        Cli.Run run = Cli.run("bench", temp, "--seconds", 1, "--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(CborJson.JSON.readTree(run.out()).get("results").size()).isEqualTo(6);
        assertThat(temp).isEmptyDirectory();
        assertThat(Cli.run("bench", temp, "--seconds", 0).exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void coloursAreForTerminalsAlone() {
        Cli.storeWithHistory(store).close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console terminal = new Console(
                new ByteArrayInputStream(new byte[0]),
                out,
                OutputStream.nullOutputStream(),
                new Terminal(true, true, true));
        KVStoreCommand.run(terminal, "info", store.toString());
        assertThat(out.toString()).contains("\u001B[32m#");
    }

    private static String failing(String message, String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
        int exitCode =
                KVStoreCommand.run(new Console(new ByteArrayInputStream(new byte[0]), out, err, Terminal.NONE), args);
        return exitCode + ":" + err;
    }

    private long info(String field) {
        return CborJson.JSON
                .readTree(Cli.run("info", "--json", store).out())
                .get(field)
                .longValue();
    }

    private Map<String, FileTime> files() throws IOException {
        Map<String, FileTime> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(store)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName() + " " + Files.size(file), Files.getLastModifiedTime(file));
            }
        }
        return files;
    }
}
