package io.kvstore.cli;

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

    private CborJson() {}

    static JsonNode toJson(byte[] cbor) throws BadRecordException {
        try {
            JsonNode node = CBOR.readTree(cbor);
            if (node.isMissingNode()) {
                throw new BadRecordException("not CBOR: it is empty");
            }
            return node;
        } catch (JacksonException e) {
            throw new BadRecordException("not CBOR: " + e.getOriginalMessage());
        }
    }

    static byte[] toCbor(JsonNode json) throws BadRecordException {
        try {
            return CBOR.writeValueAsBytes(json);
        } catch (JacksonException e) {
            throw new BadRecordException("cannot be CBOR: " + e.getOriginalMessage());
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
            throw new BadRecordException("not JSON: " + e.getOriginalMessage());
        }
    }
}
