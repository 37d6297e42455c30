// Which tokens a decode attends to and how they are split. Splits depend on the sequence's own attended tokens alone, so
// that neither the batch nor residence changes a bit of the result; the host sizes grids with the same arithmetic.
#pragma once
#include "cache.cuh"

constexpr int MOST_SPLITS = 128;
constexpr int SPLIT_UNIT = 16;

enum Phase { EVERY_SPLIT, SPLITS_AT_HAND, SPLITS_RECALLED }; // at hand: while the recalled pages are still being copied

__device__ inline int splitTokens(const Call& call, int tokens) {
    int splits = min(MOST_SPLITS, (tokens + call.splitTarget - 1) / call.splitTarget);
    int even = (tokens + splits - 1) / splits;
    return (even + SPLIT_UNIT - 1) / SPLIT_UNIT * SPLIT_UNIT;
}

/** The part of a head group's attended tokens that this block takes. */
struct Part {
    const int* table;
    const int* attended; // null: every page
    int first, until;    // tokens, counted along the attended pages
    int splits;

    /** Row of a token's keys in the pool, counted in rows of headDim; FRESH pages are reported. */
    __device__ inline uint32_t row(const Call& call, int token, int headInGroup, bool& fresh) const {
        int index = token / call.pageSize, entry = attended ? attended[index] : index;
        fresh |= attended && (entry & FRESH);
        uint32_t slot = (uint32_t)table[attended ? entry & PAGE_MASK : entry];
        return (slot * 2 * (call.kvHeads / call.groups) + headInGroup) * call.pageSize + (token - index * call.pageSize);
    }
};

/** Whether this launch leaves the split to the other one. With nothing to copy, the first takes all. */
__device__ inline bool isOther(const Call& call, bool fresh) {
    return call.mode != EVERY_SPLIT && (fresh && *call.moveCount > 0) != (call.mode == SPLITS_RECALLED);
}

/** False if the sequence has fewer splits. Block x is the split, block z the member. */
__device__ inline bool partOf(const Call& call, int group, Part& part) {
    const Sequence& sequence = call.sequences[blockIdx.z];
    int pages = pagesAfter(call, sequence);
    int* count = sequence.counts + call.layer * call.groups + group;
    long long offset = tableOffset(call, sequence, group);
    part.table = sequence.table + offset;
    part.attended = nullptr;
    int taken = pages;
    if (overBudget(call, sequence)) {
        part.attended = sequence.attended + offset;
        taken = *count;
    } else if (blockIdx.x == 0 && threadIdx.x == 0) {
        *count = -pages;
    }
    int tokens = taken * call.pageSize - (pages * call.pageSize - lengthAfter(sequence));
    int each = splitTokens(call, tokens);
    part.splits = (tokens + each - 1) / each;
    part.first = blockIdx.x * each;
    part.until = min(tokens, part.first + each);
    return (int)blockIdx.x < part.splits;
}

/** Counts this block in; true in the last one of `splits`, which then sees what all others wrote. */
__device__ inline bool isLast(int* ticket, int splits) {
    __shared__ bool last;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
        last = atomicAdd(ticket, 1) == splits - 1;
        if (last) *ticket = 0;
    }
    __syncthreads();
    __threadfence();
    return last;
}
