package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEntryTest {
    private static final ContentHash HASH =
            new ContentHash(ContentHash.newDigest().digest(new byte[] {1, 2, 3}));

    @Test
    void whatIsEncodedIsDecoded() {
        Instant modified = Instant.parse("2026-02-03T04:05:06.123456789Z");
        Instant created = Instant.parse("1601-01-01T00:00:00Z");
        FileEntry entry = new FileEntry(Long.MAX_VALUE, modified, created, HASH, 77);
        assertThat(FileEntry.decode("/f", entry.encode())).isEqualTo(entry);
    }

    @Test
    void timesBeyondNanosecondsInALongAreKept() {
        FileEntry entry = new FileEntry(0, Instant.MAX, Instant.MIN, HASH, 0);
        assertThat(FileEntry.decode("/f", entry.encode())).isEqualTo(entry);
    }

    @Test
    void theLayoutIsTheOneThatIsDocumented() {
        FileEntry entry = new FileEntry(0x0102, Instant.ofEpochSecond(3, 4), Instant.ofEpochSecond(5, 6), HASH, 7);
        byte[] value = entry.encode();
        assertThat(value).hasSize(69);
        assertThat(value[0]).isEqualTo((byte) 1);
        assertThat(value).startsWith(1, 2, 1, 0, 0, 0, 0, 0, 0, 3);
        assertThat(value[17]).isEqualTo((byte) 4);
        assertThat(value[21]).isEqualTo((byte) 5);
        assertThat(value[29]).isEqualTo((byte) 6);
        assertThat(Arrays.copyOfRange(value, 33, 65)).isEqualTo(HASH.bytes());
        assertThat(value[65]).isEqualTo((byte) 7);
    }

    @Test
    void anotherVersionIsRejectedByName() {
        byte[] value = new FileEntry(1, Instant.EPOCH, Instant.EPOCH, HASH, 0).encode();
        value[0] = 2;
        assertThatThrownBy(() -> FileEntry.decode("/a/file", value))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("/a/file")
                .hasMessageContaining("version 2")
                .hasMessageContaining("reads version 1");
    }

    @Test
    void anotherLengthIsRejected() {
        assertThatThrownBy(() -> FileEntry.decode("/a/file", new byte[] {1, 2, 3}))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("3 bytes");
        assertThatThrownBy(() -> FileEntry.decode("/a/file", new byte[0]))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void aFileIsCurrentWhileItsSizeAndTimeOfChangeAreTheSame(@TempDir Path temp) throws IOException {
        Path file = Files.writeString(temp.resolve("f"), "12345");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00.000001Z")));
        Instant modified = Files.getLastModifiedTime(file).toInstant();
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);

        assertThat(new FileEntry(5, modified, Instant.EPOCH, HASH, 0).isCurrent(attributes))
                .isTrue();
        assertThat(new FileEntry(6, modified, Instant.EPOCH, HASH, 0).isCurrent(attributes))
                .isFalse();
        assertThat(new FileEntry(5, modified.plusNanos(1), Instant.EPOCH, HASH, 0).isCurrent(attributes))
                .isFalse();
    }
}
