// What every kernel is given, and the rules of page tables and slots that several share.
#pragma once
#include "element.cuh"

/** One member of a step's batch. Tables are [layers][groups][capacity]; the host mirrors this layout. */
struct Sequence {
    int* table;       // device slot of each page, or a mark below
    int* backups;     // backup slot of each filled page of a limited layer
    int* attended;    // pages of the last decode attention: those that were resident, then those recalled for it, marked
    int* counts;      // [layers][groups]: entries of attended; -n for the first n pages
    int* recalls;     // [layers][groups]: how many of them were recalled
    const int* before; // the tables as they were before the step, or before they grew
    int capacity;
    int length;       // before the step
    int tokens;       // that the step adds
    int budget;       // INT_MAX without one
    int ranked;       // pages chosen by score
    int sink;
    int window;
    int denseLayers;
    int digest;       // ordinal of the digest kind
    int groupScore;   // ordinal: mean, max, mean-softmax
    int scope;        // ordinal: attended, resident
    int capacityBefore;
};

/** The tokens of one member that a call covers. */
struct Chunk {
    int first;   // position of the first one
    int tokens;
    int row;     // its row in the call's tensors
    int padding;
};

/** The one argument of every kernel; the host mirrors this layout. */
struct Call {
    char* pool;              // [deviceSlots][keys, values][kvHeads of a group][pageSize][headDim]
    char* host;              // backups, in the same layout; host memory mapped into the device's address space
    char* digests;           // [backup slots][2][kvHeads of a group][headDim]
    float* radii;            // [backup slots][kvHeads of a group]
    unsigned long long* given; // slots given back since the beginning, then slots taken
    int* freeSlots;          // a ring of as many entries as slots, NONE where none waits
    int* references;         // sequences that hold each device slot
    int* holders;            // device slot that holds the page of each backup slot, or NONE
    long long slotBytes;
    const Sequence* sequences;
    int* flags;              // [batch] 1 if a value was not finite
    unsigned long long* evicted;   // [batch]
    unsigned long long* recalled;  // [batch]
    unsigned long long* copies;    // pages copied back in the step
    unsigned long long* times; // [layers][parts][2]: complement of the first start, last end, in ns; null if not timed
    float* partials;         // scratch of split attention
    int* tickets;            // [batch][kvHeads], zero between calls
    const Chunk* chunks;     // [batch], or null in decode: one token a member
    const void* queries;
    const void* keys;
    const void* values;
    void* output;
    float* scores;           // [rows][groups]
    const int* scoreOffsets; // [batch]
    float* headScores;       // [rows][queryHeads], scratch
    int* selectKeys;         // scratch of select for tables that exceed shared memory
    int layers, queryHeads, kvHeads, headDim, pageSize, groups;
    int batch, layer, mode, splits, splitTarget, extent, slots, forked;
};

constexpr int NONE = -1;    // not resident
constexpr int WANTED = -2;  // selected, to be copied back
constexpr int VICTIM = -10; // resident in slot VICTIM - entry, to be evicted
constexpr int LOCKED = -3;  // a holder that another block is filling in
constexpr int FRESH = 1 << 30; // mark of an attended page: its slot is new, its bytes are still in the backup

enum Digest { CUBOID_MAX, CUBOID_CENTER, CUBOID_MEAN, SPHERE_MAX, SPHERE_CENTER, SPHERE_MEAN, CENTROID };
enum GroupScore { MEAN, MAX, MEAN_SOFTMAX };
enum Scope { ATTENDED, RESIDENT };
enum StepPart { APPEND, ESTIMATE, SELECT, RECALL, ATTEND, PREFILL, PARTS };

/** Notes when a block begins and ends its work on a part, if the step is timed. */
struct Timed {
    unsigned long long* times;
    __device__ inline Timed(const Call& call, StepPart part) {
        times = call.times && threadIdx.x == 0 ? call.times + (call.layer * PARTS + part) * 2 : nullptr;
        if (times) atomicMax(times, ~now());
    }
    __device__ inline ~Timed() {
        if (times) atomicMax(times + 1, now());
    }
    __device__ static inline unsigned long long now() {
        unsigned long long time;
        asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(time));
        return time;
    }
};

__device__ inline bool isSphere(int digest) { return digest >= SPHERE_MAX && digest <= SPHERE_MEAN; }
__device__ inline bool isCuboid(int digest) { return digest <= CUBOID_MEAN; }

__device__ inline Chunk chunkOf(const Call& call, int member) {
    return call.chunks ? call.chunks[member] : Chunk{call.sequences[member].length, 1, member, 0};
}

__device__ inline long long tableOffset(const Call& call, const Sequence& sequence, int group) {
    return (long long)(call.layer * call.groups + group) * sequence.capacity;
}

__device__ inline bool limited(const Call& call, const Sequence& sequence) {
    return sequence.budget != INT_MAX && call.layer >= sequence.denseLayers;
}

__device__ inline int lengthAfter(const Sequence& sequence) { return sequence.length + sequence.tokens; }

__device__ inline int pagesAfter(const Call& call, const Sequence& sequence) {
    return (lengthAfter(sequence) + call.pageSize - 1) / call.pageSize;
}

/** Filled pages that are scored: those filled before the step if the scores are for a prefetch. */
__device__ inline int scoredPages(const Call& call, const Sequence& sequence, bool prefetch) {
    return (prefetch ? sequence.length : lengthAfter(sequence)) / call.pageSize;
}

__device__ inline bool overBudget(const Call& call, const Sequence& sequence) {
    return limited(call, sequence) && pagesAfter(call, sequence) > sequence.budget;
}

/** Device slot behind a table entry, NONE if the page is not resident. */
__device__ inline int slotOf(int entry) { return entry >= 0 ? entry : entry <= VICTIM ? VICTIM - entry : NONE; }

/**
 * Takes a free slot. Slots are given back and taken side by side, by kernels of several streams too; the step reserved
 * what is taken, so that an entry of the ring is at most late.
 */
__device__ inline int takeSlot(const Call& call) {
    int* entry = call.freeSlots + atomicAdd(call.given + 1, 1ull) % call.slots;
    int slot = atomicExch(entry, NONE);
    for (int waits = 0; slot == NONE; waits++) {
        if (waits == 1 << 20) __trap(); // reserved and not there: a defect
        __nanosleep(100);
        slot = atomicExch(entry, NONE);
    }
    call.references[slot] = 1;
    return slot;
}

/** Gives up one reference; the last one frees the slot. */
__device__ inline void dropSlot(const Call& call, int slot, int backup) {
    if (atomicSub(&call.references[slot], 1) != 1) return;
    if (backup >= 0) call.holders[backup] = NONE;
    int* entry = call.freeSlots + atomicAdd(call.given, 1ull) % call.slots;
    while (atomicCAS(entry, NONE, slot) != NONE) __nanosleep(100); // whoever takes what is still there is about to
}

/** Row of keys of one KV head in a slot, in elements; values follow the keys of the whole group. */
template <typename T> __device__ inline T* keysOf(const Call& call, int slot, int headInGroup) {
    return reinterpret_cast<T*>(call.pool + slot * call.slotBytes) + (long long)headInGroup * call.pageSize * call.headDim;
}

// Instantiates a kernel template for the three element types, as NAME_f32, NAME_f16 and NAME_bf16.
#define KERNEL_OF_TYPE(name, threads, blocks, T, suffix) \
    extern "C" __global__ void __launch_bounds__(threads, blocks) name##_##suffix(const __grid_constant__ Call call) { \
        name<T>(call); \
    }
#define KERNELS(name, threads, blocks) \
    KERNEL_OF_TYPE(name, threads, blocks, float, f32) \
    KERNEL_OF_TYPE(name, threads, blocks, __half, f16) \
    KERNEL_OF_TYPE(name, threads, blocks, __nv_bfloat16, bf16)
