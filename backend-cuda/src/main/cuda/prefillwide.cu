// Causal prefill attention of 16-bit types, head dims 64 and 128, by products of whole warpgroups (wgmma), which compute
// capability 9.0 has: grid (blocks of 128 queries, queryHeads, batch). Two warpgroups attend, 64 queries each, and a third one
// copies tiles of 128 tokens for both, two of them ahead. Evicted pages are read from their backups. Elsewhere the kernels are
// empty, and the host launches others.
#include "mma.cuh"
#include "prefill.cuh"

constexpr int GROUP = 128;
constexpr int ATTENDING = 2;

#ifdef __CUDA_ARCH_FEAT_SM90_ALL

constexpr int OWN_ROWS = 64;
constexpr int ROWS = ATTENDING * OWN_ROWS;
constexpr int TILE = 128;
constexpr int STAGES = 2;
constexpr int SCORES = TILE / 2; // that a thread has of its two rows
/** Registers of a thread that attends, and of one that copies. */
constexpr int MANY = 216, FEW = 72;

/**
 * Tiles lie in halves of 64 channels, rows of 128 bytes behind each other, chunks of 16 bytes swizzled as wgmma reads them.
 * Where a chunk of a row lies in a tile with so many rows.
 */
template <int ROWS> __device__ inline uint32_t chunkAt(int row, int chunk) {
    return chunk / 8 * (ROWS * 128) + row * 128 + ((chunk ^ row) & 7) * 16;
}

/** What wgmma is told of a tile: where it is, 128-byte swizzle, 1,024 bytes from eight rows to the next, bytes between halves. */
__device__ inline uint64_t described(uint32_t tile, int betweenHalves) {
    return 1ull << 62 | (uint64_t)(1024 >> 4) << 32 | (uint64_t)(betweenHalves >> 4) << 16 | (tile & 0x3ffff) >> 4;
}

__device__ inline void initialize(uint64_t& barrier, int arrivals) {
    asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(sharedAddress(&barrier)), "r"(arrivals) : "memory");
}
__device__ inline void arrive(uint64_t& barrier) {
    asm volatile("mbarrier.arrive.shared.b64 _, [%0];" ::"r"(sharedAddress(&barrier)) : "memory");
}
/** Arrives when this thread's copies so far are done. */
__device__ inline void arriveWithCopies(uint64_t& barrier) {
    asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(sharedAddress(&barrier)) : "memory");
}
__device__ inline void await(uint64_t& barrier, int parity) {
    uint32_t done;
    do {
        asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                     : "=r"(done) : "r"(sharedAddress(&barrier)), "r"(parity) : "memory");
    } while (!done);
}
/** Waits for the threads of one warpgroup. */
__device__ inline void meet(int group) { asm volatile("bar.sync %0, %1;" ::"r"(group + 1), "n"(GROUP) : "memory"); }

/** What was written to shared memory so far is there for wgmma too. */
__device__ inline void showToProducts() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }
__device__ inline void beginProducts() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ inline void endProducts() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
/** Waits until at most so many groups of products are under way; then their sums are there. */
template <int LEFT, int N> __device__ inline void awaitProducts(float (&sums)[N]) {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(LEFT) : "memory");
#pragma unroll
    for (int i = 0; i < N; i++) asm volatile("" : "+f"(sums[i])::"memory");
}

#define SUMS_4(c, i) "+f"(c[i]), "+f"(c[i + 1]), "+f"(c[i + 2]), "+f"(c[i + 3])
#define SUMS_32(c, i) \
    SUMS_4(c, i), SUMS_4(c, i + 4), SUMS_4(c, i + 8), SUMS_4(c, i + 12), SUMS_4(c, i + 16), SUMS_4(c, i + 20), SUMS_4(c, i + 24), SUMS_4(c, i + 28)
#define NAMES_32 \
    "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31"
#define NAMES_64 \
    NAMES_32 ",%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63"

/** c = a · bᵀ or c += a · bᵀ of 64 rows and 128 tokens, 16 channels of each. */
template <typename T> __device__ inline void score(float (&c)[64], uint64_t a, uint64_t b, int add);
/** c += a · b of 64 rows and 64 or 128 channels, 16 tokens of each. */
template <typename T> __device__ inline void weigh(float (&c)[32], const uint32_t (&a)[4], uint64_t b);
template <typename T> __device__ inline void weigh(float (&c)[64], const uint32_t (&a)[4], uint64_t b);
#define PRODUCTS(T, NAME) \
    template <> __device__ inline void score<T>(float (&c)[64], uint64_t a, uint64_t b, int add) { \
        asm volatile("{ .reg .pred p; setp.ne.b32 p, %66, 0; wgmma.mma_async.sync.aligned.m64n128k16.f32." NAME "." NAME \
                     " {" NAMES_64 "}, %64, %65, p, 1, 1, 0, 0; }" \
                     : SUMS_32(c, 0), SUMS_32(c, 32) : "l"(a), "l"(b), "r"(add)); \
    } \
    template <> __device__ inline void weigh<T>(float (&c)[32], const uint32_t (&a)[4], uint64_t b) { \
        asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32." NAME "." NAME \
                     " {" NAMES_32 "}, {%32,%33,%34,%35}, %36, 1, 1, 1, 1;" \
                     : SUMS_32(c, 0) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b)); \
    } \
    template <> __device__ inline void weigh<T>(float (&c)[64], const uint32_t (&a)[4], uint64_t b) { \
        asm volatile("wgmma.mma_async.sync.aligned.m64n128k16.f32." NAME "." NAME \
                     " {" NAMES_64 "}, {%64,%65,%66,%67}, %68, 1, 1, 1, 1;" \
                     : SUMS_32(c, 0), SUMS_32(c, 32) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b)); \
    }
PRODUCTS(__half, "f16")
PRODUCTS(__nv_bfloat16, "bf16")

/** Who waits for what: a stage is full when its tile has arrived, and free when both warpgroups have read it. */
struct Barriers {
    uint64_t fullKeys[STAGES], freeKeys[STAGES], fullValues[STAGES], freeValues[STAGES];
};

/** A stage of the ring, and how often it was in use before, as a parity. */
struct Turn {
    int stage = 0, parity = 0;
    __device__ inline void next() {
        stage = (stage + 1) % STAGES;
        parity ^= stage == 0;
    }
};

/** The maximum and the sum of the two rows of a thread. */
struct Softmax {
    float most[2] = {-CUDART_INF_F, -CUDART_INF_F};
    float sum[2] = {0, 0};

    /** Makes probabilities of a tile's scores; true if earlier ones shrink, by the factors given. */
    template <typename T> __device__ inline bool take(float (&scores)[SCORES], float scale, float (&shrink)[2]) {
        bool shrinks = false;
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float now = most[r];
#pragma unroll
            for (int i = 0; i < SCORES; i += 4) now = fmaxf(now, fmaxf(scores[i + 2 * r], scores[i + 2 * r + 1]));
            now = fmaxf(now, __shfl_xor_sync(~0u, now, 1));
            now = fmaxf(now, __shfl_xor_sync(~0u, now, 2));
            shrink[r] = now == most[r] ? 1.0f : exp2Fast((most[r] - now) * scale);
            shrinks |= now != most[r];
            most[r] = now;
            sum[r] *= shrink[r];
            float shift = now == -CUDART_INF_F ? 0.0f : now * scale - PROBABILITY_SHIFT<T>;
#pragma unroll
            for (int i = 0; i < SCORES; i += 4) {
#pragma unroll
                for (int j = 0; j < 2; j++) {
                    float& each = scores[i + 2 * r + j];
                    each = exp2Fast(fmaf(each, scale, -shift));
                    sum[r] += each;
                }
            }
        }
        return __any_sync(~0u, shrinks);
    }
};

template <typename T, int D> __device__ void prefillWide(const PrefillArguments& call) {
    constexpr int CHUNKS = D / 8, SIDE_BYTES = TILE * D * 2, QUERY_BYTES = OWN_ROWS * D * 2;
    const Shape& shape = call.layer.shape;
    int head = blockIdx.y, member = blockIdx.z, group = threadIdx.x / GROUP, thread = threadIdx.x % GROUP;
    int kvHead = head / (shape.queryHeads / shape.kvHeads), perGroup = shape.kvHeads / shape.groups;
    Chunk chunk = chunkOf(call.chunks, call.layer.sequences, member);
    int firstRow = ((int)gridDim.x - 1 - (int)blockIdx.x) * ROWS; // the longest rows first
    if (firstRow >= chunk.tokens) return;
    Timed timed(call.layer, PREFILL);
    int limit = chunk.first + min(chunk.tokens, firstRow + ROWS); // tokens that the last row attends to
    int start = firstSeen(shape, call.layer.index, chunk.first + firstRow); // the first token that any row attends to
    int firstTile = start / TILE, tiles = (limit + TILE - 1) / TILE;

    extern __shared__ char unaligned[];
    uint32_t base = (sharedAddress(unaligned) + 1023) & ~1023u, ring = base + ATTENDING * QUERY_BYTES;
    auto keysAt = [&](int stage) { return ring + stage * 2 * SIDE_BYTES; };
    auto valuesAt = [&](int stage) { return keysAt(stage) + SIDE_BYTES; };
    __shared__ Barriers barriers;
    __shared__ const char* rows[2][TILE];
    if (threadIdx.x == 0) {
        for (int i = 0; i < STAGES; i++) {
            initialize(barriers.fullKeys[i], GROUP);
            initialize(barriers.fullValues[i], GROUP);
            initialize(barriers.freeKeys[i], ATTENDING * GROUP / 32);
            initialize(barriers.freeValues[i], ATTENDING * GROUP / 32);
        }
    }
    __syncthreads();

    if (group == ATTENDING) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(FEW));
        const Sequence& sequence = call.layer.sequences[member];
        long long offset = tableOffset(call.layer, sequence, kvHead / perGroup);
        const int* table = sequence.tables.slots + offset;
        const int* backups = sequence.tables.backups + offset;
        auto locate = [&](int tile) { // where the tile's rows of keys are
            int token = tile * TILE + thread;
            const char* row = nullptr;
            if (token >= start && token < limit) {
                int page = token / shape.pageSize, entry = table[page];
                const char* slot = entry >= 0 ? slotAt(call.pages, entry) : call.pages.host + backups[page] * call.pages.slotBytes;
                row = slot + ((long long)(kvHead % perGroup) * shape.pageSize + token % shape.pageSize) * (D * 2);
            }
            rows[tile % 2][thread] = row;
        };
        auto load = [&](int tile, uint32_t target, long long further) {
#pragma unroll
            for (int i = 0; i < TILE * CHUNKS / GROUP; i++) {
                int index = i * GROUP + thread, row = index / CHUNKS, part = index % CHUNKS;
                const char* keys = rows[tile % 2][row];
                copyAsync(target + chunkAt<TILE>(row, part), keys ? keys + further + part * 16 : call.pages.pool, keys != nullptr);
            }
        };
        long long toValues = (long long)perGroup * shape.pageSize * (D * 2);
        Turn turn;
        locate(firstTile);
        for (int tile = firstTile; tile < tiles; tile++, turn.next()) {
            meet(group);
            if (tile + 1 < tiles) locate(tile + 1); // its rows replace those of the tile before, which are loaded
            await(barriers.freeKeys[turn.stage], turn.parity ^ 1);
            load(tile, keysAt(turn.stage), 0);
            arriveWithCopies(barriers.fullKeys[turn.stage]);
            await(barriers.freeValues[turn.stage], turn.parity ^ 1);
            load(tile, valuesAt(turn.stage), toValues);
            arriveWithCopies(barriers.fullValues[turn.stage]);
        }
        asm volatile("cp.async.wait_all;" ::: "memory");
        return;
    }

    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(MANY));
    int warp = thread / 32, lane = thread % 32, ownRow = firstRow + group * OWN_ROWS;
    uint32_t queries = base + group * QUERY_BYTES;
#pragma unroll
    for (int i = 0; i < OWN_ROWS * CHUNKS / GROUP; i++) {
        int index = i * GROUP + thread, row = index / CHUNKS, part = index % CHUNKS;
        bool valid = ownRow + row < chunk.tokens;
        const T* source = rowAt<T>(call.queries, chunk.row + (valid ? ownRow + row : 0), head * D) + part * 8;
        copyAsync(queries + chunkAt<OWN_ROWS>(row, part), source, valid);
    }
    asm volatile("cp.async.wait_all;" ::: "memory");
    showToProducts();
    meet(group);

    float scale = shape.scale * 1.44269504088896340736f;
    int window = windowOf(shape, call.layer.index);
    int firstPosition = chunk.first + ownRow, position = firstPosition + warp * 16 + lane / 4; // of this thread's upper row
    float scores[SCORES], output[D / 2], shrink[2];
    uint32_t probabilities[TILE / 16][4];
    Softmax softmax;
#pragma unroll
    for (int i = 0; i < D / 2; i++) output[i] = 0;

    auto scoreTile = [&](int stage) { // begins the products of queries and keys
        uint64_t a = described(queries, OWN_ROWS * 128), b = described(keysAt(stage), TILE * 128);
        beginProducts();
#pragma unroll
        for (int step = 0; step < D / 16; step++) {
            int half = step / 4, within = step % 4 * (32 >> 4);
            score<T>(scores, a + half * (OWN_ROWS * 128 >> 4) + within, b + half * (TILE * 128 >> 4) + within, step != 0);
        }
        endProducts();
    };
    auto weighTile = [&](int stage) { // begins those of probabilities and values
        uint64_t b = described(valuesAt(stage), TILE * 128);
        beginProducts();
#pragma unroll
        for (int step = 0; step < TILE / 16; step++) weigh<T>(output, probabilities[step], b + step * (16 * 128 >> 4));
        endProducts();
    };
    auto release = [&](uint64_t& barrier) {
        if (lane == 0) arrive(barrier);
    };
    auto mask = [&](int tile) {
        // The first row sees the fewest later tokens, the last row the fewest earlier ones.
        int first = tile * TILE;
        if (first + TILE <= firstPosition + 1 && firstPosition + OWN_ROWS - 1 - first < window) return;
        int token = first + lane % 4 * 2;
#pragma unroll
        for (int i = 0; i < SCORES; i++) {
            int behind = position + i % 4 / 2 * 8 - (token + i / 4 * 8 + i % 2); // the row's position less the token's
            if (behind < 0 || behind >= window) scores[i] = -CUDART_INF_F;
        }
    };
    auto packTile = [&] {
#pragma unroll
        for (int step = 0; step < TILE / 16; step++) {
#pragma unroll
            for (int j = 0; j < 4; j++) probabilities[step][j] = pack<T>(scores[step * 8 + j * 2], scores[step * 8 + j * 2 + 1]);
        }
    };

    Turn keys, values;
    await(barriers.fullKeys[keys.stage], keys.parity);
    showToProducts();
    scoreTile(keys.stage);
    awaitProducts<0>(scores);
    release(barriers.freeKeys[keys.stage]);
    mask(firstTile);
    softmax.take<T>(scores, scale, shrink);
    packTile();
    for (int tile = firstTile + 1; tile < tiles; tile++) {
        keys.next();
        await(barriers.fullKeys[keys.stage], keys.parity);
        showToProducts();
        scoreTile(keys.stage);
        await(barriers.fullValues[values.stage], values.parity);
        showToProducts();
        weighTile(values.stage); // of the tile before, while this one's scores become probabilities
        awaitProducts<1>(scores);
        release(barriers.freeKeys[keys.stage]);
        mask(tile);
        bool shrinks = softmax.take<T>(scores, scale, shrink);
        awaitProducts<0>(output);
        release(barriers.freeValues[values.stage]);
        values.next();
        if (shrinks) {
#pragma unroll
            for (int i = 0; i < D / 2; i++) output[i] *= shrink[i % 4 / 2];
        }
        packTile();
    }
    await(barriers.fullValues[values.stage], values.parity);
    showToProducts();
    weighTile(values.stage);
    awaitProducts<0>(output);

#pragma unroll
    for (int r = 0; r < 2; r++) {
        float total = softmax.sum[r];
        total += __shfl_xor_sync(~0u, total, 1);
        total += __shfl_xor_sync(~0u, total, 2);
        int row = ownRow + warp * 16 + lane / 4 + r * 8;
        if (row >= chunk.tokens) continue;
        uint32_t* target = reinterpret_cast<uint32_t*>(rowAt<T>(call.output, chunk.row + row, head * D));
#pragma unroll
        for (int i = 0; i < D / 8; i++) {
            target[i * 4 + lane % 4] = pack<T>(output[i * 4 + 2 * r] / total, output[i * 4 + 2 * r + 1] / total);
        }
    }
}

#else

template <typename T, int D> __device__ void prefillWide(const PrefillArguments&) {}

#endif

#define PREFILL_WIDE(T, suffix) \
    extern "C" __global__ void __launch_bounds__((ATTENDING + 1) * GROUP, 1) prefillWide64_##suffix(const __grid_constant__ PrefillArguments call) { prefillWide<T, 64>(call); } \
    extern "C" __global__ void __launch_bounds__((ATTENDING + 1) * GROUP, 1) prefillWide128_##suffix(const __grid_constant__ PrefillArguments call) { prefillWide<T, 128>(call); }
PREFILL_WIDE(__half, f16)
PREFILL_WIDE(__nv_bfloat16, bf16)
