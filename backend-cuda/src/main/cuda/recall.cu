// Moves pages between the device's slots and the backups in host memory, which is mapped into the device's addresses.
#include "moves.cuh"

struct EvictVictimsArguments {
    Layer layer;
    Books books;
};

/** Evicts the marked victims: grid (groups, batch). */
extern "C" __global__ void __launch_bounds__(256) evictVictims(const __grid_constant__ EvictVictimsArguments call) {
    Timed timed(call.layer, SELECT);
    const Sequence& sequence = call.layer.sequences[blockIdx.y];
    if (!overBudget(call.layer, sequence, blockIdx.x)) return;
    long long offset = tableOffset(call.layer, sequence, blockIdx.x);
    for (int page = threadIdx.x; page < pagesAfter(call.layer, sequence); page += blockDim.x) {
        int entry = sequence.tables.slots[offset + page];
        if (entry <= VICTIM) {
            sequence.tables.slots[offset + page] = NONE;
            dropSlot(call.books, VICTIM - entry, sequence.tables.backups[offset + page]);
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
    Timed timed(call.layer, SELECT);
    const Sequence& sequence = call.layer.sequences[blockIdx.y];
    if (!overBudget(call.layer, sequence, blockIdx.x)) return;
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
    /** [batch]: counts the pages that are attended to as far as the host cannot know how many are resident. */
    unsigned long long* attended;
};

/** Scope resident: lists the resident pages as attended. Grid (groups, batch). */
extern "C" __global__ void __launch_bounds__(LISTERS) listResidents(const __grid_constant__ ListResidentsArguments call) {
    const Sequence& sequence = call.layer.sequences[blockIdx.y];
    if (!overBudget(call.layer, sequence, blockIdx.x) || sequence.scope != RESIDENT) return;
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
        atomicAdd(&call.attended[blockIdx.y], (unsigned long long)place);
    }
}

struct GatherArguments {
    Layer layer;
    Pages pages;
};

/** Copies fresh pages from their backups: grid (any number of blocks, groups, batch). */
extern "C" __global__ void __launch_bounds__(256) gather(const __grid_constant__ GatherArguments call) {
    const Sequence& sequence = call.layer.sequences[blockIdx.z];
    if (!overBudget(call.layer, sequence, blockIdx.y)) return;
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
