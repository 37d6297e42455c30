// How a page comes back from its backup: the slot that it gets, and the copy of its bytes.
#pragma once
#include "cache.cuh"

/** Bytes that a block copies at a time. */
constexpr int PART = 32 * 1024;

/** The slot of a page, and whether its bytes have yet to be copied there. */
struct Place {
    int slot;
    bool isNew;
};

/** Finds a slot for the page of a backup: the one that holds it, or is being given to it in this very launch, or a new one. */
__device__ inline Place acquire(const Books& books, int backup) {
    int holder = atomicCAS(&books.holders[backup], NONE, LOCKED);
    if (holder == NONE) {
        int slot = takeSlot(books);
        __threadfence();
        atomicExch(&books.holders[backup], slot);
        return {slot, true};
    }
    while (holder == LOCKED) {
        __nanosleep(100);
        holder = atomicAdd(&books.holders[backup], 0);
    }
    atomicAdd(&books.references[holder], 1ull);
    return {holder, false};
}

/** Copies one part of a page, eight loads in flight a thread. */
__device__ inline void copyPart(const char* source, char* target, long long from, long long bytes) {
    long long until = min(from + PART, bytes);
    if (bytes % 16 == 0) {
        constexpr int FLIGHT = PART / 16 / 256;
        uint4 loaded[FLIGHT];
#pragma unroll
        for (int i = 0; i < FLIGHT; i++) {
            long long at = from + (i * 256 + threadIdx.x) * 16;
            if (at < until) loaded[i] = __ldcs(reinterpret_cast<const uint4*>(source + at));
        }
#pragma unroll
        for (int i = 0; i < FLIGHT; i++) {
            long long at = from + (i * 256 + threadIdx.x) * 16;
            if (at < until) *reinterpret_cast<uint4*>(target + at) = loaded[i];
        }
    } else {
        for (long long at = from + threadIdx.x * 4; at < until; at += 256 * 4) {
            *reinterpret_cast<int*>(target + at) = *reinterpret_cast<const int*>(source + at);
        }
    }
}

/** All threads of a block, 256: copies a page between slots and backups. */
__device__ inline void copyPage(const Pages& pages, const char* source, char* target) {
    for (long long from = 0; from < pages.slotBytes; from += PART) copyPart(source, target, from, pages.slotBytes);
}

__device__ inline char* slotOfPool(const Pages& pages, int slot) { return pages.pool + slot * pages.slotBytes; }
__device__ inline char* backupOfHost(const Pages& pages, int backup) { return pages.host + backup * pages.slotBytes; }
