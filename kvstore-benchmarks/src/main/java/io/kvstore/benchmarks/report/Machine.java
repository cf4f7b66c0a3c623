package io.kvstore.benchmarks.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What was measured on.
 *
 * @param processor its model
 * @param processors how many the system shows
 * @param memoryBytes of the machine
 * @param system name and version
 * @param fileSystem of the folder of the run
 * @param java version of the JVM
 * @param load the system's load average of the last minute, before the run; negative if unknown
 */
public record Machine(
        String processor,
        int processors,
        long memoryBytes,
        String system,
        String fileSystem,
        String java,
        double load) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final String MODEL = "model name";

    /**
     * Looks at this machine.
     *
     * @param folder of the run; exists
     * @return the machine as it is now
     * @throws IOException if the folder cannot be looked at
     */
    public static Machine of(Path folder) throws IOException {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                model(),
                system.getAvailableProcessors(),
                system.getTotalMemorySize(),
                system.getName() + " " + system.getVersion(),
                Files.getFileStore(folder).type(),
                Runtime.version().toString(),
                system.getSystemLoadAverage());
    }

    private static String model() throws IOException {
        if (Files.isReadable(PROCESSORS)) {
            for (String line : Files.readAllLines(PROCESSORS)) {
                if (line.startsWith(MODEL)) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return System.getProperty("os.arch");
    }
}
