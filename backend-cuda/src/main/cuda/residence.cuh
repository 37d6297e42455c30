// Which pages have to be resident at a length, and how one comes back that is not. No other kernel runs meanwhile.
#pragma once
#include "moves.cuh"

/** Which pages have to be resident at a length. */
struct Residence {
    Limits limits;
    int length;
    /** Whether a step is open on other sequences, which count on what they hold alone: 0 or 1. */
    int besideStep;
};

__device__ inline int pagesOf(const Shape& shape, const Residence& residence) {
    return (residence.length + shape.pageSize - 1) / shape.pageSize;
}

/**
 * Whether a page of a run has to come back if it is not resident: all within the budget, else those of sink and window. What
 * has left a layer's window never does.
 */
__device__ inline bool staysResident(const Shape& shape, const Residence& residence, int run, int page) {
    if (windowOf(shape, run / shape.groups) != INT_MAX) return false;
    const Limits& limits = residence.limits;
    int pages = pagesOf(shape, residence);
    return pages <= budgetOf(shape, limits, run).pages || page < limits.sink || page >= pages - limits.window;
}

/** Whether another sequence holds the page of a backup in a slot that may be shared. */
__device__ inline bool isAtHand(const Books& books, const Residence& residence, int backup) {
    int holder = books.holders[backup];
    return holder >= 0 && (!residence.besideStep || books.references[holder] > 1);
}

/** One thread: finds a slot for a page that comes back. */
__device__ inline Place comeBack(const Books& books, const Residence& residence, int backup) {
    if (isAtHand(books, residence, backup)) {
        int holder = books.holders[backup];
        atomicAdd(&books.references[holder], 1ull);
        return {holder, false};
    }
    int slot = takeSlot(books);
    books.holders[backup] = slot;
    return {slot, true};
}
