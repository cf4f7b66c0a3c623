package io.kvstore.benchmarks.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Disk space as the file system gives it out: allocated blocks, so that holes do not count and slack does. */
public final class DiskUse {
    private DiskUse() {}

    /**
     * The blocks of all files in a folder. Files may come and go meanwhile.
     *
     * @param folder looked through
     * @return bytes
     * @throws IOException if {@code du} cannot be run
     */
    public static long allocatedBytes(Path folder) throws IOException {
        // Java does not tell the blocks of a file.
        Process du = new ProcessBuilder("du", "-s", "--block-size=1", folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int end = out.indexOf('\t');
        if (end < 0) {
            throw new IOException("du has not told the size of " + folder);
        }
        return Long.parseLong(out.substring(0, end));
    }
}
