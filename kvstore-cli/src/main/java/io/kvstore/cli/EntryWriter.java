package io.kvstore.cli;

/** Writes entries as records of a file. Belongs to one file. */
interface EntryWriter {
    /**
     * Writes an entry.
     *
     * @param bucket name of its bucket; empty for the default one
     * @param key its key
     * @param value its value
     * @throws BadRecordException if key or value have no such form; nothing was written
     */
    void write(String bucket, byte[] key, byte[] value) throws BadRecordException;
}
