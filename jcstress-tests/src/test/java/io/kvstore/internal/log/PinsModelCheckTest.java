package io.kvstore.internal.log;

import io.kvstore.internal.log.ReaderPins.Pin;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A reader with a pin, and one that takes away what it reads, step by step in the orders that the model checker tries.
 */
@Tag("concurrency")
class PinsModelCheckTest {
    @Test
    void nothingIsDestroyedUnderAPin() {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(300)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1)
                // The drain looks at 64 pins: a loop that is no hang.
                .loopBound(300)
                .sequentialSpecification(Nothing.class)
                .check(Victim.class);
    }

    /** Something that is listed, until it is taken away and destroyed. */
    public static class Victim {
        private final ReaderPins pins = new ReaderPins();
        private volatile boolean listed = true;
        private boolean destroyed;

        @Operation
        public boolean isDestroyedWhileRead() {
            Pin pin = pins.enter();
            boolean seen = listed && destroyed;
            pin.close();
            return seen;
        }

        @Operation
        public void remove() {
            listed = false;
            pins.drain();
            destroyed = true;
        }
    }

    /** Neither operation tells of the other. */
    public static class Nothing {
        public boolean isDestroyedWhileRead() {
            return false;
        }

        public void remove() {
            // nobody notices
        }
    }
}
