package io.kvstore.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.Durability;
import io.kvstore.KVOptions;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.format.FileNames;
import io.kvstore.testing.Bytes;
import io.kvstore.testing.FaultyDirectory;
import io.kvstore.testing.FaultyDirectory.Operation;
import io.kvstore.testing.SimulatedDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A close makes the hints of what was written in the last moments, of which no sync had been, if it can. */
class LastHintsTest {
    private static final int RECORDS = 300;
    private static final KVOptions OPTIONS = KVOptions.builder()
            .segmentSize(4096)
            .durability(Durability.BUFFERED)
            .syncInterval(Duration.ofHours(1))
            .build();

    private final FaultyDirectory directory = new FaultyDirectory(new SimulatedDisk().directory("last-hints"));

    /** Fills ten segments: fewer than those for which a sync comes early. */
    private void writeAndClose() {
        try (FileStore store = FileStore.open(directory, OPTIONS)) {
            for (int i = 0; i < RECORDS; i++) {
                store.put(Bytes.of("key-" + i), new byte[100]);
            }
        }
    }

    private void requireAll() {
        try (FileStore store = FileStore.open(directory, OPTIONS)) {
            assertThat(store.size()).isEqualTo(RECORDS);
            assertThat(store.verify().ok()).isTrue();
        }
    }

    private List<Integer> unhinted() throws IOException {
        List<String> names = directory.list();
        List<Integer> unhinted = new ArrayList<>();
        for (String name : names) {
            FileNames.segmentNumber(name).ifPresent(number -> {
                if (!names.contains(FileNames.hint(number))) {
                    unhinted.add(number);
                }
            });
        }
        return unhinted;
    }

    @Test
    void closeLeavesAHintForEachSealedSegment() throws IOException {
        writeAndClose();
        assertThat(directory.list().size()).isGreaterThan(20);
        assertThat(unhinted())
                .as("the last one, and one made ahead at the most")
                .hasSizeBetween(1, 2);
        requireAll();
    }

    @Test
    void closeEndsWellWhereHintsCannotBeMade() throws IOException {
        directory.faults((operation, file) -> {
            if (operation == Operation.CREATE && file.endsWith(".hint")) {
                throw new NoSpaceException("made up: " + file, new IOException("No space left on device"));
            }
        });
        writeAndClose();
        assertThat(unhinted()).hasSizeGreaterThan(5);
        assertThat(directory.list()).contains(FileNames.CLEAN_MARK).noneMatch(name -> name.endsWith(".hint"));
        directory.faults((operation, file) -> {});
        requireAll();
    }
}
