package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.Durability;
import io.kvstore.KVNoSpaceException;
import io.kvstore.KVOptions;
import io.kvstore.KVStats;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import io.kvstore.testing.Crew;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.SimulatedDisk;
import io.kvstore.testing.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Background merges that fail, again and again: writers and readers do not notice, the figures and the log do. */
@Tag("crash")
class FailingMergeTest {
    private static final String STORE = "failing";
    private static final int KEYS = 50;
    private static final int ROUNDS = 40;
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(2048)
            .durability(Durability.BUFFERED)
            .mergeGarbageRatio(0.3)
            .build();

    private static boolean isMergeThread() {
        return Thread.currentThread().getName().equals("kvstore-" + STORE + "-merge");
    }

    /** Fails whatever the merge thread writes, and lets all others be. */
    private static FaultyDirectory directory(boolean noSpace) {
        FaultyDirectory directory = new FaultyDirectory(new SimulatedDisk().directory(STORE));
        directory.faults((operation, file) -> {
            if (isMergeThread() && (operation == Operation.CREATE || operation == Operation.WRITE)) {
                throw noSpace
                        ? new NoSpaceException("made up: " + file, new IOException("No space left on device"))
                        : new IOException("made up: " + file);
            }
        });
        return directory;
    }

    private static Map<String, String> overwrite(FileStore store) {
        Map<String, String> expected = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < KEYS; i++) {
                store.put(Bytes.of("key-" + i), Bytes.of("value-" + round));
                expected.put("key-" + i, "value-" + round);
            }
        }
        return expected;
    }

    private static void awaitFailure(FileStore store) {
        Crew.awaitUntil("a merge has failed", () -> store.stats().mergeFailures() > 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writersAndReadersDoNotNoticeAndTheNextMergeMakesUpForIt(boolean noSpace) {
        FaultyDirectory directory = directory(noSpace);
        try (FileStore store = FileStore.open(directory, OPTIONS)) {
            Map<String, String> expected = overwrite(store);
            awaitFailure(store);
            assertThat(Stores.scan(store)).isEqualTo(expected);
            KVStats failing = store.stats();
            assertThat(failing.merges()).isZero();
            store.put(Bytes.of("late"), Bytes.of("late"));
            store.sync();
            expected.put("late", "late");
            directory.faults((operation, file) -> {});
            store.merge();
            assertThat(Stores.scan(store)).isEqualTo(expected);
            assertThat(store.stats().merges()).isPositive();
            assertThat(store.stats().logBytes()).isLessThan(failing.logBytes() / 4);
        }
    }

    @Test
    void mergeOnRequestThatLacksRoomKeepsNoHintFromBeingMade() {
        FaultyDirectory directory = new FaultyDirectory(new SimulatedDisk().directory(STORE));
        directory.faults((operation, file) -> {
            if (isMergeThread() && operation == Operation.CREATE && !file.contains(".hint")) {
                throw new NoSpaceException("made up: " + file, new IOException("No space left on device"));
            }
        });
        KVOptions onRequest =
                KVOptions.builder().segmentSize(2048).autoMerge(false).build();
        try (FileStore store = FileStore.open(directory, onRequest)) {
            overwrite(store);
            assertThatThrownBy(store::merge).isInstanceOf(KVNoSpaceException.class);
            directory.faults((operation, file) -> {});
            overwrite(store);
            store.sync();
            // All but the active segment and the one that is made ahead, and what was not yet forced a moment ago.
            long sealed = count(directory, ".seg") - 4;
            Crew.awaitUntil("hints were made", () -> count(directory, ".hint") >= sealed);
        }
    }

    private static long count(FaultyDirectory directory, String suffix) {
        try {
            return directory.list().stream()
                    .filter(name -> name.endsWith(suffix))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void logTellsOfIt() throws IOException {
        assertThat(ChildJvm.run(FailingMergeTest.class)).contains("kvstore-failing-merge", "WARN", "made up");
    }

    /** Prints what the log says; in a process of its own, since the log of the tests is off. */
    public static void main(String[] args) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (FileStore store = FileStore.open(directory(false), OPTIONS)) {
            overwrite(store);
            awaitFailure(store);
            Crew.awaitUntil("the log tells of it", () -> log.size() > 0);
        }
        System.out.println(log.toString(StandardCharsets.UTF_8).replace('\n', ' '));
    }
}
