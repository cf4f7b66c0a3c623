package io.kvstore.benchmarks.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of this process at one moment.
 *
 * @param heapBytes live objects, after full collections
 * @param nativeBytes resident memory that no file backs; the heap, if it was touched before, is in it at its full size
 * @param mappedBytes resident pages of mapped files, which the system can take back
 */
public record MemoryUse(long heapBytes, long nativeBytes, long mappedBytes) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int COLLECTIONS = 3;

    /**
     * Collects garbage and measures.
     *
     * @return what is in use now; zero for what the system does not tell
     * @throws IOException if the system's figures cannot be read
     */
    public static MemoryUse now() throws IOException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new MemoryUse(heap, status("RssAnon:"), status("RssFile:") + status("RssShmem:"));
    }

    private static long status(String name) throws IOException {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length(), line.length() - "kB".length())
                                .strip())
                        << 10;
            }
        }
        return 0;
    }
}
