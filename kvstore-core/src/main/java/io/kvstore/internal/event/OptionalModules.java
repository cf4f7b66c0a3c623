package io.kvstore.internal.event;

import java.util.Objects;
import java.util.Optional;

/**
 * Whether modules of the JDK are there that a small image may lack. Classes that name a type of such a module are only
 * touched after a look here.
 */
public final class OptionalModules {
    private OptionalModules() {}

    /**
     * Whether there is a Flight Recorder.
     *
     * @return true if {@code jdk.jfr} can be used
     */
    public static boolean hasFlightRecorder() {
        return isReadable("jdk.jfr");
    }

    /**
     * Whether there is an MBean server.
     *
     * @return true if {@code java.management} can be used
     */
    public static boolean hasManagement() {
        return isReadable("java.management");
    }

    private static boolean isReadable(String name) {
        Module self = OptionalModules.class.getModule();
        // On the class path the store has no layer, and what the JVM was started with counts.
        ModuleLayer layer = Objects.requireNonNullElseGet(self.getLayer(), ModuleLayer::boot);
        Optional<Module> found = layer.findModule(name);
        return found.isPresent() && self.canRead(found.get());
    }
}
