package io.arkvale.conformance.rules;

import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.Sizes;
import io.arkvale.conformance.data.SkippedException;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;

/**
 * Sizes at which backends cut their work: 31, 32, 33, 63, 64, 65, 127, 128, 129 of whatever is counted, one at a time,
 * long sequences of up to 300 pages, and one less, exactly and one more than every block size that the backend names. A
 * failure names the rule it breaks; if it appears from one of these sizes on, check the loop over blocks, warps or
 * splits, and what the last one of them does with what is left over.
 */
public final class SizeRules extends Verification {
    private static final int TRIES_PER_ROUND = 25;

    /** Called for every test. */
    public SizeRules(Context context) {
        super(context);
    }

    /** Long sequences on a small budget. If it fails, check digests, scores, ranking and eviction of many pages. */
    public void required_spec000_manyPages() {
        needBudgets();
        forSizes(Sizes::manyPages, Route.FIVE);
    }

    /** The same in one call. */
    public void required_spec000_manyPagesFused() {
        needBudgets();
        forSizes(Sizes::manyPages, Route.FUSED);
    }

    /** Attention to many pages. If it fails, check the list of attended pages, and splits over it. */
    public void required_spec000_manyAttendedPages() {
        needBudgets();
        forSizes(Sizes::manyAttendedPages, Route.FUSED);
    }

    /** Attention to many tokens in prefill and decode. If it fails, check splits over tokens and rows of a chunk. */
    public void required_spec000_manyTokens() {
        forSizes(Sizes::manyTokens, Route.FUSED);
    }

    /** Many query heads. If it fails, check how they are spread over blocks. */
    public void required_spec000_manyQueryHeads() {
        forSizes(Sizes::manyQueryHeads, Route.FIVE);
    }

    /** Many KV heads. If it fails, check how they are spread over blocks, and the offsets within a slot. */
    public void required_spec000_manyKvHeads() {
        forSizes(Sizes::manyKvHeads, Route.FIVE);
    }

    /** Many head groups. If it fails, check the page tables of the last groups. */
    public void required_spec000_manyHeadGroups() {
        forSizes(Sizes::manyHeadGroups, Route.FIVE);
    }

    /** Many sequences. If it fails, check the offsets of rows and scores of the last members. */
    public void required_spec000_manySequences() {
        forSizes(Sizes::manySequences, Route.FIVE);
        forSizes(Sizes::manySequences, Route.FUSED);
    }

    private void needBudgets() {
        if (!backend().capabilities().supportsBudgets()) {
            throw new SkippedException("the backend declares no digest, so that no sequence has a budget");
        }
    }

    /** Plays every scene: once, and once more with other settings for every further 25 tries. */
    private void forSizes(Function<Sizes, List<Scene>> choose, Route route) {
        for (var round = 0; round <= context().tries() / (TRIES_PER_ROUND + 1); round++) {
            for (var scene :
                    choose.apply(new Sizes(backend().capabilities(), context().seed() + round))) {
                forAll(Arbitraries.just(scene), 1, given -> {
                    try (var lockstep = open(given)) {
                        new Play(lockstep, given).prompt().decode(route);
                    }
                });
            }
        }
    }
}
