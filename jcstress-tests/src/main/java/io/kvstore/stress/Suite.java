package io.kvstore.stress;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs all harnesses, or those that {@code -t} names, and says in one line at the end how many passed and failed. What
 * jcstress prints goes to a log beside its report; of it only what failed is shown.
 *
 * <pre>
 *   java -cp jcstress.jar io.kvstore.stress.Suite DIRECTORY [MINUTES] [jcstress options]
 * </pre>
 */
public final class Suite {
    /**
     * States that cost a thousand times what others do, each a store of its own or some merges, must not be made by the
     * thousand.
     */
    private static final String COSTLY = "\\.Store(Close|Expiry)";

    private Suite() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Path directory = Path.of(args[0]).toAbsolutePath();
        List<String> options = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
        if (!options.isEmpty() && options.get(0).matches("[0-9]+")) {
            options.addAll(0, Pace.forMinutes(Integer.parseInt(options.remove(0))));
        } else if (options.stream().noneMatch(option -> option.matches("-(m|f|iters|time)"))) {
            options.addAll(0, Pace.SHORT);
        }
        String wanted = take(options, "-t", "");

        Run races = new Run(directory.resolve("races"), options, "^(?!.*" + COSTLY + ").*(?:" + wanted + ")");
        List<String> few = new ArrayList<>(options);
        take(few, "-strideSize", "");
        take(few, "-strideCount", "");
        few.addAll(List.of("-strideSize", "1", "-strideCount", "1"));
        Run closing = new Run(directory.resolve("closing"), few, "^(?=.*" + COSTLY + ").*(?:" + wanted + ")");

        Verdict verdict = new Verdict(0, List.of());
        for (Run run : List.of(races, closing)) {
            // To find out what the machine can do takes jcstress longer than a harness.
            if (run.hasHarness()) {
                verdict = verdict.plus(run.start());
            }
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        System.out.println("Concurrency harnesses: " + verdict + " in " + seconds + " s; reports: " + directory);
        System.exit(verdict.isGood() ? 0 : 1);
    }

    /** Takes an option and its value out; gives the value, or what stands for it. */
    private static String take(List<String> options, String name, String otherwise) {
        int i = options.indexOf(name);
        if (i < 0 || i + 1 == options.size()) {
            return otherwise;
        }
        options.remove(i);
        return options.remove(i);
    }
}
