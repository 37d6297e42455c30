package io.arkvale.conformance.play;

import io.arkvale.api.ArkValeException;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import io.arkvale.conformance.data.Elements;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.RuleViolation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes illegal calls at every point of a step, each followed by a comparison of everything, and goes on legally. */
public final class Misuse {
    private final Play play;
    private final int tokensEach;

    /** Misuses the calls of steps in which each sequence grows by so many tokens. */
    public Misuse(Play play, int tokensEach) {
        this.play = play;
        this.tokensEach = tokensEach;
    }

    /** What is done at a point of a step where the given calls are legal. */
    @FunctionalInterface
    public interface Visitor {
        /** Called with the calls that are legal here. */
        void at(LockedStep step, int layer, Set<ApiCall> legal);
    }

    /** A whole decode step by its five calls, stopping before each and after the last. */
    public void decodeStep(Visitor visitor) {
        var step = play.lockstep().decode(play.pairs());
        var decode = step.decode();
        for (var layer = 0; layer < play.layers(); layer++) {
            visitor.at(
                    step,
                    layer,
                    EnumSet.of(ApiCall.DECODE, ApiCall.APPEND, ApiCall.PREFILL, ApiCall.INGEST, ApiCall.PREFETCH));
            decode.append(layer);
            visitor.at(step, layer, EnumSet.of(ApiCall.ESTIMATE));
            decode.estimate(layer);
            visitor.at(step, layer, EnumSet.of(ApiCall.SELECT, ApiCall.SELECT_OWN));
            decode.select(layer);
            visitor.at(step, layer, EnumSet.of(ApiCall.RECALL));
            decode.recall(layer);
            visitor.at(step, layer, EnumSet.of(ApiCall.ATTEND));
            decode.attend(layer);
        }
        step.commit();
    }

    /** A whole prefill or ingest step in two chunks, stopping between calls. */
    public void prefillStep(boolean attending, Visitor visitor) {
        var tokens = new int[play.pairs().size()];
        Arrays.fill(tokens, tokensEach);
        var step = play.lockstep().open(play.pairs(), tokens);
        var own = attending ? ApiCall.PREFILL : ApiCall.INGEST;
        var some = new int[tokens.length];
        some[0] = 1;
        var rest = tokens.clone();
        rest[0] -= 1;
        for (var layer = 0; layer < play.layers(); layer++) {
            step.prefill().chunk(layer, attending, some);
            visitor.at(step, layer, EnumSet.of(own));
            step.prefill().chunk(layer, attending, rest);
            visitor.at(step, layer, EnumSet.of(ApiCall.FINISH_PREFILL));
            step.prefill().finish(layer);
        }
        step.commit();
    }

    /** A whole step whose members have roles and bring one token each, stopping before each layer; nothing where not declared. */
    public void forwardStep(Visitor visitor) {
        if (!ApiCall.FORWARD.declared(play.lockstep().capabilities())) {
            return;
        }
        var roles = new ArrayList<Role>();
        var tokens = new int[play.pairs().size()];
        Arrays.fill(tokens, 1);
        for (var i = 0; i < tokens.length; i++) {
            roles.add(i % 2 == 0 ? Role.DECODE : Role.LAST_PROMPT);
        }
        var step = play.lockstep().open(play.pairs(), roles, tokens);
        for (var layer = 0; layer < play.layers(); layer++) {
            visitor.at(step, layer, EnumSet.of(ApiCall.FORWARD));
            step.forward().layer(layer);
        }
        step.commit();
    }

    /** Makes every call that is not legal here, and every legal one of another layer. */
    public void outOfOrder(LockedStep step, int layer, Set<ApiCall> legal) {
        var illegal = EnumSet.complementOf(EnumSet.copyOf(legal));
        illegal.removeAll(unclear(legal));
        illegal.removeIf(call -> !call.declared(play.lockstep().capabilities()));
        for (var call : illegal) {
            refuse(step, call, layer, 704, CallOrderException.class, null, null);
        }
        for (var other : new int[] {layer - 1, layer + 1}) {
            for (var call : EnumSet.of(ApiCall.DECODE, ApiCall.APPEND, ApiCall.FORWARD)) {
                if (other >= 0
                        && other < play.layers()
                        && call.declared(play.lockstep().capabilities())) {
                    refuse(step, call, other, 704, CallOrderException.class, null, null);
                }
            }
        }
    }

    /** Makes a call for a layer that does not exist. */
    public void refuseLayer(LockedStep step, ApiCall call, int outside) {
        var arguments = tensors(call, step, 0, null, null);
        var tokens = new int[step.members().size()];
        Arrays.fill(tokens, 1);
        RuleViolation.expect(
                901,
                InvalidArgumentException.class,
                call + " of layer " + outside,
                () -> call.make(step.step(), outside, tokens, arguments));
        play.lockstep().verify(901, 901);
    }

    /** A tensor whose last covered row holds NaN. */
    public Tensor poisoned(KvCache cache, char kind, int rows) {
        var tensor = right(cache, kind, rows);
        var numbers = new float[rows * tensor.heads() * tensor.width()];
        numbers[numbers.length - 1] = Float.NaN;
        tensor.copyFrom(Elements.segment(tensor.elementType(), numbers));
        return tensor;
    }

    /** Calls that the specification neither allows nor forbids where the given ones are legal. */
    private static Set<ApiCall> unclear(Set<ApiCall> legal) {
        if (legal.contains(ApiCall.FINISH_PREFILL)) {
            return EnumSet.of(ApiCall.PREFILL, ApiCall.INGEST, ApiCall.PREFETCH);
        }
        if (!legal.contains(ApiCall.DECODE) && (legal.contains(ApiCall.PREFILL) || legal.contains(ApiCall.INGEST))) {
            return EnumSet.of(ApiCall.PREFETCH);
        }
        if (legal.contains(ApiCall.ESTIMATE)) {
            return EnumSet.of(ApiCall.SELECT_OWN);
        }
        if (legal.contains(ApiCall.SELECT)) {
            return EnumSet.of(ApiCall.ESTIMATE);
        }
        return legal.contains(ApiCall.RECALL)
                ? EnumSet.of(ApiCall.ESTIMATE, ApiCall.SELECT, ApiCall.SELECT_OWN)
                : EnumSet.noneOf(ApiCall.class);
    }

    /** Makes a call with one of its tensors replaced; it must be refused and change nothing. */
    public <E extends ArkValeException> void refuse(
            LockedStep step,
            ApiCall call,
            int layer,
            int rule,
            Class<E> expected,
            @Nullable Character replaced,
            @Nullable Tensor replacement) {
        var arguments = tensors(call, step, layer, replaced, replacement);
        var tokens = new int[step.members().size()];
        Arrays.fill(tokens, 1);
        var what = call + " of layer " + layer + (replaced == null ? "" : " with another tensor " + replaced);
        RuleViolation.expect(rule, expected, what, () -> call.make(step.step(), layer, tokens, arguments));
        play.lockstep().verify(rule, rule == 704 ? 704 : 901);
    }

    /** Makes a call with tensors of the right kinds. */
    public void make(LockedStep step, ApiCall call, int layer) {
        var tokens = new int[step.members().size()];
        Arrays.fill(tokens, 1);
        call.make(step.step(), layer, tokens, tensors(call, step, layer, null, null));
    }

    private Tensor[] tensors(
            ApiCall call, LockedStep step, int layer, @Nullable Character replaced, @Nullable Tensor replacement) {
        var result = new ArrayList<Tensor>();
        for (var kind : call.arguments()) {
            result.add(
                    replacement != null && Character.valueOf(kind).equals(replaced)
                            ? replacement
                            : good(kind, step, layer));
        }
        return result.toArray(Tensor[]::new);
    }

    private Tensor good(char kind, LockedStep step, int layer) {
        var rows = rows(step, kind, layer);
        var spec = play.lockstep().spec();
        var width = kind == 'S' ? spec.headGroups() : heads(kind) * spec.headDim();
        List<float[]> zeros = new ArrayList<>();
        for (var row = 0; row < rows; row++) {
            zeros.add(new float[width]);
        }
        var staging = play.lockstep().staging();
        return switch (kind) {
            case 'Q' -> staging.queries(zeros);
            case 'K' -> staging.keys(zeros);
            case 'V' -> staging.values(zeros);
            case 'S' -> staging.scores(zeros);
            default -> staging.outputs(rows);
        };
    }

    /** Rows that a tensor of a kind needs for one token per member. */
    public int rows(LockedStep step, char kind, int layer) {
        var members = step.members();
        if (kind != 'S') {
            return members.size();
        }
        return members.stream()
                .map(pair -> pair.model().table(layer))
                .mapToInt(table -> table.overBudget() ? table.filled() : 0)
                .sum();
    }

    private int heads(char kind) {
        var spec = play.lockstep().spec();
        return switch (kind) {
            case 'S' -> spec.headGroups();
            case 'K', 'V' -> spec.kvHeads();
            default -> spec.queryHeads();
        };
    }

    /** Tensors of a kind that a call for one token per member must refuse: another shape, type or too few rows. */
    public List<Tensor> wrong(KvCache cache, char kind, int rows) {
        var spec = cache.spec();
        var type = kind == 'S' ? ElementType.F32 : spec.elementType();
        var width = kind == 'S' ? 1 : spec.headDim();
        var result = new ArrayList<Tensor>();
        result.add(cache.allocate(type, rows + 1, heads(kind) + 1, width));
        result.add(cache.allocate(type, rows + 1, heads(kind), width + 1));
        if (rows > 1) {
            result.add(cache.allocate(type, rows - 1, heads(kind), width));
        }
        if (spec.elementType() != ElementType.F32) {
            var other = kind == 'S' ? spec.elementType() : ElementType.F32;
            result.add(cache.allocate(other, rows, heads(kind), width));
        }
        return result;
    }

    /** A tensor of the right shape made by any cache. */
    public Tensor right(KvCache cache, char kind, int rows) {
        var type = kind == 'S' ? ElementType.F32 : cache.spec().elementType();
        return cache.allocate(
                type,
                Math.max(1, rows),
                heads(kind),
                kind == 'S' ? 1 : cache.spec().headDim());
    }

    /** Makes every call that is legal here with each of its tensors replaced by each of the given ones. */
    public <E extends ArkValeException> void withTensors(
            LockedStep step,
            int layer,
            Set<ApiCall> legal,
            int rule,
            Class<E> expected,
            Function<Character, List<Tensor>> replacements) {
        for (var call : legal) {
            if (!call.declared(play.lockstep().capabilities())) {
                continue;
            }
            for (var kind : call.arguments()) {
                for (var replacement : replacements.apply(kind)) {
                    refuse(step, call, layer, rule, expected, kind, replacement);
                }
            }
        }
    }
}
