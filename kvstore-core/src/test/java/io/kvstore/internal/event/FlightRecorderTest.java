package io.kvstore.internal.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import io.kvstore.internal.engine.FileStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator finds in a recording, and that the documentation says the same. */
class FlightRecorderTest {
    @TempDir
    Path temp;

    private interface Work {
        void run() throws IOException;
    }

    /** The kvstore events of some work, all of them, however short. */
    private List<RecordedEvent> record(Work work) throws IOException {
        Path file = temp.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            for (Class<? extends Event> type : eventClasses()) {
                recording.enable(type).withThreshold(Duration.ZERO);
            }
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("io.kvstore."))
                .toList();
    }

    private static List<Class<? extends Event>> eventClasses() {
        List<Class<? extends Event>> types = new ArrayList<>();
        for (Class<?> type : FlightRecorderEvents.class.getDeclaredClasses()) {
            if (type.isAnnotationPresent(Name.class)) {
                types.add(type.asSubclass(Event.class));
            }
        }
        return types;
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("io.kvstore." + name))
                .toList();
    }

    private static KVOptions small(Durability durability) {
        return KVOptions.builder()
                .segmentSize(4096)
                .durability(durability)
                .autoMerge(false)
                .build();
    }

    @Test
    void lifeOfAStoreIsRecorded() throws IOException {
        Path path = temp.resolve("store");
        List<RecordedEvent> events = record(() -> {
            try (KVStore store = KVStore.open(path, small(Durability.BUFFERED))) {
                for (int i = 0; i < 200; i++) {
                    store.put(Bytes.of("k" + i % 10), Bytes.of("x".repeat(100)));
                }
                store.sync();
                store.merge();
            }
            KVStore.open(path, small(Durability.BUFFERED)).close();
        });

        assertThat(events)
                .allSatisfy(event -> assertThat(event.getString("store")).isEqualTo(path.toString()));
        assertThat(named(events, "Open")).hasSize(2);
        RecordedEvent again = named(events, "Open").get(1);
        assertThat(again.getInt("segments")).isPositive();
        assertThat(again.getLong("records")).isBetween(10L, 200L);
        assertThat(again.getBoolean("afterCrash")).isFalse();
        assertThat(again.getDuration()).isPositive();
        RecordedEvent roll = named(events, "SegmentRoll").get(0);
        assertThat(roll.getInt("nextSegment")).isGreaterThan(roll.getInt("sealedSegment"));
        assertThat(roll.getLong("sealedBytes")).isBetween(3000L, 4096L);
        assertThat(named(events, "Sync"))
                .isNotEmpty()
                .allSatisfy(sync -> assertThat(sync.getInt("segments")).isPositive());
        RecordedEvent merge = named(events, "Merge").get(0);
        assertThat(merge.getString("failure")).isEmpty();
        assertThat(merge.getInt("victims")).isPositive();
        assertThat(merge.getLong("readBytes")).isGreaterThan(merge.getLong("writtenBytes"));
    }

    @Test
    void whatACrashLeftIsRecorded() throws IOException {
        Path path = temp.resolve("store");
        Path copy = temp.resolve("copy");
        try (KVStore store = KVStore.open(path, small(Durability.OS))) {
            store.put(Bytes.of("k"), Bytes.of("v"));
            store.put(Bytes.of("torn"), Bytes.of("v".repeat(50)));
            Stores.copy(path, copy);
        }
        Files.deleteIfExists(copy.resolve("kvstore.lock"));
        // The next one may have been made ahead.
        Path segment = copy.resolve("0000000001.seg");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[64 + 32 + 40] ^= 1;
        Files.write(segment, bytes);

        List<RecordedEvent> events = record(() -> KVStore.open(copy).close());

        assertThat(named(events, "Open"))
                .singleElement()
                .satisfies(open -> assertThat(open.getBoolean("afterCrash")).isTrue());
        assertThat(named(events, "TailDiscarded"))
                .singleElement()
                .satisfies(tail -> assertThat(tail.getLong("offset")).isEqualTo(64 + 32));
    }

    @Test
    @Timeout(60)
    void hintsThatAreRejectedAndMadeAnewAreRecorded() throws IOException {
        Path path = temp.resolve("store");
        try (KVStore store = KVStore.open(path, small(Durability.BUFFERED))) {
            for (int i = 0; i < 200; i++) {
                store.put(Bytes.of("k" + i % 100), Bytes.of("x".repeat(100)));
            }
            store.merge();
        }
        Path hint = Stores.files(path).stream()
                .filter(file -> file.toString().endsWith(".hint"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(hint);
        bytes[20] ^= 1;
        Files.write(hint, bytes);

        List<RecordedEvent> events = record(() -> {
            try (KVStore store = KVStore.open(path, small(Durability.BUFFERED))) {
                while (Files.notExists(hint)) {
                    Thread.onSpinWait();
                }
                store.sync();
            }
        });

        int number = Integer.parseInt(hint.getFileName().toString().replace(".hint", ""));
        assertThat(named(events, "HintRejected"))
                .singleElement()
                .satisfies(rejected -> assertThat(rejected.getInt("segment")).isEqualTo(number))
                .satisfies(rejected -> assertThat(rejected.getString("reason")).isNotBlank());
        assertThat(named(events, "HintRebuilt")).anySatisfy(rebuilt -> {
            assertThat(rebuilt.getInt("segment")).isEqualTo(number);
            assertThat(rebuilt.getLong("segmentBytes")).isPositive();
        });
    }

    @Test
    void failedSyncIsRecordedOnceWithItsCause() throws IOException {
        FaultyDirectory directory = new FaultyDirectory(Files.createDirectory(temp.resolve("store")));
        List<RecordedEvent> events = record(() -> {
            KVStore store = FileStore.open(directory, small(Durability.SYNC));
            store.put(Bytes.of("k"), Bytes.of("v"));
            directory.faults((operation, file) -> {
                if (operation.name().contains("FORCE")) {
                    throw new IOException("the disk is gone");
                }
            });
            assertThat(catchThrowable(() -> store.put(Bytes.of("k"), Bytes.of("w"))))
                    .isNotNull();
            assertThat(catchThrowable(() -> store.put(Bytes.of("k"), Bytes.of("w"))))
                    .isNotNull();
            catchThrowable(store::close);
        });
        assertThat(named(events, "Poisoned"))
                .singleElement()
                .satisfies(poisoned -> assertThat(poisoned.getString("cause")).contains("the disk is gone"));
    }

    @Test
    void slowWritersAreRecordedOnceATimeThatTheyAreSlow() throws IOException {
        StoreEvents told = StoreEvents.of(Path.of("s"));
        List<RecordedEvent> events = record(() -> {
            told.slowing().end(0, 1);
            told.slowing().end(5_000_000, 1_000_000);
            told.stalling().end(3);
        });
        assertThat(named(events, "WritersSlowed")).singleElement().satisfies(slowed -> {
            assertThat(slowed.getDuration("waited")).isEqualTo(Duration.ofMillis(5));
            assertThat(slowed.getLong("bytesPerSecond")).isEqualTo(1_000_000);
        });
        assertThat(named(events, "WriterStalled"))
                .singleElement()
                .satisfies(stalled -> assertThat(stalled.getInt("segment")).isEqualTo(3));
    }

    @Test
    void operationsGuideListsEveryEventWithItsFields() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "OPERATIONS.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length > 3 && cells[1].strip().startsWith("`io.kvstore.")) {
                documented.put(cells[1].strip(), cells[2].strip());
            }
        }
        Map<String, String> expected = new TreeMap<>();
        for (Class<? extends Event> type : eventClasses()) {
            List<String> fields = new ArrayList<>();
            Arrays.stream(type.getDeclaredFields())
                    .filter(field -> !field.isSynthetic())
                    .forEach(field -> fields.add("`" + field.getName() + "`"));
            expected.put("`" + EventType.getEventType(type).getName() + "`", String.join(", ", fields));
        }
        assertThat(documented).isEqualTo(expected);
    }
}
