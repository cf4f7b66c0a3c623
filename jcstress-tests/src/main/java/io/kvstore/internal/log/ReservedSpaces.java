package io.kvstore.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kvstore.internal.file.StoreFile;
import io.kvstore.stress.MemoryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The space of a segment that one thread reserves while another one appends. */
public final class ReservedSpaces {
    private ReservedSpaces() {}

    @JCStressTest
    @Description("Whoever sees space as reserved finds its zeros written: they do not come over a record later.")
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "Not reserved yet.")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "Reserved, and all zeros.")
    @Outcome(expect = FORBIDDEN, desc = "Reserved, and some zeros were not written yet.")
    @State
    public static class AgainstAppend {
        private static final int SIZE = 256;
        private static final byte FORMER = 1;

        private final StoreFile file = new MemoryDirectory().create("segment");
        private final ReservedSpace space = new ReservedSpace(file, SIZE, SIZE, 0);

        public AgainstAppend() {
            byte[] bytes = new byte[SIZE];
            Arrays.fill(bytes, FORMER);
            try {
                file.write(0, bytes, 0, SIZE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Actor
        public void reserver() {
            try {
                space.reserveChunk(SIZE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Actor
        public void appender(I_Result r) {
            int reserved = space.end();
            r.r1 = reserved == 0 ? -1 : countFormer(reserved);
        }

        private int countFormer(int end) {
            byte[] bytes = new byte[end];
            try {
                file.read(0, bytes, 0, end);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            int count = 0;
            for (byte each : bytes) {
                count += each == FORMER ? 1 : 0;
            }
            return count;
        }
    }
}
