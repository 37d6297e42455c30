package io.arkvale.cuda.step;

import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.driver.Scratch;
import java.util.List;

/** What a step may change beside bytes of pages, as it was before: the books of the slots and the members' tables. */
public final class Snapshot {
    private static final int ALIGNMENT = 16;

    private final CudaCache cache;
    private final Copies copies;
    private final Scratch kept;

    public Snapshot(CudaCache cache) {
        this.cache = cache;
        copies = new Copies(cache);
        kept = new Scratch(cache.memory);
    }

    /**
     * Makes room.
     *
     * @throws io.arkvale.api.CapacityException if there is not enough memory
     */
    public void reserve(List<Member> members) {
        kept.atLeast(at(members, members.size()));
    }

    /** Adds what takes the snapshot. */
    public void take(List<Member> members, Copies into) {
        into.add(cache.pools.books().address, books(), cache.pools.books().bytes);
        for (var member : members) {
            into.add(
                    member.sequence().block.address,
                    tables(members, member),
                    member.sequence().tables.bytes());
        }
    }

    /** Queues what puts everything back. */
    public void restore(List<Member> members) {
        copies.add(books(), cache.pools.books().address, cache.pools.books().bytes);
        for (var member : members) {
            copies.add(
                    tables(members, member),
                    member.sequence().block.address,
                    member.sequence().tables.bytes());
        }
        copies.run();
    }

    public Address books() {
        return kept.atLeast(0).address;
    }

    public Address tables(List<Member> members, Member member) {
        return books().plus(at(members, member.index()));
    }

    /** Where the tables of the member with an index begin, behind those of all before it. */
    private long at(List<Member> members, int index) {
        long at = aligned(cache.pools.books().bytes);
        for (var member : members.subList(0, index)) {
            at += aligned(member.sequence().tables.bytes());
        }
        return at;
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
}
