// Which tokens a decode attends to and how they are split. Splits depend on the sequence's own attended tokens alone, so
// that neither the batch nor residence changes a bit of the result; the host sizes grids with the same arithmetic.
#pragma once
#include "cache.cuh"

constexpr int MOST_SPLITS = 128;
constexpr int MOST_PARTS = 2 * MOST_SPLITS; // of resident and of recalled pages
constexpr int SPLIT_UNIT = 16;
constexpr int SHORT = 4096; // tokens up to which splits have half as many, so that there are enough of them

enum Arrival { AT_HAND, ARRIVING }; // arriving: this launch brings the bytes of recalled pages into their slots

__device__ inline int splitTokens(const Call& call, int tokens) {
    int target = tokens <= SHORT ? call.splitTarget / 2 : call.splitTarget;
    int splits = min(MOST_SPLITS, (tokens + target - 1) / target);
    int even = (tokens + splits - 1) / splits;
    return (even + SPLIT_UNIT - 1) / SPLIT_UNIT * SPLIT_UNIT;
}

/** The piece of a head group's attended tokens that this block takes. */
struct Piece {
    const int* attended;   // null: every page
    const int* slots;      // device slot of each page
    const int* places;     // where each page's bytes are: its device slot, or its backup slot while it arrives
    const char* bytes;     // what places number: the pool or the backups
    int firstPage;         // along the attended pages
    int first, until;      // tokens from there on
    int splits;            // of the whole
    bool recalled;

    __device__ inline int entry(int index) const { return attended ? attended[firstPage + index] : firstPage + index; }

    /** Row of a page's first key in the place it has, counted in rows of headDim. */
    __device__ inline uint32_t pageRow(const Call& call, uint32_t place, int headInGroup) const {
        return (place * 2 * (call.kvHeads / call.groups) + headInGroup) * call.pageSize;
    }

    /** Row of a token's keys. */
    __device__ inline uint32_t row(const Call& call, int token, int headInGroup) const {
        int index = token / call.pageSize;
        return pageRow(call, places[entry(index) & ~FRESH], headInGroup) + (token - index * call.pageSize);
    }
};

/**
 * Finds this block's piece; false if it has none. Block y is the member, block z the split. Pages recalled for this very
 * attention have splits of their own, before the others: while they arrive, the others are read.
 */
__device__ inline bool pieceOf(const Call& call, int group, Piece& piece) {
    const Sequence& sequence = call.sequences[blockIdx.y];
    int pages = pagesAfter(call, sequence), index = call.layer * call.groups + group;
    long long offset = tableOffset(call, sequence, group);
    piece.attended = nullptr;
    int taken = pages, recalls = 0;
    if (overBudget(call, sequence)) {
        piece.attended = sequence.attended + offset;
        taken = sequence.counts[index];
        recalls = sequence.recalls[index];
    } else if (blockIdx.z == 0 && threadIdx.x == 0) {
        sequence.counts[index] = -pages;
    }
    int missing = pages * call.pageSize - lengthAfter(sequence); // of the last page, which is resident
    int resident = (taken - recalls) * call.pageSize - missing, recalled = recalls * call.pageSize;
    int each = splitTokens(call, resident), eachRecalled = recalled ? splitTokens(call, recalled) : 1;
    int recalledSplits = (recalled + eachRecalled - 1) / eachRecalled, split = blockIdx.z;
    piece.splits = recalledSplits + (resident + each - 1) / each;
    if (split >= piece.splits) return false;
    piece.recalled = split < recalledSplits;
    if (piece.recalled) each = eachRecalled;
    else split -= recalledSplits;
    piece.firstPage = piece.recalled ? taken - recalls : 0;
    piece.first = split * each;
    piece.until = min(piece.recalled ? recalled : resident, piece.first + each);
    bool arriving = piece.recalled && call.mode == ARRIVING;
    piece.slots = sequence.table + offset;
    piece.places = arriving ? sequence.backups + offset : piece.slots;
    piece.bytes = arriving ? call.host : call.pool;
    return true;
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
