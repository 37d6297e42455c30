package io.arkvale.experiments.policy.recall;

import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenSets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** ShadowKV at work in one layer. Chunk c has the tokens from {@code c · chunk} on. */
final class ShadowLayer implements LayerPolicy {
    private final LayerSetting setting;
    private final int chunk;
    private final int outliers;
    private final int rank;
    private @Nullable LowRankKeys keys;
    private @Nullable ContextView context;
    /** Chunks before the last ones; 0 if the whole context is kept. */
    private int chunks;

    /** Chunks that each KV head may choose. */
    private int choices;
    /** {@code [kvHeads]}: chunks that are always on the device. */
    private final List<BitSet> whole = new ArrayList<>();
    /** {@code [kvHeads][chunks][headDim]}: mean keys, after RoPE. */
    private float[][][] means = new float[0][][];
    /** {@code [kvHeads]}: chunks chosen at this step. */
    private final int[][] chosen;

    ShadowLayer(LayerSetting setting, int chunk, int outliers, int rank) {
        this.setting = setting;
        this.chunk = chunk;
        this.outliers = outliers;
        this.rank = rank;
        chosen = new int[setting.kvHeads()][0];
    }

    @Override
    public int[][] keep(ContextView context) {
        this.context = context;
        var tokens = context.tokens();
        if (tokens <= setting.budget()) {
            return TokenSets.same(setting.kvHeads(), TokenSets.range(0, tokens));
        }
        chunks = tokens / chunk - ShadowKv.LOCAL_CHUNKS;
        choices = (setting.budget() - (tokens - chunks * chunk)) / chunk - outliers;
        keys = LowRankKeys.of(context, setting, rank);
        means = new float[setting.kvHeads()][chunks][];
        var kept = new int[setting.kvHeads()][];
        for (int head = 0; head < kept.length; head++) {
            whole.add(outliers(context, head));
            kept[head] = TokenSets.concat(tokens(whole.get(head)), TokenSets.range(chunks * chunk, tokens));
        }
        return kept;
    }

    /** Fills in the mean keys of a KV head, and finds the chunks that have a key least like its mean. */
    private BitSet outliers(ContextView context, int head) {
        var likeness = new double[chunks];
        for (int number = 0; number < chunks; number++) {
            var own = new float[chunk][setting.headDim()];
            var mean = new float[setting.headDim()];
            for (int i = 0; i < chunk; i++) {
                context.key(head, number * chunk + i, own[i]);
                for (int element = 0; element < mean.length; element++) {
                    mean[element] += own[i][element] / chunk;
                }
            }
            means[head][number] = mean;
            likeness[number] = Arrays.stream(own)
                    .mapToDouble(key -> cosine(key, mean))
                    .min()
                    .orElseThrow();
        }
        var found = new BitSet(chunks);
        for (int number : TokenSets.best(chunks, outliers, number -> -likeness[number])) {
            found.set(number);
        }
        return found;
    }

    private static double dot(float[] a, float[] b) {
        var sum = 0.0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static double cosine(float[] a, float[] b) {
        var lengths = Math.sqrt(dot(a, a) * dot(b, b));
        return lengths == 0 ? 0 : dot(a, b) / lengths;
    }

    private int[] tokens(BitSet numbers) {
        return numbers.stream()
                .flatMap(number -> IntStream.range(number * chunk, (number + 1) * chunk))
                .toArray();
    }

    /** A key of a chunk that is not kept whole becomes what the factors say. */
    @Override
    public void store(int kvHead, int token, float[] key, float[] value) {
        if (keys != null
                && context != null
                && token < chunks * chunk
                && !whole.get(kvHead).get(token / chunk)) {
            keys.copy(kvHead, token, key);
            context.turn(key, token);
        }
    }

    @Override
    public int[][] choose(ChoiceStep step) {
        var sets = new int[setting.queryHeads()][];
        var group = setting.queryHeadsPerKvHead();
        for (int head = 0; head < setting.kvHeads(); head++) {
            var part = new BitSet();
            if (chunks > 0) {
                part.or(whole.get(head));
                chosen[head] = best(step, head);
                Arrays.stream(chosen[head]).forEach(part::set);
            }
            var own = TokenSets.concat(tokens(part), TokenSets.range(chunks * chunk, step.position() + 1));
            Arrays.fill(sets, head * group, (head + 1) * group, own);
        }
        return sets;
    }

    /** The chunks of the largest probability by their mean keys, the largest of the query heads'. */
    private int[] best(ChoiceStep step, int head) {
        var group = setting.queryHeadsPerKvHead();
        var always = whole.get(head);
        var scores = new double[chunks];
        for (int i = 0; i < group; i++) {
            var query = step.query(head * group + i);
            var weights = new double[chunks];
            var most = Double.NEGATIVE_INFINITY;
            for (int number = always.nextClearBit(0); number < chunks; number = always.nextClearBit(number + 1)) {
                weights[number] = dot(query, means[head][number]) / Math.sqrt(query.length);
                most = Math.max(most, weights[number]);
            }
            var sum = 0.0;
            for (int number = always.nextClearBit(0); number < chunks; number = always.nextClearBit(number + 1)) {
                weights[number] = Math.exp(weights[number] - most);
                sum += weights[number];
            }
            for (int number = 0; number < chunks; number++) {
                scores[number] = always.get(number) ? -1 : Math.max(scores[number], weights[number] / sum);
            }
        }
        var vectors = chunks - always.cardinality();
        // Beside the mean keys, a chosen token's row of the first factor, and the second factor, are read to rebuild
        // keys.
        step.scored(((long) vectors + rank) * setting.headDim() * Float.BYTES
                + (long) choices * chunk * rank * Float.BYTES);
        return TokenSets.best(chunks, Math.min(choices, vectors), number -> scores[number]);
    }

    @Override
    public void decoded(DecodeStep step) {
        for (int head = 0; head < setting.kvHeads() && chunks > 0; head++) {
            var stay = new BitSet();
            stay.or(whole.get(head));
            Arrays.stream(chosen[head]).forEach(stay::set);
            for (int number = stay.nextClearBit(0); number < chunks; number = stay.nextClearBit(number + 1)) {
                if (step.holds(head, number * chunk)) {
                    for (int token = number * chunk; token < (number + 1) * chunk; token++) {
                        step.evict(head, token);
                    }
                }
            }
        }
    }

    /** Values come from the host; keys are rebuilt where they are. */
    @Override
    public double recalledBytes(int headDim) {
        return (double) headDim * Float.BYTES;
    }

    @Override
    public long summaryBytes() {
        if (keys == null) {
            return 0;
        }
        var vectors =
                whole.stream().mapToLong(own -> chunks - own.cardinality()).sum();
        return keys.bytes() + vectors * setting.headDim() * Float.BYTES;
    }
}
