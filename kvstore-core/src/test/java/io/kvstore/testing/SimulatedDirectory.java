package io.kvstore.testing;

import io.kvstore.KVLockedException;
import io.kvstore.internal.file.DirectoryLock;
import io.kvstore.internal.file.MappedRegion;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A directory of a {@link SimulatedDisk}. Each of its methods is one moment of the whole disk. */
public final class SimulatedDirectory implements StoreDirectory {
    /**
     * A change of names that is not on stable storage for sure. Wholly there or not, after a power loss.
     *
     * @param removed name that goes; null for none
     * @param added name that comes, in place of any other; null for none
     * @param file that gets the name
     */
    record Change(String removed, String added, SimulatedFile file) {
        /** Whether the order of the two can be told from what they leave: one may not be there without the other. */
        boolean follows(Change earlier) {
            return names(earlier.removed) || names(earlier.added) || (file != null && file == earlier.file);
        }

        private boolean names(String name) {
            return name != null && (name.equals(removed) || name.equals(added));
        }

        void apply(Map<String, SimulatedFile> names) {
            if (removed != null) {
                names.remove(removed);
            }
            if (added != null) {
                names.put(added, file);
            }
        }
    }

    /**
     * What a power loss has to choose from.
     *
     * @param durable names on stable storage
     * @param pending changes since, in order
     */
    record Image(Map<String, SimulatedFile> durable, List<Change> pending) {
        Set<SimulatedFile> files() {
            Set<SimulatedFile> files = Collections.newSetFromMap(new IdentityHashMap<>());
            files.addAll(durable.values());
            pending.forEach(change -> {
                if (change.file != null) {
                    files.add(change.file);
                }
            });
            return files;
        }
    }

    private final SimulatedDisk disk;
    private final Path path;
    private final Map<String, SimulatedFile> current = new TreeMap<>();
    private Map<String, SimulatedFile> durable = Map.of();
    private List<Change> pending = new ArrayList<>();
    private boolean locked;

    SimulatedDirectory(SimulatedDisk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    /** Makes the names what they were at a moment. */
    void restore(Map<String, SimulatedFile> onDisk, List<Change> since) {
        onDisk.forEach((name, file) -> change(new Change(null, name, file)));
        sync();
        since.forEach(this::change);
    }

    Image image() {
        return new Image(durable, List.copyOf(pending));
    }

    /** The content of each file. */
    public Map<String, byte[]> contents() {
        synchronized (disk) {
            Map<String, byte[]> all = new TreeMap<>();
            current.forEach((name, file) -> all.put(name, file.content()));
            return all;
        }
    }

    private void change(Change change) {
        unlink(change.removed);
        unlink(change.added);
        if (change.added != null) {
            change.file.links++;
        }
        change.apply(current);
        pending.add(change);
    }

    private void unlink(String name) {
        SimulatedFile file = name == null ? null : current.get(name);
        if (file != null) {
            file.links--;
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<String> list() {
        synchronized (disk) {
            return List.copyOf(current.keySet());
        }
    }

    @Override
    public StoreFile create(String name) {
        synchronized (disk) {
            SimulatedFile file = current.get(name);
            if (file == null) {
                file = new SimulatedFile(new byte[0]);
                change(new Change(null, name, file));
            } else {
                file.setLength(0);
            }
            return new Open(name, file);
        }
    }

    @Override
    public StoreFile open(String name) throws IOException {
        synchronized (disk) {
            return new Open(name, existing(name));
        }
    }

    private SimulatedFile existing(String name) throws IOException {
        SimulatedFile file = current.get(name);
        if (file == null) {
            throw new NoSuchFileException(path.resolve(name).toString());
        }
        return file;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        synchronized (disk) {
            change(new Change(from, to, existing(from)));
        }
    }

    @Override
    public void delete(String name) {
        synchronized (disk) {
            SimulatedFile file = current.get(name);
            if (file != null) {
                change(new Change(name, null, null));
            }
        }
    }

    @Override
    public void deleteAndFree(String name) {
        synchronized (disk) {
            SimulatedFile file = current.get(name);
            if (file != null && file.links == 1) {
                file.setLength(0);
            }
            delete(name);
        }
    }

    @Override
    public boolean linkInto(Path other, String name) throws IOException {
        synchronized (disk) {
            SimulatedDirectory target = disk.existing(other);
            if (target == null) {
                return false;
            }
            target.change(new Change(null, name, existing(name)));
            return true;
        }
    }

    @Override
    public boolean isLinked(String name) throws IOException {
        synchronized (disk) {
            return existing(name).links > 1;
        }
    }

    @Override
    public void sync() {
        synchronized (disk) {
            durable = Map.copyOf(current);
            pending = new ArrayList<>();
        }
    }

    @Override
    public DirectoryLock lock(String name) {
        synchronized (disk) {
            if (locked) {
                throw new KVLockedException("store " + path + " is open already", null);
            }
            locked = true;
            if (!current.containsKey(name)) {
                create(name);
            }
            return () -> {
                synchronized (disk) {
                    locked = false;
                }
            };
        }
    }

    /** A force that fails leaves pages that the system takes for clean. */
    interface Forgetful {
        void forget(int position, int length);
    }

    private final class Open implements StoreFile, Forgetful {
        private final String name;
        private final SimulatedFile file;

        Open(String name, SimulatedFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long length() {
            synchronized (disk) {
                return file.length();
            }
        }

        @Override
        public void setLength(long length) {
            synchronized (disk) {
                file.setLength((int) length);
            }
        }

        @Override
        public int read(long position, byte[] target, int offset, int length) {
            synchronized (disk) {
                int available = (int) Math.max(0, Math.min(length, file.length() - position));
                if (available > 0) {
                    file.get((int) position, target, offset, available);
                }
                return available;
            }
        }

        @Override
        public void write(long position, byte[] source, int offset, int length) {
            synchronized (disk) {
                file.write((int) position, source, offset, length);
            }
        }

        @Override
        public void force() {
            synchronized (disk) {
                file.forceAll();
            }
        }

        @Override
        public void forget(int position, int length) {
            synchronized (disk) {
                file.drop(0, Integer.MAX_VALUE);
            }
        }

        @Override
        public MappedRegion map(long length, boolean writable) {
            synchronized (disk) {
                if (writable && file.length() < length) {
                    file.setLength((int) length);
                }
                return new Region(file, (int) length);
            }
        }

        @Override
        public void close() {
            // Mappings outlive it.
        }
    }

    private final class Region implements MappedRegion, Forgetful {
        private final SimulatedFile file;
        private final int length;

        Region(SimulatedFile file, int length) {
            this.file = file;
            this.length = length;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void get(int position, byte[] target, int offset, int count) {
            synchronized (disk) {
                file.get(position, target, offset, count);
            }
        }

        @Override
        public void put(int position, byte[] source, int offset, int count) throws IOException {
            synchronized (disk) {
                if (position + count > file.length()) {
                    throw new IOException("a page of " + path + " is beyond the end of its file");
                }
                file.write(position, source, offset, count);
            }
        }

        @Override
        public void force(int position, int count) {
            synchronized (disk) {
                file.force(position, position + count);
            }
        }

        @Override
        public void forget(int position, int count) {
            synchronized (disk) {
                file.drop(position, position + count);
            }
        }
    }
}
