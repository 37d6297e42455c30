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
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < call.extent; i += gridDim.x * blockDim.x) {
        call.freeSlots[i] = call.extent - 1 - (int)i;
    }
    if (blockIdx.x == 0 && threadIdx.x == 0) *call.freeCount = call.extent;
}
