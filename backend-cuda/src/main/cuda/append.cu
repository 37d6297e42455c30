// Opens pages and stores keys and values in them, checking that every number is finite.
#include "stored.cuh"

/**
 * One thread: makes the page that takes the token at `row` this sequence's own. Returns the slot to copy from, or NONE.
 * Of several that hold a slot the last one keeps it. It waits until the others have copied it, since what it is about to
 * change may be theirs: forks may have been cut to other lengths.
 */
__device__ static int openPage(const Books& books, int* entry, int row) {
    if (row == 0 && *entry < 0) {
        *entry = takeSlot(books);
        return NONE;
    }
    int slot = *entry;
    unsigned long long* references = books.references + slot;
    int linked = books.links[slot]; // fetched along with the references
    if (__ldcg(references) == 1) {
        if (linked != NONE) unlink(books, slot);
        return NONE;
    }
    if (static_cast<unsigned>(atomicAdd(references, COPYING - 1)) > 1) {
        *entry = takeSlot(books);
        return slot;
    }
    atomicAdd(references, 0ull - COPYING);
    awaitReaders(books, slot);
    *references = 1;
    unlink(books, slot);
    return NONE;
}

/** All threads: copies a slot that others hold to one that is this sequence's own. */
__device__ static void copySlot(const Books& books, const Pages& pages, int from, int to) {
    const int* source = reinterpret_cast<const int*>(pages.pool + from * pages.slotBytes);
    int* target = reinterpret_cast<int*>(pages.pool + to * pages.slotBytes);
    for (long long i = threadIdx.x; i < pages.slotBytes / 4; i += blockDim.x) target[i] = source[i];
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        atomicAdd(books.references + from, 0ull - COPYING);
    }
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

/** Keys and values that a call brings. */
struct Tokens {
    Rows keys;
    Rows values;
};

/** Stores heads of one token in 8 bits, a warp per head. Returns whether a number is not finite. */
template <typename T, typename S>
__device__ static bool storeCoarse(const Pages& pages, const Shape& shape, const char* slot, int side, int rowInPage, const T* source) {
    bool bad = false;
    int lane = threadIdx.x % 32, width = shape.headDim;
    for (int head = threadIdx.x / 32; head < shape.kvHeads / shape.groups; head += blockDim.x / 32) {
        const T* row = source + (long long)head * width;
        float largest = 0;
        for (int i = lane; i < width; i += 32) {
            bad |= notFinite<T>(bitsOf(row[i]));
            largest = fmaxf(largest, fabsf(widen(row[i])));
        }
        for (int step = 16; step; step /= 2) largest = fmaxf(largest, __shfl_xor_sync(~0u, largest, step));
        float scale = scaleOf<T, S>(largest);
        StoredRows<T, S> target(pages, shape, slot, side, head);
        if (lane == 0) target.scales[rowInPage] = scale;
        for (int i = lane; i < width; i += 32) target.rowAt(rowInPage)[i] = coarse<S>(widen(row[i]), scale);
    }
    return bad;
}

/** Stores one row of them. Returns whether a number is not finite. */
template <typename T, typename S>
__device__ static bool storeToken(const Pages& pages, const Shape& shape, const Tokens& tokens, int slot, int group, int rowInPage, long long row) {
    int heads = shape.kvHeads / shape.groups;
    long long stride = (long long)shape.pageSize * shape.headDim;
    long long from = (long long)group * heads * shape.headDim;
    const T* keys = rowAt<T>(tokens.keys, row, from);
    const T* values = rowAt<T>(tokens.values, row, from);
    const char* bytes = slotAt(pages, slot);
    if constexpr (IS_COARSE<S>) {
        bool bad = storeCoarse<T, S>(pages, shape, bytes, 0, rowInPage, keys);
        return bad | storeCoarse<T, S>(pages, shape, bytes, 1, rowInPage, values);
    } else {
        T* target = StoredRows<T, S>(pages, shape, bytes, 0, 0).rowAt(rowInPage);
        bool bad = storeHeads<T>(target, keys, heads, shape.headDim, stride);
        return bad | storeHeads<T>(target + heads * stride, values, heads, shape.headDim, stride);
    }
}

struct AppendArguments {
    Layer layer;
    Pages pages;
    Books books;
    Tokens tokens;
    /** A row per member, or null */
    Rows queries;
    /** [batch]: 1 if a value was not finite. */
    int* flags;
};

/** Decode: grid (groups, batch). Opens the page if need be, stores the token, checks the queries if there are any. */
template <typename T, typename S> __device__ void append(const AppendArguments& call) {
    EndsAfterPrevious ending; // it runs beside the estimate, which has waited for what was before
    letNextBegin();
    const Shape& shape = call.layer.shape;
    Timed timed(call.layer, APPEND);
    int group = blockIdx.x, member = blockIdx.y;
    const Sequence& sequence = call.layer.sequences[member];
    int page = sequence.length / shape.pageSize, row = sequence.length % shape.pageSize;
    int* entry = sequence.tables.slots + tableOffset(call.layer, sequence, group) + page;
    __shared__ int source;
    if (threadIdx.x == 0) source = openPage(call.books, entry, row);
    __syncthreads();
    int slot = *entry;
    if (source >= 0) copySlot(call.books, call.pages, source, slot);
    bool bad = storeToken<T, S>(call.pages, shape, call.tokens, slot, group, row, member);
    if (call.queries.at) {
        int heads = shape.queryHeads / shape.groups;
        const T* queries = rowAt<T>(call.queries, member, (long long)group * heads * shape.headDim);
        bad |= storeHeads<T>(nullptr, queries, heads, shape.headDim, shape.headDim);
    }
    if (__syncthreads_or(bad) && threadIdx.x == 0) call.flags[member] = 1;
}

struct OpenPagesArguments {
    Layer layer;
    Pages pages;
    Books books;
    /** [batch], or null in decode */
    const Chunk* chunks;
};

/** Prefill and ingest: grid (groups, batch). Opens every page that the chunk reaches. */
extern "C" __global__ void __launch_bounds__(256) openPages(const __grid_constant__ OpenPagesArguments call) {
    const Shape& shape = call.layer.shape;
    Timed timed(call.layer, APPEND);
    int group = blockIdx.x, member = blockIdx.y;
    const Sequence& sequence = call.layer.sequences[member];
    Chunk chunk = chunkOf(call.chunks, call.layer.sequences, member);
    if (chunk.tokens == 0) return;
    int* table = sequence.tables.slots + tableOffset(call.layer, sequence, group);
    int page = chunk.first / shape.pageSize, last = (chunk.first + chunk.tokens - 1) / shape.pageSize;
    __shared__ int source;
    if (threadIdx.x == 0) source = openPage(call.books, table + page, chunk.first % shape.pageSize);
    __syncthreads();
    if (source >= 0) copySlot(call.books, call.pages, source, table[page]);
    for (page += 1 + threadIdx.x; page <= last; page += blockDim.x) openPage(call.books, table + page, 0);
}

struct StoreArguments {
    Layer layer;
    Pages pages;
    Tokens tokens;
    /** [batch] */
    const Chunk* chunks;
    /** [batch]: 1 if a value was not finite. */
    int* flags;
};

/** Prefill and ingest, after openPages: grid (most tokens, groups, batch). Stores the tokens. */
template <typename T, typename S> __device__ void store(const StoreArguments& call) {
    const Shape& shape = call.layer.shape;
    Timed timed(call.layer, APPEND);
    int token = blockIdx.x, group = blockIdx.y, member = blockIdx.z;
    const Sequence& sequence = call.layer.sequences[member];
    Chunk chunk = chunkOf(call.chunks, call.layer.sequences, member);
    if (token >= chunk.tokens) return;
    int position = chunk.first + token;
    int slot = sequence.tables.slots[tableOffset(call.layer, sequence, group) + position / shape.pageSize];
    bool bad = storeToken<T, S>(call.pages, shape, call.tokens, slot, group, position % shape.pageSize, chunk.row + token);
    if (__syncthreads_or(bad) && threadIdx.x == 0) call.flags[member] = 1;
}

struct FiniteArguments {
    /** [batch] */
    const Sequence* sequences;
    /** [batch], or null in decode */
    const Chunk* chunks;
    Rows values;
    /** [batch]: 1 if a value was not finite. */
    int* flags;
    int heads;
    int headDim;
};

/** Checks numbers: grid (most tokens, batch). */
template <typename T> __device__ void finite(const FiniteArguments& call) {
    int token = blockIdx.x, member = blockIdx.y;
    Chunk chunk = chunkOf(call.chunks, call.sequences, member);
    if (token >= chunk.tokens) return;
    const T* values = rowAt<T>(call.values, chunk.row + token, 0);
    bool bad = storeHeads<T>(nullptr, values, call.heads, call.headDim, call.headDim);
    if (__syncthreads_or(bad) && threadIdx.x == 0) call.flags[member] = 1;
}

STORED_KERNELS(append, AppendArguments, 256, 1)
STORED_KERNELS(store, StoreArguments, 128, 1)
KERNELS(finite, FiniteArguments, 128, 1)
