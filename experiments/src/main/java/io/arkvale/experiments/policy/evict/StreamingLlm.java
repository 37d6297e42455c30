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
import java.util.List;

/**
 * The first tokens and the most recent ones (Xiao et al., "Efficient Streaming Language Models with Attention Sinks",
 * 2024). Positions are those in the cache: keys are cached un-rotated and rotated by their place in it, so that the
 * initial tokens stay near.
 */
public final class StreamingLlm implements TokenPolicy {
    private static final String START = "start";
    private static final String POSITIONS = "positions";

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.streaming-llm",
            "the first tokens and the most recent ones",
            "Xiao et al., Efficient Streaming Language Models with Attention Sinks, ICLR 2024",
            List.of(Ability.EVICTS, Ability.POSITIONS),
            List.of(
                    PolicyOption.whole(START, 4, 0, 4096, "initial tokens that are always kept"),
                    PolicyOption.choice(
                            POSITIONS,
                            List.of("cache", "text"),
                            "positions that RoPE sees: in the cache, or in the text")));

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var start = setting.options().whole(START);
        TokenSets.require(this, setting, start + 1, "initial tokens and the newest");
        return new Layer(setting, start, setting.options().is(POSITIONS, "cache"));
    }

    private record Layer(LayerSetting setting, int start, boolean cachePositions) implements LayerPolicy {
        @Override
        public int[][] keep(ContextView context) {
            var recent = setting.budget() - start;
            return TokenSets.same(setting.kvHeads(), TokenSets.firstAndLast(context.tokens(), start, recent));
        }

        @Override
        public void decoded(DecodeStep step) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                var recent = step.held(head) - start;
                if (step.held(head) > setting.budget()) {
                    step.evict(head, step.position() - recent + 1);
                }
            }
        }

        @Override
        public int distance(int token, int position, int held) {
            // The recent tokens are a run that ends at the newest: for them, cache and text agree.
            return cachePositions && token < start ? held - 1 - token : position - token;
        }
    }
}
