package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.DigestRange;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.SkippedException;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;

/** Part 3: append, backup and digest. */
public final class AppendRules extends Verification {
    /** Called for every test. */
    public AppendRules(Context context) {
        super(context);
    }

    /**
     * Bytes read back through {@code copyResident} equal what was handed in. If it fails, check the layout (keys of all
     * heads of the group, then values), the offset of a token within its page, and that a page that is opened starts as
     * zeros.
     */
    public void required_spec301_residentBytesEqualTheGivenOnes() {
        forScenes(generators().scenes(), play -> play.prompt().decode(Route.FIVE));
    }

    /** The same for tokens stored by ingest in chunks. */
    public void required_spec301_ingestedBytesEqualTheGivenOnes() {
        forScenes(generators().scenes(), play -> play.prompt(false));
    }

    /**
     * The smallest rows and the largest are stored as all others are. If it fails, and rows are stored with a scale, check a
     * scale that underflows (declare what is lost then as the bound's absolute part), and a product with it that overflows.
     */
    public void required_spec301_theSmallestAndTheLargestRowsAreStored() {
        var scenes = generators()
                .scenes(generators().shapes(), Arbitraries.just(SequenceSpec.full()), only(DataKind.EXTREME));
        forScenes(scenes, play -> play.prompt(false));
    }

    /**
     * Every filled page of a limited layer has a backup with its bytes, from the call that filled it on. If it fails,
     * check pages that fill in the middle of a chunk, the last page of a prompt that ends on a page boundary, and that a
     * copy in flight reads the page before its slot is given away.
     */
    public void required_spec302_filledPagesAreBackedUp() {
        forScenes(generators().overBudgetScenes(), play -> {
            play.prompt().decode(Route.FUSED);
            play.lockstep().synchronize();
        });
    }

    /**
     * Digests lie within their bound of the exact ones, and cuboid-max equals them. If it fails, check the definition of
     * the digest (the box is that of the keys as stored), accumulation in float32, rounding to nearest even when storing,
     * and that the digest is made when the page is full and never again.
     */
    public void required_spec303_digestsAreWithinTheirBound() {
        var declared = backend().capabilities();
        if (declared.digests().isEmpty() && declared.digestRanges().stream().noneMatch(DigestRange::whole)) {
            throw new SkippedException("the backend declares no digest in the cache's element type");
        }
        var scenes = generators()
                .digestScenes()
                .filter(scene -> scene.settings().getFirst().digest().form().isWhole());
        forScenes(scenes, play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * Every key of a page lies within a digest of its largest extents. If it fails, check that extents are measured from the
     * centre as it is stored, over all of a part's tokens, and rounded up.
     */
    public void required_spec310_keysLieWithinBounds() {
        forScenes(generators().boundScenes(), play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * Digests in few bits lie within half a step of the exact ones, a step being that of the page's own scales. If it fails,
     * check that scales are made of the page's own keys, by runs of elements, that no bits are exchanged, and the order of
     * zero points, offsets and extents.
     */
    public void required_spec309_codedDigestsAreWithinTheirSteps() {
        if (backend().capabilities().digestRanges().stream().noneMatch(DigestRange::coded)) {
            throw new SkippedException("the backend declares no digest in fewer bits than the cache's elements");
        }
        var scenes = generators()
                .digestScenes()
                .filter(scene -> !scene.settings().getFirst().digest().form().isWhole());
        forScenes(scenes, play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * Pages that are not full, and all pages of layers without a budget, have neither digest nor backup. If it fails,
     * check dense layers, sequences without a budget, and the page that a rollback has emptied again.
     */
    public void required_spec304_unfilledAndUnlimitedPagesHaveNeither() {
        forScenes(generators().scenes(), play -> play.prompt(false).decode(Route.FUSED));
    }

    /**
     * Append evicts nothing, even when it opens a page beyond the budget. If it fails, check that each limited sequence
     * has a spare slot per layer and group until its select.
     */
    public void required_spec305_appendEvictsNothing() {
        forScenes(generators().overBudgetScenes(), play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * With host slots for a part of the backups the others go to disk, and behave alike. If it fails, check the change
     * from one tier to the other in the middle of a step, and recall and rollback of pages on disk.
     */
    public void required_spec307_diskBacksUpWhatTheHostCannot() throws IOException {
        need(Feature.DISK_TIER);
        var directory = Files.createTempDirectory("arkvale-conformance");
        try {
            forAll(generators().overBudgetScenes(), scene -> {
                try (var lockstep = openWithDisk(scene, directory)) {
                    var play = new Play(lockstep, scene).prompt();
                    requireHostFirst(lockstep);
                    play.decode(Route.FIVE);
                    play.layers(lockstep.decode(play.pairs()), Route.FUSED).rollBack();
                    play.decode(play.pairs(), Route.FUSED);
                }
                try (var files = Files.list(directory)) {
                    require(805, files.findAny().isEmpty(), "files are left in the disk directory of a closed cache");
                }
            });
        } finally {
            Files.delete(directory);
        }
    }

    private Lockstep openWithDisk(Scene scene, Path directory) {
        var room = scene.steps(scene.steps() + 2).cache(1);
        var host = room.hostSlots() * (scene.seed() % 3) / 4;
        var spec = scene.shape()
                .cache()
                .deviceSlots(room.deviceSlots())
                .hostSlots(host)
                .disk(room.hostSlots() - host, directory)
                .build();
        return open(backend(), scene.inputs(spec));
    }

    /** No page is on disk while host slots are free, as long as none was ever freed. */
    private static void requireHostFirst(Lockstep lockstep) {
        var memory = lockstep.cache().memory();
        require(
                307,
                memory.usedDiskSlots() == 0
                        || memory.usedHostSlots() == lockstep.spec().hostSlots(),
                "%s: backups are on disk while host slots are free of %d",
                memory,
                lockstep.spec().hostSlots());
    }
}
