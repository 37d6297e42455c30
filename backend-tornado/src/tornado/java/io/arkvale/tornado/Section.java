package io.arkvale.tornado;

/**
 * What an execution can do, in the order in which it is done: each is a list of items in the {@link Table}, for one kernel
 * or two that share it. A work group does a share of an item; {@link Shape#shares} says how many there are.
 */
enum Section {
    /** Items of {@link ClearKernel}, which have no fields. */
    CLEAR(Table.CLEAR, 0),
    COPY(Table.COPY, PageRuns.FIELDS),
    PUT(Table.PUT, PageRuns.FIELDS),
    APPEND(Table.APPEND, AppendKernel.FIELDS),
    DIGEST(Table.DIGEST, DigestKernel.FIELDS),
    GATHER(Table.GATHER, PageRuns.FIELDS),
    LOOK(Table.LOOK, LookKernel.FIELDS),
    SCORE(Table.SCORE, ScoreKernel.FIELDS),
    /** Items of {@link GroupScoreKernel} and {@link RankKernel}. */
    RANK(Table.RANK, GroupScoreKernel.FIELDS),
    CHOOSE(Table.CHOOSE, ChooseKernel.FIELDS),
    ATTEND(Table.ATTEND, AttendKernel.FIELDS),
    MERGE(Table.MERGE, MergeKernel.FIELDS);

    /** Where its four numbers stand in the header. */
    final int header;

    /** Integers per item. */
    final int fields;

    Section(int header, int fields) {
        this.header = header;
        this.fields = fields;
    }
}
