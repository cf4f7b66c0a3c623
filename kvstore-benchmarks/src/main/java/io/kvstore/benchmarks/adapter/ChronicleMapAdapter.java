package io.kvstore.benchmarks.adapter;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Chronicle Map in a mapped file, with room for exactly the keys that it is told of; keys and values of one length, as
 * it likes best; puts and removals that do not return the value before. It cannot sync a write, and has no batches.
 */
final class ChronicleMapAdapter implements Adapter {
    private final ChronicleMap<byte[], byte[]> map;

    /** There while the map is closed: the map itself does not tell whether it needs recovery. */
    private final Path cleanMark;

    ChronicleMapAdapter(Path folder, Shape shape) throws IOException {
        cleanMark = folder.resolve("clean");
        File file = folder.resolve("chronicle").toFile();
        ChronicleMapBuilder<byte[], byte[]> builder = ChronicleMap.of(byte[].class, byte[].class)
                .name("entries")
                .entries(shape.keys())
                .constantKeySizeBySample(new byte[shape.keyBytes()])
                .constantValueSizeBySample(new byte[shape.valueBytes()])
                .putReturnsNull(true)
                .removeReturnsNull(true);
        boolean recover = file.exists() && !Files.exists(cleanMark);
        map = recover ? builder.recoverPersistedTo(file, true) : builder.createPersistedTo(file);
        Files.deleteIfExists(cleanMark);
    }

    @Override
    public void put(byte[] key, byte[] value) {
        map.put(key, value);
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return map.get(key);
    }

    @Override
    public void delete(byte[] key) {
        map.remove(key);
    }

    @Override
    public void scan(Visitor visitor) {
        map.forEach(visitor::visit);
    }

    @Override
    public void close() throws IOException {
        map.close();
        Files.createFile(cleanMark);
    }
}
