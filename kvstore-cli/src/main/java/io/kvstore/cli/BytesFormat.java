package io.kvstore.cli;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;

/** How bytes are written as text. Exact both ways, but for {@link #JSON}; see {@link CborJson}. */
enum BytesFormat {
    /** UTF-8; other bytes are refused. */
    TEXT(""),
    /** Two digits a byte. */
    HEX("Hex"),
    /** With padding, as in RFC 4648, section 4. */
    BASE64("Base64"),
    /** JSON for what is CBOR in the store. */
    JSON("Json");

    private final String suffix;

    BytesFormat(String suffix) {
        this.suffix = suffix;
    }

    /** The name of a field or a column in this format: {@code key}, {@code keyHex}, {@code keyBase64}. */
    String field(String of) {
        return of + suffix;
    }

    @SuppressWarnings("StatementSwitchToExpressionSwitch") // each case has its own error
    byte[] parse(String text) throws BadRecordException {
        switch (this) {
            case TEXT:
                return encodeUtf8(text);
            case HEX:
                try {
                    return HexFormat.of().parseHex(text);
                } catch (IllegalArgumentException e) {
                    throw new BadRecordException(
                            "not hexadecimal (two digits for each byte, nothing between): " + cut(text));
                }
            case BASE64:
                try {
                    return Base64.getDecoder().decode(text);
                } catch (IllegalArgumentException e) {
                    throw new BadRecordException("not base64: " + cut(text));
                }
            default:
                return CborJson.toCbor(CborJson.parse(text));
        }
    }

    String format(byte[] bytes) throws BadRecordException {
        return switch (this) {
            case TEXT -> decodeUtf8(bytes);
            case HEX -> HexFormat.of().formatHex(bytes);
            case BASE64 -> Base64.getEncoder().encodeToString(bytes);
            case JSON -> CborJson.toJson(bytes).toString();
        };
    }

    /** For people: text if it is text on one line, else hexadecimal digits after {@code 0x}. */
    static String shown(byte[] bytes) {
        try {
            String text = decodeUtf8(bytes);
            if (Printable.of(text).equals(text)) {
                return text;
            }
        } catch (BadRecordException e) {
            // Not text: shown as below.
        }
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    static String decodeUtf8(byte[] bytes) throws BadRecordException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadRecordException("not text in UTF-8");
        }
    }

    private static byte[] encodeUtf8(String text) throws BadRecordException {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            return array;
        } catch (CharacterCodingException e) {
            throw new BadRecordException("half of a surrogate pair, which is no text");
        }
    }

    private static String cut(String text) {
        return text.length() <= 40 ? "'" + text + "'" : "'" + text.substring(0, 40) + "...'";
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    static String names() {
        return Arrays.stream(values()).map(BytesFormat::toString).collect(Collectors.joining(", "));
    }
}
