package io.kvstore.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--peers none",
                "--workloads none",
                "--keys 1",
                "--rounds 0",
                "--seconds 0",
                "--value-bytes 23",
                "--growth 1",
                "--growth 1000 --keys 1000",
                "--unknown"
            })
    void wrongArgumentsAreToldBeforeAnythingIsMeasured(String arguments) {
        assertThat(Bench.run(arguments.split(" "))).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--compare absent.json", "--from absent.json"})
    void fileThatIsNotThereFailsTheRun(String arguments) {
        assertThat(Bench.run(arguments.split(" "))).isEqualTo(1);
    }
}
