package io.arkvale.core.page;

import io.arkvale.core.select.Selector;

/** The scores of one member and head group among those of a batch. */
final class GroupScores implements Selector.Scores {
    private final int headGroups;
    private float[] scores = new float[0];
    private int first;

    /** Of nobody yet. */
    GroupScores(int headGroups) {
        this.headGroups = headGroups;
    }

    /** Those of the member whose scores begin at an index, and of a head group. */
    GroupScores of(float[] scores, int first, int group) {
        this.scores = scores;
        this.first = first + group;
        return this;
    }

    @Override
    public float of(int page) {
        return scores[first + page * headGroups];
    }
}
