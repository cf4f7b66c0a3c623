package io.kvstore.cli;

import io.kvstore.KVStore;
import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code kvstore get}. */
@Command(
        name = "get",
        description = {
            "Prints the value of a key. Changes nothing.",
            "Exit code 1 if the key is not there. Without --values, a value that is not one line of "
                    + "text is printed as 0x and hexadecimal digits."
        })
final class GetCommand extends StoreCommand {
    @Mixin
    EntryOptions options = new EntryOptions();

    @Parameters(index = "1", paramLabel = "KEY", description = "The key, written as --keys says.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    String key;

    @Option(names = "--raw", description = "Print the bytes of the value as they are, with no line break behind them.")
    boolean raw;

    @Override
    public Integer call() throws IOException {
        byte[] wanted = argument("KEY", options.keysOrText(), key);
        try (KVStore store = openToRead()) {
            byte[] value = existing(store, options.bucketName()).get(wanted);
            if (value == null) {
                throw new CliException(ExitCode.INCOMPLETE, "there is no key " + BytesFormat.shown(wanted));
            }
            print(wanted, value);
        }
        return ExitCode.FINE;
    }

    private void print(byte[] wanted, byte[] value) throws IOException {
        try {
            if (raw) {
                OutputStream out = console().bytes();
                out.write(value);
                out.flush();
            } else if (json) {
                ObjectNode node = CborJson.JSON.createObjectNode();
                JsonLines.put(node, "key", options.keys, wanted);
                JsonLines.put(node, "value", options.values, value);
                console().json(node);
            } else {
                console().line(options.values == null ? BytesFormat.shown(value) : options.values.format(value));
            }
        } catch (BadRecordException e) {
            throw new CliException(ExitCode.STORE, "the value is " + e.getMessage() + "; try --values hex or --raw");
        }
    }
}
