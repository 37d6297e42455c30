package io.arkvale.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.llama.TinyCases.TinyCase;
import io.arkvale.llama.attention.KeyValueStore;
import io.arkvale.llama.files.ModelFiles;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.files.SafeTensors;
import io.arkvale.llama.files.SafeTensorsWriter;
import io.arkvale.llama.files.TensorType;
import io.arkvale.llama.weights.WeightStorage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same weights kept in different ways, and weights that are no numbers. */
class WeightStorageTest {

    private final WorkerPool pool = new WorkerPool(2, "storage");

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        pool.close();
    }

    private static TinyCase tiny(String name) {
        return TinyCases.all()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Path written(String name) throws IOException {
        var target = Files.createDirectories(directory.resolve(name));
        tiny(name).write(target);
        return target;
    }

    /** Copies a model, its tensors changed on the way. */
    private Path copy(Path source, Change change) throws IOException {
        var target = Files.createDirectories(directory.resolve("changed"));
        Files.copy(source.resolve("config.json"), target.resolve("config.json"));
        try (var file = SafeTensors.open(source.resolve(ModelFiles.FILE))) {
            List<SafeTensorsWriter.Declaration> declarations = new ArrayList<>();
            List<float[]> numbers = new ArrayList<>();
            file.tensors().values().stream()
                    .sorted(Comparator.comparingLong(entry -> entry.begin()))
                    .forEach(entry -> {
                        var values = new float[Math.toIntExact(entry.elements())];
                        var format = StorageFormat.valueOf(entry.type().name());
                        for (int i = 0; i < values.length; i++) {
                            values[i] = format.get(file.bytes(entry), (long) i * format.bytes());
                        }
                        change.apply(entry.name(), values);
                        declarations.add(
                                new SafeTensorsWriter.Declaration(entry.name(), TensorType.F32, entry.shape()));
                        numbers.add(values);
                    });
            try (var writer = SafeTensorsWriter.create(target.resolve(ModelFiles.FILE), declarations, Map.of())) {
                for (var values : numbers) {
                    writer.append(MemorySegment.ofArray(values));
                }
            }
        }
        return target;
    }

    @FunctionalInterface
    private interface Change {
        void apply(String name, float[] values);
    }

    private List<float[]> run(Path model, DenseKernels kernels, WeightStorage storage) {
        try (var llama = Llama.load(model, kernels, pool, storage)) {
            int[] prompt = tiny("llama-gqa-bf16").prompt();
            List<float[]> rows = new ArrayList<>();
            var attention = llama.dense(llama.newStore());
            int vocabulary = llama.config().vocabulary();
            llama.prefill()
                    .run(
                            prompt,
                            0,
                            attention,
                            (position, logits, offset) ->
                                    rows.add(Arrays.copyOfRange(logits, offset, offset + vocabulary)));
            var decoder = llama.decoder(1);
            for (int i = 0; i < 8; i++) {
                rows.add(decoder.run(i, prompt.length + i, attention).clone());
            }
            return rows;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-gqa-bf16", "llama-gqa-f16-old", "qwen3", "phi3"})
    void sixteenBitsInPlaceGiveTheBitsOfTheSameWeightsWidened(String name) throws IOException {
        var model = written(name);
        var widened = copy(model, (tensor, values) -> {});
        for (var kernels : List.of(DenseKernels.scalar(), DenseKernels.vector())) {
            for (var storage : List.of(WeightStorage.MAPPED, WeightStorage.WIDENED)) {
                assertThat(run(model, kernels, storage))
                        .usingElementComparator(Arrays::compare)
                        .isEqualTo(run(widened, kernels, storage));
            }
        }
    }

    @Test
    void prefillOfMappedWeightsHasTheBitsOfPackedOnes() throws IOException {
        var model = written("llama-odd-sizes");
        int prompt = tiny("llama-gqa-bf16").prompt().length;
        assertThat(run(model, DenseKernels.vector(), WeightStorage.MAPPED).subList(0, prompt))
                .usingElementComparator(Arrays::compare)
                .isEqualTo(
                        run(model, DenseKernels.vector(), WeightStorage.WIDENED).subList(0, prompt));
    }

    @Test
    void mappedRowsDoNotDependOnChunksThreadsOrCompany() throws IOException {
        var model = written("qwen3");
        int[] prompt = tiny("qwen3").prompt();
        float[] expected;
        float[] decoded;
        try (var llama = Llama.load(model, DenseKernels.vector(), pool, WeightStorage.MAPPED)) {
            var attention = llama.dense(llama.newStore());
            expected = llama.prefill().run(prompt, 0, attention);
            decoded = llama.decoder(1).run(7, prompt.length, attention).clone();
            var stores = List.of(llama.newStore(), llama.newStore(), llama.newStore());
            for (var store : stores) {
                llama.prefill().run(prompt, 0, llama.dense(store));
            }
            int at = prompt.length;
            var together = llama.decoder(3)
                    .run(
                            new int[] {3, 7, 1},
                            new int[] {at, at, at},
                            llama.dense(stores.toArray(KeyValueStore[]::new)));
            assertThat(Arrays.copyOfRange(together, decoded.length, 2 * decoded.length))
                    .isEqualTo(decoded);
        }
        try (var alone = new WorkerPool(1, "alone");
                var llama = Llama.load(model, DenseKernels.vector(), alone, WeightStorage.MAPPED)) {
            var attention = llama.dense(llama.newStore());
            float[] last = {};
            for (int start = 0; start < prompt.length; start += 7) {
                var part = Arrays.copyOfRange(prompt, start, Math.min(start + 7, prompt.length));
                last = llama.prefill().run(part, start, attention);
            }
            assertThat(last).isEqualTo(expected);
            assertThat(llama.decoder(1).run(7, prompt.length, attention)).isEqualTo(decoded);
        }
    }

    @Test
    void eightBitsStayClose() throws IOException {
        var model = written("llama-gqa-bf16");
        var expected = run(model, DenseKernels.vector(), WeightStorage.WIDENED);
        var rounded = run(model, DenseKernels.vector(), WeightStorage.EIGHT_BITS);
        double error = 0;
        double size = 0;
        for (int row = 0; row < expected.size(); row++) {
            for (int i = 0; i < expected.get(row).length; i++) {
                error += Math.pow(rounded.get(row)[i] - expected.get(row)[i], 2);
                size += Math.pow(expected.get(row)[i], 2);
            }
        }
        // A weight is off by at most 1/254 of its group's largest, some 1/440 of it on average; two layers add it up.
        assertThat(Math.sqrt(error / size)).isLessThan(0.03).isPositive();
        var scalar = run(model, DenseKernels.scalar(), WeightStorage.EIGHT_BITS);
        for (int row = 0; row < scalar.size(); row++) {
            for (int i = 0; i < scalar.get(row).length; i++) {
                assertThat(scalar.get(row)[i]).isCloseTo(rounded.get(row)[i], within(1e-3f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = StorageFormat.class,
            names = {"F16", "BF16"})
    void aStoreOfAFormatHoldsWhatACacheOfItWould(StorageFormat format) throws IOException {
        var path = written("llama-gqa-bf16");
        try (var llama = Llama.load(path, DenseKernels.vector(), pool)) {
            int[] prompt = tiny("llama-gqa-bf16").prompt();
            var exact = llama.newStore();
            var rounded = llama.newStore(format);
            float[] expected = llama.prefill().run(prompt, 0, llama.dense(exact));
            float[] actual = llama.prefill().run(prompt, 0, llama.dense(rounded));
            int width = llama.config().kvWidth();
            var exactKeys = new float[prompt.length * width];
            var roundedKeys = new float[prompt.length * width];
            exact.copyKeys(0, 0, prompt.length, exactKeys);
            rounded.copyKeys(0, 0, prompt.length, roundedKeys);
            for (int i = 0; i < exactKeys.length; i++) {
                assertThat(roundedKeys[i]).isEqualTo(format.round(exactKeys[i]));
            }
            double tolerance = 20 * format.unitRoundoff() * largest(expected);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance));
            }
            assertThat(actual).isNotEqualTo(expected);
        }
    }

    private static double largest(float[] numbers) {
        double largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        return largest;
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aWeightThatIsNoNumberIsNamed(float wrong) throws IOException {
        var changed = copy(written("llama-gqa-bf16"), (tensor, values) -> {
            if (tensor.equals("model.layers.1.mlp.up_proj.weight")) {
                values[1000] = wrong;
            }
        });
        for (var storage : WeightStorage.values()) {
            assertThatThrownBy(() -> Llama.load(changed, DenseKernels.vector(), pool, storage))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(changed.resolve(ModelFiles.FILE)
                            + ": tensor 'model.layers.1.mlp.up_proj.weight': its number 1000 of 1280 is " + wrong
                            + ", so nothing could be computed with it");
        }
    }

    @Test
    void logitsThatAreNoNumbersAreNamedWithTheirToken() throws IOException {
        var changed = copy(written("llama-gqa-bf16"), (tensor, values) -> {
            if (tensor.equals("lm_head.weight")) {
                Arrays.fill(values, 5 * 32, 6 * 32, 3e38f);
            }
        });
        try (var llama = Llama.load(changed, DenseKernels.vector(), pool)) {
            assertThatThrownBy(() -> llama.decoder(1).run(9, 0, llama.dense(llama.newStore())))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageStartingWith("after token 9 at position 0 the logit of token 5 is ");
            assertThatThrownBy(() -> llama.prefill().run(new int[] {1, 7}, 0, llama.dense(llama.newStore())))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageStartingWith("after token 7 at position 1 the logit of token 5 is ");
        }
    }

    @Test
    void aSequenceThatCrossesLongRopesLengthMustBeginAnew() throws IOException {
        var path = written("phi3-longrope-long");
        int[] prompt = tiny("phi3-longrope-long").prompt();
        try (var llama = Llama.load(path, DenseKernels.vector(), pool)) {
            var attention = llama.dense(llama.newStore());
            llama.prefill().run(Arrays.copyOf(prompt, 16), 0, attention);
            assertThatThrownBy(() -> llama.decoder(1).run(prompt[16], 16, attention))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the sequence grows from 16 to 17 tokens, but beyond 16 this model");
        }
    }

    @Test
    void aClosedModelsWeightsAreGone() throws IOException {
        var llama = Llama.load(written("llama-gqa-bf16"), DenseKernels.vector(), pool, WeightStorage.MAPPED);
        llama.close();
        llama.close();
        assertThatThrownBy(() -> llama.prefill().run(new int[] {1}, 0, llama.dense(llama.newStore())))
                .isInstanceOf(IllegalStateException.class);
    }
}
