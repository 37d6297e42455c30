package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenScores;
import io.arkvale.experiments.policy.TokenSets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * After the context each KV head takes the smallest of five sets that holds enough of its attention: the first token;
 * and punctuation; and heavy hitters; and recent tokens; or everything (Ge et al., "FastGen", 2024). What is enough, and
 * which tokens are heavy, is read off the context's last rows of attention. The budget means nothing to it.
 */
public final class FastGen implements TokenPolicy {
    private static final int ROWS = 256;
    private static final PolicyOption TARGET =
            PolicyOption.real("target", 0.95, 0, 1, "share of the attention that a set must hold");
    private static final PolicyOption HEAVY =
            PolicyOption.real("heavy", 0.3, 0, 1, "share of the text for heavy hitters");
    private static final PolicyOption LOCAL =
            PolicyOption.real("local", 0.3, 0, 1, "share of the text for recent tokens");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.fastgen",
            "for each head the smallest of five sets that holds enough of its attention",
            "Ge et al., Model Tells You What to Discard: Adaptive KV Cache Compression for LLMs, ICLR 2024",
            List.of(Ability.EVICTS, Ability.PROBABILITIES, Ability.PREFILL_SCORES, Ability.TEXT, Ability.UNBUDGETED),
            List.of(TARGET, HEAVY, LOCAL));

    /** The sets, each with what the ones before it have. */
    private enum Holding {
        FIRST,
        PUNCTUATION,
        HEAVY_HITTERS,
        RECENT,
        EVERYTHING;

        boolean has(Holding part) {
            return compareTo(part) >= 0;
        }
    }

    /** The policy. */
    public FastGen() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        return new Layer(setting);
    }

    private static boolean isPunctuation(byte[] text) {
        var word = new String(text, StandardCharsets.UTF_8);
        return !word.isEmpty()
                && word.chars().noneMatch(c -> Character.isLetterOrDigit(c) || Character.isWhitespace(c));
    }

    private static final class Layer implements LayerPolicy {
        private final LayerSetting setting;
        private final double heavy;
        private final double local;
        private final Holding[] holdings;
        private final TokenScores[] scores;
        private final BitSet punctuation = new BitSet();

        Layer(LayerSetting setting) {
            this.setting = setting;
            heavy = setting.options().real(HEAVY.name());
            local = setting.options().real(LOCAL.name());
            holdings = new Holding[setting.kvHeads()];
            scores = TokenScores.perHead(setting.kvHeads());
        }

        @Override
        public int[][] keep(ContextView context) {
            var tokens = context.tokens();
            for (int token = 0; token < tokens; token++) {
                punctuation.set(token, isPunctuation(context.text(token)));
            }
            var rows = Math.min(ROWS, tokens);
            var kept = new int[setting.kvHeads()][];
            for (int head = 0; head < kept.length; head++) {
                var attention =
                        TokenSets.mean(context, setting, head, queryHead -> context.attentionOfLast(rows, queryHead));
                scores[head].add(attention);
                var enough = setting.options().real(TARGET.name()) * rows;
                for (var holding : Holding.values()) {
                    var set = set(holding, attention);
                    holdings[head] = holding;
                    kept[head] = set;
                    if (Arrays.stream(set)
                                    .mapToDouble(token -> attention[token])
                                    .sum()
                            >= enough) {
                        break;
                    }
                }
            }
            return kept;
        }

        private int[] set(Holding holding, double[] attention) {
            var tokens = attention.length;
            if (holding.has(Holding.EVERYTHING)) {
                return TokenSets.range(0, tokens);
            }
            var set = new BitSet(tokens);
            set.set(0);
            if (holding.has(Holding.PUNCTUATION)) {
                set.or(punctuation);
            }
            if (holding.has(Holding.RECENT)) {
                set.set(tokens - share(local, tokens), tokens);
            }
            if (holding.has(Holding.HEAVY_HITTERS)) {
                for (int token : TokenSets.best(tokens, share(heavy, tokens), token -> attention[token])) {
                    set.set(token);
                }
            }
            return set.stream().toArray();
        }

        private static int share(double share, int tokens) {
            return (int) Math.ceil(share * tokens);
        }

        @Override
        public long summaryBytes() {
            return TokenScores.totalBytes(scores);
        }

        @Override
        public void decoded(DecodeStep step) {
            punctuation.set(step.position(), isPunctuation(step.text()));
            for (int head = 0; head < setting.kvHeads(); head++) {
                if (holdings[head] != Holding.EVERYTHING) {
                    scores[head].addMean(step, head, setting);
                    evict(step, head);
                    scores[head].count(step, head);
                }
            }
        }

        /** Drops the tokens that neither are recent nor first nor punctuation, and are not among the heavy hitters. */
        private void evict(DecodeStep step, int head) {
            var length = step.position() + 1;
            var firstRecent = holdings[head].has(Holding.RECENT) ? length - share(local, length) : length;
            var others = new BitSet();
            for (int slot = 0; slot < step.held(head); slot++) {
                var token = step.token(head, slot);
                var safe = token == 0
                        || token >= firstRecent
                        || (holdings[head].has(Holding.PUNCTUATION) && punctuation.get(token));
                others.set(token, !safe);
            }
            var tokens = others.stream().toArray();
            var room = holdings[head].has(Holding.HEAVY_HITTERS) ? share(heavy, length) : 0;
            for (int i : TokenSets.best(tokens.length, room, i -> scores[head].get(tokens[i]))) {
                others.clear(tokens[i]);
            }
            others.stream().forEach(token -> step.evict(head, token));
        }
    }
}
