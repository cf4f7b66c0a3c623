package io.kvstore.cli;

import io.kvstore.KVBucket;
import io.kvstore.KVOptions;
import io.kvstore.KVStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What all commands on a store share. A command runs once. */
abstract class StoreCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the store.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Path directory;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    boolean json;

    Console console() {
        return ((KVStoreCommand) spec.root().userObject()).console();
    }

    /** Opens the store in a way that changes nothing in it. */
    KVStore openToRead() {
        return openToRead(directory);
    }

    static KVStore openToRead(Path store) {
        return KVStore.open(store, KVOptions.builder().readOnly(true).build());
    }

    /** Opens the store for writing; only what {@code options} say beyond that. */
    KVStore openToWrite(boolean create) {
        return KVStore.open(
                directory, KVOptions.builder().createIfMissing(create).build());
    }

    /** A bucket that exists. */
    static KVBucket existing(KVStore store, String name) {
        if (!name.isEmpty() && !store.bucketNames().contains(name)) {
            throw new CliException(
                    ExitCode.INCOMPLETE,
                    "there is no bucket '" + name + "'; \"kvstore info\" lists those that there are");
        }
        return bucket(store, name);
    }

    /** A bucket, whether it exists or not; the default one by the empty name. */
    static KVBucket bucket(KVStore store, String name) {
        return name.isEmpty() ? store : store.bucket(name);
    }

    /** A file to read from, which is no directory: reading one would fail later, and without its name. */
    static InputStream read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory; give a file");
        }
        return Files.newInputStream(file);
    }

    /** Says what is wrong with the place of a file that is to be written. */
    static void requirePlace(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory; give a file");
        }
        if (parent != null && !Files.isDirectory(parent)) {
            throw new FileSystemException(file.toString(), null, "there is no directory " + parent);
        }
    }

    ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** A key or value of the command line. */
    byte[] argument(String label, BytesFormat format, String text) {
        try {
            return format.parse(text);
        } catch (BadRecordException e) {
            throw wrongUsage(label + ": " + e.getMessage());
        }
    }
}
