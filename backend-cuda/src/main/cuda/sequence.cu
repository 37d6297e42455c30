// Tables of sequences as they grow, fork and close. The four tables of a sequence lie behind each other in one block.
#include "cache.cuh"

__device__ static long long entriesOf(const Call& call, int capacity) {
    return (long long)call.layers * call.groups * capacity;
}

/** Writes the backup slots of pages about to fill: keys are [limited layers][groups][pages], one run a member. */
extern "C" __global__ void __launch_bounds__(256) installBackups(const __grid_constant__ Call call) {
    int member = blockIdx.y;
    const Sequence& sequence = call.sequences[member];
    Chunk chunk = chunkOf(call, member); // row: where the member's run starts
    int first = chunk.first / call.pageSize, pages = (chunk.first + chunk.tokens) / call.pageSize - first;
    int limitedLayers = sequence.budget == INT_MAX ? 0 : call.layers - sequence.denseLayers;
    const int* slots = static_cast<const int*>(call.keys) + chunk.row;
    long long count = (long long)max(limitedLayers, 0) * call.groups * pages;
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        long long table = i / pages + sequence.denseLayers * call.groups;
        sequence.backups[table * sequence.capacity + first + i % pages] = slots[i];
    }
}

/** A fork holds every slot of the tables that were copied to it. */
extern "C" __global__ void __launch_bounds__(256) retainSlots(const __grid_constant__ Call call) {
    const Sequence& sequence = call.sequences[0];
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < entriesOf(call, sequence.capacity); i += gridDim.x * blockDim.x) {
        if (sequence.table[i] >= 0) atomicAdd(&call.references[sequence.table[i]], 1);
    }
}

/** A sequence closes and gives up its slots. */
extern "C" __global__ void __launch_bounds__(256) releaseSlots(const __grid_constant__ Call call) {
    const Sequence& sequence = call.sequences[0];
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < entriesOf(call, sequence.capacity); i += gridDim.x * blockDim.x) {
        int slot = slotOf(sequence.table[i]);
        if (slot >= 0) dropSlot(call, slot, sequence.backups[i]);
    }
}

/** Copies tables of capacityBefore pages to the wider ones of capacity, which are NONE beyond. */
extern "C" __global__ void __launch_bounds__(256) growTables(const __grid_constant__ Call call) {
    const Sequence& sequence = call.sequences[0];
    long long narrow = entriesOf(call, sequence.capacityBefore), wide = entriesOf(call, sequence.capacity);
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < narrow; i += gridDim.x * blockDim.x) {
        long long to = i / sequence.capacityBefore * sequence.capacity + i % sequence.capacityBefore;
        for (int table = 0; table < 3; table++) sequence.table[table * wide + to] = sequence.before[table * narrow + i];
    }
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < 2 * call.layers * call.groups; i += gridDim.x * blockDim.x) {
        sequence.counts[i] = sequence.before[3 * narrow + i];
    }
}

/** All slots are free: the lowest is taken first. */
extern "C" __global__ void __launch_bounds__(256) freeAllSlots(const __grid_constant__ Call call) {
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < call.slots; i += gridDim.x * blockDim.x) call.freeSlots[i] = (int)i;
    if (blockIdx.x == 0 && threadIdx.x == 0) {
        call.given[0] = call.slots;
        call.given[1] = 0;
    }
}

/** Bytes to copy, or to set to zero if they come from nowhere: a multiple of 4, between addresses that are multiples of 16. */
struct Copy {
    const char* from;
    char* to;
    long long bytes;
};

/** Does what a step's beginning or end has to copy, in one launch: grid (blocks, copies); keys are the copies. */
extern "C" __global__ void __launch_bounds__(256) copyAll(const __grid_constant__ Call call) {
    Copy copy = static_cast<const Copy*>(call.keys)[blockIdx.y];
    long long vectors = copy.bytes / 16;
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < vectors; i += gridDim.x * blockDim.x) {
        reinterpret_cast<uint4*>(copy.to)[i] = copy.from ? reinterpret_cast<const uint4*>(copy.from)[i] : make_uint4(0, 0, 0, 0);
    }
    long long rest = vectors * 4 + threadIdx.x;
    if (blockIdx.x == 0 && rest < copy.bytes / 4) {
        reinterpret_cast<int*>(copy.to)[rest] = copy.from ? reinterpret_cast<const int*>(copy.from)[rest] : 0;
    }
}
