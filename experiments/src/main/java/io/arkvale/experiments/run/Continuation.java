package io.arkvale.experiments.run;

import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.llama.Logits;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Greedy continuation of a prompt under one policy. */
public final class Continuation {
    private Continuation() {}

    /**
     * Prefills all of the prompt but its last token, which is the first one decoded under the policy.
     *
     * @param prompt at least two tokens
     * @param maxTokens tokens to generate
     * @param sink takes the bytes of each token
     */
    public static void generate(Lab lab, int[] prompt, RunSpec run, int maxTokens, Consumer<byte[]> sink) {
        var context = lab.prefill(Arrays.copyOf(prompt, prompt.length - 1), run.readsAllRows());
        try (var session = Session.uncompared(lab, context, List.of(run), maxTokens)) {
            var token = prompt[prompt.length - 1];
            for (int i = 0; i < maxTokens; i++) {
                var logits = session.decode(new int[] {token})[0];
                token = Logits.argmax(logits, 0, logits.length);
                sink.accept(lab.bytes(token));
            }
        }
    }
}
