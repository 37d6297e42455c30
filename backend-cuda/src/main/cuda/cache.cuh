// What kernels are given, and the rules of page tables and slots that several share. Each kernel has a structure of
// arguments of its own, NameArguments, beside it; the host writes the same down as a record, field by field.
#pragma once
#include "element.cuh"

/** What stands where a device slot could stand. */
enum SlotMark : int {
    /** No slot: the page is not resident, nothing waits in the ring of free slots, nothing holds the backup's page. */
    NONE = -1,
    /** In a page table: selected, to be copied back. */
    WANTED = -2,
    /** Among holders: another block is filling it in. */
    LOCKED = -3,
    /** In a page table, this or less: resident in slot VICTIM - entry, to be evicted. */
    VICTIM = -10,
};

/** What is marked in a table of backups. */
enum BackupMark : int {
    /** This or less, in a fork that is being made: backup UNWRITTEN - entry, whose page has yet to be copied there. */
    UNWRITTEN = -10,
};

/** What is marked in the list of attended pages. */
enum AttendedMark : int {
    /** The page's slot is new, its bytes are still in the backup. */
    FRESH = 1 << 30,
};

/** The seven in the cache's element type, and what a Coded describes. */
enum Digest { CUBOID_MAX, CUBOID_CENTER, CUBOID_MEAN, SPHERE_MAX, SPHERE_CENTER, SPHERE_MEAN, CENTROID, CODED };
enum CodedShape { CODED_CUBOID, CODED_DISC, CODED_SPHERE, CODED_POINT };
enum CodedExtent { CODED_LARGEST, CODED_CENTER, CODED_MEAN, CODED_NONE };
enum GroupScore { MEAN, MAX, MEAN_SOFTMAX };
enum Scope { ATTENDED, RESIDENT };
enum StepPart { APPEND, ESTIMATE, SELECT, RECALL, ATTEND, PREFILL, PARTS };

/** Which members a launch is for, and which row of queries each of them has. */
enum Serving : int {
    /** All: the row with the member's number. */
    EVERY,
    /** Those that decode within a step of several roles: the first row of their tokens. */
    DECODING,
    /** Those whose prompt ends within a step of several roles: the last row of their tokens. */
    ENDING,
};

/** Which pages are scored. */
enum EstimateMode : int {
    /** Those filled with the step's own token. */
    STEP,
    /** Those filled before it: for a prefetch. */
    PREFETCH,
};

/**
 * What a step did to one head group's pages in one layer, so that it can be taken back without a copy of the tables: what
 * was attended before it is in the other half.
 */
struct Run {
    /** Which half of its attended pages holds. */
    int half;
    /** Entries of each half; -n for a run of pages that ends before page n. */
    int counts[2];
    /** How many of them were recalled; of a run of pages the first. */
    int recalls[2];
    /** The step that changed the half last. */
    int attendedIn;
    /** The step whose evictions and recalls are marked as changed. */
    int movedIn;
    int padding;
};

/** A sequence's tables on the device, by layer and head group. */
struct Tables {
    /** [layers][groups][capacity]: device slot of each page, or a SlotMark. */
    int* slots;
    /** [layers][groups][capacity]: backup slot of each filled page of a limited layer, else NONE. */
    int* backups;
    /**
     * [layers][groups][2][width]: pages of the last decode attention: those that were resident, then those recalled for it,
     * with their AttendedMark.
     */
    int* attended;
    /** [layers][groups] */
    Run* runs;
    /** [layers][groups], a bit per page: whether the step that Run names evicted or recalled it. */
    uint32_t* changed;
    /** Pages that a table has room for. */
    int capacity;
    /** Attended pages that half a list has room for. */
    int width;
};

/** A sequence's digests in the cache's element type, by backup slot; null if they are in few bits. */
struct Digests {
    /** [backup slots][2][kvHeads of a group][headDim] */
    char* vectors;
    /** [backup slots][kvHeads of a group]; null if the digest has none. */
    float* radii;
};

/** A sequence's digests in few bits; coded.cu says what a record holds. */
struct Coded {
    /** [backup slots][kvHeads of a group][words]; null if its digests are whole. */
    uint32_t* records;
    /** Words of a record. */
    int words;
    /** A CodedShape. */
    int shape;
    /** A CodedExtent. */
    int extent;
    /** Bits of the float32 that extents are multiplied by. */
    int factor;
    /** Parts of a page. */
    int parts;
    int zeroBits;
    int centreBits;
    int extentBits;
};

/** What one head group of a layer keeps. */
struct Budget {
    /** Pages that stay resident; INT_MAX without a budget. */
    int pages;
    /** Pages chosen by score. */
    int ranked;
};

/** What a sequence keeps resident. */
struct Limits {
    /** [layers][groups]; null if all layers have the same budget but the dense ones and those with a window. */
    const Budget* budgets;
    /** That budget: pages that stay resident; INT_MAX without a budget. */
    int budget;
    /** Pages chosen by score. */
    int ranked;
    /** First pages that always stay. */
    int sink;
    /** Last pages that always stay. */
    int window;
    /** First layers, which have no budget. */
    int denseLayers;
};

/** One member of a step's batch. */
struct Sequence {
    Tables tables;
    Digests digests;
    Coded coded;
    Limits limits;
    /** Number of the step, above that of every earlier one. */
    int step;
    /** Tokens before the step. */
    int length;
    /** Tokens that the step adds. */
    int tokens;
    /** A Digest. */
    int digest;
    /** A GroupScore. */
    int groupScore;
    /** A Scope. */
    int scope;
    /** Its first row in tensors that hold all tokens of the step. */
    int row;
    /** What it is served by in a step of several roles: a Serving, or EVERY if nothing chooses pages for it. */
    int serving;
};

/** Rows of a tensor, each [heads][headDim]. */
struct Rows {
    void* at;
    /** Elements from one row to the next. */
    long long stride;
};

/** Where an element of a row lies. */
template <typename T> __device__ inline T* rowAt(const Rows& rows, long long row, long long element) {
    return static_cast<T*>(rows.at) + row * rows.stride + element;
}

/** The tokens of one member that a call covers. */
struct Chunk {
    /** Position of the first one. */
    int first;
    int tokens;
    /** Its row in the call's tensors. */
    int row;
    int padding;
};

/** The model's shape: the same for all kernels of a cache. */
struct Shape {
    int layers;
    int queryHeads;
    int kvHeads;
    int headDim;
    /** Tokens per page. */
    int pageSize;
    /** Groups of KV heads that choose their pages together. */
    int groups;
    /** Factor of products of queries and keys. */
    float scale;
    /** [layers]: tokens that a query attends to, INT_MAX for all; null if no layer has a window. */
    const int* windows;
};

/** Where pages lie. */
struct Pages {
    /** [device slots]; stored.cuh says what a slot holds. */
    char* pool;
    /** Backups, in the same layout; host memory mapped into the device's address space. */
    char* host;
    /** Bytes of one slot. */
    long long slotBytes;
    /** Where in a slot the scales of its rows begin, if it has them. */
    long long scalesAt;
};

/** Where a full page is: in its slot, or in its backup if it is not resident. */
__device__ inline const char* pageAt(const Pages& pages, int slot, int backup) {
    return slot != NONE ? pages.pool + slot * pages.slotBytes : pages.host + backup * pages.slotBytes;
}

/** Who holds which device slot. */
struct Books {
    /** Slots given back since the beginning, then slots taken. */
    unsigned long long* given;
    /** A ring of as many entries as slots, NONE where none waits. */
    int* freeSlots;
    /** How many sequences hold each device slot, and COPYING for each block that copies it for one that held it too. */
    unsigned long long* references;
    /** Device slot that holds the page of each backup slot, or a SlotMark. */
    int* holders;
    /**
     * Backup slot whose page each device slot holds, where a sequence holds the slot that does not know the backup; else
     * NONE. It may outlive the backup.
     */
    int* links;
    /** Device slots that there are. */
    int slots;
};

/** One layer of a step: what nearly every kernel works on. */
struct Layer {
    Shape shape;
    /** Its number. */
    int index;
    /** Members of the step. */
    int batch;
    /** [batch] */
    const Sequence* sequences;
    /** [layers][parts][2]: complement of the first start, last end, in ns; null if the step is not timed. */
    unsigned long long* times;
    /** [layers][2]: the same of what brings pages from their backups, always. */
    unsigned long long* recallTimes;
    /** Which members the launch is for, where it does not say so in chunks or rows. */
    Serving serving;
};

/** Notes when a block begins and ends its work on a part, if the step is timed or the part is the recall. */
struct Timed {
    unsigned long long* times;
    __device__ inline Timed(const Layer& layer, StepPart part) : Timed(layer, part, now()) {}
    __device__ inline Timed(const Layer& layer, StepPart part, unsigned long long start) {
        unsigned long long* ofPart = layer.times ? layer.times + (layer.index * PARTS + part) * 2 : nullptr;
        times = threadIdx.x != 0 ? nullptr : part == RECALL ? layer.recallTimes + layer.index * 2 : ofPart;
        if (times) atomicMax(times, ~start);
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

/** The chunk of a member; in decode, where there are none, its one token. */
__device__ inline Chunk chunkOf(const Chunk* chunks, const Sequence* sequences, int member) {
    return chunks ? chunks[member] : Chunk{sequences[member].length, 1, member, 0};
}

__device__ inline int runIndex(const Layer& layer, int group) { return layer.index * layer.shape.groups + group; }

/** Half of a run's list of attended pages. */
__device__ inline int* attendedOf(const Tables& tables, int run, int half) {
    return tables.attended + (run * 2ll + half) * tables.width;
}

/** Bits that say which pages of a run have changed. */
__device__ inline uint32_t* changedOf(const Tables& tables, int run) {
    return tables.changed + (long long)run * ((tables.capacity + 31) / 32);
}
__device__ inline void noteChanged(uint32_t* changed, int page) { atomicOr(changed + page / 32, 1u << page % 32); }

/** One thread: all pages from the first given on are attended from now on; the half before stays as it is. */
__device__ inline void attendToAll(Run& run, int first, int pages) {
    int half = run.half ^ 1;
    run.counts[half] = -pages;
    run.recalls[half] = first;
    run.half = half;
}

/** Tokens that a query of a layer attends to, itself counted; INT_MAX for all. */
__device__ inline int windowOf(const Shape& shape, int layer) { return shape.windows ? shape.windows[layer] : INT_MAX; }

/** The first token that the query at a position attends to. */
__device__ inline int firstSeen(const Shape& shape, int layer, int position) {
    return max(0, position - (windowOf(shape, layer) - 1));
}

/** What a run, counted by layers and head groups, keeps. A layer with a window has no budget. */
__device__ inline Budget budgetOf(const Shape& shape, const Limits& limits, int run) {
    if (limits.budgets) return limits.budgets[run];
    int layer = run / shape.groups;
    bool unlimited = layer < limits.denseLayers || windowOf(shape, layer) != INT_MAX;
    return Budget{unlimited ? INT_MAX : limits.budget, limits.ranked};
}

/** Whether a layer has a budget: all of its head groups have one, or none has. */
__device__ inline bool isLimited(const Shape& shape, const Limits& limits, int layer) {
    return budgetOf(shape, limits, layer * shape.groups).pages != INT_MAX;
}

__device__ inline long long tableOffset(const Layer& layer, const Sequence& sequence, int group) {
    return (long long)(layer.index * layer.shape.groups + group) * sequence.tables.capacity;
}

__device__ inline bool limited(const Layer& layer, const Sequence& sequence) {
    return isLimited(layer.shape, sequence.limits, layer.index);
}

__device__ inline int lengthAfter(const Sequence& sequence) { return sequence.length + sequence.tokens; }

__device__ inline int pagesAfter(const Layer& layer, const Sequence& sequence) {
    return (lengthAfter(sequence) + layer.shape.pageSize - 1) / layer.shape.pageSize;
}

/** Filled pages that are scored: those filled before the step if the scores are for a prefetch. */
__device__ inline int scoredPages(const Layer& layer, const Sequence& sequence, bool prefetch) {
    return (prefetch ? sequence.length : lengthAfter(sequence)) / layer.shape.pageSize;
}

__device__ inline bool serves(const Layer& layer, const Sequence& sequence) {
    return layer.serving == EVERY || layer.serving == sequence.serving;
}

/** Whether a member that the launch is for has more pages than a head group's budget. */
__device__ inline bool overBudget(const Layer& layer, const Sequence& sequence, int group) {
    int budget = budgetOf(layer.shape, sequence.limits, runIndex(layer, group)).pages;
    return serves(layer, sequence) && pagesAfter(layer, sequence) > budget;
}

/** Whether it has more than the budget of any head group: then its pages are scored. */
__device__ inline bool isScored(const Layer& layer, const Sequence& sequence) {
    int groups = sequence.limits.budgets ? layer.shape.groups : 1;
    for (int group = 0; group < groups; group++) {
        if (overBudget(layer, sequence, group)) return true;
    }
    return false;
}

/** Row of the query that scores a member's pages. */
__device__ inline long long scoringRow(const Layer& layer, const Sequence& sequence, int member) {
    return layer.serving == EVERY ? member : layer.serving == DECODING ? sequence.row : sequence.row + sequence.tokens - 1;
}

/** Device slot behind a table entry, NONE if the page is not resident. */
__device__ inline int slotOf(int entry) { return entry >= 0 ? entry : entry <= VICTIM ? VICTIM - entry : NONE; }

/**
 * Takes a free slot. Slots are given back and taken side by side, by kernels of several streams too; the step reserved
 * what is taken, so that an entry of the ring is at most late.
 */
__device__ inline int takeSlot(const Books& books) {
    int* entry = books.freeSlots + atomicAdd(books.given + 1, 1ull) % books.slots;
    int slot = atomicExch(entry, NONE);
    for (int waits = 0; slot == NONE; waits++) {
        if (waits == 1 << 20) __trap(); // reserved and not there: a defect
        __nanosleep(100);
        slot = atomicExch(entry, NONE);
    }
    books.references[slot] = 1;
    return slot;
}

/** The unit of the upper half of a slot's references. */
constexpr unsigned long long COPYING = 1ull << 32;

/** One thread, after it gave up the last reference: waits until nobody copies the slot any more. Who copies is running. */
__device__ inline void awaitReaders(const Books& books, int slot) {
    while (atomicAdd(&books.references[slot], 0ull) >= COPYING) __nanosleep(100);
}

/** A slot is about to be free, or to be changed by the one sequence that holds it: it holds no backup's page any more. */
__device__ inline void unlink(const Books& books, int slot) {
    int backup = books.links[slot];
    if (backup == NONE) return;
    books.links[slot] = NONE;
    atomicCAS(&books.holders[backup], slot, NONE);
}

/** Gives up one reference; the last one frees the slot. The backup is the one that this sequence knows, or NONE. */
__device__ inline void dropSlot(const Books& books, int slot, int backup) {
    unsigned long long references = atomicAdd(&books.references[slot], ~0ull);
    if (static_cast<unsigned>(references) != 1) return;
    if (references >= COPYING) awaitReaders(books, slot);
    unlink(books, slot);
    if (backup >= 0) atomicCAS(&books.holders[backup], slot, NONE);
    int* entry = books.freeSlots + atomicAdd(books.given, 1ull) % books.slots;
    while (atomicCAS(entry, NONE, slot) != NONE) __nanosleep(100); // whoever takes what is still there is about to
}

/** Lets the next launch of the stream begin while this one is at work, if it is one that may: it waits by itself. */
__device__ inline void letNextBegin() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;");
#endif
}

/**
 * Waits until the previous launch is over, and has seen to it that those before it are. What a kernel reads before is what
 * none of them writes: records of the step, tables and digests of its layer, and where the launch in front of it has waited
 * before it let this one begin, all that was there before that one.
 */
__device__ inline void awaitPrevious() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/** Of a kernel that returns from many places: whichever it is, it ends after the previous launch. */
struct EndsAfterPrevious {
    __device__ inline ~EndsAfterPrevious() { awaitPrevious(); }
};

// Instantiates a kernel template for the three element types, as NAME_f32, NAME_f16 and NAME_bf16.
#define KERNEL_OF_TYPE(name, Arguments, threads, blocks, suffix, ...) \
    extern "C" __global__ void __launch_bounds__(threads, blocks) name##_##suffix(const __grid_constant__ Arguments call) { \
        name<__VA_ARGS__>(call); \
    }
#define KERNELS(name, Arguments, threads, blocks) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, f32, float) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, f16, __half) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, bf16, __nv_bfloat16)
