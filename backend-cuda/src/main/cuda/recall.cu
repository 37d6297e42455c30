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
        int entry = sequence.table[offset + page];
        if (entry <= VICTIM) {
            sequence.table[offset + page] = NONE;
            dropSlot(call.books, VICTIM - entry, sequence.backups[offset + page]);
        }
    }
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
    const Shape& shape = call.layer.shape;
    Timed timed(call.layer, RECALL);
    const Sequence& sequence = call.layer.sequences[blockIdx.y];
    if (!overBudget(call.layer, sequence)) return;
    long long offset = tableOffset(call.layer, sequence, blockIdx.x);
    int* attended = sequence.attended + offset;
    int run = call.layer.index * shape.groups + blockIdx.x, count = sequence.counts[run];
    for (int i = count - sequence.recalls[run] + threadIdx.x; i < count; i += blockDim.x) {
        int page = attended[i], backup = sequence.backups[offset + page], slot;
        int holder = atomicCAS(&call.books.holders[backup], NONE, LOCKED);
        if (holder == NONE) {
            slot = takeSlot(call.books);
            attended[i] = page | FRESH;
            atomicAdd(call.copies, 1ull);
            __threadfence();
            atomicExch(&call.books.holders[backup], slot);
        } else {
            while (holder == LOCKED) {
                __nanosleep(100);
                holder = atomicAdd(&call.books.holders[backup], 0);
            }
            atomicAdd(&call.books.references[holder], 1);
            slot = holder;
        }
        sequence.table[offset + page] = slot;
    }
}

constexpr int LISTERS = 128;

struct ListResidentsArguments {
    Layer layer;
};

/** Scope resident: lists the resident pages as attended. Grid (groups, batch). */
extern "C" __global__ void __launch_bounds__(LISTERS) listResidents(const __grid_constant__ ListResidentsArguments call) {
    const Shape& shape = call.layer.shape;
    const Sequence& sequence = call.layer.sequences[blockIdx.y];
    if (!overBudget(call.layer, sequence) || sequence.scope != RESIDENT) return;
    long long offset = tableOffset(call.layer, sequence, blockIdx.x);
    const int* table = sequence.table + offset;
    int* attended = sequence.attended + offset;
    int run = call.layer.index * shape.groups + blockIdx.x, pages = pagesAfter(call.layer, sequence);
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
        sequence.counts[run] = place;
        sequence.recalls[run] = 0;
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
    const Shape& shape = call.layer.shape;
    const Sequence& sequence = call.layer.sequences[blockIdx.z];
    if (!overBudget(call.layer, sequence)) return;
    int run = call.layer.index * shape.groups + blockIdx.y, recalls = sequence.recalls[run], listed = sequence.counts[run] - recalls;
    long long offset = tableOffset(call.layer, sequence, blockIdx.y);
    if (recalls == 0) return;
    Timed timed(call.layer, RECALL);
    int parts = (int)((call.pages.slotBytes + PART - 1) / PART);
    for (int i = blockIdx.x; i < recalls * parts; i += gridDim.x) {
        int entry = sequence.attended[offset + listed + i / parts], page = entry & ~FRESH;
        if (!(entry & FRESH)) continue;
        const char* backup = call.pages.host + sequence.backups[offset + page] * call.pages.slotBytes;
        copyPart(backup, call.pages.pool + sequence.table[offset + page] * call.pages.slotBytes, (long long)(i % parts) * PART, call.pages.slotBytes);
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
        int slot = slotOf(sequence.table[offset]);
        copyPart(call.pages.pool + slot * call.pages.slotBytes, call.pages.host + sequence.backups[offset] * call.pages.slotBytes, (long long)part * PART, call.pages.slotBytes);
    }
}

struct BringBackArguments {
    Shape shape;
    Pages pages;
    /** [batch] */
    const Sequence* sequences;
};

/**
 * A step is taken back: brings the bytes of pages that were resident before it, and are not now, back to the slots they
 * were in. Grid (blocks, batch); runs before the tables are restored.
 */
extern "C" __global__ void __launch_bounds__(256) bringBack(const __grid_constant__ BringBackArguments call) {
    const Shape& shape = call.shape;
    const Sequence& sequence = call.sequences[blockIdx.y];
    int pages = (sequence.length + shape.pageSize - 1) / shape.pageSize;
    long long entries = (long long)shape.layers * shape.groups * pages;
    for (long long i = blockIdx.x; i < entries; i += gridDim.x) {
        long long at = i / pages * sequence.capacity + i % pages;
        int before = sequence.before[at];
        if (before < 0 || slotOf(sequence.table[at]) != NONE) continue;
        const char* backup = call.pages.host + sequence.backups[at] * call.pages.slotBytes;
        for (long long from = 0; from < call.pages.slotBytes; from += PART) copyPart(backup, call.pages.pool + before * call.pages.slotBytes, from, call.pages.slotBytes);
    }
}
