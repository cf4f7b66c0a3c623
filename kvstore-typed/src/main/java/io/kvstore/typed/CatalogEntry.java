package io.kvstore.typed;

import io.kvstore.KVErrorCode;
import io.kvstore.KVException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What the catalog says of a collection.
 *
 * <pre>
 *   1  version of this layout
 *   8  id
 *   8  generation
 *      kind, key serializer id, value serializer id, key type, value type: each 2 bytes of length, UTF-8
 * </pre>
 *
 * @param id of the collection; never used again after it was dropped; 0 if it does not exist and cannot be made
 * @param generation raised by a clear of a collection that has several buckets
 * @param shape what it is made of
 */
record CatalogEntry(long id, long generation, Shape shape) {
    private static final int VERSION = 1;
    private static final int ID_OFFSET = 1;
    private static final int GENERATION_OFFSET = ID_OFFSET + Long.BYTES;
    private static final int SHAPE_OFFSET = GENERATION_OFFSET + Long.BYTES;

    /** Text of the layout may not be longer. */
    static final int MAX_TEXT_BYTES = 65_535;

    /** The id in the bytes of an entry. */
    static long id(byte[] bytes) {
        return Numbers.read(bytes, ID_OFFSET);
    }

    /** The generation in the bytes of an entry. */
    static long generation(byte[] bytes) {
        return Numbers.read(bytes, GENERATION_OFFSET);
    }

    CatalogEntry withGeneration(long other) {
        return new CatalogEntry(id, other, shape);
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(id);
            out.writeLong(generation);
            out.writeUTF(shape.kind().label());
            out.writeUTF(shape.keyId());
            out.writeUTF(shape.valueId());
            out.writeUTF(shape.keyType());
            out.writeUTF(shape.valueType());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the id of a serializer, or the name of a type, is longer than " + MAX_TEXT_BYTES + " bytes", e);
        }
        return bytes.toByteArray();
    }

    static CatalogEntry decode(String name, byte[] bytes) {
        if (bytes.length < SHAPE_OFFSET || bytes[0] != VERSION) {
            throw new KVException(
                    KVErrorCode.UNSUPPORTED_FORMAT,
                    "collection \"" + name + "\": its entry in bucket " + Catalog.BUCKET
                            + " is of another version of the format; use the version of kvstore that wrote it");
        }
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(bytes, SHAPE_OFFSET, bytes.length - SHAPE_OFFSET))) {
            CollectionKind kind = kind(in.readUTF());
            return new CatalogEntry(
                    id(bytes),
                    generation(bytes),
                    new Shape(kind, in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF()));
        } catch (IOException | IllegalArgumentException e) {
            throw new KVException(
                    KVErrorCode.UNSUPPORTED_FORMAT,
                    "collection \"" + name + "\": its entry in bucket " + Catalog.BUCKET
                            + " cannot be read; a newer version of kvstore wrote it, or a program wrote to the bucket",
                    e);
        }
    }

    private static CollectionKind kind(String label) {
        for (CollectionKind kind : CollectionKind.values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("unknown kind \"" + label + "\"");
    }
}
