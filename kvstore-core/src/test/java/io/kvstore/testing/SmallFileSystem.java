package io.kvstore.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A file system of a few MiB, mounted for one test: in memory, or of an image in a loop device. Needs Linux, and the
 * right to mount.
 */
public final class SmallFileSystem implements AutoCloseable {
    private static final long SECONDS = 20;

    private final Path root;

    private SmallFileSystem(Path root) {
        this.root = root;
    }

    /** What it is. */
    public enum Kind {
        TMPFS,
        EXT4,
        XFS
    }

    /**
     * Mounts one, empty.
     *
     * @param kind of it
     * @param mebibytes how large it is; XFS takes no fewer than 300
     * @param temp for its image, and to mount it on
     * @throws IOException if that cannot be done here; the message tells what has failed
     */
    public static SmallFileSystem mount(Kind kind, int mebibytes, Path temp) throws IOException {
        Path root = Files.createDirectories(temp.resolve("mounted"));
        if (kind == Kind.TMPFS) {
            run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", root.toString());
        } else {
            Path image = temp.resolve("image");
            run("truncate", "-s", mebibytes + "M", image.toString());
            if (kind == Kind.EXT4) {
                run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
            } else {
                run("mkfs.xfs", "-q", "-f", image.toString());
            }
            run("mount", "-o", "loop", image.toString(), root.toString());
        }
        return new SmallFileSystem(root);
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            // Their complaints are a few lines, which the pipe holds.
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(List.of(command) + " does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (process.exitValue() != 0) {
            String said = new String(process.getInputStream().readAllBytes()).strip();
            throw new IOException(List.of(command) + ": " + said);
        }
    }

    public Path root() {
        return root;
    }

    /** Unmounts it. */
    @Override
    public void close() throws IOException {
        // What is mapped keeps it busy until the garbage collector comes; nobody sees it any more.
        run("umount", "-l", root.toString());
    }
}
