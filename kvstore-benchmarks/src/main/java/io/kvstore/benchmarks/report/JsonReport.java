package io.kvstore.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results as a file of JSON, which a later run can be compared with. */
public final class JsonReport {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonReport() {}

    /**
     * Writes a result.
     *
     * @param result to be written
     * @param file replaced if it is there
     * @throws IOException if it cannot be written
     */
    public static void write(RunResult result, Path file) throws IOException {
        Files.writeString(file, MAPPER.writeValueAsString(result) + "\n");
    }

    /**
     * Reads a result.
     *
     * @param file written by {@link #write}
     * @return the result
     * @throws IOException if it cannot be read, or is no result of this format; the message says which
     */
    public static RunResult read(Path file) throws IOException {
        RunResult result;
        try {
            result = MAPPER.readValue(Files.readString(file), RunResult.class);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file + "; name a results.json of an earlier run", e);
        } catch (JacksonException e) {
            throw new IOException(file + " is no result of a benchmark: " + e.getOriginalMessage(), e);
        }
        if (result.format() != RunResult.FORMAT || result.series() == null || result.peers() == null) {
            throw new IOException(file + " has format " + result.format() + ", and this version reads format "
                    + RunResult.FORMAT + "; measure again");
        }
        return result;
    }
}
