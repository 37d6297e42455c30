package io.arkvale.api;

/**
 * One transaction over all layers, in which the batch's sequences grow by their tokens.
 *
 * <p>Every layer is handled once, layers in ascending order. If the batch's members have roles, one {@link #forward} does a
 * layer. Else each layer goes by one of three routes, the same for all members:
 *
 * <ul>
 *   <li><em>decode</em>, when each sequence grows by one token: {@link #decode}, or its five steps {@link #append},
 *       {@link #estimate}, {@link #select}, {@link #recall}, {@link #attend} in this order;
 *   <li><em>prefill</em>: one or more {@link #prefill} chunks that together cover the batch's tokens, then
 *       {@link #finishPrefill};
 *   <li><em>ingest</em>: one or more {@link #ingest} chunks, then {@link #finishPrefill}.
 * </ul>
 *
 * <p>{@link #commit} ends the step once every layer is done. {@link #close} without commit puts lengths, page tables,
 * digests and backups back to what they were. A call out of order raises {@link CallOrderException} and changes
 * nothing.
 *
 * <p>Tensors are {@code [rows, queryHeads, headDim]} for queries and outputs, {@code [rows, kvHeads, headDim]} for keys
 * and values, of the cache's element type, with at least the rows that the call covers; rows beyond are ignored. Keys
 * and queries come with their positions already applied (after RoPE). All calls may return before the device is done,
 * and may read their tensors until then; later writes through {@link Tensor#copyFrom} are ordered after.
 *
 * <p>Every call raises, beside what it names: {@link InvalidArgumentException} for a layer out of range, a wrong shape
 * or element type; {@link ForeignObjectException} for a tensor of another cache; {@link ClosedException} after commit
 * or close. With {@code checks=immediate}, a non-finite value raises {@link InvalidArgumentException} at the call that
 * brings it; otherwise {@link #commit} raises {@link NonFiniteException}.
 */
public interface Step extends AutoCloseable {
    /** The batch of the step. */
    Batch batch();

    /**
     * A whole layer of a batch whose members have roles: stores every member's tokens, and does for each what its role says,
     * as if it were alone. Rows of all tensors are the members' tokens, in batch order.
     *
     * @param queries {@code [batch.rows(), queryHeads, headDim]}
     * @param keys {@code [batch.rows(), kvHeads, headDim]}
     * @param values {@code [batch.rows(), kvHeads, headDim]}
     * @param output {@code [batch.rows(), queryHeads, headDim]}, written in the rows of members that attend
     * @throws CallOrderException if the members have no roles
     */
    default void forward(int layer, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        throw new UnsupportedFeatureException(Capabilities.Feature.MIXED_STEPS);
    }

    /**
     * The five steps at once, for one token per sequence: observably the same as calling them one after another.
     *
     * @param queries {@code [batch, queryHeads, headDim]}
     * @param keys {@code [batch, kvHeads, headDim]}
     * @param values {@code [batch, kvHeads, headDim]}
     * @param output {@code [batch, queryHeads, headDim]}, written
     */
    void decode(int layer, Tensor queries, Tensor keys, Tensor values, Tensor output);

    /**
     * Step (a): puts one token per sequence into its last page. A page that fills in a limited layer is summarised at
     * once and backed up in the background.
     */
    void append(int layer, Tensor keys, Tensor values);

    /**
     * Step (b): scores every filled page of every sequence that is over its budget in this layer.
     *
     * @return float32 {@code [scoreOffsets(layer)[batch], headGroups, 1]}; belongs to the step and is valid until the
     *     next call of this method or the end of the step
     */
    Tensor estimate(int layer, Tensor queries);

    /**
     * Offsets of each sequence's rows in the scores of a layer, {@code batch + 1} numbers. A sequence that is over its
     * budget in this layer has one row per filled page, in page order; any other has none.
     */
    int[] scoreOffsets(int layer);

    /** Step (c) with the scores of the last {@link #estimate} of this layer. */
    void select(int layer);

    /**
     * Step (c) with the caller's own scores, shaped as {@link #estimate} returns them. Higher first, −0 equals +0, NaN
     * below −∞, ties to the lower page; victims in the reverse of that order.
     *
     * @throws UnsupportedFeatureException if the backend does not declare own scores
     */
    void select(int layer, Tensor scores);

    /** Step (d): evicts the victims and copies selected pages that are not resident back from their backups. */
    void recall(int layer);

    /** Step (e): exact softmax attention, scaled by {@link CacheSpec#attentionScale}, over the pages that the scope names. */
    void attend(int layer, Tensor queries, Tensor output);

    /**
     * Stores a chunk of tokens and attends causally and densely from each to everything before it, evicted pages
     * included, which do not become resident.
     *
     * @param tokens tokens of each sequence in this chunk, at least 0, at least one above 0; rows of the tensors follow
     */
    void prefill(int layer, int[] tokens, Tensor queries, Tensor keys, Tensor values, Tensor output);

    /** Stores a chunk of tokens without attending: hands a prefill to another cache, page size, setting or backend. */
    void ingest(int layer, int[] tokens, Tensor keys, Tensor values);

    /**
     * Ends the prefill of a layer: scores the pages of each limited sequence that is over its budget with its last
     * query, and evicts the lowest-ranked resident ones down to the budget.
     *
     * @param lastQueries {@code [batch, queryHeads, headDim]}: the query of each sequence's last token
     */
    void finishPrefill(int layer, Tensor lastQueries);

    /**
     * Speculative recall: estimate, select and recall of a later layer with guessed queries, which a backend may do in the
     * background. {@link #decode} of that layer then keeps this selection and only waits for it; of the five steps,
     * estimate, select and recall must then be left out.
     *
     * @param layer a layer after the one last begun
     * @param guessedQueries {@code [batch, queryHeads, headDim]}
     * @throws UnsupportedFeatureException if the backend does not declare prefetch
     */
    void prefetch(int layer, Tensor guessedQueries);

    /**
     * Ends the step.
     *
     * @throws CallOrderException if a layer is not done
     * @throws DeferredException if a deferred error concerned some of its sequences; the step is over, those sequences
     *     are poisoned and all others have taken it
     */
    StepReport commit();

    /**
     * Ends the step and keeps only the first tokens of each member, as if the later ones had never been: what
     * {@link KvCache#truncate} does, for members that decode. All other members keep all of theirs. Never fails for want of
     * room.
     *
     * @param kept tokens to keep of each member, in batch order: 0 to all for a member whose role is
     *     {@link Batch.Role#DECODE}, else all
     * @throws CallOrderException if a layer is not done
     * @throws InvalidArgumentException if there are not as many numbers as members, or one is out of range
     * @throws UnsupportedFeatureException if the backend does not declare truncation
     * @throws DeferredException as {@link #commit()}
     */
    default StepReport commit(int... kept) {
        throw new UnsupportedFeatureException(Capabilities.Feature.TRUNCATION);
    }

    /**
     * Ends the step as {@link #commit()} does, without waiting for work that is under way. The next step may open at once.
     * Errors of order are raised here; deferred errors show in the report.
     *
     * @throws CallOrderException if a layer is not done
     */
    default PendingReport commitAsync() {
        return PendingReport.complete(this::commit);
    }

    /**
     * Ends the step as {@link #commit(int...)} does, without waiting for work that is under way.
     *
     * @param kept tokens to keep of each member
     * @throws CallOrderException if a layer is not done
     * @throws InvalidArgumentException as {@code commit}
     * @throws UnsupportedFeatureException if the backend does not declare truncation
     */
    default PendingReport commitAsync(int... kept) {
        return PendingReport.complete(() -> commit(kept));
    }

    /** Without {@link #commit}: puts everything back to what it was before the step; after it, does nothing. */
    @Override
    void close();
}
