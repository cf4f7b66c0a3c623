package io.kvstore.internal.format;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bucket names as bytes: UTF-8, strictly, so that two names are equal if their bytes are. */
public final class BucketNames {
    /** The longest name in bytes. */
    public static final int MAX_LENGTH = 255;

    private BucketNames() {}

    /**
     * The bytes of a name.
     *
     * @param name any text
     * @return 1 to 255 bytes, or null if the name does not make such
     */
    public static byte @Nullable [] encode(String name) {
        if (name.length() > MAX_LENGTH) {
            return null;
        }
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            int length = bytes.remaining();
            if (length < 1 || length > MAX_LENGTH) {
                return null;
            }
            byte[] encoded = new byte[length];
            bytes.get(encoded);
            return encoded;
        } catch (CharacterCodingException e) {
            // Half of a surrogate pair: no bytes stand for it.
            return null;
        }
    }

    /**
     * The bytes of a name that was checked before.
     *
     * @param name that {@link #encode} takes
     * @return 1 to 255 bytes
     */
    public static byte[] encodeChecked(String name) {
        return Objects.requireNonNull(encode(name), "a name that was checked");
    }

    /**
     * The name that bytes stand for.
     *
     * @param bytes where they are
     * @param offset of the first
     * @param length how many
     * @return the name, or null if they are not 1 to 255 bytes of UTF-8
     */
    public static @Nullable String decode(byte[] bytes, int offset, int length) {
        if (length < 1 || length > MAX_LENGTH) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            // Not what any version writes: the caller says where it stands.
            return null;
        }
    }
}
