package io.kvstore.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.KVStore;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store does not get the Flight Recorder ready for nobody, and tells whoever records later. */
class DeferredEventsTest {
    @TempDir
    Path temp;

    /** In a JVM of its own: in this one somebody may have recorded before. */
    static final class Application {
        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[1]);
            try (KVStore store = KVStore.open(Path.of(args[0]))) {
                store.put(Bytes.of("k"), Bytes.of("v"));
                store.sync();
                boolean before = FlightRecorder.isInitialized();
                try (Recording recording = new Recording()) {
                    recording.start();
                    store.put(Bytes.of("k"), Bytes.of("w"));
                    store.merge();
                    recording.stop();
                    recording.dump(file);
                }
                String told = RecordingFile.readAllEvents(file).stream()
                        .map(DeferredEventsTest::name)
                        .filter(name -> name.startsWith("io.kvstore."))
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(" "));
                System.out.println("before " + before + ": " + told);
            }
        }
    }

    private static String name(RecordedEvent event) {
        return event.getEventType().getName();
    }

    @Test
    void recorderIsLeftAloneUntilSomebodyRecords() throws IOException {
        String said = ChildJvm.run(Application.class, temp.resolve("store") + "", temp.resolve("recording.jfr") + "");
        assertThat(said).startsWith("before false: ").contains("io.kvstore.Merge", "io.kvstore.SegmentRoll");
    }
}
