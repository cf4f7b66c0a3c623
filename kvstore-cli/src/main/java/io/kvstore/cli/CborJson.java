package io.kvstore.cli;

import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * CBOR, as the typed layer writes values, as JSON and back. JSON knows less: byte strings become text in base64, tags
 * go, and numbers with a fraction come back as doubles. Thread-safe.
 */
final class CborJson {
    /** A value may be larger than what Jackson takes for a text by default, 20 MB. */
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxStringLength(Integer.MAX_VALUE)
            .maxNumberLength(100_000)
            .build();

    static final JsonMapper JSON = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private static final CBORMapper CBOR = CBORMapper.builder(
                    CBORFactory.builder().streamReadConstraints(LIMITS).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Names of classes and settings in messages of Jackson, which say nothing to a reader of them. */
    private static final Pattern SETTING = Pattern.compile(" for `\\w+`: not allowed when .*$", Pattern.DOTALL);

    private CborJson() {}

    /** The message without what is for programmers. */
    static String told(JacksonException e) {
        String message = String.valueOf(e.getOriginalMessage());
        return message.startsWith("Trailing token")
                ? "there is more behind its end"
                : SETTING.matcher(message).replaceFirst("");
    }

    static JsonNode toJson(byte[] cbor) throws BadRecordException {
        try {
            JsonNode node = CBOR.readTree(cbor);
            if (node.isMissingNode()) {
                throw new BadRecordException("not CBOR: it is empty");
            }
            return node;
        } catch (JacksonException e) {
            throw new BadRecordException("not CBOR: " + told(e));
        }
    }

    static byte[] toCbor(JsonNode json) throws BadRecordException {
        try {
            return CBOR.writeValueAsBytes(json);
        } catch (JacksonException e) {
            throw new BadRecordException("cannot be CBOR: " + told(e));
        }
    }

    static JsonNode parse(String json) throws BadRecordException {
        try {
            JsonNode node = JSON.readTree(json);
            if (node.isMissingNode()) {
                throw new BadRecordException("not JSON: it is empty");
            }
            return node;
        } catch (JacksonException e) {
            throw new BadRecordException("not JSON: " + told(e));
        }
    }
}
