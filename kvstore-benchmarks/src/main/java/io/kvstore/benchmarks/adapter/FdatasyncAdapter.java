package io.kvstore.benchmarks.adapter;

import io.kvstore.internal.format.RecordLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes records of the size that kvstore gives them one behind the other into a file of zeros, from its start again at
 * its end, each with an fdatasync: no metadata has to change, so that this is the least a durable put can cost.
 */
final class FdatasyncAdapter implements Adapter {
    private static final int FILE_BYTES = 64 << 20;
    private static final int BLOCK_BYTES = 1 << 20;

    private final FileChannel channel;
    private final ByteBuffer record;
    private long position;

    FdatasyncAdapter(Path folder, Shape shape) throws IOException {
        record = ByteBuffer.allocateDirect((int) RecordLayout.size(0, shape.keyBytes(), shape.valueBytes()));
        channel = FileChannel.open(folder.resolve("raw"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (int offset = 0; offset < FILE_BYTES; offset += BLOCK_BYTES) {
            channel.write(zeros.clear(), offset);
        }
        channel.force(true);
    }

    @Override
    public synchronized void put(byte[] key, byte[] value) {
        if (position + record.capacity() > FILE_BYTES) {
            position = 0;
        }
        record.clear();
        record.put(key).put(value).position(0);
        try {
            channel.write(record, position);
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        position += record.capacity();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
