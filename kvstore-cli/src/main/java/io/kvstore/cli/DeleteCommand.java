package io.kvstore.cli;

import io.kvstore.KVStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kvstore delete}. */
@Command(name = "delete", description = "Deletes a key. Exit code 1 if the key is not there.")
final class DeleteCommand extends StoreCommand {
    @Mixin
    EntryOptions options = new EntryOptions();

    @Parameters(index = "1", paramLabel = "KEY", description = "The key, written as --keys says.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    String key;

    @Override
    public Integer call() {
        byte[] unwanted = argument("KEY", options.keysOrText(), key);
        boolean deleted;
        try (KVStore store = openToWrite(false)) {
            deleted = existing(store, options.bucketName()).delete(unwanted);
        }
        if (json) {
            console().json(CborJson.JSON.createObjectNode().put("deleted", deleted));
        } else if (!deleted) {
            throw new CliException(ExitCode.INCOMPLETE, "there is no key " + BytesFormat.shown(unwanted));
        }
        return deleted ? ExitCode.FINE : ExitCode.INCOMPLETE;
    }
}
