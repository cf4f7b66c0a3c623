package io.kvstore.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Entries as JSON Lines: {@code {"bucket":"b","key":"k","value":"v"}}. The name of a field tells the format of its
 * bytes: {@code key}, {@code keyHex}, {@code keyBase64}, {@code keyJson}; so for {@code value}.
 */
final class JsonLines {
    private JsonLines() {}

    /** Reads lines; takes each format of bytes as it comes. */
    static EntryParser parser() {
        return record -> {
            if (!(CborJson.parse(record) instanceof ObjectNode object)) {
                throw new BadRecordException("not a JSON object such as {\"key\":\"k\",\"value\":\"v\"}");
            }
            byte[] key = null;
            byte[] value = null;
            String bucket = "";
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                String name = field.getKey();
                BytesFormat ofKey = format("key", name);
                BytesFormat ofValue = format("value", name);
                if (name.equals("bucket")) {
                    bucket = text(name, field.getValue());
                } else if (ofKey != null) {
                    key = once("key", key, bytes(ofKey, name, field.getValue()));
                } else if (ofValue != null) {
                    value = once("value", value, bytes(ofValue, name, field.getValue()));
                } else {
                    throw new BadRecordException("unknown field '" + name
                            + "'; known are bucket, key and value, the last two also as keyHex, keyBase64, keyJson");
                }
            }
            if (key == null || value == null) {
                throw new BadRecordException("without a " + (key == null ? "key" : "value"));
            }
            return new Entry(bucket, key, value);
        };
    }

    /** Writes lines; without a format, text where it is UTF-8 and base64 where it is not. */
    static EntryWriter writer(Console console, @Nullable BytesFormat keys, @Nullable BytesFormat values) {
        return (bucket, key, value) -> {
            ObjectNode object = CborJson.JSON.createObjectNode();
            if (!bucket.isEmpty()) {
                object.put("bucket", bucket);
            }
            put(object, "key", keys, key);
            put(object, "value", values, value);
            console.json(object);
        };
    }

    static void put(ObjectNode object, String name, @Nullable BytesFormat format, byte[] bytes)
            throws BadRecordException {
        if (format == BytesFormat.JSON) {
            object.set(format.field(name), CborJson.toJson(bytes));
        } else if (format != null) {
            object.put(format.field(name), format.format(bytes));
        } else {
            try {
                object.put(name, BytesFormat.decodeUtf8(bytes));
            } catch (BadRecordException e) {
                object.put(BytesFormat.BASE64.field(name), BytesFormat.BASE64.format(bytes));
            }
        }
    }

    /** The format that the name of a field or column tells, or null if it is no name of that kind. */
    static @Nullable BytesFormat format(String of, String name) {
        for (BytesFormat format : BytesFormat.values()) {
            if (format.field(of).equals(name)) {
                return format;
            }
        }
        return null;
    }

    private static byte[] bytes(BytesFormat format, String name, JsonNode node) throws BadRecordException {
        try {
            return format == BytesFormat.JSON ? CborJson.toCbor(node) : format.parse(text(name, node));
        } catch (BadRecordException e) {
            throw new BadRecordException(name + ": " + e.getMessage());
        }
    }

    private static String text(String name, JsonNode node) throws BadRecordException {
        if (!node.isString()) {
            throw new BadRecordException("'" + name + "' is no text in quotes");
        }
        return node.stringValue();
    }

    private static byte[] once(String name, byte @Nullable [] before, byte[] now) throws BadRecordException {
        if (before != null) {
            throw new BadRecordException("with two " + name + "s");
        }
        return now;
    }
}
