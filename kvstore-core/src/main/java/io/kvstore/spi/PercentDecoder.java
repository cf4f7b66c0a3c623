package io.kvstore.spi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Percent encoding (RFC 3986, section 2.1) of UTF-8, read strictly. */
final class PercentDecoder {
    private static final int ENCODED_LENGTH = 3;

    private PercentDecoder() {}

    /**
     * Decodes text; what is not encoded stays as it is.
     *
     * @throws IllegalArgumentException if an encoding is cut off, has other digits than hexadecimal ones, or is not
     *     UTF-8
     */
    static String decode(String text) {
        StringBuilder decoded = new StringBuilder(text.length());
        int position = 0;
        while (position < text.length()) {
            if (text.charAt(position) == '%') {
                int end = position;
                while (end < text.length() && text.charAt(end) == '%') {
                    end += ENCODED_LENGTH;
                }
                decoded.append(decodeRun(text, position, Math.min(end, text.length())));
                position = end;
            } else {
                decoded.append(text.charAt(position++));
            }
        }
        return decoded.toString();
    }

    /** Encodings behind each other, which may be the bytes of one character. */
    private static CharSequence decodeRun(String text, int start, int end) {
        String run = text.substring(start, end);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < run.length(); i += ENCODED_LENGTH) {
            String encoded = run.substring(i, Math.min(run.length(), i + ENCODED_LENGTH));
            bytes.write(encoded.length() < ENCODED_LENGTH ? bad(encoded) : digit(encoded, 1) * 16 + digit(encoded, 2));
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes.toByteArray()));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the percent encoding \"" + run + "\" is not UTF-8", e);
        }
    }

    private static int digit(String encoded, int index) {
        char c = encoded.charAt(index);
        int value = c < 128 ? Character.digit(c, 16) : -1;
        return value < 0 ? bad(encoded) : value;
    }

    private static int bad(String encoded) {
        throw new IllegalArgumentException("bad percent encoding \"" + encoded + "\"");
    }
}
