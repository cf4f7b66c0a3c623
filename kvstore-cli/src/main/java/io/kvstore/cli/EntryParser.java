package io.kvstore.cli;

import org.jspecify.annotations.Nullable;

/** Turns the records of a file into entries. Belongs to one file. */
interface EntryParser {
    /**
     * Parses a record.
     *
     * @param record a line of text, or several of them within quotes
     * @return the entry; null if the record is a heading
     * @throws BadRecordException if it is no entry
     * @throws CliException if it is a heading that cannot be used
     */
    @Nullable
    Entry parse(String record) throws BadRecordException;
}
