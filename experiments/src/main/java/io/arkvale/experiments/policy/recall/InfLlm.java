package io.arkvale.experiments.policy.recall;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.List;

/**
 * The first tokens, a window of the last ones, and blocks of those between that the query ranks high by a few
 * representative keys; blocks live in host memory behind a cache of those used last (Xiao et al., "InfLLM", 2024). All
 * that is outside the window is seen at the window's distance. One choice per layer. Sizes are the paper's, scaled down:
 * the window is a share of the budget, and the budget holds the block cache too.
 */
public final class InfLlm implements TokenPolicy {
    private static final PolicyOption START =
            PolicyOption.whole("start", 32, 0, 4096, "initial tokens that always take part; the paper takes 128");
    private static final PolicyOption LOCAL =
            PolicyOption.real("local", 0.5, 0.01, 0.99, "share of the budget for the last tokens");
    private static final PolicyOption BLOCK =
            PolicyOption.whole("block", 32, 1, 1024, "tokens per block; the paper takes 128");
    private static final PolicyOption KEYS =
            PolicyOption.whole("representatives", 4, 1, 64, "keys that stand for a block");
    private static final PolicyOption JUDGES = PolicyOption.whole(
            "judges",
            128,
            1,
            65_536,
            "how many of the tokens after a token decide by their attention whether it" + " stands for its block");
    private static final PolicyOption TAKE =
            PolicyOption.real("take", 0.5, 0.01, 1, "share of the block cache that takes part");

    private static final PolicyInfo INFO = new PolicyInfo(
            "recall.infllm",
            "the first and the last tokens, and blocks whose best keys the query ranks high; evicted blocks come back",
            "Xiao et al., InfLLM: Training-Free Long-Context Extrapolation for LLMs with an Efficient Context Memory,"
                    + " NeurIPS 2024",
            List.of(
                    Ability.EVICTS,
                    Ability.RECALLS,
                    Ability.CHOOSES,
                    Ability.POSITIONS,
                    Ability.PROBABILITIES,
                    Ability.ALL_ROWS),
            List.of(START, LOCAL, BLOCK, KEYS, JUDGES, TAKE));

    /** The policy. */
    public InfLlm() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var options = setting.options();
        var start = options.whole(START.name());
        var block = options.whole(BLOCK.name());
        var local = (int) (setting.budget() * options.real(LOCAL.name()));
        // The last block leaves the window only when all of it has.
        var slots = (setting.budget() - start - local - block) / block;
        if (local < 1 || slots < 1) {
            throw new UserException("budget " + setting.budget() + " is too small for policy 'infllm': " + start
                    + " initial and " + local + " local tokens leave no room for two blocks of " + block);
        }
        var taken = Math.max(1, (int) (slots * options.real(TAKE.name())));
        return new InfLlmLayer(
                setting, start, local, block, slots, taken, options.whole(KEYS.name()), options.whole(JUDGES.name()));
    }
}
