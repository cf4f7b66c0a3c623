package io.kvstore.demo;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many results a command prints, and so how many it holds in memory. */
final class LimitOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    private int limit;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many to print at most. Default: ${DEFAULT-VALUE}.")
    void setLimit(int limit) {
        if (limit < 1) {
            throw new ParameterException(command.commandLine(), "--limit is " + limit + ": must be 1 or more");
        }
        this.limit = limit;
    }

    int limit() {
        return limit;
    }

    /** What to say behind a number of results, if that is more than were printed. */
    String note(long results) {
        return results <= limit ? "" : " (" + Human.count(limit) + " printed; --limit N prints more)";
    }
}
