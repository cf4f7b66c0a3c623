package io.kvstore.internal.engine;

import io.kvstore.KVDamage;
import io.kvstore.KVException;
import io.kvstore.internal.file.StoreDirectory;
import io.kvstore.internal.file.StoreFile;
import io.kvstore.internal.format.FileNames;
import io.kvstore.internal.format.ManifestLayout;
import io.kvstore.internal.format.SegmentHeader;
import io.kvstore.internal.format.StoreFileLayout;
import io.kvstore.internal.log.ManifestFile;
import io.kvstore.internal.recovery.HintFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which segments of a damaged store count: those that the manifest lists, and the log behind them. Without a
 * manifest all do; then what a merge has left, and the next open would have removed, may bring back what was deleted.
 */
final class SalvageSources {
    private final StoreDirectory directory;
    private final StoreFileLayout store;
    private final List<KVDamage> lost;
    private final List<SalvageSource> sources = new ArrayList<>();

    private SalvageSources(StoreDirectory directory, StoreFileLayout store, List<KVDamage> lost) {
        this.directory = directory;
        this.store = store;
        this.lost = lost;
    }

    /**
     * What was found.
     *
     * @param manifest null if it is lost
     * @param sources segments that can be read
     */
    record Found(@Nullable ManifestLayout manifest, List<SalvageSource> sources) {}

    static Found find(StoreDirectory directory, StoreFileLayout store, List<KVDamage> lost) throws IOException {
        SalvageSources search = new SalvageSources(directory, store, lost);
        ManifestLayout manifest = search.manifest();
        search.addAll(manifest);
        return new Found(manifest, search.sources);
    }

    private void lose(String name, String what) {
        lost.add(new KVDamage(directory.path().resolve(name), 0, what, null));
    }

    private @Nullable ManifestLayout manifest() {
        try {
            return new ManifestFile(directory, store).read();
        } catch (IOException | KVException e) {
            lose(
                    FileNames.MANIFEST,
                    "lost: takes all segments there are, among which some may have been merged away (" + e.getMessage()
                            + ")");
            return null;
        }
    }

    private void addAll(@Nullable ManifestLayout manifest) throws IOException {
        TreeMap<Integer, Integer> limits = new TreeMap<>();
        for (String name : directory.list()) {
            FileNames.segmentNumber(name).ifPresent(number -> {
                if (manifest == null || number >= manifest.tail()) {
                    limits.put(number, Integer.MAX_VALUE);
                }
            });
        }
        Set<Integer> listed = new HashSet<>();
        if (manifest != null) {
            limits.putIfAbsent(manifest.tail(), Integer.MAX_VALUE);
            manifest.segments().forEach(segment -> {
                limits.put(segment.number(), segment.end());
                listed.add(segment.number());
            });
        }
        boolean clean = isClosedCleanly();
        limits.forEach((number, limit) -> {
            SegmentHeader header = header(number);
            // Of the log there are only segments of its kind: another is what a merge was making.
            if (header != null
                    && (manifest == null || listed.contains(number) || header.kind() == SegmentHeader.KIND_LOG)) {
                sources.add(new SalvageSource(sources.size(), header, limit, clean || listed.contains(number)));
            }
        });
    }

    private boolean isClosedCleanly() {
        try {
            return StoreHome.readCleanMark(directory, store) != null;
        } catch (IOException | KVException e) {
            // Then what is in doubt is left out.
            return false;
        }
    }

    private @Nullable SegmentHeader header(int number) {
        String name = FileNames.segment(number);
        String defect;
        try (StoreFile file = directory.open(name)) {
            byte[] block = new byte[SegmentHeader.SIZE];
            int length = file.read(0, block, 0, block.length);
            defect = SegmentHeader.defect(name, block, length, number, store.storeId());
            if (defect.isEmpty()) {
                return SegmentHeader.decode(block);
            }
        } catch (IOException | KVException e) {
            lose(name, "lost: " + e.getMessage());
            return null;
        }
        SegmentHeader hinted = hintedHeader(number);
        if (hinted != null) {
            lose(name, defect + ": takes the header from the hint file, nothing is lost by that");
            return hinted;
        }
        lose(name, defect + ", and no hint file tells what its records' checksums go by: all of it is lost");
        return null;
    }

    private @Nullable SegmentHeader hintedHeader(int number) {
        try {
            return HintFile.headerOf(directory, store, number);
        } catch (IOException e) {
            return null;
        }
    }
}
