package io.arkvale.conformance.cases;

import io.arkvale.api.Batch.Role;
import io.arkvale.api.SequenceSpec;

/**
 * What a sequence does in a step whose members have roles.
 *
 * @param role its role
 * @param amount its tokens, taken modulo what the role allows; 0 if it is not in the batch
 */
public record Part(Role role, int amount) {
    /** Tokens that it brings. */
    public int tokens(SequenceSpec settings, int pageSize) {
        if (amount == 0) {
            return 0;
        }
        var most = 3 * pageSize;
        return 1 + (amount - 1) % (role == Role.DECODE ? Math.min(most, settings.mostDrafted(pageSize)) : most);
    }
}
