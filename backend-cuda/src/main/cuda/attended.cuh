// Which tokens a decode attends to and how they are split. Splits depend on the sequence's own attended tokens alone, so
// that neither the batch nor residence changes a bit of the result; the host sizes grids with the same arithmetic.
#pragma once
#include "cache.cuh"

constexpr int MOST_SPLITS = 128;
constexpr int MOST_PARTS = 2 * MOST_SPLITS; // of resident and of recalled pages
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
    int firstPage;       // along the attended pages
    int first, until;    // tokens from there on
    int splits;          // of the whole

    /** Row of a token's keys in the pool, counted in rows of headDim. */
    __device__ inline uint32_t row(const Call& call, int token, int headInGroup) const {
        int index = token / call.pageSize, entry = firstPage + index;
        uint32_t slot = (uint32_t)table[attended ? attended[entry] : entry];
        return (slot * 2 * (call.kvHeads / call.groups) + headInGroup) * call.pageSize + (token - index * call.pageSize);
    }
};

/**
 * Finds this block's part; false if it has none. Block x is the split, block z the member. Pages recalled for this very
 * attention have splits of their own, behind the others, so that these need not wait for the copies.
 */
__device__ inline bool partOf(const Call& call, int group, Part& part) {
    const Sequence& sequence = call.sequences[blockIdx.z];
    int pages = pagesAfter(call, sequence), index = call.layer * call.groups + group;
    long long offset = tableOffset(call, sequence, group);
    part.table = sequence.table + offset;
    part.attended = nullptr;
    int taken = pages, recalls = 0;
    if (overBudget(call, sequence)) {
        part.attended = sequence.attended + offset;
        taken = sequence.counts[index];
        recalls = sequence.recalls[index];
    } else if (blockIdx.x == 0 && threadIdx.x == 0) {
        sequence.counts[index] = -pages;
    }
    int missing = pages * call.pageSize - lengthAfter(sequence); // of the last page, which is resident
    int resident = (taken - recalls) * call.pageSize - missing, recalled = recalls * call.pageSize;
    int each = splitTokens(call, resident), residentSplits = (resident + each - 1) / each;
    int eachRecalled = recalled ? splitTokens(call, recalled) : 1, split = blockIdx.x;
    part.splits = residentSplits + (recalled + eachRecalled - 1) / eachRecalled;
    if (split >= part.splits) return false;
    bool late = split >= residentSplits;
    if (late) {
        split -= residentSplits;
        each = eachRecalled;
    }
    part.firstPage = late ? taken - recalls : 0;
    part.first = split * each;
    part.until = min(late ? recalled : resident, part.first + each);
    // With nothing to copy, all recalled pages being shared with others, the first launch takes all.
    return call.mode == EVERY_SPLIT || (late && *call.moveCount > 0) == (call.mode == SPLITS_RECALLED);
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
