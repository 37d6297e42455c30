package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two classes of KV heads: retrieval heads keep everything, streaming heads the first and the last tokens (Xiao et al.,
 * "DuoAttention", 2024, sections 2.2 and 2.3). The heads by which a passkey's answer loses most if they stream are the
 * retrieval heads: as many of all limited layers as the budget can keep whole beside the least of the others. What is then
 * left of it lengthens the windows of the streaming heads.
 *
 * <p>Deviations: the paper learns a gate per head on texts with ten passkeys; here each head is made to stream alone, and
 * the loss of the answer's probability is measured, once per model. The share of retrieval heads, which is a setting of the
 * paper, follows from the budget. The first and last tokens are scaled down: the paper deploys 64 and 256.
 */
public final class DuoAttention implements TokenPolicy {
    private static final PolicyOption SINK =
            PolicyOption.whole("sink", 16, 0, 4096, "first tokens that streaming heads keep; the paper takes 64");
    private static final PolicyOption RECENT = PolicyOption.real(
            "recent", 0.25, 0.01, 0.9, "shortest window of streaming heads, as a share of the budget");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.duo-attention",
            "everything for heads that retrieve, the first and the last tokens for all others",
            "Xiao et al., DuoAttention: Efficient Long-Context LLM Inference with Retrieval and Streaming Heads, ICLR 2025",
            List.of(Ability.EVICTS, Ability.HEAD_LOSSES, Ability.ALL_LAYERS, Ability.GROWS),
            List.of(SINK, RECENT));

    /** The policy. */
    public DuoAttention() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    private static int least(LayerSetting setting) {
        var options = setting.options();
        var recent = Math.max(1, (int) (setting.budget() * options.real(RECENT.name())));
        return options.whole(SINK.name()) + recent;
    }

    @Override
    public int[][] share(LayerSetting setting, List<ContextView> layers) {
        var tokens = layers.getFirst().tokens();
        var budgets = TokenPolicy.super.share(setting, layers);
        if (tokens <= setting.budget()) {
            return budgets;
        }
        var heads = setting.kvHeads();
        var count = layers.size() * heads;
        var total = (long) setting.budget() * count;
        var least = least(setting);
        var retrieval = (int) ((total - (long) count * least) / (tokens - least));
        var losses = IntStream.range(0, count)
                .mapToDouble(i -> layers.get(i / heads).headLoss(i % heads))
                .toArray();
        var best = TokenSets.best(count, retrieval, i -> losses[i]);
        var left = total - (long) retrieval * tokens;
        var streaming = count - retrieval;
        var next = 0;
        for (int i = 0; i < count; i++) {
            if (Arrays.binarySearch(best, i) >= 0) {
                budgets[i / heads][i % heads] = tokens;
            } else {
                // Equal windows; what does not divide goes to the first ones.
                budgets[i / heads][i % heads] = (int) (left / streaming + (next++ < left % streaming ? 1 : 0));
            }
        }
        return budgets;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        TokenSets.require(this, setting, least(setting), "first and last tokens");
        return new Layer(setting, setting.options().whole(SINK.name()), new int[setting.kvHeads()]);
    }

    /**
     * One layer.
     *
     * @param windows {@code [kvHeads]}: last tokens of a streaming head; 0 for a retrieval head
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Layer(LayerSetting setting, int sink, int[] windows) implements LayerPolicy {
        @Override
        public int[][] keep(ContextView context) {
            var kept = new int[setting.kvHeads()][];
            for (int head = 0; head < kept.length; head++) {
                var tokens = context.tokens();
                var streams = context.budget(head) < tokens || tokens <= setting.budget();
                windows[head] = streams ? Math.max(1, context.budget(head) - sink) : 0;
                kept[head] = streams ? TokenSets.firstAndLast(tokens, sink, windows[head]) : TokenSets.range(0, tokens);
            }
            return kept;
        }

        @Override
        public void decoded(DecodeStep step) {
            for (int head = 0; head < windows.length; head++) {
                var oldest = step.position() - windows[head];
                if (windows[head] > 0 && oldest >= sink) {
                    step.evict(head, oldest);
                }
            }
        }
    }
}
