// Paged decode attention of 16-bit types, head dims 64 and 128, on tensor cores: grid (kvHeads × head tiles, rows, splits).
// Each warp streams tiles of 16 tokens through its own ring in shared memory; the last block of a head joins the splits.
#include "attended.cuh"
#include "coarse.cuh"
#include <type_traits>

constexpr int WARPS = 4;
constexpr int TILE = 16;

// Kilobytes that two warps of every block have under way from the host, together. That is enough for PCIe, and more of
// them would keep the reads of device memory waiting.
constexpr int FROM_HOST = 512;

/** Bytes of a warp's tile of keys, or of values, in the element type. */
template <int D> constexpr int TILE_BYTES = TILE * D * 2;

/** Bytes of one row, and of a tile of keys and values with their scales, as they are stored. */
template <typename S, int D> constexpr int ROW_BYTES = D * (int)sizeof(S);
template <typename S, int D> constexpr int STAGE_BYTES = 2 * TILE * ROW_BYTES<S, D> + (IS_COARSE<S> ? 2 * TILE * (int)sizeof(float) : 0);

/** Bytes that the ring of a warp has. */
template <int D> constexpr int RING_BYTES = 3 * 2 * TILE_BYTES<D>;
template <typename S, int D> constexpr int STAGES = RING_BYTES<D> / STAGE_BYTES<S, D>;

/** Rows are noted in units of so many bytes: every row and every slot is a multiple of it. */
constexpr int UNIT = 64;

/** The pages that a block reads. */
struct Source {
    const AttendArguments& call;
    const Piece& piece;
    int headInGroup;
    /** [tokens]: where each one's key is, in units. */
    const uint32_t* rows;
    int tokens;
    /** Rows from a key to its value. */
    int toValues;

    /** Where the scale of a row is: rows before it in its slot have one each, as they have numbers. */
    template <int D> __device__ inline long long scaleAt(long long row, int token) const {
        const Shape& shape = call.layer.shape;
        int before = headInGroup * shape.pageSize + (piece.first + token) % shape.pageSize;
        return row + call.pages.scalesAt - (long long)before * (D - (int)sizeof(float));
    }
};

/** Where a chunk of a row lies in a stage. */
template <typename S, int D> __device__ inline uint32_t stageOffset(int row, int chunk) {
    if constexpr (IS_COARSE<S>) return coarseOffset<D>(row, chunk);
    else return tileOffset<D / 8>(row, chunk);
}

/** Copies one tile, keys and values; starts that without waiting, unless it comes from the host. */
template <typename S, int D>
__device__ static void loadTile(const Source& source, int first, uint32_t stage, bool fromHost) {
    constexpr int CHUNKS = ROW_BYTES<S, D> / 16, COPIES = TILE * CHUNKS / 32;
    int lane = threadIdx.x % 32;
    const char* bytes = source.piece.bytes;
    auto copy = [&](int i) {
        int index = i * 32 + lane, row = index / CHUNKS, chunk = index % CHUNKS;
        bool valid = first + row < source.tokens;
        const char* keys = bytes + (long long)source.rows[valid ? first + row : first] * UNIT + chunk * 16;
        uint32_t target = stage + stageOffset<S, D>(row, chunk);
        copyAsync(target, keys, valid);
        copyAsync(target + TILE * ROW_BYTES<S, D>, keys + (long long)source.toValues * ROW_BYTES<S, D>, valid);
    };
    if constexpr (IS_COARSE<S>) { // a lane per key, then per value
        bool valid = first + lane % TILE < source.tokens;
        int token = valid ? first + lane % TILE : first;
        const char* scale = bytes + source.scaleAt<D>((long long)source.rows[token] * UNIT, token);
        if (lane >= TILE) scale += source.toValues * sizeof(float);
        copyAsync4(stage + 2 * TILE * ROW_BYTES<S, D> + lane * sizeof(float), scale, valid);
    }
    if (fromHost) {
        int ahead = max(1, FROM_HOST / (2 * (int)(gridDim.x * gridDim.y)));
#pragma unroll 1
        for (int i = 0; i < COPIES; i++) {
            copy(i);
            if ((i + 1) % ahead) continue;
            commitCopies();
            awaitCopies<0>();
        }
    } else {
#pragma unroll
        for (int i = 0; i < COPIES; i++) copy(i);
    }
}

/** Stores a tile that has arrived in the slots of its pages, where these are new. */
template <typename S, int D>
__device__ static void storeTile(const Source& source, int first, const char* stage) {
    const Piece& piece = source.piece;
    const Pages& pages = source.call.pages;
    int pageSize = source.call.layer.shape.pageSize, lane = threadIdx.x % 32;
    auto keyAt = [&](int row) -> char* { // null if it is not to be stored
        int token = piece.first + first + row;
        if (token >= piece.until) return nullptr;
        int index = token / pageSize, entry = piece.entry(index);
        if (!(entry & FRESH)) return nullptr;
        long long before = (long long)source.headInGroup * pageSize + (token - index * pageSize);
        return pages.pool + piece.slots[entry & ~FRESH] * pages.slotBytes + before * ROW_BYTES<S, D>;
    };
    constexpr int CHUNKS = ROW_BYTES<S, D> / 16;
#pragma unroll
    for (int i = 0; i < TILE * CHUNKS / 32; i++) {
        int row = (i * 32 + lane) / CHUNKS, chunk = (i * 32 + lane) % CHUNKS;
        char* keys = keyAt(row);
        if (!keys) continue;
        const char* arrived = stage + stageOffset<S, D>(row, chunk);
        keys += chunk * 16;
        *reinterpret_cast<uint4*>(keys) = *reinterpret_cast<const uint4*>(arrived);
        *reinterpret_cast<uint4*>(keys + (long long)source.toValues * ROW_BYTES<S, D>) = *reinterpret_cast<const uint4*>(arrived + TILE * ROW_BYTES<S, D>);
    }
    if constexpr (IS_COARSE<S>) {
        char* key = keyAt(lane % TILE);
        if (!key) return;
        char* scale = pages.pool + source.scaleAt<D>(key - pages.pool, first + lane % TILE);
        if (lane >= TILE) scale += source.toValues * sizeof(float);
        *reinterpret_cast<float*>(scale) = reinterpret_cast<const float*>(stage + 2 * TILE * ROW_BYTES<S, D>)[lane];
    }
}

/** The keys of a stage, or on side 1 its values. */
template <typename S, int D, typename Tile> __device__ static inline Tile tileIn(const char* stage, int side) {
    const char* tile = stage + side * TILE * ROW_BYTES<S, D>;
    if constexpr (IS_COARSE<S>) return Tile(tile, reinterpret_cast<const float*>(stage + 2 * TILE * ROW_BYTES<S, D>) + side * TILE);
    else return Tile{sharedAddress(tile)};
}

template <typename T, typename S, int D> __device__ void attend(const AttendArguments& call) {
    using KeysOf = std::conditional_t<IS_COARSE<S>, CoarseKeys<T, S, D>, Keys<D>>;
    using ValuesOf = std::conditional_t<IS_COARSE<S>, CoarseValues<T, S, D>, Values<D>>;
    letNextBegin();
    const Shape& shape = call.layer.shape;
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int share = shape.queryHeads / shape.kvHeads, headTiles = (share + TILE - 1) / TILE;
    int kvHead = blockIdx.x / headTiles, firstHead = blockIdx.x % headTiles * TILE, heads = min(TILE, share - firstHead);
    int perGroup = shape.kvHeads / shape.groups, headInGroup = kvHead % perGroup;
    Row row = rowOf(call);
    uint32_t queries[D / 16][4];
    int firstQueryHead = kvHead * share + firstHead;
    const uint32_t* query = reinterpret_cast<const uint32_t*>(rowAt<T>(call.queries, row.row, firstQueryHead * D));
#pragma unroll
    for (int step = 0; step < D / 16; step++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            int head = lane / 4 + j % 2 * 8;
            queries[step][j] = head < heads ? query[head * (D / 2) + KeysOf::pairAt(step, j / 2)] : 0;
        }
    }

    awaitPrevious();
    unsigned long long start = Timed::now();
    Piece piece;
    if (!pieceOf(call, row, kvHead / perGroup, piece)) return;
    Timed timed(call.layer, piece.recalled ? RECALL : ATTEND, start);

    extern __shared__ __align__(128) char shared[];
    uint32_t* rows = reinterpret_cast<uint32_t*>(shared + WARPS * RING_BYTES<D>);
    uint32_t* pageRows = reinterpret_cast<uint32_t*>(shared); // before the first tiles come here
    int tokens = piece.until - piece.first, firstPage = piece.first / shape.pageSize;
    int pages = (piece.until - 1) / shape.pageSize - firstPage + 1;
    for (int i = threadIdx.x; i < pages; i += blockDim.x) {
        const char* keys = piece.page(call, firstPage + i) + (long long)headInGroup * shape.pageSize * ROW_BYTES<S, D>;
        pageRows[i] = (uint32_t)((keys - piece.bytes) / UNIT);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < tokens; i += blockDim.x) {
        int index = (piece.first + i) / shape.pageSize;
        rows[i] = pageRows[index - firstPage] + (piece.first + i - index * shape.pageSize) * (ROW_BYTES<S, D> / UNIT);
    }
    __syncthreads();

    bool fromHost = piece.bytes == call.pages.host;
    constexpr int STAGES = ::STAGES<S, D>;
    char* stages = shared + warp * RING_BYTES<D>;
    uint32_t ring = sharedAddress(stages);
    Source source{call, piece, headInGroup, rows, tokens, perGroup * shape.pageSize};
    int tiles = (tokens + TILE - 1) / TILE, mine = (tiles - warp + WARPS - 1) / WARPS;
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        if (i < mine) loadTile<S, D>(source, (i * WARPS + warp) * TILE, ring + i * STAGE_BYTES<S, D>, fromHost);
        commitCopies();
    }

    long long headRow = (long long)blockIdx.y * shape.queryHeads + firstQueryHead;
    Accumulator<D> sum;
    sum.clear();
    float scale = shape.scale * 1.44269504088896340736f;
    int stage = 0;
    for (int i = 0; i < mine; i++) {
        int next = i + STAGES - 1, nextStage = stage == 0 ? STAGES - 1 : stage - 1;
        if (next < mine) loadTile<S, D>(source, (next * WARPS + warp) * TILE, ring + nextStage * STAGE_BYTES<S, D>, fromHost);
        commitCopies();
        awaitCopies<STAGES - 1>();
        __syncwarp();
        const char* arrived = stages + stage * STAGE_BYTES<S, D>;
        if (fromHost && firstHead == 0) storeTile<S, D>(source, (i * WARPS + warp) * TILE, arrived);
        float scores[2][4];
        scoreTile<T, D, 2>(scores, queries, tileIn<S, D, KeysOf>(arrived, 0));
        int first = (i * WARPS + warp) * TILE + lane % 4 * 2;
#pragma unroll
        for (int t = 0; t < 2; t++) {
#pragma unroll
            for (int j = 0; j < 4; j++) scores[t][j] = first + t * 8 + j % 2 < tokens ? scores[t][j] * scale : -CUDART_INF_F;
        }
        accumulate<T, D, 2>(sum, scores, tileIn<S, D, ValuesOf>(arrived, 1));
        __syncwarp();
        stage = stage + 1 == STAGES ? 0 : stage + 1;
    }
    awaitCopies<0>();
    __syncthreads();

    float* outputs = reinterpret_cast<float*>(shared);                 // [WARPS][TILE][D]
    float* mosts = outputs + WARPS * TILE * D;                         // [WARPS][TILE]
    float* sums = mosts + WARPS * TILE;                                // [WARPS][TILE]
#pragma unroll
    for (int r = 0; r < 2; r++) {
        float total = sum.sum[r];
        total += __shfl_xor_sync(~0u, total, 1);
        total += __shfl_xor_sync(~0u, total, 2);
        int head = warp * TILE + lane / 4 + r * 8;
        if (lane % 4 == 0) {
            mosts[head] = sum.most[r];
            sums[head] = total;
        }
        if (head - warp * TILE < heads) ValuesOf::put(outputs + head * D, sum.output, r);
    }
    __syncthreads();

    float* partials = call.partials;
    float* shares = call.partials + (long long)gridDim.y * shape.queryHeads * call.splits * D; // most and sum of each split
    T* output = rowAt<T>(call.output, row.row, firstQueryHead * D);
    for (int i = threadIdx.x; i < heads * D; i += blockDim.x) {
        int head = i / D;
        float most = mosts[head], total = 0, value = 0;
#pragma unroll
        for (int w = 1; w < WARPS; w++) most = fmaxf(most, mosts[w * TILE + head]);
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            float weight = exp2Fast(mosts[w * TILE + head] - most);
            total += weight * sums[w * TILE + head];
            value += weight * outputs[(w * TILE + head) * D + i % D];
        }
        if (piece.splits == 1) {
            output[i] = narrow<T>(value / total);
        } else {
            long long split = (headRow + head) * call.splits + blockIdx.z;
            partials[split * D + i % D] = value;
            if (i % D == 0) *reinterpret_cast<float2*>(shares + split * 2) = make_float2(most, total);
        }
    }
    if (piece.splits == 1 || !isLast(call.tickets + blockIdx.y * gridDim.x + blockIdx.x, piece.splits)) return;

    float* weights = reinterpret_cast<float*>(shared); // [heads][splits]
    for (int head = warp; head < heads; head += WARPS) {
        const float2* share = reinterpret_cast<const float2*>(shares) + (headRow + head) * call.splits;
        float most = -CUDART_INF_F, total = 0;
        for (int s = lane; s < piece.splits; s += 32) most = fmaxf(most, __ldcg(share + s).x);
        for (int step = 16; step; step /= 2) most = fmaxf(most, __shfl_xor_sync(~0u, most, step));
        for (int s = lane; s < piece.splits; s += 32) {
            float2 own = __ldcg(share + s);
            float weight = exp2Fast(own.x - most);
            weights[head * MOST_PARTS + s] = weight;
            total += weight * own.y;
        }
        for (int step = 16; step; step /= 2) total += __shfl_xor_sync(~0u, total, step);
        for (int s = lane; s < piece.splits; s += 32) weights[head * MOST_PARTS + s] /= total;
    }
    __syncthreads();
    constexpr int QUADS = D / 4;
    for (int i = threadIdx.x; i < heads * QUADS; i += blockDim.x) {
        int head = i / QUADS;
        const float4* values = reinterpret_cast<const float4*>(partials) + (headRow + head) * call.splits * QUADS + i % QUADS;
        float4 result = make_float4(0, 0, 0, 0);
#pragma unroll 16
        for (int s = 0; s < piece.splits; s++) {
            float4 value = __ldcg(values + s * QUADS);
            float weight = weights[head * MOST_PARTS + s];
            result.x += weight * value.x;
            result.y += weight * value.y;
            result.z += weight * value.z;
            result.w += weight * value.w;
        }
        T* target = output + head * D + i % QUADS * 4;
        target[0] = narrow<T>(result.x);
        target[1] = narrow<T>(result.y);
        target[2] = narrow<T>(result.z);
        target[3] = narrow<T>(result.w);
    }
}

#define ATTEND(T, suffix) \
    extern "C" __global__ void __launch_bounds__(32 * WARPS, 2) attend64_##suffix(const __grid_constant__ AttendArguments call) { attend<T, Stored<T>, 64>(call); } \
    extern "C" __global__ void __launch_bounds__(32 * WARPS, 2) attend128_##suffix(const __grid_constant__ AttendArguments call) { attend<T, Stored<T>, 128>(call); }
ATTEND(__half, f16)
ATTEND(__nv_bfloat16, bf16)
