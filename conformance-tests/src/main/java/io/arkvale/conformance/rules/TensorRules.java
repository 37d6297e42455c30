package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Tensor;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.TensorCase;
import io.arkvale.conformance.data.Elements;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Staging;
import io.arkvale.conformance.play.ApiCall;
import io.arkvale.conformance.play.Misuse;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Part 2: tensors. */
public final class TensorRules extends Verification {
    /** Called for every test. */
    public TensorRules(Context context) {
        super(context);
    }

    private void forTensors(TensorLaw law) {
        forAll(generators().tensors(), generated -> {
            try (var lockstep = open(generated.shape())) {
                var type =
                        generated.ofScores() ? ElementType.F32 : lockstep.spec().elementType();
                try (var tensor =
                        lockstep.cache().allocate(type, generated.rows(), generated.heads(), generated.width())) {
                    law.check(tensor, generated);
                }
            }
        });
    }

    /** A law of tensors. */
    @FunctionalInterface
    private interface TensorLaw {
        void check(Tensor tensor, TensorCase generated);
    }

    /** A new tensor holds zeros. If it fails, check that memory which is used again is cleared. */
    public void required_spec201_newTensorsHoldZeros() {
        forTensors((tensor, generated) -> {
            var bytes = new byte[(int) (tensor.rows() * tensor.rowBytes())];
            Arrays.fill(bytes, (byte) 1);
            tensor.copyTo(MemorySegment.ofArray(bytes));
            for (var b : bytes) {
                require(201, b == 0, "a new tensor holds byte %d", b);
            }
            // Leaves something behind for the next tensor to be cleared of.
            Arrays.fill(bytes, (byte) 42);
            tensor.copyFrom(MemorySegment.ofArray(bytes));
        });
    }

    /** The bytes copied in come out. If it fails, check copies that convert, and copies of 16-bit NaN patterns. */
    public void required_spec201_bytesComeBackAsTheyWere() {
        forTensors((tensor, generated) -> {
            var bytes = randomFinite(tensor, generated.seed());
            tensor.copyFrom(MemorySegment.ofArray(bytes));
            var back = new byte[bytes.length];
            tensor.copyTo(MemorySegment.ofArray(back));
            require(201, Arrays.equals(bytes, back), "the bytes copied out differ from those copied in");
        });
    }

    private static byte[] randomFinite(Tensor tensor, long seed) {
        var random = new SplittableRandom(seed);
        var numbers = new float[tensor.rows() * tensor.heads() * tensor.width()];
        for (var i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextDouble(-100, 100);
        }
        return (byte[])
                Elements.segment(tensor.elementType(), numbers).heapBase().orElseThrow();
    }

    /** Heap and native segments at any offset work, for any range of rows. If it fails, check unaligned layouts. */
    public void required_spec202_anySegmentAndRowRangeWorks() {
        forTensors((tensor, generated) -> {
            try (var arena = Arena.ofConfined()) {
                var bytes = randomFinite(tensor, generated.seed());
                var rowBytes = (int) tensor.rowBytes();
                var first = (int) (generated.seed() % tensor.rows());
                var count = tensor.rows() - first;
                var heap = MemorySegment.ofArray(new byte[bytes.length + 16]).asSlice(generated.offset());
                var direct = arena.allocate(bytes.length + 16L, 16).asSlice(generated.offset());
                for (var segment : List.of(heap, direct)) {
                    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, 0, bytes.length);
                    tensor.copyFrom(0, tensor.rows(), segment);
                    segment.fill((byte) 0);
                    tensor.copyTo(first, count, segment);
                    var expected = Arrays.copyOfRange(bytes, first * rowBytes, bytes.length);
                    require(
                            202,
                            segment.asSlice(0, expected.length).mismatch(MemorySegment.ofArray(expected)) < 0,
                            "rows %d to %d through a segment at offset %d differ",
                            first,
                            tensor.rows(),
                            generated.offset());
                    tensor.copyFrom(first, count, segment);
                    var whole = MemorySegment.ofArray(new byte[bytes.length]);
                    tensor.copyTo(whole);
                    require(202, whole.mismatch(MemorySegment.ofArray(bytes)) < 0, "copying a range moved other rows");
                }
            }
        });
    }

    /** Rows outside the tensor and segments too short are refused. If it fails, check every bound before copying. */
    public void required_spec202_boundsAreChecked() {
        forTensors((tensor, generated) -> {
            var enough = MemorySegment.ofArray(new byte[(int) (tensor.rowBytes() * (tensor.rows() + 2))]);
            var tooShort = enough.asSlice(0, tensor.rowBytes() * tensor.rows() - 1);
            var rows = tensor.rows();
            var ranges = new int[][] {{-1, 1}, {0, rows + 1}, {rows, 1}, {0, -1}, {1, Integer.MAX_VALUE}};
            for (var range : ranges) {
                var what = "rows " + range[0] + " + " + range[1] + " of " + rows;
                refused("copyFrom of " + what, () -> tensor.copyFrom(range[0], range[1], enough));
                refused("copyTo of " + what, () -> tensor.copyTo(range[0], range[1], enough));
            }
            refused("copyFrom of a segment too short", () -> tensor.copyFrom(tooShort));
            refused("copyTo of a segment too short", () -> tensor.copyTo(tooShort));
        });
    }

    private static void refused(String what, Runnable call) {
        expect(202, InvalidArgumentException.class, what, call);
    }

    /**
     * Rows beyond those a call covers are neither read nor written: inputs hold NaN there, the output a pattern. If it
     * fails, check loops that run over a tensor's rows instead of the batch's.
     */
    public void required_spec203_rowsBeyondAreLeftAlone() {
        forScenes(generators().scenes(), play -> {
            play.lockstep().staging().slackRows(2);
            play.prompt();
            for (var i = 0; i < play.scene().steps(); i++) {
                play.decode(
                        play.pairs().subList(0, 1 + i % play.pairs().size()), i % 2 == 0 ? Route.FIVE : Route.FUSED);
            }
        });
    }

    /** {@code copyTo} sees every earlier call without a wait in between. If it fails, check the order of the queue. */
    public void required_spec204_copyToSeesEarlierCalls() {
        forScenes(generators().overBudgetScenes(), play -> {
            play.lockstep().staging().place(Staging.Placement.ALLOCATED);
            play.prompt(false).decode(Route.FUSED);
        });
    }

    /** Tensors of a wrong shape, type or size are refused. If it fails, check every argument of every call. */
    public void required_spec205_wrongTensorsAreRefused() {
        misused((play, misuse, step, layer, legal) -> {
            var cache = play.lockstep().cache();
            misuse.withTensors(
                    step,
                    layer,
                    legal,
                    205,
                    InvalidArgumentException.class,
                    kind -> misuse.wrong(cache, kind, misuse.rows(step, kind, layer)));
        });
    }

    /** Tensors of another cache are refused. If it fails, check every argument of every call. */
    public void required_spec205_foreignTensorsAreRefused() {
        misused((play, misuse, step, layer, legal) -> {
            try (var other = backend().open(play.lockstep().spec())) {
                misuse.withTensors(
                        step,
                        layer,
                        legal,
                        205,
                        ForeignObjectException.class,
                        kind -> List.of(misuse.right(other, kind, misuse.rows(step, kind, layer))));
            }
        });
    }

    private void misused(MisuseLaw law) {
        forAll(generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20), few(), scene -> {
            try (var lockstep = open(scene.steps(8))) {
                var play = new Play(lockstep, scene).prompt(false);
                var misuse = new Misuse(play, 2);
                misuse.decodeStep((step, layer, legal) -> law.check(play, misuse, step, layer, legal));
                misuse.prefillStep(true, (step, layer, legal) -> law.check(play, misuse, step, layer, legal));
                misuse.forwardStep((step, layer, legal) -> law.check(play, misuse, step, layer, legal));
            }
        });
    }

    private int few() {
        return Math.max(1, context().tries() / 5);
    }

    /** A law of misuse. */
    @FunctionalInterface
    private interface MisuseLaw {
        void check(Play play, Misuse misuse, LockedStep step, int layer, Set<ApiCall> legal);
    }
}
