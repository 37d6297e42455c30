package io.arkvale.cuda;

import io.arkvale.cuda.driver.Memory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The digests of one kind: one for every backup and KV head, by backup slot. Owned by the cache's memory. */
final class DigestPool {
    /** Vectors in the cache's element type, or records in few bits. */
    final Memory.OnDevice numbers;

    /** Of whole digests that have one. */
    final Memory.@Nullable OnDevice radii;

    private int[] users = new int[16];
    private int used;

    DigestPool(Memory.OnDevice numbers, Memory.@Nullable OnDevice radii) {
        this.numbers = numbers;
        this.radii = radii;
    }

    /** One more sequence has the digests of a backup. */
    void use(int slot) {
        if (slot >= users.length) {
            users = Arrays.copyOf(users, Math.max(slot + 1, 2 * users.length));
        }
        used += users[slot]++ == 0 ? 1 : 0;
    }

    /** One fewer has them. */
    void drop(int slot) {
        used -= --users[slot] == 0 ? 1 : 0;
    }

    /** Backups that have digests of this kind. */
    int used() {
        return used;
    }
}
