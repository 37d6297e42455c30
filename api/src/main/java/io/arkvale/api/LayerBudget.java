package io.arkvale.api;

/**
 * The budget of one layer, or of one head group of it, in place of the sequence's own: {@link SequenceSpec#layerBudgets}. The
 * pages of a head group's budget go before those of its layer.
 *
 * @param layer the layer
 * @param group the head group, or {@link #ALL_GROUPS}
 * @param budgetPages {@code c}: pages that stay resident, or {@link SequenceSpec#NO_BUDGET} for all groups of a layer that
 *     keeps everything
 * @param attendedPages {@code k}: filled pages that take part in attention, {@code sinkPages + windowPages ≤ k ≤ c − 1}; {@link
 *     SequenceSpec#NO_BUDGET} without a budget
 */
public record LayerBudget(int layer, int group, int budgetPages, int attendedPages) {
    /** Stands for all head groups of the layer. */
    public static final int ALL_GROUPS = -1;

    /**
     * Checks layer and group; what the pages must be depends on the sequence's settings, which check them.
     *
     * @throws InvalidArgumentException naming the field, its value and the allowed range
     */
    public LayerBudget {
        Checks.range("layer", layer, 0, Short.MAX_VALUE);
        Checks.range("group", group, ALL_GROUPS, Short.MAX_VALUE);
        if (budgetPages == SequenceSpec.NO_BUDGET && group != ALL_GROUPS) {
            throw new InvalidArgumentException(
                    "group " + group + " of layer " + layer
                            + " has no budget; allowed: a number of pages, since all groups of a layer have a budget or none has");
        }
    }

    /** Whether it limits its layer or head group. */
    public boolean isLimited() {
        return budgetPages != SequenceSpec.NO_BUDGET;
    }

    /** Its layer or head group, in words. */
    String subject() {
        return group == ALL_GROUPS ? "layer " + layer : "group " + group + " of layer " + layer;
    }
}
