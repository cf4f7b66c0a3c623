package io.kvstore.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.LittleEndian;
import io.kvstore.internal.format.RecordLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.log.HeapDirectory;
import io.kvstore.internal.log.LogSegment;
import io.kvstore.internal.log.SegmentFiles;
import io.kvstore.internal.recovery.DamageSearch.Wanted;
import io.kvstore.testing.Seeds;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DamageSearchTest {
    private static final int CAPACITY = 16 << 20;

    private final HeapDirectory directory = new HeapDirectory();
    private final AtomicLong bytesRead = new AtomicLong();
    private LogSegment log;

    @BeforeEach
    void makeSegment() throws IOException {
        log = new LogSegment(new SegmentFiles(directory, MadeUpSegment.STORE, 0), CAPACITY, 1000);
    }

    private OptionalLong search(long from, Wanted wanted) throws IOException {
        StoreFile file = directory.open(FileNames.segment(log.segment().number()));
        StoreFile counted = (StoreFile) Proxy.newProxyInstance(
                StoreFile.class.getClassLoader(), new Class<?>[] {StoreFile.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(file, arguments);
                        if (method.getName().equals("read")) {
                            bytesRead.addAndGet((int) result);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new DamageSearch(new SegmentWindow(counted), log.segment().salt()).findRecord(from, wanted);
    }

    @Test
    void eachIntactRecordIsFoundWhateverItsSize() throws IOException {
        Random random = new Random(Seeds.next(getClass()));
        List<Integer> offsets = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            byte[] value = new byte[random.nextInt(i % 3 == 0 ? 400_000 : 5_000)];
            random.nextBytes(value);
            offsets.add(log.put("key" + i, value));
        }
        int from = SegmentHeader.SIZE;
        for (int offset : offsets) {
            assertThat(search(from, Wanted.ANY)).hasValue(offset);
            from = offset + RecordLayout.ALIGNMENT;
        }
        assertThat(search(from, Wanted.ANY)).isEmpty();
    }

    @Test
    void onlyRecordsCountThatSayWhatIsWanted() throws IOException {
        int first = log.put("a", new byte[10_000]);
        int second = log.put("b", new byte[10_000]);
        assertThat(search(SegmentHeader.SIZE, new Wanted(0, 1002, Long.MAX_VALUE)))
                .hasValue(second);
        assertThat(search(SegmentHeader.SIZE, new Wanted(0, 1002, 1002))).hasValue(second);
        assertThat(search(SegmentHeader.SIZE, new Wanted(0, 1003, Long.MAX_VALUE)))
                .isEmpty();
        assertThat(search(first + 8, new Wanted(0, 1000, 1001))).isEmpty();
        assertThat(search(SegmentHeader.SIZE, new Wanted(8, 0, Long.MAX_VALUE)))
                .as("neither says that anything is synced")
                .isEmpty();
    }

    /** Every other place in this value is a header that claims a record of 2 MiB, of which none is intact. */
    @Test
    void valuesThatLookLikeHeadersDoNotMakeTheSearchQuadratic() throws IOException {
        int[] header = {0, 65_536, 0, 2 << 20};
        byte[] value = new byte[4 << 20];
        for (int at = 0; at < value.length; at += Integer.BYTES) {
            LittleEndian.putInt(value, at, header[at / Integer.BYTES % header.length]);
        }
        // Behind a key of four bytes the numbers are where those of a header would be.
        int offset = log.put("four", value);
        int next = log.put("next", new byte[100]);
        assertThat(search(offset + RecordLayout.ALIGNMENT, Wanted.ANY)).hasValue(next);
        // Of each candidate two ends are read, and not 2 MiB.
        long candidates = value.length / 16;
        assertThat(bytesRead.get()).isBetween(CAPACITY + candidates * 100, 3L * CAPACITY + candidates * 4096);
    }
}
