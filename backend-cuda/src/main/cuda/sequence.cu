// Tables of sequences as they grow, fork and close. The four tables of a sequence lie behind each other in one block.
#include "cache.cuh"

__device__ static long long entriesOf(const Shape& shape, int capacity) {
    return (long long)shape.layers * shape.groups * capacity;
}

struct InstallBackupsArguments {
    Shape shape;
    /** [batch] */
    const Sequence* sequences;
    /** [batch]; row is where the member's slots begin. */
    const Chunk* chunks;
    /** [limited layers][groups][pages] of each member */
    const int* slots;
};

/** Writes the backup slots of pages about to fill: grid (blocks, batch). */
extern "C" __global__ void __launch_bounds__(256) installBackups(const __grid_constant__ InstallBackupsArguments call) {
    int member = blockIdx.y;
    const Sequence& sequence = call.sequences[member];
    Chunk chunk = call.chunks[member];
    int first = chunk.first / call.shape.pageSize, pages = (chunk.first + chunk.tokens) / call.shape.pageSize - first;
    int limitedLayers = sequence.budget == INT_MAX ? 0 : call.shape.layers - sequence.denseLayers;
    const int* slots = call.slots + chunk.row;
    long long count = (long long)max(limitedLayers, 0) * call.shape.groups * pages;
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        long long table = i / pages + sequence.denseLayers * call.shape.groups;
        sequence.backups[table * sequence.capacity + first + i % pages] = slots[i];
    }
}

struct RetainSlotsArguments {
    Shape shape;
    Books books;
    /** The one whose tables these are. */
    const Sequence* sequence;
};

/** A fork holds every slot of the tables that were copied to it. */
extern "C" __global__ void __launch_bounds__(256) retainSlots(const __grid_constant__ RetainSlotsArguments call) {
    const Sequence& sequence = *call.sequence;
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < entriesOf(call.shape, sequence.capacity); i += gridDim.x * blockDim.x) {
        if (sequence.table[i] >= 0) atomicAdd(&call.books.references[sequence.table[i]], 1);
    }
}

struct ReleaseSlotsArguments {
    Shape shape;
    Books books;
    /** The one whose tables these are. */
    const Sequence* sequence;
};

/** A sequence closes and gives up its slots. */
extern "C" __global__ void __launch_bounds__(256) releaseSlots(const __grid_constant__ ReleaseSlotsArguments call) {
    const Sequence& sequence = *call.sequence;
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < entriesOf(call.shape, sequence.capacity); i += gridDim.x * blockDim.x) {
        int slot = slotOf(sequence.table[i]);
        if (slot >= 0) dropSlot(call.books, slot, sequence.backups[i]);
    }
}

struct GrowTablesArguments {
    Shape shape;
    /** The one whose tables these are. */
    const Sequence* sequence;
};

/** Copies tables of capacityBefore pages to the wider ones of capacity, which are NONE beyond. */
extern "C" __global__ void __launch_bounds__(256) growTables(const __grid_constant__ GrowTablesArguments call) {
    const Sequence& sequence = *call.sequence;
    long long narrow = entriesOf(call.shape, sequence.capacityBefore), wide = entriesOf(call.shape, sequence.capacity);
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < narrow; i += gridDim.x * blockDim.x) {
        long long to = i / sequence.capacityBefore * sequence.capacity + i % sequence.capacityBefore;
        for (int table = 0; table < 3; table++) sequence.table[table * wide + to] = sequence.before[table * narrow + i];
    }
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < 2 * call.shape.layers * call.shape.groups; i += gridDim.x * blockDim.x) {
        sequence.counts[i] = sequence.before[3 * narrow + i];
    }
}

struct FreeAllSlotsArguments {
    Books books;
};

/** All slots are free: the lowest is taken first. */
extern "C" __global__ void __launch_bounds__(256) freeAllSlots(const __grid_constant__ FreeAllSlotsArguments call) {
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < call.books.slots; i += gridDim.x * blockDim.x) call.books.freeSlots[i] = (int)i;
    if (blockIdx.x == 0 && threadIdx.x == 0) {
        call.books.given[0] = call.books.slots;
        call.books.given[1] = 0;
    }
}

/** Bytes to copy, or to set to zero if they come from nowhere: a multiple of 4, between addresses that are multiples of 16. */
struct Copy {
    const char* from;
    char* to;
    long long bytes;
};

struct CopyAllArguments {
    const Copy* copies;
};

/** Does what a step's beginning or end has to copy, in one launch: grid (blocks, copies). */
extern "C" __global__ void __launch_bounds__(256) copyAll(const __grid_constant__ CopyAllArguments call) {
    Copy copy = call.copies[blockIdx.y];
    long long vectors = copy.bytes / 16;
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < vectors; i += gridDim.x * blockDim.x) {
        reinterpret_cast<uint4*>(copy.to)[i] = copy.from ? reinterpret_cast<const uint4*>(copy.from)[i] : make_uint4(0, 0, 0, 0);
    }
    long long rest = vectors * 4 + threadIdx.x;
    if (blockIdx.x == 0 && rest < copy.bytes / 4) {
        reinterpret_cast<int*>(copy.to)[rest] = copy.from ? reinterpret_cast<const int*>(copy.from)[rest] : 0;
    }
}
