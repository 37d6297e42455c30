package io.arkvale.experiments.simulate.cost;

import io.arkvale.experiments.simulate.CostModel;

/**
 * Operations that a decode step issues, counted in the code that the paper timed: the authors' kernels in HuggingFace
 * transformers 4.40. Each costs {@link CostModel#launchCost} beside its bytes.
 */
public final class Launches {
    /** Norm, three projections, RoPE, write of the token, output projection, residual; norm, gate, SiLU, up, product, down, residual. */
    public static final int LAYER = 15;

    /** Embedding, last norm, output head. */
    public static final int STEP = 3;

    /** All-reduces of a layer under tensor parallelism: after the output projection and after the down projection. */
    public static final int ALL_REDUCES = 2;

    /** Attention over splits of the tokens, and their merge. */
    static final int ATTENTION = 2;

    /** Scores per query head, and their mean over the heads of a group. */
    static final int ESTIMATE = 2;

    /** One kernel. */
    static final int SELECT = 1;

    /** For each sequence the host compares the number of pages to recall with zero, and reads the answer. */
    static final int RECALL_SEQUENCE = 2;

    /** One copy. */
    static final int RECALL_PAGE = 1;

    /** Gathering a filled page's keys, their digest (9) and its write; done in one of a page's steps. */
    static final int FILLED_PAGE = 11;

    /** The copy of each sequence's filled page to the host. */
    static final int FILLED_PAGE_SEQUENCE = 1;

    /** Products with keys, softmax and products with values apart, where a policy has to see the probabilities. */
    static final int SEEN_ATTENTION = 3;

    private Launches() {}
}
