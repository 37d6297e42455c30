package io.arkvale.experiments.run;

import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.Policy;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.bound.Full;
import io.arkvale.experiments.policy.option.PolicyChoice;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.Settings;
import io.arkvale.experiments.task.Passkey;
import io.arkvale.llama.Logits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Which heads of a model retrieve: of each KV head alone, how much of a passkey's probability is lost if the head sees
 * only the first and the last tokens (after Xiao et al., "DuoAttention", 2024, section 2.2, which learns it). All heads of
 * a passkey are tried in one session, each as a run of its own.
 */
final class HeadLosses {
    private static final int PASSKEYS = 6;
    private static final int LENGTH = 2000;
    private static final int FIRST = 16;
    private static final int LAST = 64;
    /** The passkeys are the same for every run of the program: the losses are the model's. */
    private static final long SEED = 20_241_014;

    private HeadLosses() {}

    /** {@code [layers][kvHeads]}: nats per token of the answer. */
    static double[][] measure(Lab lab) {
        var shape = lab.model().config();
        var runs = new ArrayList<RunSpec>();
        runs.add(run(new Full()));
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                runs.add(run(new OneStreams(layer, head)));
            }
        }
        var lost = new double[runs.size()];
        for (var episode : new Passkey().episodes(LENGTH, PASSKEYS, new SplittableRandom(SEED))) {
            var question = episode.questions().getFirst();
            var asked = lab.tokens(question.text());
            var answer = lab.tokens(question.answer());
            var context = lab.prefill(lab.tokens(episode.context()));
            try (var session = Session.uncompared(lab, context, runs, asked.length + answer.length)) {
                var logits = new float[0][];
                for (int token : asked) {
                    logits = session.decode(token);
                }
                for (int token : answer) {
                    for (int run = 0; run < lost.length; run++) {
                        lost[run] -= Logits.logProbability(logits[run], 0, logits[run].length, token)
                                / (answer.length * PASSKEYS);
                    }
                    logits = session.decode(token);
                }
            }
        }
        var losses = new double[shape.layers()][shape.kvHeads()];
        for (int i = 1; i < lost.length; i++) {
            losses[(i - 1) / shape.kvHeads()][(i - 1) % shape.kvHeads()] = lost[i] - lost[0];
        }
        return losses;
    }

    private static RunSpec run(Policy policy) {
        var choice = new PolicyChoice(policy.info().name(), policy, Settings.of(policy.info(), Map.of()));
        return new RunSpec(choice, FIRST + LAST, 0);
    }

    /** Everything, but in one head of one layer the first and the last tokens. */
    private record OneStreams(int layer, int kvHead) implements TokenPolicy {
        @Override
        public PolicyInfo info() {
            return new PolicyInfo(
                    "trial.one-streams", "everything but in one head", "", List.of(Ability.EVICTS), List.of());
        }

        @Override
        public LayerPolicy begin(LayerSetting setting) {
            var streams = setting.limitedLayer() == layer;
            return new LayerPolicy() {
                @Override
                public int[][] keep(ContextView context) {
                    var kept = TokenSets.same(setting.kvHeads(), TokenSets.range(0, context.tokens()));
                    if (streams) {
                        kept[kvHead] = TokenSets.firstAndLast(context.tokens(), FIRST, LAST);
                    }
                    return kept;
                }

                @Override
                public void decoded(DecodeStep step) {
                    var oldest = step.position() - LAST;
                    if (streams && oldest >= FIRST) {
                        step.evict(kvHead, oldest);
                    }
                }
            };
        }
    }
}
