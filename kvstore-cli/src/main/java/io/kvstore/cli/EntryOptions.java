package io.kvstore.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which bucket, and how keys and values are written. */
final class EntryOptions {
    @Option(
            names = {"-b", "--bucket"},
            paramLabel = "NAME",
            description = "The bucket. Without it the default bucket, which has no name.")
    @Nullable
    String bucket;

    @Option(
            names = {"-k", "--keys"},
            paramLabel = "FORMAT",
            description = "How keys are written: text, hex, base64, or json for keys that are CBOR.")
    @Nullable
    BytesFormat keys;

    @Option(
            names = {"-v", "--values"},
            paramLabel = "FORMAT",
            description = {
                "How values are written: text, hex, base64, or json for values that are CBOR,",
                "as those of typed collections of records are."
            })
    @Nullable
    BytesFormat values;

    String bucketName() {
        return bucket == null ? "" : bucket;
    }

    BytesFormat keysOrText() {
        return keys == null ? BytesFormat.TEXT : keys;
    }

    BytesFormat valuesOrText() {
        return values == null ? BytesFormat.TEXT : values;
    }
}
