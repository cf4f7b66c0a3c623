package io.kvstore.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

/**
 * What the files of a store tell without opening it, also while another process has it open. Takes no lock.
 *
 * @param state who has it open for writing, as far as the files tell
 * @param segments segment files
 * @param lastSegment highest number of one
 * @param segmentBytes what they take; the one that is written has room reserved, some MiB at a time
 * @param hintBytes what the hint files take
 * @param lastMerge when the manifest was last replaced, which each merge does; null if there is none
 */
record StoreFiles(
        String state,
        int segments,
        long lastSegment,
        long segmentBytes,
        long hintBytes,
        @org.jspecify.annotations.Nullable Instant lastMerge) {
    static StoreFiles of(Path directory) throws IOException {
        if (!Files.isRegularFile(directory.resolve("kvstore.store"))) {
            throw new CliException(
                    ExitCode.STORE, directory + " is no store: there is no file kvstore.store in it; check the path");
        }
        int segments = 0;
        long last = 0;
        long segmentBytes = 0;
        long hintBytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{seg,hint}")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                long size;
                try {
                    size = Files.size(file);
                } catch (NoSuchFileException e) {
                    // A merge has removed it meanwhile.
                    continue;
                }
                if (name.endsWith(".hint")) {
                    hintBytes += size;
                } else {
                    segments++;
                    segmentBytes += size;
                    String number = name.substring(0, name.length() - ".seg".length());
                    last = Math.max(last, number.matches("\\d{10}") ? Long.parseLong(number) : 0);
                }
            }
        }
        return new StoreFiles(
                state(directory),
                segments,
                last,
                segmentBytes,
                hintBytes,
                modified(directory.resolve("kvstore.manifest")));
    }

    private static @org.jspecify.annotations.Nullable Instant modified(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class)
                    .lastModifiedTime()
                    .toInstant();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** A clean mark says that it is closed; else the lock file has the process that opened it last. */
    private static String state(Path directory) throws IOException {
        if (Files.exists(directory.resolve("kvstore.clean"))) {
            return "closed";
        }
        try {
            String pid = Files.readString(directory.resolve("kvstore.lock"), StandardCharsets.ISO_8859_1)
                    .strip();
            Optional<ProcessHandle> holder =
                    pid.matches("\\d{1,10}") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
            if (holder.isPresent()) {
                return "open in process " + pid;
            }
        } catch (NoSuchFileException e) {
            // Nobody has opened it since it was copied.
        }
        return "not closed cleanly; the next open recovers it";
    }
}
