package io.arkvale.conformance.lockstep;

import io.arkvale.conformance.oracle.Bounded;
import java.util.BitSet;

/**
 * What is known of one sequence, layer and head group between two of a decode's five steps.
 *
 * @param before resident after append
 * @param scores scores of the filled pages; of no use while within the budget
 * @param selected pages selected
 */
record Decision(BitSet before, Bounded scores, BitSet selected) {
    /** Selected pages that must come back. */
    BitSet recalled() {
        var recalled = (BitSet) selected.clone();
        recalled.andNot(before);
        return recalled;
    }

    /** Victims that rule 504 asks for. */
    int victims(int budget) {
        return Math.max(0, before.cardinality() + recalled().cardinality() - budget);
    }
}
