package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.format.FileNames;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is asked of the real disk, and in which order: the other tests of power losses put a simulated one in its place.
 * Looks at the system calls of a child with {@code strace}; where that is not there, or not allowed, it is skipped.
 */
@Tag("crash")
@Timeout(120)
class DiskSyncTest {
    private static final String MARK = "mark-";

    /** A call, with the paths that it names: of an open file, or its arguments. */
    private static final Pattern CALL = Pattern.compile("\\d+ +(\\w+)\\((.*)");

    private static final Pattern PATH = Pattern.compile("<(/[^>]*)>|\"(/[^\"]*)\"");

    @TempDir
    Path temp;

    private Path root;

    /** What the child did between two marks, as {@code sync PATH} or {@code rename TO}; {@code msync} has no path. */
    private final List<String> calls = new ArrayList<>();

    /**
     * The child: opens a store in a directory that it has made itself, and so on; makes a directory after each step.
     */
    static final class Child {
        private static Path root;

        public static void main(String[] args) throws IOException {
            root = Path.of(args[0]);
            Path directory = Files.createDirectory(root.resolve("store"));
            Path backup = Files.createDirectory(root.resolve("backup"));
            mark("start");
            KVOptions options = KVOptions.builder()
                    .durability(Durability.SYNC)
                    .segmentSize(64 << 10)
                    .autoMerge(false)
                    .build();
            try (KVStore store = KVStore.open(directory, options)) {
                mark("opened");
                store.put(Bytes.of("k"), Bytes.of("v"));
                mark("put");
                for (int i = 0; i < 200; i++) {
                    store.put(Bytes.of("k" + i % 10), new byte[1000]);
                }
                mark("filled");
                store.merge();
                mark("merged");
                store.backup(backup);
                mark("backedUp");
            }
            mark("closed");
            KVStore.repair(directory, root.resolve("repaired"));
            mark("repaired");
        }

        private static void mark(String name) throws IOException {
            Files.createDirectory(root.resolve(MARK + name));
        }
    }

    @Test
    void whatCountsIsSyncedBeforeItIsReliedOn() throws IOException {
        root = temp.toRealPath();
        Path trace = root.resolve("trace");
        runTraced(trace);

        Path store = root.resolve("store");
        String directory = "sync " + store;
        List<String> opening = between(trace, "start", "opened");
        assertThat(opening)
                .as("the name of the directory, and what makes it a store")
                .contains("sync " + root, "sync " + store.resolve(FileNames.segment(1)), directory)
                .containsSubsequence(
                        "sync " + store.resolve(FileNames.STORE_UNFINISHED),
                        "sync " + store.resolve(FileNames.MANIFEST),
                        directory,
                        "rename " + store.resolve(FileNames.STORE),
                        directory);

        assertThat(between(trace, "opened", "put")).as("a durable put").contains("msync");

        List<String> merging = between(trace, "filled", "merged");
        assertThat(merging)
                .as("outputs and their names, then the manifest, then its name")
                .containsSubsequence(
                        "sync " + store.resolve(FileNames.MANIFEST_UNFINISHED),
                        directory,
                        "rename " + store.resolve(FileNames.MANIFEST),
                        directory);
        int manifest = merging.indexOf("sync " + store.resolve(FileNames.MANIFEST_UNFINISHED));
        assertThat(merging.subList(0, manifest))
                .as("before the manifest")
                .anyMatch(call -> call.startsWith(directory) && call.endsWith(".seg"));

        Path backup = root.resolve("backup");
        assertThat(between(trace, "merged", "backedUp"))
                .contains("sync " + root)
                .containsSubsequence(
                        "sync " + backup.resolve(FileNames.MANIFEST),
                        "sync " + backup,
                        "rename " + backup.resolve(FileNames.STORE),
                        "sync " + backup);

        assertThat(between(trace, "backedUp", "closed"))
                .containsSubsequence(
                        "sync " + store.resolve(FileNames.CLEAN_MARK_UNFINISHED),
                        "rename " + store.resolve(FileNames.CLEAN_MARK),
                        directory);

        assertThat(between(trace, "closed", "repaired"))
                .containsSubsequence("rename " + root.resolve("repaired"), "sync " + root);
    }

    private void runTraced(Path trace) throws IOException {
        List<String> strace = List.of(
                "strace",
                "-f",
                "-y",
                "-qq",
                "-s",
                "4096",
                "-e",
                "trace=?mkdir,?mkdirat,fsync,fdatasync,msync,?rename,?renameat,?renameat2",
                "-o",
                trace.toString());
        int exit = -1;
        try (ChildJvm child = ChildJvm.startUnder(strace, Child.class, root.toString())) {
            exit = child.waitFor();
        } catch (IOException e) {
            assumeTrue(false, "skipped, since strace is not here: " + e.getMessage());
        }
        boolean begun = Files.exists(root.resolve(MARK + "start"));
        assumeTrue(begun || exit == 0, "skipped, since strace may not trace here");
        assertThat(exit).isZero();
    }

    /** The calls between two marks. */
    private List<String> between(Path trace, String from, String to) throws IOException {
        if (calls.isEmpty()) {
            for (String line : Files.readAllLines(trace)) {
                Matcher call = CALL.matcher(line);
                if (call.matches()) {
                    calls.add(describe(call.group(1), call.group(2)));
                }
            }
        }
        int start = calls.indexOf("mark " + root.resolve(MARK + from));
        int end = calls.indexOf("mark " + root.resolve(MARK + to));
        assertThat(start).as(from).isNotNegative();
        assertThat(end).as(to).isGreaterThan(start);
        return calls.subList(start + 1, end);
    }

    private static String describe(String call, String arguments) {
        List<String> paths = new ArrayList<>();
        Matcher path = PATH.matcher(arguments);
        while (path.find()) {
            paths.add(path.group(1) == null ? path.group(2) : path.group(1));
        }
        String last = paths.isEmpty() ? "" : " " + paths.get(paths.size() - 1);
        return switch (call) {
            case "fsync", "fdatasync" -> "sync" + last;
            case "msync" -> "msync";
            case "mkdir", "mkdirat" -> "mark" + last;
            default -> "rename" + last;
        };
    }
}
