package io.arkvale.experiments.run;

import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.plan.ContentDigest;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.page.Digests;
import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What makes two observations the same one: the content of all that they came from. */
public final class CellIdentity {
    /** Raised when the same program would mean something else by the rest. */
    private static final int VERSION = 1;

    private CellIdentity() {}

    /**
     * Of one way of continuing texts.
     *
     * @param model identity of the model
     * @param protocol how questions come, or another word for what is done
     */
    public static String of(RunSpec run, String model, String protocol, Machine machine) {
        var policy = run.choice().policy();
        var words = new ArrayList<Object>(List.of(
                VERSION,
                ContentDigest.ofProgram(),
                model,
                protocol,
                policy.info().name(),
                outside(policy.getClass()),
                new TreeMap<>(run.choice().settings().asMap()),
                policy.knowsBudget() ? run.budget() : 0,
                policy.isDense() ? 0 : run.denseLayers()));
        var digest = run.choice().settings().asMap().get("digest");
        if (digest != null && Digests.names().contains(digest)) {
            words.add(outside(Digests.named(digest).getClass()));
        }
        if (run.onCache().isPresent()) {
            var backend = machine.requireBackend();
            words.addAll(List.of(
                    backend.id(),
                    backend.device(),
                    ContentDigest.ofCode(backend.getClass()),
                    new TreeMap<>(machine.backendOptions())));
        }
        return ContentDigest.ofWords(words);
    }

    /** Of an episode of a task: its texts and what is expected; how that is scored is in the task's code. */
    public static String of(Task task, Episode episode) {
        var words = new ArrayList<Object>(List.of(outside(task.getClass()), episode.context()));
        for (var question : episode.questions()) {
            words.addAll(List.of(question.text(), question.references(), question.tokens()));
        }
        return ContentDigest.ofWords(words);
    }

    /** The code of a class of another jar than the program's, whose code is known already. */
    private static String outside(Class<?> type) {
        var code = ContentDigest.ofCode(type);
        return code.equals(ContentDigest.ofCode(CellIdentity.class)) ? "" : code;
    }
}
