package io.arkvale.api.support;

import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Sequence;
import java.util.List;

/**
 * Looks for numbers that are not finite in what a step's calls bring.
 *
 * @param <S> the backend's sequences
 */
public final class ValueCheck<S extends Sequence> {
    /** Looks at the rows themselves. */
    @FunctionalInterface
    public interface Finite {
        /** Whether every number of {@code rows} rows from {@code firstRow} is finite. */
        boolean test(HostTensor tensor, int firstRow, int rows);
    }

    private final List<S> members;
    private final boolean immediate;
    private final Poison<S> poison;
    private final Finite finite;

    /**
     * Of a step that begins.
     *
     * @param members the sequences of the batch, in order
     * @param immediate whether to raise the error at the call, instead of handing it to {@code poison}
     */
    public ValueCheck(List<S> members, boolean immediate, Poison<S> poison, Finite finite) {
        this.members = List.copyOf(members);
        this.immediate = immediate;
        this.poison = poison;
        this.finite = finite;
    }

    /** Checks one row a member. */
    void check(String name, HostTensor tensor) {
        for (int i = 0; i < members.size(); i++) {
            check(name, tensor, i, i, 1);
        }
    }

    /** Checks the rows of a chunk. */
    void check(String name, HostTensor tensor, int[] tokens) {
        int row = 0;
        for (int i = 0; i < members.size(); i++) {
            check(name, tensor, i, row, tokens[i]);
            row += tokens[i];
        }
    }

    private void check(String name, HostTensor tensor, int member, int row, int rows) {
        if (!finite.test(tensor, row, rows)) {
            var message = name + " of sequence " + member + " of the batch hold NaN or infinity";
            if (immediate) {
                throw new InvalidArgumentException(message + "; allowed: finite values");
            }
            poison.nonFinite(members.get(member), message);
        }
    }

    /** Raises what was found and not raised at once, and whatever else the step's {@link Poison} holds. */
    void raise() {
        poison.raise();
    }
}
