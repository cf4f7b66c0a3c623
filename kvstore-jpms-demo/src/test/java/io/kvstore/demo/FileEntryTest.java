package io.kvstore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEntryTest {
    private static final String HASH = Tree.sha256(new byte[] {1, 2, 3});

    @Test
    void aFileIsCurrentWhileItsSizeAndTimeOfChangeAreTheSame(@TempDir Path temp) throws IOException {
        Path file = Files.writeString(temp.resolve("f"), "12345");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00.000001Z")));
        Instant modified = Files.getLastModifiedTime(file).toInstant();
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);

        assertThat(new FileEntry(5, modified, Instant.EPOCH, HASH).isCurrent(attributes))
                .isTrue();
        assertThat(new FileEntry(6, modified, Instant.EPOCH, HASH).isCurrent(attributes))
                .isFalse();
        assertThat(new FileEntry(5, modified.plusNanos(1), Instant.EPOCH, HASH).isCurrent(attributes))
                .isFalse();
    }
}
