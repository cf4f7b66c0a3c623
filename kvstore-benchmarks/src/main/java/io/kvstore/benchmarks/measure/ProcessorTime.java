package io.kvstore.benchmarks.measure;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * The time that all threads of this process have had a processor: what work costs, whoever else uses the machine. Not
 * that of the system's own threads, which write pages back.
 */
public final class ProcessorTime {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private ProcessorTime() {}

    /**
     * So far.
     *
     * @return nanoseconds
     */
    public static long nanos() {
        return SYSTEM.getProcessCpuTime();
    }
}
