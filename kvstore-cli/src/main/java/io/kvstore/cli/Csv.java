package io.kvstore.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.csv.CsvFactory;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/**
 * Entries as records of comma- or tab-separated columns, quoted as in RFC 4180. The first record names the columns:
 * {@code bucket}, {@code key}, {@code value} in any order; {@code keyHex} and the like tell the format of the bytes.
 */
final class Csv {
    private static final CsvMapper MAPPER = CsvMapper.builder(CsvFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
            .build();

    private Csv() {}

    /**
     * Reads records.
     *
     * @param separator of columns
     * @param columns their names; null to take them from the first record
     */
    static EntryParser parser(char separator, @Nullable List<String> columns) {
        return new Parser(separator, columns);
    }

    /** Writes records, a heading first; text where no other format is asked for. */
    static EntryWriter writer(Console console, char separator, boolean buckets, BytesFormat keys, BytesFormat values) {
        ObjectWriter writer = MAPPER.writer(schema(separator));
        List<String> heading = new ArrayList<>();
        if (buckets) {
            heading.add("bucket");
        }
        heading.add(keys.field("key"));
        heading.add(values.field("value"));
        console.out().print(writer.writeValueAsString(heading));
        return (bucket, key, value) -> {
            List<String> row = new ArrayList<>(3);
            if (buckets) {
                row.add(bucket);
            }
            row.add(keys.format(key));
            row.add(values.format(value));
            console.out().print(writer.writeValueAsString(row));
        };
    }

    private static CsvSchema schema(char separator) {
        return CsvSchema.emptySchema().withColumnSeparator(separator).withLineSeparator("\n");
    }

    private static final class Parser implements EntryParser {
        private final ObjectReader reader;
        private int bucketColumn = -1;
        private int keyColumn = -1;
        private int valueColumn = -1;
        private int columns;
        private BytesFormat keys = BytesFormat.TEXT;
        private BytesFormat values = BytesFormat.TEXT;

        Parser(char separator, @Nullable List<String> names) {
            reader = MAPPER.readerFor(String[].class).with(schema(separator));
            if (names != null) {
                take(names);
            }
        }

        @Override
        public @Nullable Entry parse(String record) throws BadRecordException {
            String[] row = split(record);
            if (columns == 0) {
                take(Arrays.asList(row));
                return null;
            }
            if (row.length != columns) {
                throw new BadRecordException(Human.count(row.length, "column", "columns") + " instead of " + columns);
            }
            return new Entry(
                    bucketColumn < 0 ? "" : row[bucketColumn],
                    bytes("key", keys, row[keyColumn]),
                    bytes("value", values, row[valueColumn]));
        }

        private String[] split(String record) throws BadRecordException {
            try {
                return reader.readValue(record);
            } catch (JacksonException e) {
                throw new BadRecordException("wrong quotes or ends of lines: " + CborJson.told(e));
            }
        }

        private static byte[] bytes(String column, BytesFormat format, String text) throws BadRecordException {
            try {
                return format.parse(text);
            } catch (BadRecordException e) {
                throw new BadRecordException(column + ": " + e.getMessage());
            }
        }

        private void take(List<String> names) {
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i).strip();
                BytesFormat ofKey = JsonLines.format("key", name);
                BytesFormat ofValue = JsonLines.format("value", name);
                if (name.equals("bucket") && bucketColumn < 0) {
                    bucketColumn = i;
                } else if (ofKey != null && keyColumn < 0) {
                    keyColumn = i;
                    keys = ofKey;
                } else if (ofValue != null && valueColumn < 0) {
                    valueColumn = i;
                    values = ofValue;
                } else {
                    throw unusable(names);
                }
            }
            if (keyColumn < 0 || valueColumn < 0) {
                throw unusable(names);
            }
            columns = names.size();
        }

        private static CliException unusable(List<String> names) {
            return new CliException(
                    ExitCode.INPUT_OUTPUT,
                    "the columns are named " + String.join(", ", names)
                            + ": they must be key, value and perhaps bucket, each once (also keyHex, keyBase64, keyJson, and so for value);"
                            + " where the file has no such first line, give --columns key,value");
        }
    }
}
