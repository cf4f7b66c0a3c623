package io.kvstore.testing;

import java.nio.charset.StandardCharsets;

/** Text as bytes and back, for keys and values in tests. */
public final class Bytes {
    private Bytes() {}

    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] of(long number) {
        return of(Long.toString(number));
    }

    public static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
