package io.kvstore.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the operating system counts of this process. */
public final class ProcessIo {
    private static final Path COUNTERS = Path.of("/proc/self/io");
    private static final String WRITTEN = "write_bytes: ";

    private ProcessIo() {}

    /**
     * The bytes that this process has caused to be written to the disk so far: counted when a page is made dirty, and
     * again when that happens after it was written back.
     *
     * @return bytes, or -1 where the system does not tell
     * @throws IOException if the counter cannot be read
     */
    public static long writtenBytes() throws IOException {
        if (!Files.isReadable(COUNTERS)) {
            return -1;
        }
        for (String line : Files.readAllLines(COUNTERS)) {
            if (line.startsWith(WRITTEN)) {
                return Long.parseLong(line.substring(WRITTEN.length()).strip());
            }
        }
        return -1;
    }
}
