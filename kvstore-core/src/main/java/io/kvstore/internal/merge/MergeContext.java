package io.kvstore.internal.merge;

import io.kvstore.internal.index.BucketCatalog;
import io.kvstore.internal.index.KeyHash;
import io.kvstore.internal.log.ExpiryClock;
import io.kvstore.internal.log.Log;
import io.kvstore.internal.log.ManifestFile;
import io.kvstore.internal.log.ReaderPins;
import io.kvstore.internal.log.SegmentFiles;
import java.util.concurrent.locks.Lock;

/**
 * The parts of the store that a merge works on.
 *
 * @param log whose segments are merged
 * @param files of the segments
 * @param manifest which of them count
 * @param catalog the buckets and their indexes
 * @param hash of keys
 * @param pins of the readers
 * @param clock by which records expire
 * @param drops held while a bucket is dropped and its records are counted as garbage; taken before the log's lock
 */
public record MergeContext(
        Log log,
        SegmentFiles files,
        ManifestFile manifest,
        BucketCatalog catalog,
        KeyHash hash,
        ReaderPins pins,
        ExpiryClock clock,
        Lock drops) {}
