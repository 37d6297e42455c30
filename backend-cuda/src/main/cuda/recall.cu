// Moves pages between the device's slots and the backups in host memory, which is mapped into the device's addresses.
#include "cache.cuh"

/** Bytes that a block copies at a time. */
constexpr int PART = 32 * 1024;

struct EvictVictimsArguments {
    Layer layer;
    Books books;
};

/** Evicts the marked victims: grid (groups, batch). */
extern "C" __global__ void __launch_bounds__(256) evictVictims(const __grid_constant__ EvictVictimsArguments call) {
    Timed timed(call.layer, RECALL);
    const Sequence& sequence = call.layer.sequences[blockIdx.y];
    if (!overBudget(call.layer, sequence)) return;
    long long offset = tableOffset(call.layer, sequence, blockIdx.x);
    for (int page = threadIdx.x; page < pagesAfter(call.layer, sequence); page += blockDim.x) {
        int entry = sequence.tables.slots[offset + page];
        if (entry <= VICTIM) {
            sequence.tables.slots[offset + page] = NONE;
            dropSlot(call.books, VICTIM - entry, sequence.tables.backups[offset + page]);
        }
    }
}

/** The slot of a page, and whether its bytes have yet to be copied there. */
struct Place {
    int slot;
    bool isNew;
};

/** Finds a slot for the page of a backup: the one that holds it, or is being given to it in this very launch, or a new one. */
__device__ static Place acquire(const Books& books, int backup) {
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
    atomicAdd(&books.references[holder], 1);
    return {holder, false};
}

struct AcquireSlotsArguments {
    Layer layer;
    Books books;
    /** Counts the pages that are copied back in the step. */
    unsigned long long* copies;
};

/**
 * Gives every wanted page a slot, once all members have evicted: grid (groups, batch). A page that another sequence has
 * resident, or is being given in this very launch, is shared; the others are marked as fresh, for their bytes to be copied.
 */
extern "C" __global__ void __launch_bounds__(128) acquireSlots(const __grid_constant__ AcquireSlotsArguments call) {
    Timed timed(call.layer, RECALL);
    const Sequence& sequence = call.layer.sequences[blockIdx.y];
    if (!overBudget(call.layer, sequence)) return;
    long long offset = tableOffset(call.layer, sequence, blockIdx.x);
    int index = runIndex(call.layer, blockIdx.x);
    const Run& run = sequence.tables.runs[index];
    int* attended = attendedOf(sequence.tables, index, run.half);
    int count = run.counts[run.half];
    for (int i = count - run.recalls[run.half] + threadIdx.x; i < count; i += blockDim.x) {
        int page = attended[i];
        Place place = acquire(call.books, sequence.tables.backups[offset + page]);
        sequence.tables.slots[offset + page] = place.slot;
        if (!place.isNew) continue;
        attended[i] = page | FRESH;
        atomicAdd(call.copies, 1ull);
    }
}

constexpr int LISTERS = 128;

struct ListResidentsArguments {
    Layer layer;
};

/** Scope resident: lists the resident pages as attended. Grid (groups, batch). */
extern "C" __global__ void __launch_bounds__(LISTERS) listResidents(const __grid_constant__ ListResidentsArguments call) {
    const Sequence& sequence = call.layer.sequences[blockIdx.y];
    if (!overBudget(call.layer, sequence) || sequence.scope != RESIDENT) return;
    long long offset = tableOffset(call.layer, sequence, blockIdx.x);
    const int* table = sequence.tables.slots + offset;
    int index = runIndex(call.layer, blockIdx.x), pages = pagesAfter(call.layer, sequence);
    Run& run = sequence.tables.runs[index];
    int* attended = attendedOf(sequence.tables, index, run.half);
    __shared__ int sums[LISTERS];
    int each = (pages + LISTERS - 1) / LISTERS, first = threadIdx.x * each, until = min(first + each, pages), place = 0;
    sums[threadIdx.x] = 0;
    for (int page = first; page < until; page++) sums[threadIdx.x] += table[page] >= 0;
    __syncthreads();
    for (int i = 0; i < (int)threadIdx.x; i++) place += sums[i];
    for (int page = first; page < until; page++) {
        if (table[page] >= 0) attended[place++] = page;
    }
    if (threadIdx.x == LISTERS - 1) {
        run.counts[run.half] = place;
        run.recalls[run.half] = 0;
    }
}

/** Copies one part of a page, eight loads in flight a thread. */
__device__ static void copyPart(const char* source, char* target, long long from, long long bytes) {
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

struct GatherArguments {
    Layer layer;
    Pages pages;
};

/** Copies fresh pages from their backups: grid (any number of blocks, groups, batch). */
extern "C" __global__ void __launch_bounds__(256) gather(const __grid_constant__ GatherArguments call) {
    const Sequence& sequence = call.layer.sequences[blockIdx.z];
    if (!overBudget(call.layer, sequence)) return;
    int index = runIndex(call.layer, blockIdx.y);
    const Run& run = sequence.tables.runs[index];
    int recalls = run.recalls[run.half], listed = run.counts[run.half] - recalls;
    const int* attended = attendedOf(sequence.tables, index, run.half);
    long long offset = tableOffset(call.layer, sequence, blockIdx.y);
    if (recalls == 0) return;
    Timed timed(call.layer, RECALL);
    int parts = (int)((call.pages.slotBytes + PART - 1) / PART);
    for (int i = blockIdx.x; i < recalls * parts; i += gridDim.x) {
        int entry = attended[listed + i / parts], page = entry & ~FRESH;
        if (!(entry & FRESH)) continue;
        const char* backup = call.pages.host + sequence.tables.backups[offset + page] * call.pages.slotBytes;
        copyPart(backup, call.pages.pool + sequence.tables.slots[offset + page] * call.pages.slotBytes, (long long)(i % parts) * PART, call.pages.slotBytes);
    }
}

struct BackUpArguments {
    Layer layer;
    Pages pages;
    /** [batch], or null in decode */
    const Chunk* chunks;
    /** Most pages that a member filled. */
    int extent;
};

/** Copies the pages that a call filled to their backups. Any number of blocks. */
extern "C" __global__ void __launch_bounds__(256) backUp(const __grid_constant__ BackUpArguments call) {
    const Shape& shape = call.layer.shape;
    int parts = (int)((call.pages.slotBytes + PART - 1) / PART);
    long long work = (long long)parts * call.extent * shape.groups * call.layer.batch;
    for (long long i = blockIdx.x; i < work; i += gridDim.x) {
        int part = (int)(i % parts);
        int index = (int)(i / parts % call.extent), group = (int)(i / parts / call.extent % shape.groups);
        int member = (int)(i / parts / call.extent / shape.groups);
        const Sequence& sequence = call.layer.sequences[member];
        Chunk chunk = chunkOf(call.chunks, call.layer.sequences, member);
        int page = chunk.first / shape.pageSize + index;
        if (page >= (chunk.first + chunk.tokens) / shape.pageSize || !limited(call.layer, sequence)) continue;
        long long offset = tableOffset(call.layer, sequence, group) + page;
        int slot = slotOf(sequence.tables.slots[offset]);
        copyPart(call.pages.pool + slot * call.pages.slotBytes, call.pages.host + sequence.tables.backups[offset] * call.pages.slotBytes, (long long)part * PART, call.pages.slotBytes);
    }
}

/** What of a member's pages the step that is taken back came upon. */
struct Before {
    int pages, filled, filledAfter;
    __device__ Before(const Shape& shape, const Sequence& sequence)
        : pages((sequence.length + shape.pageSize - 1) / shape.pageSize),
          filled(sequence.length / shape.pageSize),
          filledAfter(lengthAfter(sequence) / shape.pageSize) {}
};

__device__ inline bool isChanged(const uint32_t* changed, int page) { return changed[page / 32] >> page % 32 & 1; }

struct GiveUpArguments {
    Shape shape;
    Books books;
    /** [batch] */
    const Sequence* sequences;
};

/**
 * A step is taken back, first half: grid (layers times groups, batch). Gives up every slot that it took, so that the second
 * half finds as many as there were, and forgets its marks. What is changed and not resident then was evicted.
 */
extern "C" __global__ void __launch_bounds__(256) giveUp(const __grid_constant__ GiveUpArguments call) {
    const Sequence& sequence = call.sequences[blockIdx.y];
    const Tables& tables = sequence.tables;
    Before before(call.shape, sequence);
    Run& run = tables.runs[blockIdx.x];
    long long offset = (long long)blockIdx.x * tables.capacity;
    int* slots = tables.slots + offset;
    int* backups = tables.backups + offset;
    uint32_t* changed = changedOf(tables, blockIdx.x);
    int pagesAfter = (lengthAfter(sequence) + call.shape.pageSize - 1) / call.shape.pageSize;
    for (int page = before.pages + threadIdx.x; page < pagesAfter; page += blockDim.x) {
        int slot = slotOf(slots[page]);
        slots[page] = NONE;
        if (slot != NONE) dropSlot(call.books, slot, backups[page]);
        backups[page] = NONE;
    }
    for (int page = threadIdx.x; run.movedIn == sequence.step && page < before.pages; page += blockDim.x) {
        if (!isChanged(changed, page) || slots[page] == NONE) continue;
        int entry = slots[page];
        if (entry <= VICTIM) {
            slots[page] = slotOf(entry);
        } else {
            slots[page] = NONE;
            atomicAnd(changed + page / 32, ~(1u << page % 32));
            if (entry != WANTED) dropSlot(call.books, entry, backups[page]);
        }
    }
    if (threadIdx.x == 0 && run.attendedIn == sequence.step) {
        run.half ^= 1;
        run.attendedIn = 0;
    }
}

struct BringBackArguments {
    Shape shape;
    Pages pages;
    Books books;
    /** [batch] */
    const Sequence* sequences;
};

/**
 * Second half: grid (layers times groups, batch). Brings evicted pages back. A last page that was not full has no backup
 * any more.
 */
extern "C" __global__ void __launch_bounds__(256) bringBack(const __grid_constant__ BringBackArguments call) {
    const Sequence& sequence = call.sequences[blockIdx.y];
    const Tables& tables = sequence.tables;
    Before before(call.shape, sequence);
    Run& run = tables.runs[blockIdx.x];
    long long offset = (long long)blockIdx.x * tables.capacity;
    int* slots = tables.slots + offset;
    int* backups = tables.backups + offset;
    const uint32_t* changed = changedOf(tables, blockIdx.x);
    __shared__ Place place;
    for (int page = 0; run.movedIn == sequence.step && page < before.pages; page++) {
        if (!isChanged(changed, page) || slots[page] != NONE) continue;
        if (threadIdx.x == 0) place = page < before.filled ? acquire(call.books, backups[page]) : Place{takeSlot(call.books), true};
        __syncthreads();
        int slot = place.slot;
        const char* backup = call.pages.host + backups[page] * call.pages.slotBytes;
        for (long long from = 0; place.isNew && from < call.pages.slotBytes; from += PART) {
            copyPart(backup, call.pages.pool + slot * call.pages.slotBytes, from, call.pages.slotBytes);
        }
        __syncthreads();
        if (threadIdx.x == 0) slots[page] = slot;
    }
    __syncthreads();
    if (threadIdx.x != 0) return;
    run.movedIn = 0;
    if (before.filled < before.pages && before.filledAfter > before.filled && backups[before.filled] != NONE) {
        call.books.holders[backups[before.filled]] = NONE;
        backups[before.filled] = NONE;
    }
}
