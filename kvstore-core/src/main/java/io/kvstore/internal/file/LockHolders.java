package io.kvstore.internal.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Asks the operating system which processes hold a lock on a file, for messages. Linux tells by {@code /proc/locks}
 * (proc_locks(5)); elsewhere nobody is named.
 */
final class LockHolders {
    static final String UNKNOWN = "of unknown id";

    private static final Path LOCKS = Path.of("/proc/locks");

    /** Number, class, kind, access, process, device and inode, range. */
    private static final Pattern LINE =
            Pattern.compile("\\d+: POSIX +\\S+ +\\S+ +(\\d+) ([0-9a-f]+):([0-9a-f]+):(\\d+) .*");

    private LockHolders() {}

    /** The ids of the processes that hold a lock on a file; {@link #UNKNOWN} if the system does not tell. */
    static String of(Path file) {
        try {
            long inode = (Long) Files.getAttribute(file, "unix:ino");
            long device = (Long) Files.getAttribute(file, "unix:dev");
            List<String> pids = holders(Files.readAllLines(LOCKS), device, inode);
            return pids.isEmpty() ? UNKNOWN : String.join(", ", pids);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }

    static List<String> holders(List<String> lines, long device, long inode) {
        return lines.stream()
                .map(LINE::matcher)
                .filter(line -> line.matches()
                        && Long.parseLong(line.group(2), 16) == major(device)
                        && Long.parseLong(line.group(3), 16) == minor(device)
                        && line.group(4).equals(Long.toString(inode)))
                .map(line -> line.group(1))
                .filter(pid -> !"0".equals(pid))
                .distinct()
                .toList();
    }

    /** As the C library packs it (makedev(3)). */
    private static long major(long device) {
        return ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
    }

    private static long minor(long device) {
        return (device & 0xff) | ((device >>> 12) & ~0xffL);
    }
}
