package io.kvstore.typed.serializer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Text as UTF-8. The bytes sort by code point, which {@link String#compareTo} does too but for characters beyond
 * U+FFFF: those it puts before U+E000. Text with half a surrogate pair has no UTF-8 form and is refused.
 *
 * <p>Stateless.
 */
final class StringSerializer implements Serializer<String> {
    private static final char REPLACEMENT = '\uFFFD';

    @Override
    public byte[] serialize(String value) {
        byte[] bytes = Objects.requireNonNull(value, "value").getBytes(StandardCharsets.UTF_8);
        // The encoder of the JDK writes a question mark for half a pair: without one, all is well.
        if (holdsQuestionMark(bytes)) {
            refuseHalfPairs(value);
        }
        return bytes;
    }

    @Override
    public String deserialize(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        // The decoder puts U+FFFD for what is not UTF-8. If it was there before, writing it gives the same bytes.
        if (text.indexOf(REPLACEMENT) >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw KVSerializationException.unreadable(id(), "not UTF-8");
        }
        return text;
    }

    @Override
    public String id() {
        return "string";
    }

    private static boolean holdsQuestionMark(byte[] bytes) {
        for (byte b : bytes) {
            if (b == '?') {
                return true;
            }
        }
        return false;
    }

    private static void refuseHalfPairs(String text) {
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new KVSerializationException(String.format(
                        "cannot write text as UTF-8: half a surrogate pair, U+%04X, at index %d of %d; mend the text,"
                                + " or store it as bytes",
                        codePoint, i, text.length()));
            }
        }
    }
}
