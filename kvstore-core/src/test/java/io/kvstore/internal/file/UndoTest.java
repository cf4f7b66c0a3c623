package io.kvstore.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {
    private final List<String> undone = new ArrayList<>();

    @Test
    void stepThatFailsIsUndone() {
        assertThatThrownBy(() -> step(true, () -> undone.add("file"))).hasMessage("step failed");
        assertThat(undone).containsExactly("file");
    }

    @Test
    void stepThatIsKeptIsNotUndone() throws IOException {
        step(false, () -> undone.add("file"));
        assertThat(undone).isEmpty();
    }

    @Test
    void errorOfUndoingDoesNotHideThatOfTheStep() {
        IOException second = new IOException("no such file");
        assertThatThrownBy(() -> step(true, () -> {
                    throw second;
                }))
                .hasMessage("step failed")
                .hasSuppressedException(second);
    }

    private static void step(boolean fails, Undo.Action action) throws IOException {
        try (Undo undo = new Undo(action)) {
            if (fails) {
                throw new IOException("step failed");
            }
            undo.keep();
        }
    }
}
