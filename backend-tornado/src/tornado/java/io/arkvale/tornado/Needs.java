package io.arkvale.tornado;

/**
 * What a piece of work takes of an {@link Execution}.
 *
 * @param fields integers of the table
 * @param rows numbers that go along
 * @param results numbers that come back
 * @param scratch numbers that one kernel leaves to the next
 */
record Needs(long fields, long rows, long results, long scratch) {
    static final Needs NOTHING = new Needs(0, 0, 0, 0);

    Needs plus(Needs other) {
        return new Needs(fields + other.fields, rows + other.rows, results + other.results, scratch + other.scratch);
    }
}
