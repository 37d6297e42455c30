package io.arkvale.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.Samples;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttentionKernelTest {
    private static final int SKIPPED = 5;

    /** Every output lies within the bound that the specification gives for float32, of attention in float64. */
    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void attendsWithinTheBoundAtAwkwardSizes(Kernels kernels, StorageFormat format) {
        for (int headDim : Samples.AWKWARD_LENGTHS) {
            for (int queryHeads : new int[] {1, 2, 3, 4, 5, 8}) {
                var samples = new Samples(headDim * 31L + queryHeads);
                int tokens = 1 + samples.below(140);
                int pageSize = 1 + samples.below(48);
                attend(kernels, format, samples, headDim, queryHeads, tokens, pageSize, 2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void attendsWithinTheBoundToAnyNumberOfTokens(Kernels kernels, StorageFormat format) {
        for (int tokens = 1; tokens <= 70; tokens++) {
            attend(kernels, format, new Samples(tokens), 40, 5, tokens, 128, 3);
        }
        attend(kernels, format, new Samples(0), 128, 4, 4096, 32, 1);
    }

    private static void attend(
            Kernels kernels,
            StorageFormat format,
            Samples samples,
            int headDim,
            int queryHeads,
            int tokens,
            int pageSize,
            double range) {
        float[] keys = samples.floats(tokens * headDim, range);
        float[] values = samples.floats(tokens * headDim, 1);
        float[] queries = samples.floats(queryHeads * headDim, range);
        double scale = 1 / Math.sqrt(headDim);
        var kernel = kernels.attention(format, queryHeads, headDim, pageSize);
        var state = kernel.newState();
        state.begin(queries, 0, scale);
        accumulate(kernel, state, format, keys, values, headDim, 0, tokens, pageSize);
        var out = new float[queryHeads * headDim];
        state.finish(out, 0);

        double[] storedKeys = Samples.stored(format, keys);
        double[] storedValues = Samples.stored(format, values);
        for (int head = 0; head < queryHeads; head++) {
            var oracle = AttentionOracle.attend(queries, head * headDim, storedKeys, storedValues, headDim, scale);
            for (int i = 0; i < headDim; i++) {
                assertThat((double) out[head * headDim + i])
                        .as("headDim %d, head %d of %d, column %d, %d tokens", headDim, head, queryHeads, i, tokens)
                        .isCloseTo(oracle.output[i], within(oracle.tolerance[i]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void attendsToAPageFromAnyTokenOn(Kernels kernels, StorageFormat format) {
        int headDim = 24;
        int tokens = 70;
        var samples = new Samples(5);
        float[] keys = samples.floats(tokens * headDim, 3);
        float[] values = samples.floats(tokens * headDim, 1);
        float[] queries = samples.floats(2 * headDim, 3);
        var kernel = kernels.attention(format, 2, headDim, tokens);
        for (int from : new int[] {0, 1, 31, 32, 33, 64, 69}) {
            var state = kernel.newState();
            state.begin(queries, 0, 0.2);
            page(format, keys, values, headDim, tokens, (page, valuesOffset) -> {
                kernel.accumulate(state, page, SKIPPED, page, valuesOffset, tokens, tokens);
                kernel.accumulate(state, page, SKIPPED, page, valuesOffset, from, tokens);
            });
            var out = new float[2 * headDim];
            state.finish(out, 0);
            double[] seenKeys = Arrays.copyOfRange(Samples.stored(format, keys), from * headDim, tokens * headDim);
            double[] seenValues = Arrays.copyOfRange(Samples.stored(format, values), from * headDim, tokens * headDim);
            for (int head = 0; head < 2; head++) {
                var oracle = AttentionOracle.attend(queries, head * headDim, seenKeys, seenValues, headDim, 0.2);
                for (int i = 0; i < headDim; i++) {
                    assertThat((double) out[head * headDim + i])
                            .isCloseTo(oracle.output[i], within(oracle.tolerance[i]));
                }
            }
        }
    }

    /** Stores tokens as one page and shows it, with where its values begin. */
    private static void page(
            StorageFormat format,
            float[] keys,
            float[] values,
            int headDim,
            int tokens,
            ObjLongConsumer<MemorySegment> shown) {
        long row = (long) headDim * format.bytes();
        var rows = new PageRows(format, headDim, tokens);
        long valuesOffset = SKIPPED + tokens * row;
        var page = Arena.ofAuto().allocate(valuesOffset + tokens * row + Panels.READ_BEYOND);
        rows.putKeys(Samples.store(format, keys, 0), 0, row, tokens, page, SKIPPED, 0);
        rows.putValues(Samples.store(format, values, 0), 0, row, tokens, page, valuesOffset, 0);
        shown.accept(page, valuesOffset);
    }

    /** Hands {@code kernel} the tokens page by page, each page as it would lie in a slot. */
    private static void accumulate(
            AttentionKernel kernel,
            AttentionState state,
            StorageFormat format,
            float[] keys,
            float[] values,
            int headDim,
            int from,
            int to,
            int pageSize) {
        MemorySegment keyRows = Samples.store(format, keys, 0);
        MemorySegment valueRows = Samples.store(format, values, 0);
        long row = (long) headDim * format.bytes();
        var rows = new PageRows(format, headDim, pageSize);
        // One after the other, the first at an odd address, and no more behind them than a kernel may read.
        long valuesOffset = SKIPPED + pageSize * row;
        var page = Arena.ofAuto().allocate(valuesOffset + pageSize * row + Panels.READ_BEYOND);
        for (int token = from; token < to; token += pageSize) {
            int count = Math.min(pageSize, to - token);
            page.fill((byte) -1);
            rows.putKeys(keyRows, token * row, row, count, page, SKIPPED, 0);
            rows.putValues(valueRows, token * row, row, count, page, valuesOffset, 0);
            kernel.accumulate(state, page, SKIPPED, page, valuesOffset, count);
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void mergedSplitsLieWithinTheBoundToo(Kernels kernels, StorageFormat format) {
        int headDim = 24;
        int queryHeads = 6;
        int tokens = 100;
        int pageSize = 16;
        var samples = new Samples(3);
        float[] keys = samples.floats(tokens * headDim, 4);
        float[] values = samples.floats(tokens * headDim, 1);
        float[] queries = samples.floats(queryHeads * headDim + 7, 4);
        var kernel = kernels.attention(format, queryHeads, headDim, pageSize);
        int[] splits = {0, 0, 33, 34, 80, 80, 100};
        var merged = kernel.newState();
        merged.begin(queries, 7, 0.25);
        for (int i = 1; i < splits.length; i++) {
            var part = kernel.newState();
            part.begin(queries, 7, 0.25);
            accumulate(kernel, part, format, keys, values, headDim, splits[i - 1], splits[i], pageSize);
            merged.merge(part);
        }
        var out = new float[queryHeads * headDim + 3];
        merged.finish(out, 3);
        for (int head = 0; head < queryHeads; head++) {
            var oracle = AttentionOracle.attend(
                    queries,
                    7 + head * headDim,
                    Samples.stored(format, keys),
                    Samples.stored(format, values),
                    headDim,
                    0.25);
            for (int i = 0; i < headDim; i++) {
                assertThat((double) out[3 + head * headDim + i])
                        .isCloseTo(oracle.output[i], within(oracle.tolerance[i]));
            }
        }
    }

    /** Scores of 1e30 and -1e30: the exponential of their difference is 0, never infinite or NaN, in either order. */
    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernels")
    void hugeScoresNeitherOverflowNorLoseTheLargest(Kernels kernels) {
        int headDim = 20;
        int tokens = 45;
        for (int queryHeads : new int[] {1, 4}) {
            for (int largest : new int[] {0, 7, 31, 32, 44}) {
                var keys = new float[tokens * headDim];
                Arrays.fill(keys, -1e15f);
                Arrays.fill(keys, largest * headDim, (largest + 1) * headDim, 1e15f);
                float[] values = new Samples(5).floats(tokens * headDim, 1e30);
                var queries = new float[queryHeads * headDim];
                Arrays.fill(queries, 1e15f);
                var kernel = kernels.attention(StorageFormat.F32, queryHeads, headDim, 9);
                var state = kernel.newState();
                state.begin(queries, 0, 1);
                accumulate(kernel, state, StorageFormat.F32, keys, values, headDim, 0, tokens, 9);
                var out = new float[queryHeads * headDim];
                state.finish(out, 0);
                for (int i = 0; i < out.length; i++) {
                    assertThat(out[i]).isEqualTo(values[largest * headDim + i % headDim]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernels")
    void aTokenFarBelowTheLargestScoreHasNoWeightAtAll(Kernels kernels) {
        var kernel = kernels.attention(StorageFormat.F32, 1, 1, 2);
        var state = kernel.newState();
        state.begin(new float[] {1}, 0, 1);
        accumulate(kernel, state, StorageFormat.F32, new float[] {0, -200}, new float[] {0, 1e38f}, 1, 0, 2, 2);
        var out = new float[1];
        state.finish(out, 0);
        assertThat(out[0]).isZero();
    }

    /** What a kernel and a state computed before, with NaN in it or of another length, changes no bit of what comes next. */
    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void earlierPagesLeaveNoTrace(Kernels kernels, StorageFormat format) {
        int headDim = 18;
        int queryHeads = 5;
        var samples = new Samples(8);
        float[] queries = samples.floats(queryHeads * headDim, 2);
        float[] keys = samples.floats(64 * headDim, 2);
        float[] values = samples.floats(64 * headDim, 2);
        var poison = new float[64 * headDim];
        Arrays.fill(poison, Float.NaN);
        int pageSize = 40;
        for (int tokens : new int[] {1, 2, 13, 33}) {
            var fresh = kernels.attention(format, queryHeads, headDim, pageSize);
            float[] expected = outputOf(fresh, fresh.newState(), format, queries, keys, values, tokens);
            var used = kernels.attention(format, queryHeads, headDim, pageSize);
            var state = used.newState();
            outputOf(used, state, format, queries, poison, poison, 64);
            assertThat(outputOf(used, state, format, queries, keys, values, tokens))
                    .containsExactly(expected);
        }
    }

    private static float[] outputOf(
            AttentionKernel kernel,
            AttentionState state,
            StorageFormat format,
            float[] queries,
            float[] keys,
            float[] values,
            int tokens) {
        state.begin(queries, 0, 0.5);
        accumulate(kernel, state, format, keys, values, state.headDim, 0, tokens, 40);
        var out = new float[queries.length];
        state.finish(out, 0);
        return out;
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernels")
    void refusesWhatHasNoMeaning(Kernels kernels) {
        assertThatThrownBy(() -> kernels.attention(StorageFormat.F32, 0, 4, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("queryHeads is 0 but must be at least 1");
        assertThatThrownBy(() -> kernels.attention(StorageFormat.F32, 1, 0, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("headDim is 0 but must be at least 1");
        assertThatThrownBy(() -> kernels.attention(StorageFormat.F32, 1, 4, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pageSize is 0 but must be at least 1");
        var state = kernels.attention(StorageFormat.F32, 1, 4, 8).newState();
        state.begin(new float[4], 0, 1);
        assertThatThrownBy(() -> state.finish(new float[4], 0)).isInstanceOf(IllegalStateException.class);
        var other = kernels.attention(StorageFormat.F32, 2, 4, 8).newState();
        assertThatThrownBy(() -> state.merge(other)).isInstanceOf(IllegalArgumentException.class);
    }
}
