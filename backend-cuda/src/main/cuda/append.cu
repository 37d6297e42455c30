// Opens pages and stores keys and values in them, checking that every number is finite.
#include "cache.cuh"

/** Makes the page that takes the token at `row` this sequence's own. Returns the slot to copy from, or NONE. */
__device__ static int openPage(const Call& call, int* entry, int row) {
    if (row == 0 && *entry < 0) {
        *entry = takeSlot(call);
        return NONE;
    }
    int slot = *entry;
    if (atomicSub(&call.references[slot], 1) > 1) { // a fork holds it too: the copy is this sequence's, the original theirs
        *entry = takeSlot(call);
        return slot;
    }
    call.references[slot] = 1;
    return NONE;
}

__device__ static void copySlot(const Call& call, int from, int to) {
    const int* source = reinterpret_cast<const int*>(call.pool + from * call.slotBytes);
    int* target = reinterpret_cast<int*>(call.pool + to * call.slotBytes);
    for (long long i = threadIdx.x; i < call.slotBytes / 4; i += blockDim.x) target[i] = source[i];
}

/** Copies heads of one token to rows that lie `stride` elements apart. Returns whether a number is not finite. */
template <typename T>
__device__ static bool storeHeads(T* target, const T* source, int heads, int headDim, long long stride) {
    bool bad = false;
    constexpr int WIDTH = Vector<T>::ELEMENTS;
    if (headDim % WIDTH == 0 && stride % WIDTH == 0) {
        int vectors = headDim / WIDTH;
        for (int i = threadIdx.x; i < heads * vectors; i += blockDim.x) {
            int head = i / vectors;
            uint4 raw = reinterpret_cast<const uint4*>(source)[i];
            bad |= Vector<T>::anyNotFinite(raw);
            if (target) reinterpret_cast<uint4*>(target + head * stride)[i - head * vectors] = raw;
        }
    } else {
        for (int i = threadIdx.x; i < heads * headDim; i += blockDim.x) {
            int head = i / headDim;
            bad |= notFinite<T>(bitsOf(source[i]));
            if (target) target[head * stride + i - head * headDim] = source[i];
        }
    }
    return bad;
}

template <typename T>
__device__ static bool storeToken(const Call& call, int slot, int group, int rowInPage, long long row) {
    int heads = call.kvHeads / call.groups;
    long long stride = (long long)call.pageSize * call.headDim;
    long long from = (row * call.kvHeads + group * heads) * call.headDim;
    T* keys = keysOf<T>(call, slot, 0) + (long long)rowInPage * call.headDim;
    bool bad = storeHeads(keys, static_cast<const T*>(call.keys) + from, heads, call.headDim, stride);
    return bad | storeHeads(keys + heads * stride, static_cast<const T*>(call.values) + from, heads, call.headDim, stride);
}

/** Decode: grid (groups, batch). Opens the page if need be, stores the token, checks the queries if there are any. */
template <typename T> __device__ void append(const Call& call) {
    Timed timed(call, APPEND);
    int group = blockIdx.x, member = blockIdx.y;
    const Sequence& sequence = call.sequences[member];
    int page = sequence.length / call.pageSize, row = sequence.length % call.pageSize;
    int* entry = sequence.table + tableOffset(call, sequence, group) + page;
    __shared__ int source;
    if (threadIdx.x == 0) source = openPage(call, entry, row);
    __syncthreads();
    int slot = *entry;
    if (source >= 0) {
        copySlot(call, source, slot);
        __syncthreads();
    }
    bool bad = storeToken<T>(call, slot, group, row, member);
    if (call.queries) {
        int heads = call.queryHeads / call.groups;
        const T* queries = static_cast<const T*>(call.queries) + ((long long)member * call.queryHeads + group * heads) * call.headDim;
        bad |= storeHeads<T>(nullptr, queries, heads, call.headDim, call.headDim);
    }
    if (__syncthreads_or(bad) && threadIdx.x == 0) call.flags[member] = 1;
}

/** Prefill and ingest: grid (groups, batch). Opens every page that the chunk reaches. */
extern "C" __global__ void __launch_bounds__(256) openPages(const __grid_constant__ Call call) {
    Timed timed(call, APPEND);
    int group = blockIdx.x, member = blockIdx.y;
    const Sequence& sequence = call.sequences[member];
    Chunk chunk = chunkOf(call, member);
    if (chunk.tokens == 0) return;
    int* table = sequence.table + tableOffset(call, sequence, group);
    int page = chunk.first / call.pageSize, last = (chunk.first + chunk.tokens - 1) / call.pageSize;
    __shared__ int source;
    if (threadIdx.x == 0) source = openPage(call, table + page, chunk.first % call.pageSize);
    __syncthreads();
    if (source >= 0) copySlot(call, source, table[page]);
    for (page += 1 + threadIdx.x; page <= last; page += blockDim.x) openPage(call, table + page, 0);
}

/** Prefill and ingest, after openPages: grid (most tokens, groups, batch). Stores the tokens. */
template <typename T> __device__ void store(const Call& call) {
    Timed timed(call, APPEND);
    int token = blockIdx.x, group = blockIdx.y, member = blockIdx.z;
    const Sequence& sequence = call.sequences[member];
    Chunk chunk = chunkOf(call, member);
    if (token >= chunk.tokens) return;
    int position = chunk.first + token;
    int slot = sequence.table[tableOffset(call, sequence, group) + position / call.pageSize];
    bool bad = storeToken<T>(call, slot, group, position % call.pageSize, chunk.row + token);
    if (__syncthreads_or(bad) && threadIdx.x == 0) call.flags[member] = 1;
}

/** Checks queries: grid (most tokens, batch). */
template <typename T> __device__ void finite(const Call& call) {
    int token = blockIdx.x, member = blockIdx.y;
    Chunk chunk = chunkOf(call, member);
    if (token >= chunk.tokens) return;
    const T* queries = static_cast<const T*>(call.queries) + (long long)(chunk.row + token) * call.queryHeads * call.headDim;
    bool bad = storeHeads<T>(nullptr, queries, call.queryHeads, call.headDim, call.headDim);
    if (__syncthreads_or(bad) && threadIdx.x == 0) call.flags[member] = 1;
}

KERNELS(append, 256, 1)
KERNELS(store, 128, 1)
KERNELS(finite, 128, 1)
