package io.kvstore.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvstore.KVCorruptionException;
import io.kvstore.internal.file.NoSpaceException;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.ManifestLayout.ListedBucket;
import io.kvstore.internal.format.ManifestLayout.ListedSegment;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.HeapDirectory.Operation;
import io.kvstore.internal.log.ManifestFile.UncertainException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ManifestFileTest {
    private static final StoreFileLayout STORE = new StoreFileLayout(new UUID(1, 2), 3, 4, 0);
    private static final ManifestLayout OLD = ManifestLayout.initial(1);
    private static final ManifestLayout NEW = new ManifestLayout(
            5, 90, List.of(new ListedSegment(4, 4096, 17)), 2, List.of(new ListedBucket(2, "b", true)));

    private final HeapDirectory directory = new HeapDirectory();
    private final ManifestFile manifest = new ManifestFile(directory, STORE);

    @BeforeEach
    void writeOld() throws Exception {
        manifest.replace(OLD);
    }

    @Test
    void readsWhatWasWrittenLast() throws Exception {
        assertThat(manifest.read()).isEqualTo(OLD);
        manifest.replace(NEW);
        assertThat(manifest.read()).isEqualTo(NEW);
        assertThat(directory.names()).containsExactly(FileNames.MANIFEST);
    }

    @Test
    void newContentIsDurableBeforeItHasTheNameAndTheNameBeforeItReturns() throws Exception {
        List<Operation> operations = new ArrayList<>();
        directory.hookOperations(operations::add);
        manifest.replace(NEW);
        assertThat(operations)
                .containsExactly(
                        Operation.CREATE,
                        Operation.WRITE,
                        Operation.FORCE,
                        Operation.SYNC,
                        Operation.RENAME,
                        Operation.SYNC);
    }

    /** The sync that fails is the one before the rename. */
    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"CREATE", "WRITE", "FORCE", "SYNC", "RENAME"})
    void failureBeforeTheRenameLeavesTheOldOneAndNoTrace(Operation failing) throws Exception {
        failOnce(failing, 1);
        assertThatThrownBy(() -> manifest.replace(NEW))
                .isInstanceOf(NoSpaceException.class)
                .hasMessage("made up");
        assertThat(manifest.read()).isEqualTo(OLD);
        assertThat(directory.names()).containsExactly(FileNames.MANIFEST);
        manifest.replace(NEW);
        assertThat(manifest.read()).isEqualTo(NEW);
    }

    @Test
    void failedSyncAfterTheRenameIsToldAsUncertain() throws Exception {
        failOnce(Operation.SYNC, 2);
        assertThatThrownBy(() -> manifest.replace(NEW))
                .isInstanceOf(UncertainException.class)
                .hasMessageContaining("made up")
                .hasCauseInstanceOf(NoSpaceException.class);
        assertThat(manifest.read()).as("what the directory has now").isEqualTo(NEW);
    }

    private void failOnce(Operation failing, int time) {
        int[] countdown = {time};
        directory.hookOperations(operation -> {
            if (operation == failing && --countdown[0] == 0) {
                throw new NoSpaceException("made up", null);
            }
        });
    }

    @Test
    void whatACrashHasLeftOfANewOneIsWrittenOver() throws Exception {
        directory.put(FileNames.MANIFEST_UNFINISHED, new byte[10_000]);
        manifest.replace(NEW);
        assertThat(manifest.read()).isEqualTo(NEW);
        assertThat(directory.names()).containsExactly(FileNames.MANIFEST);
    }

    @Test
    void missingManifestIsDamageThatSaysWhatToDo() throws IOException {
        directory.delete(FileNames.MANIFEST);
        assertThatThrownBy(manifest::read)
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContainingAll(FileNames.MANIFEST, "missing", "restore a backup", "KVStore.repair");
    }

    @Test
    void damagedManifestIsNamedWithItsPath() {
        directory.file(FileNames.MANIFEST).bytes()[66] ^= 1;
        assertThatThrownBy(manifest::read)
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining(
                        directory.path().resolve(FileNames.MANIFEST).toString());
    }

    @Test
    void manifestOfAnotherStoreIsRefused() {
        StoreFileLayout other = new StoreFileLayout(new UUID(1, 3), 3, 4, 0);
        assertThatThrownBy(() -> new ManifestFile(directory, other).read())
                .isInstanceOf(KVCorruptionException.class)
                .hasMessageContaining("another store");
    }

    @Test
    void filesAreClosedWhetherItWorksOrNot() throws Exception {
        assertThat(directory.file(FileNames.MANIFEST).wasClosed()).isTrue();
        List<HeapDirectory.HeapFile> created = new ArrayList<>();
        directory.hook((operation, file, position, source, offset, length) -> {
            if (operation == Operation.CREATE) {
                created.add(file);
            } else if (operation == Operation.FORCE) {
                throw new IOException("made up");
            }
        });
        assertThatCode(() -> manifest.replace(NEW)).hasMessage("made up");
        assertThat(created).singleElement().matches(HeapDirectory.HeapFile::wasClosed);
    }
}
