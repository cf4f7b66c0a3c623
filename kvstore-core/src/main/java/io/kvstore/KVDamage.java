package io.kvstore;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A place in a file of a store that does not hold what was written there.
 *
 * @param file which file
 * @param offset of the place in bytes
 * @param what is wrong there
 * @param key of the record that was there, as far as that can be told; null if it cannot
 */
@SuppressWarnings("ArrayRecordComponent") // for reports, never compared
public record KVDamage(Path file, long offset, String what, byte @Nullable [] key) {
    private static final int SHOWN = 64;

    /** File, offset, and what is wrong, in a line. */
    @Override
    public String toString() {
        return file + ", offset " + offset + ": " + what + (key == null ? "" : ", key " + shown(key));
    }

    private static String shown(byte[] key) {
        byte[] start = key.length <= SHOWN ? key : java.util.Arrays.copyOf(key, SHOWN);
        String rest = key.length <= SHOWN ? "" : "... (" + key.length + " bytes)";
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(start))
                    .toString();
            if (text.chars().noneMatch(Character::isISOControl)) {
                return "\"" + text + "\"" + rest;
            }
        } catch (CharacterCodingException e) {
            // Not text, or cut in the middle of a letter: shown in hexadecimal digits below.
        }
        return "0x" + HexFormat.of().formatHex(start) + rest;
    }
}
