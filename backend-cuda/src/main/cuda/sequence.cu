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

/** Number of the limited layer with an index among these, or the layers that there are if they are fewer. */
__device__ static int limitedLayer(const Shape& shape, const Limits& limits, long long index) {
    int layer = 0;
    for (; layer < shape.layers; layer++) {
        if (isLimited(shape, limits, layer) && index-- == 0) break;
    }
    return layer;
}

/** Writes the backup slots of pages about to fill: grid (blocks, batch). */
extern "C" __global__ void __launch_bounds__(256) installBackups(const __grid_constant__ InstallBackupsArguments call) {
    int member = blockIdx.y;
    const Sequence& sequence = call.sequences[member];
    Chunk chunk = call.chunks[member];
    int first = chunk.first / call.shape.pageSize, pages = (chunk.first + chunk.tokens) / call.shape.pageSize - first;
    const int* slots = call.slots + chunk.row;
    long long each = (long long)call.shape.groups * pages; // of a layer
    if (each == 0) return;
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; ; i += gridDim.x * blockDim.x) {
        int layer = limitedLayer(call.shape, sequence.limits, i / each);
        if (layer == call.shape.layers) return;
        long long table = (long long)layer * call.shape.groups + i % each / pages;
        sequence.tables.backups[table * sequence.tables.capacity + first + i % pages] = slots[i];
    }
}

struct RetainSlotsArguments {
    Shape shape;
    Books books;
    Tables tables;
};

/** A fork holds every slot of the tables that were copied to it. */
extern "C" __global__ void __launch_bounds__(256) retainSlots(const __grid_constant__ RetainSlotsArguments call) {
    const int* slots = call.tables.slots;
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < entriesOf(call.shape, call.tables.capacity); i += gridDim.x * blockDim.x) {
        if (slots[i] >= 0) atomicAdd(&call.books.references[slots[i]], 1ull);
    }
}

struct ReleaseSlotsArguments {
    Shape shape;
    Books books;
    Tables tables;
};

/** A sequence closes and gives up its slots. */
extern "C" __global__ void __launch_bounds__(256) releaseSlots(const __grid_constant__ ReleaseSlotsArguments call) {
    for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < entriesOf(call.shape, call.tables.capacity); i += gridDim.x * blockDim.x) {
        int slot = slotOf(call.tables.slots[i]);
        if (slot >= 0) dropSlot(call.books, slot, call.tables.backups[i]);
    }
}

struct LeaveWindowsArguments {
    Shape shape;
    Books books;
    Tables tables;
    /** The greatest length before, at whose commit pages were given up last. */
    int reach;
    /** Tokens that are left of the step. */
    int length;
};

/** The first page that a layer with a window keeps at a length: it has one of the last window + pageSize tokens. */
__device__ static int firstKept(const Shape& shape, int layer, int length) {
    int window = windowOf(shape, layer);
    return window == INT_MAX ? 0 : max(0ll, (long long)length - window - shape.pageSize) / shape.pageSize;
}

/** A step is committed: gives up the pages that have left their layer's window for good. Grid (layers times groups). */
extern "C" __global__ void __launch_bounds__(256) leaveWindows(const __grid_constant__ LeaveWindowsArguments call) {
    int layer = blockIdx.x / call.shape.groups, end = firstKept(call.shape, layer, call.length);
    int* slots = call.tables.slots + (long long)blockIdx.x * call.tables.capacity;
    for (int page = firstKept(call.shape, layer, call.reach) + threadIdx.x; page < end; page += blockDim.x) {
        int slot = slots[page];
        slots[page] = NONE;
        if (slot != NONE) dropSlot(call.books, slot, NONE);
    }
}

struct GrowTablesArguments {
    Shape shape;
    Tables from;
    Tables to;
};

/** Copies tables to wider ones, which are NONE beyond. Outside of steps, so that nothing counts as changed. */
extern "C" __global__ void __launch_bounds__(256) growTables(const __grid_constant__ GrowTablesArguments call) {
    const Tables& from = call.from;
    const Tables& to = call.to;
    long long first = blockIdx.x * blockDim.x + threadIdx.x, stride = gridDim.x * blockDim.x;
    for (long long i = first; i < entriesOf(call.shape, from.capacity); i += stride) {
        long long at = i / from.capacity * to.capacity + i % from.capacity;
        to.slots[at] = from.slots[i];
        to.backups[at] = from.backups[i];
    }
    long long runs = (long long)call.shape.layers * call.shape.groups;
    for (long long i = first; i < runs * 2 * from.width; i += stride) to.attended[i / from.width * to.width + i % from.width] = from.attended[i];
    for (long long i = first; i < runs; i += stride) to.runs[i] = from.runs[i];
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
