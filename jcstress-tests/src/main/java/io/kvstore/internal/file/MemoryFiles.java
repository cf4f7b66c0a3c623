package io.kvstore.internal.file;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The bytes of a file of a store in memory. */
public final class MemoryFiles {
    private MemoryFiles() {}

    /** A file. */
    abstract static class OneFile {
        private final MemorySpace space = new MemorySpace(Long.MAX_VALUE);
        final MemoryContent content = new MemoryContent(space);

        OneFile() {
            content.setLength(8);
        }

        final void put(int position, int value) {
            try {
                content.put(position, new byte[] {(byte) value}, 0, 1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        final int get(int position) {
            byte[] one = new byte[1];
            content.get(position, one, 0, 1);
            return one[0];
        }

        final int usedChunks() {
            return (int) (space.usedBytes() / MemorySpace.CHUNK);
        }
    }

    @JCStressTest
    @Description("Two that write first into a chunk get the same chunk, which counts once.")
    @Outcome(id = "12, 1", expect = ACCEPTABLE, desc = "Both bytes are there.")
    @Outcome(expect = FORBIDDEN, desc = "One has written into a chunk of its own, or one is counted twice.")
    @State
    public static class FirstWrites extends OneFile {
        @Actor
        public void writer1() {
            put(0, 1);
        }

        @Actor
        public void writer2() {
            put(1, 2);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = 10 * get(0) + get(1);
            r.r2 = usedChunks();
        }
    }

    @JCStressTest
    @Description("What is in a file stays while it is extended, and what is written meanwhile is not left behind.")
    @Outcome(
            id = "1, 12",
            expect = ACCEPTABLE,
            desc = "The old byte is there all the time, and the new one in the end.")
    @Outcome(expect = FORBIDDEN, desc = "Zeros for a moment, or a write into a chunk that nobody has any more.")
    @State
    public static class WhileExtended extends OneFile {
        public WhileExtended() {
            content.setLength(MemorySpace.CHUNK + 8);
            put(0, 1);
        }

        @Actor
        public void extender() {
            content.extend(4 * MemorySpace.CHUNK);
        }

        @Actor
        public void user(II_Result r) {
            r.r1 = get(0);
            put(MemorySpace.CHUNK, 2);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = 10 * get(0) + get(MemorySpace.CHUNK);
        }
    }
}
