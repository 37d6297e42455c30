package io.arkvale.llama;

import io.arkvale.api.Batch;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.DeferredException;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.llama.attention.MixedAttention;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.AttentionRows;
import io.arkvale.llama.forward.Buffers;
import io.arkvale.llama.forward.DenseOperations;
import io.arkvale.llama.forward.Indices;
import io.arkvale.llama.forward.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass of one step of a cache in which some sequences decode a token and others read a chunk of their prompts.
 *
 * <p>Rows that decode go through the products of {@link Decoder}, rows of prompts through those of {@link Prefill}. So a
 * sequence's results have the bits that these two give it, in any company and however its prompt is cut.
 */
public final class MixedPass implements AutoCloseable {

    private final Llama model;
    private final LlamaConfig config;
    private final MixedAttention attention;
    private final int mostRows;
    private final int mostMembers;
    private final DenseOperations few;
    private final DenseOperations many;
    private final Rows hidden; // [mostRows, hidden]
    private final Rows last; // [mostMembers, hidden]
    private final Rows logits; // [mostMembers, vocabulary]
    private final AttentionRows rows;
    private final Buffers buffers;

    /**
     * One sequence of the step.
     *
     * @param tokens that it reads: one if it decodes
     * @param role {@link Role#DECODE}, {@link Role#PROMPT} or {@link Role#LAST_PROMPT}
     * @param wanted whether the logits after its last token are wanted
     */
    @SuppressWarnings("ArrayRecordComponent") // Read once; never compared.
    public record Member(Sequence sequence, int[] tokens, Role role, boolean wanted) {}

    /**
     * What the step gave.
     *
     * @param logits of each member {@code [vocabulary]}, null where they were not wanted; those of poisoned members mean
     *     nothing, and those of a member whose numbers overflow are not finite
     * @param error that the step's commit raised; all members that it does not name have their tokens
     */
    public record Outcome(
            List<float @Nullable []> logits, @Nullable DeferredException error) {}

    /**
     * Passes over steps of a cache.
     *
     * @param cache of the model's shape
     * @param mostRows tokens of all members of a step
     * @param mostMembers sequences of a step
     */
    public MixedPass(Llama model, KvCache cache, int mostRows, int mostMembers) {
        this.model = model;
        this.mostRows = mostRows;
        this.mostMembers = mostMembers;
        config = model.config();
        few = model.operationsForFewRows();
        many = model.device().isPresent() ? few : model.operationsForManyRows();
        hidden = few.allocate(mostRows, config.hiddenSize());
        last = few.allocate(mostMembers, config.hiddenSize());
        logits = few.allocateLogits(mostMembers, config.vocabulary());
        rows = AttentionRows.of(few, config, mostRows, false);
        buffers = Buffers.of(few, config, mostRows);
        attention = new MixedAttention(cache);
    }

    /**
     * Takes the step.
     *
     * @param members those that decode first
     * @throws io.arkvale.api.ImmediateException what opening the step raises; nothing has changed then
     */
    public Outcome run(List<Member> members) {
        int decoding = check(members);
        var tokens = members.stream().flatMapToInt(m -> Arrays.stream(m.tokens)).toArray();
        var positions = members.stream()
                .flatMapToInt(m -> IntStream.range(m.sequence.length(), m.sequence.length() + m.tokens.length))
                .toArray();
        int length = members.stream()
                .mapToInt(m -> m.sequence.length() + m.tokens.length)
                .max()
                .orElseThrow();
        var batch = Batch.builder();
        members.forEach(member -> batch.add(member.sequence, member.tokens.length, member.role));
        int count = tokens.length;
        var h = hidden.slice(0, count);
        DeferredException error = null;
        try (var ids = few.indices(tokens);
                var where = few.indices(positions);
                var pass = attention.begin(batch.build())) {
            model.ends().embed(few, ids, h);
            for (int layer = 0; layer < config.layers(); layer++) {
                project(few, layer, length, 0, decoding, where);
                project(many, layer, length, decoding, count, where);
                var own = rows.slice(0, count);
                float[] attended = own.attended().host();
                pass.attend(
                        layer,
                        own.queries().host(),
                        own.keys().host(),
                        own.values().host(),
                        attended);
                own.attended().fromHost(attended);
                update(few, layer, 0, decoding);
                update(many, layer, decoding, count);
            }
            pass.commit();
        } catch (DeferredException e) {
            error = e; // the other members have taken the step
        }
        return new Outcome(logits(members, decoding), error);
    }

    private void project(DenseOperations operations, int layer, int length, int from, int to, Indices where) {
        int count = to - from;
        if (count > 0) {
            model.block(layer)
                    .project(
                            operations,
                            hidden.slice(from, count),
                            model.ropes().at(layer, length),
                            where.slice(from, count),
                            rows.slice(from, count),
                            buffers);
        }
    }

    private void update(DenseOperations operations, int layer, int from, int to) {
        int count = to - from;
        if (count > 0) {
            model.block(layer)
                    .update(
                            operations,
                            hidden.slice(from, count),
                            rows.slice(from, count).attended(),
                            buffers);
        }
    }

    /** The last rows of the members, one after another, through the products of their kind. */
    private List<float @Nullable []> logits(List<Member> members, int decoding) {
        int row = 0;
        int found = 0;
        int foundDecoding = 0;
        for (int i = 0; i < members.size(); i++) {
            row += members.get(i).tokens.length;
            if (members.get(i).wanted) {
                few.copy(hidden.slice(row - 1, 1), last.slice(found++, 1));
            }
            foundDecoding = i < decoding ? found : foundDecoding;
        }
        var own = logits.slice(0, found);
        if (foundDecoding > 0) {
            model.ends().logits(few, last.slice(0, foundDecoding), own.slice(0, foundDecoding), buffers);
        }
        if (found > foundDecoding) {
            int count = found - foundDecoding;
            model.ends().logits(many, last.slice(foundDecoding, count), own.slice(foundDecoding, count), buffers);
        }
        float[] numbers = found == 0 ? new float[0] : own.host();
        var result = new ArrayList<float @Nullable []>(members.size());
        int next = 0;
        for (var member : members) {
            int at = next * config.vocabulary();
            result.add(member.wanted ? Arrays.copyOfRange(numbers, at, at + config.vocabulary()) : null);
            next += member.wanted ? 1 : 0;
        }
        return result;
    }

    /** Refuses what cannot be one pass, and counts the members that decode. */
    private int check(List<Member> members) {
        int decoding = 0;
        int count = 0;
        int shortest = Integer.MAX_VALUE;
        int longest = 0;
        for (var member : members) {
            boolean decodes = member.role == Role.DECODE;
            if (decodes && (member.tokens.length != 1 || decoding < count)) {
                throw new IllegalArgumentException("members that decode have one token each and come first");
            }
            int start = member.sequence.length();
            int end = start + member.tokens.length;
            model.check(member.tokens, start, end);
            shortest = Math.min(shortest, end);
            longest = Math.max(longest, end);
            decoding += decodes ? 1 : 0;
            count += member.tokens.length;
        }
        if (members.isEmpty() || members.size() > mostMembers || count > mostRows) {
            throw new IllegalArgumentException(members.size() + " members with " + count + " tokens; allowed: 1 to "
                    + mostMembers + " members with at most " + mostRows + " tokens");
        }
        if (shortest <= model.ropes().crossing() && longest > model.ropes().crossing()) {
            throw new IllegalArgumentException("sequences of " + shortest + " and " + longest
                    + " tokens cannot take one step: beyond " + model.ropes().crossing()
                    + " tokens this model turns its heads differently");
        }
        return decoding;
    }

    /** Gives the tensors back; the model and the cache stay their owners'. */
    @Override
    public void close() {
        attention.close();
    }
}
