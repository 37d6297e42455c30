package io.arkvale.experiments.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.simulate.description.Descriptions;
import io.arkvale.experiments.simulate.description.Gpu;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class DescriptionsTest {
    @SuppressWarnings("unused") // the parameters of a test
    private static final List<String> GPUS = Descriptions.GPUS;

    @SuppressWarnings("unused")
    private static final List<String> MODELS = Descriptions.MODELS;

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @FieldSource("GPUS")
    void everyConstantOfAGpuHasItsSource(String name) {
        var gpu = Descriptions.gpu(name);
        assertThat(gpu.name()).isEqualTo(name);
        assertThat(gpu.sources()).containsOnlyKeys(numbersOf(Gpu.class));
        assertThat(gpu.sources().values()).noneMatch(String::isBlank);
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void everyModelHasItsSources(String name) {
        var model = Descriptions.model(name);
        assertThat(model.name()).isEqualTo(name);
        assertThat(model.sources()).containsOnlyKeys("shape", "parameters", "elementBytes");
    }

    @Test
    void modelsHaveThePublishedSizes() {
        assertThat(Descriptions.model("LongChat-7B").parameters()).isEqualTo(6_738_415_616L);
        assertThat(Descriptions.model("llama-3-8b").parameters()).isEqualTo(8_030_261_248L);
        // 512 KB a page of 32 tokens in a layer (section 5.1: 10 of them are 5 MB).
        assertThat(Descriptions.model("LongChat-7B").tokenBytes() * 32).isEqualTo(512 * 1024);
    }

    @Test
    void aFileOfOnesOwnNeedsNoSources() throws IOException {
        var file = shipped("gpu/H100.yaml").replaceAll("(?s)sources:.*", "").replace("name: H100", "name: mine");
        assertThat(Descriptions.gpu(write(file)).name()).isEqualTo("mine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory: 80                 # GiB | '' | lacks the field 'memory'",
                "launchCost: 13 | launchCost: -13 | : launchCost is -13; allowed: a number above 0",
                "launchCost: 13 | launchCost: fast | : launchCost is fast; allowed: a number above 0",
                "memoryFraction: 0.921 | memoryFraction: 1.5 | : memoryFraction is 1.5; allowed: above 0, at most 1",
                "name: H100 | name: 7 | : name is 7; allowed: a word",
                "compute: 989 | compte: 989 | has the unknown field 'compte'; fields: [name, memoryBandwidth,",
                "compute: 989 | name: again | is not valid YAML at line",
                "name: H100 | 'name: [' | is not valid YAML at line",
            })
    void aWrongGpuIsSaidInOneSentence(String from, String to, String sentence) throws IOException {
        var file = write(shipped("gpu/H100.yaml").replace(from, to));
        assertThatThrownBy(() -> Descriptions.gpu(file))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("GPU description " + file)
                .hasMessageContaining(sentence)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "layers: 32 | layers: 0 | : layers is 0; allowed: a whole number from 1",
                "layers: 32 | layers: 2.5 | : layers is 2.5; allowed: a whole number from 1",
                "layers: 32 | layers: 3000000000 | : layers is 3000000000; allowed: a whole number from 1 to 2147483647",
                "kvHeads: 8 | kvHeads: 5 | : queryHeads is 32; allowed: a multiple of kvHeads, which is 5",
                "parameters: 8030261248 | parameters: 7000000000 | : parameters is 7000000000; its shape gives 8029995008,",
            })
    void aWrongModelIsSaidInOneSentence(String from, String to, String sentence) throws IOException {
        var file = write(shipped("model/Llama-3-8B.yaml").replace(from, to));
        assertThatThrownBy(() -> Descriptions.model(file))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("model description " + file)
                .hasMessageContaining(sentence);
    }

    @Test
    void whatIsNoMapAndWhatIsNotThereIsSaid() throws IOException {
        var file = write("- a list");
        assertThatThrownBy(() -> Descriptions.gpu(file))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is not a map of fields; fields: [name,");
        var empty = write("");
        assertThatThrownBy(() -> Descriptions.gpu(empty))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is not a map of fields");
        assertThatThrownBy(() -> Descriptions.gpu("H1000"))
                .isInstanceOf(UserException.class)
                .hasMessage("there is no GPU 'H1000'; give a YAML file, or one of A100-80G-PCIe, H100, RTX-4090");
    }

    private static String[] numbersOf(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents())
                .filter(component -> component.getType() == double.class)
                .map(component -> component.getName())
                .toArray(String[]::new);
    }

    private String write(String content) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "description", ".yaml"), content)
                .toString();
    }

    private static String shipped(String name) throws IOException {
        try (var stream = Objects.requireNonNull(Descriptions.class.getResourceAsStream(name))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
