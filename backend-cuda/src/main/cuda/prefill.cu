// Causal prefill attention of 16-bit types, head dims 64 and 128, on tensor cores: grid (blocks of 64 queries, queryHeads,
// batch), 4 warps of 16 query rows; tiles of 64 tokens, two stages. Evicted pages are read from their backups.
#include "coarse.cuh"
#include "prefill.cuh"

constexpr int WARPS = 4;
constexpr int ROWS = 64;
constexpr int TILE = 64;

template <int D> constexpr int TILE_BYTES = TILE * D * 2;

template <typename T, typename S, int D> __device__ void prefill(const PrefillArguments& call) {
    const Shape& shape = call.layer.shape;
    int head = blockIdx.y, member = blockIdx.z, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int kvHead = head / (shape.queryHeads / shape.kvHeads), perGroup = shape.kvHeads / shape.groups;
    Chunk chunk = chunkOf(call.chunks, call.layer.sequences, member);
    int firstRow = ((int)gridDim.x - 1 - (int)blockIdx.x) * ROWS; // the longest rows first
    if (firstRow >= chunk.tokens) return;
    Timed timed(call.layer, PREFILL);
    const Sequence& sequence = call.layer.sequences[member];
    long long offset = tableOffset(call.layer, sequence, kvHead / perGroup);
    const int* table = sequence.tables.slots + offset;
    const int* backups = sequence.tables.backups + offset;
    int limit = chunk.first + min(chunk.tokens, firstRow + ROWS); // tokens that the last row attends to
    int start = firstSeen(shape, call.layer.index, chunk.first + firstRow); // the first token that any row attends to
    int firstTile = start / TILE, tiles = (limit + TILE - 1) / TILE;
    int window = windowOf(shape, call.layer.index);

    extern __shared__ __align__(128) char shared[];
    // In 8 bits the two stages take half of it, and behind them is one tile that they are widened to, by all warps for all.
    constexpr int ROW_BYTES = D * sizeof(S), STAGE_BYTES = 2 * TILE * ROW_BYTES;
    constexpr int SCALED = IS_COARSE<S> ? TILE : 1;
    __shared__ const char* rows[2][TILE];
    __shared__ const float* scaleRows[2][SCALED];
    __shared__ float scales[2][2][SCALED];
    uint32_t ring = sharedAddress(shared);
    int toValues = perGroup * shape.pageSize; // in rows
    auto locate = [&](int tile) { // where the tile's rows of keys are
        int token = tile * TILE + threadIdx.x;
        if (threadIdx.x < TILE) {
            const char* row = nullptr;
            const float* scale = nullptr;
            if (token >= start && token < limit) {
                int page = token / shape.pageSize, entry = table[page];
                const char* slot = entry >= 0 ? slotAt(call.pages, entry) : call.pages.host + backups[page] * call.pages.slotBytes;
                long long before = (long long)(kvHead % perGroup) * shape.pageSize + token % shape.pageSize;
                row = slot + before * ROW_BYTES;
                scale = reinterpret_cast<const float*>(slot + call.pages.scalesAt) + before;
            }
            rows[tile % 2][threadIdx.x] = row;
            if constexpr (IS_COARSE<S>) scaleRows[tile % 2][threadIdx.x] = scale;
        }
    };
    auto load = [&](int tile) {
        constexpr int CHUNKS = ROW_BYTES / 16;
        uint32_t stage = ring + tile % 2 * STAGE_BYTES;
#pragma unroll
        for (int i = 0; i < TILE * CHUNKS / (32 * WARPS); i++) {
            int index = i * 32 * WARPS + threadIdx.x, row = index / CHUNKS, part = index % CHUNKS;
            const char* keys = rows[tile % 2][row];
            uint32_t target = stage + (IS_COARSE<S> ? index * 16 : tileOffset<CHUNKS>(row, part));
            copyAsync(target, keys ? keys + part * 16 : call.pages.pool, keys != nullptr);
            copyAsync(target + TILE * ROW_BYTES, keys ? keys + (long long)toValues * ROW_BYTES + part * 16 : call.pages.pool, keys != nullptr);
        }
        if constexpr (IS_COARSE<S>) { // a thread per key, then per value
            int row = threadIdx.x % TILE, side = threadIdx.x / TILE;
            const float* scale = scaleRows[tile % 2][row];
            copyAsync4(sharedAddress(&scales[tile % 2][side][row]), scale ? scale + side * toValues : (const float*)call.pages.pool, scale != nullptr);
        }
    };
    locate(firstTile);
    if (firstTile + 1 < tiles) locate(firstTile + 1);
    __syncthreads();
    load(firstTile);
    commitCopies();

    uint32_t queries[D / 16][4];
#pragma unroll
    for (int step = 0; step < D / 16; step++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            int row = firstRow + warp * 16 + lane / 4 + j % 2 * 8;
            const uint32_t* query = reinterpret_cast<const uint32_t*>(rowAt<T>(call.queries, chunk.row + row, head * D));
            queries[step][j] = row < chunk.tokens ? query[step * 8 + j / 2 * 4 + lane % 4] : 0;
        }
    }

    Accumulator<D> sum;
    sum.clear();
    float scale = shape.scale * 1.44269504088896340736f;
    int position = chunk.first + firstRow + warp * 16 + lane / 4; // of this thread's upper row
    for (int tile = firstTile; tile < tiles; tile++) {
        if (tile + 1 < tiles) load(tile + 1);
        commitCopies();
        awaitCopies<1>();
        __syncthreads();
        if (tile + 2 < tiles) locate(tile + 2); // its rows replace those of this tile, which are loaded
        uint32_t keys = ring + tile % 2 * STAGE_BYTES;
        if constexpr (IS_COARSE<S>) {
            const char* arrived = shared + tile % 2 * STAGE_BYTES;
            char* wide = shared + 2 * STAGE_BYTES;
            widenTile<T, S, D, TILE, 32 * WARPS>(arrived, scales[tile % 2][0], wide, threadIdx.x);
            widenTile<T, S, D, TILE, 32 * WARPS>(arrived + TILE * ROW_BYTES, scales[tile % 2][1], wide + TILE_BYTES<D>, threadIdx.x);
            __syncthreads();
            keys = ring + 2 * STAGE_BYTES;
        }
        float scores[TILE / 8][4];
        scoreTile<T, D, TILE / 8>(scores, queries, Keys<D>{keys});
        int token = tile * TILE + lane % 4 * 2;
        // The warp's first row sees the fewest later tokens, its last row the fewest earlier ones.
        int firstPosition = chunk.first + firstRow + warp * 16;
        bool masked = tile * TILE + TILE > firstPosition + 1 || firstPosition + 15 - tile * TILE >= window;
#pragma unroll
        for (int t = 0; t < TILE / 8; t++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                int behind = position + j / 2 * 8 - (token + t * 8 + j % 2); // the row's position less the token's
                bool seen = !masked || (behind >= 0 && behind < window);
                scores[t][j] = seen ? scores[t][j] * scale : -CUDART_INF_F;
            }
        }
        accumulate<T, D, TILE / 8>(sum, scores, Values<D>{keys + TILE_BYTES<D>});
        __syncthreads();
    }

#pragma unroll
    for (int r = 0; r < 2; r++) {
        float total = sum.sum[r];
        total += __shfl_xor_sync(~0u, total, 1);
        total += __shfl_xor_sync(~0u, total, 2);
        int row = firstRow + warp * 16 + lane / 4 + r * 8;
        if (row >= chunk.tokens) continue;
        uint32_t* output = reinterpret_cast<uint32_t*>(rowAt<T>(call.output, chunk.row + row, head * D));
#pragma unroll
        for (int i = 0; i < D / 8; i++) {
            output[i * 4 + lane % 4] = pack<T>(sum.output[i][2 * r] / total, sum.output[i][2 * r + 1] / total);
        }
    }
}

#define PREFILL(T, suffix) \
    extern "C" __global__ void __launch_bounds__(32 * WARPS, 2) prefill64_##suffix(const __grid_constant__ PrefillArguments call) { prefill<T, Stored<T>, 64>(call); } \
    extern "C" __global__ void __launch_bounds__(32 * WARPS, 2) prefill128_##suffix(const __grid_constant__ PrefillArguments call) { prefill<T, Stored<T>, 128>(call); }
PREFILL(__half, f16)
PREFILL(__nv_bfloat16, bf16)
