package io.arkvale.experiments.policy.recall;

import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenScores;
import io.arkvale.experiments.policy.TokenSets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** InfLLM at work in one layer. Block b has the tokens from {@code start + b · block} on. */
final class InfLlmLayer implements LayerPolicy {
    private final LayerSetting setting;
    private final int start;
    private final int local;
    private final int block;
    private final int slots;
    private final int taken;
    private final int keysPerBlock;
    private final int judges;
    /** {@code [kvHeads]}: attention that tokens got from those after them. */
    private final TokenScores[] attention;
    /** {@code [blocks][kvHeads]}: sum of the representative keys, without position. */
    private final List<float[][]> blocks = new ArrayList<>();
    /** Blocks on the device, the one used longest ago first. */
    private final LinkedHashSet<Integer> cached = new LinkedHashSet<>();

    InfLlmLayer(
            LayerSetting setting, int start, int local, int block, int slots, int taken, int keysPerBlock, int judges) {
        this.setting = setting;
        this.start = start;
        this.local = local;
        this.block = block;
        this.slots = slots;
        this.taken = taken;
        this.keysPerBlock = keysPerBlock;
        this.judges = judges;
        attention = TokenScores.perHead(setting.kvHeads());
    }

    @FunctionalInterface
    private interface Keys {
        void copyAt(int kvHead, int token, int position, float[] target);
    }

    /** Whole blocks among the tokens before the window. */
    private int blocks(int length) {
        return Math.max(0, length - local - start) / block;
    }

    /** The tokens that are neither initial nor in a block. */
    private int firstLocal(int length) {
        return Math.min(length, start + blocks(length) * block);
    }

    @Override
    public int[][] keep(ContextView context) {
        for (int head = 0; head < setting.kvHeads(); head++) {
            attention[head].add(TokenSets.mean(
                    context, setting, head, queryHead -> context.attentionOfFollowing(judges, queryHead)));
        }
        represent(context.tokens(), context::keyAt);
        var first = TokenSets.range(0, Math.min(start, context.tokens()));
        var last = TokenSets.range(Math.max(first.length, firstLocal(context.tokens())), context.tokens());
        return TokenSets.same(setting.kvHeads(), TokenSets.concat(first, last));
    }

    /** Sums the keys that stand for each block that has left the window: a sum ranks blocks as its parts do together. */
    private void represent(int length, Keys keys) {
        var key = new float[setting.headDim()];
        while (blocks.size() < blocks(length)) {
            var from = start + blocks.size() * block;
            var sums = new float[setting.kvHeads()][setting.headDim()];
            for (int head = 0; head < setting.kvHeads(); head++) {
                var scores = attention[head];
                for (int i : TokenSets.best(block, keysPerBlock, i -> scores.get(from + i))) {
                    keys.copyAt(head, from + i, 0, key);
                    for (int element = 0; element < key.length; element++) {
                        sums[head][element] += key[element];
                    }
                }
            }
            blocks.add(sums);
        }
    }

    @Override
    public int[][] choose(ChoiceStep step) {
        var length = step.position() + 1;
        represent(length, step::keyAt);
        var chosen = TokenSets.range(0, Math.min(start, length));
        if (!blocks.isEmpty()) {
            for (int number : TokenSets.best(blocks.size(), taken, relevance(step)::get)) {
                var from = start + number * block;
                chosen = TokenSets.concat(chosen, TokenSets.range(from, from + block));
                cached.remove(number);
                cached.add(number);
            }
        }
        var all = TokenSets.concat(chosen, TokenSets.range(Math.max(start, firstLocal(length)), length));
        return TokenSets.same(setting.queryHeads(), all);
    }

    /** Of each block, over all heads: the query at the window's distance from the keys. */
    private TokenScores relevance(ChoiceStep step) {
        var relevance = new TokenScores();
        step.scored((long) blocks.size() * setting.kvHeads() * setting.headDim() * Float.BYTES);
        for (int head = 0; head < setting.queryHeads(); head++) {
            var query = step.queryAt(head, local);
            var kvHead = head / setting.queryHeadsPerKvHead();
            for (int number = blocks.size() - 1; number >= 0; number--) {
                var sum = 0.0;
                for (int i = 0; i < query.length; i++) {
                    sum += query[i] * blocks.get(number)[kvHead][i];
                }
                relevance.add(number, sum);
            }
        }
        return relevance;
    }

    @Override
    public long summaryBytes() {
        return (long) blocks.size() * setting.kvHeads() * setting.headDim() * Float.BYTES;
    }

    @Override
    public void decoded(DecodeStep step) {
        for (int head = 0; head < setting.kvHeads(); head++) {
            attention[head].addMean(step, head, setting);
        }
        var inBlocks = start + blocks.size() * block;
        // A block that has just left the window enters the cache, but as nobody asked for it, goes first.
        var newest = blocks.size() - 1;
        if (newest >= 0 && !cached.contains(newest) && step.holds(0, inBlocks - 1)) {
            cached.addFirst(newest);
        }
        while (cached.size() > slots) {
            var oldest = cached.removeFirst();
            for (int head = 0; head < setting.kvHeads(); head++) {
                for (int token = start + oldest * block; token < start + (oldest + 1) * block; token++) {
                    step.evict(head, token);
                }
            }
        }
    }

    @Override
    public int distance(int token, int position, int held) {
        return Math.min(position - token, local);
    }
}
