package io.arkvale.tornado;

import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.support.HostTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Looks for numbers that are not finite in what a call brings. */
final class ValueCheck {
    private static final int EXPONENT = 0x7f80_0000;

    private final List<Member> members;
    private final boolean immediate;
    private final Poison poison = new Poison();

    /** @param immediate whether to raise the error at once */
    ValueCheck(List<Member> members, boolean immediate) {
        this.members = members;
        this.immediate = immediate;
    }

    /** Checks one row a member. */
    void check(String name, HostTensor tensor) {
        for (var member : members) {
            check(name, tensor, member, member.index, 1);
        }
    }

    /** Checks the rows of a chunk. */
    void check(String name, HostTensor tensor, int[] tokens) {
        int row = 0;
        for (var member : members) {
            check(name, tensor, member, row, tokens[member.index]);
            row += tokens[member.index];
        }
    }

    private void check(String name, HostTensor tensor, Member member, int row, int rows) {
        if (!allFinite(tensor.memory(), row * tensor.rowBytes(), rows * tensor.rowBytes())) {
            var message = name + " of sequence " + member.index + " of the batch hold NaN or infinity";
            if (immediate) {
                throw new InvalidArgumentException(message + "; allowed: finite values");
            }
            poison.nonFinite(member.sequence, message);
        }
    }

    private static boolean allFinite(MemorySegment memory, long from, long bytes) {
        boolean finite = true;
        for (long at = from; at < from + bytes; at += Float.BYTES) {
            finite &= (memory.get(ValueLayout.JAVA_INT, at) & EXPONENT) != EXPONENT;
        }
        return finite;
    }

    /** Poisons the sequences concerned and raises the first error, if there is one. */
    void raise() {
        poison.raise();
    }
}
