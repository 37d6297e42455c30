// Scores filled pages from their digests, for sequences over budget.
#include "cache.cuh"
#include "mma.cuh"

constexpr int WARPS = 8;
/** Pages that a warp takes at once. */
constexpr int PAGES = 2;
/** Columns of 512 bytes that it has under way for each. */
constexpr int STAGES = 6;
/** Elements of a vector of all heads, for which shared memory has room. */
constexpr int MOST_WEIGHTS = 8192;

/**
 * Whether the mean over heads may be taken of the queries instead of the scores: all digest scores are linear in
 * max(q, 0), min(q, 0) and the norm of q. Two roundings more than a head's own score, so only where a score has many.
 */
__device__ static bool isLinear(const Shape& shape, const Sequence& sequence) {
    bool fits = shape.kvHeads / shape.groups * shape.headDim <= MOST_WEIGHTS;
    return sequence.digest != CODED && sequence.groupScore == MEAN && (shape.headDim == 64 || shape.headDim == 128) && fits;
}

struct EstimateMeanArguments {
    Layer layer;
    Rows queries;
    /** [rows][groups], written */
    float* scores;
    /** [batch]: the first row of each member. */
    const int* offsets;
    EstimateMode mode;
};

/**
 * Mean over heads: grid (any number of blocks, groups, batch), one long dot product per page. The first digests are under
 * way before the queries have to be there.
 */
template <typename T> __device__ void estimateMean(const EstimateMeanArguments& call) {
    EndsAfterPrevious ending;
    const Shape& shape = call.layer.shape;
    int group = blockIdx.y, member = blockIdx.z;
    const Sequence& sequence = call.layer.sequences[member];
    if (!isScored(call.layer, sequence) || !isLinear(shape, sequence)) return;
    long long filled = scoredPages(call.layer, sequence, call.mode == PREFETCH);
    int from = (int)(filled * blockIdx.x / gridDim.x), until = (int)(filled * (blockIdx.x + 1) / gridDim.x); // this block's pages
    if (from == until) return;
    long long scoreOffset = call.offsets[member];
    int heads = shape.kvHeads / shape.groups, share = shape.queryHeads / shape.kvHeads, width = shape.headDim;
    int vectors = isCuboid(sequence.digest) ? 2 : 1, half = heads * width, length = vectors * half;
    constexpr int WIDTH = Vector<T>::ELEMENTS;
    extern __shared__ __align__(16) char shared[]; // a ring per warp, then weights [vectors][heads][width], then a norm per head
    float* weights = reinterpret_cast<float*>(shared + WARPS * STAGES * PAGES * 512);
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const char* ring = shared + ((long long)warp * STAGES * PAGES * 32 + lane) * 16; // each thread reads what it copied
    const int* backups = sequence.tables.backups + tableOffset(call.layer, sequence, group);
    constexpr int STRIDE = WARPS * PAGES;
    int first = from + warp * PAGES, sets = max(0, (until - first + STRIDE - 1) / STRIDE); // this warp's: every STRIDE-th set
    int columns = (length + 32 * WIDTH - 1) / (32 * WIDTH);
    const T* vectorsOfPages = reinterpret_cast<const T*>(sequence.digests.vectors);
    const T* rows[PAGES];
    int ahead[PAGES]; // backup slots of the set that is loaded next
#pragma unroll
    for (int p = 0; p < PAGES; p++) ahead[p] = backups[min(first + p, until - 1)];
    int loadingSet = 0, loadingColumn = 0;
    auto load = [&]() {
        if (loadingSet < sets) {
            if (loadingColumn == 0) {
#pragma unroll
                for (int p = 0; p < PAGES; p++) {
                    rows[p] = vectorsOfPages + (long long)ahead[p] * 2 * half + lane * WIDTH;
                    ahead[p] = backups[min(first + (loadingSet + 1) * STRIDE + p, until - 1)];
                }
            }
            if ((loadingColumn * 32 + lane) * WIDTH < length) {
                uint32_t stage = sharedAddress(ring) + (loadingSet * columns + loadingColumn) % STAGES * PAGES * 512;
#pragma unroll
                for (int p = 0; p < PAGES; p++) copyAsync(stage + p * 512, rows[p] + (long long)loadingColumn * 32 * WIDTH, true);
            }
            if (++loadingColumn == columns) {
                loadingColumn = 0;
                loadingSet++;
            }
        }
        commitCopies();
    };
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; stage++) load();

    awaitPrevious();
    letNextBegin();
    Timed timed(call.layer, ESTIMATE);
    const T* queries = rowAt<T>(call.queries, scoringRow(call.layer, sequence, member), (long long)group * heads * share * width);
    float mean = 1.0f / (heads * share);
    for (int i = threadIdx.x * WIDTH; i < half; i += blockDim.x * WIDTH) {
        const T* query = queries + (long long)(i / width) * share * width + i % width;
        float positive[WIDTH] = {}, negative[WIDTH] = {};
#pragma unroll 4
        for (int h = 0; h < share; h++) {
            float q[WIDTH];
            Vector<T>::widenTo(*reinterpret_cast<const uint4*>(query + h * width), q);
#pragma unroll
            for (int j = 0; j < WIDTH; j++) {
                positive[j] += vectors == 2 ? fmaxf(q[j], 0.0f) : q[j];
                negative[j] += fminf(q[j], 0.0f);
            }
        }
#pragma unroll
        for (int j = 0; j < WIDTH; j++) {
            weights[i + j] = positive[j] * mean;
            if (vectors == 2) weights[half + i + j] = negative[j] * mean;
        }
    }
    float* norms = weights + length;
    bool sphere = isSphere(sequence.digest);
    if (sphere) {
        for (int head = warp; head < heads; head += WARPS) {
            float sum = 0;
            for (int h = 0; h < share; h++) {
                float square = 0;
                for (int i = lane; i < width; i += 32) {
                    float q = widen(queries[(long long)(head * share + h) * width + i]);
                    square += q * q;
                }
                for (int step = 16; step; step /= 2) square += __shfl_xor_sync(~0u, square, step);
                sum += sqrtf(square);
            }
            if (lane == 0) norms[head] = sum * mean;
        }
    }
    __syncthreads();

    for (int set = 0; set < sets; set++) {
        int page = first + set * STRIDE;
        float sums[PAGES] = {};
        for (int column = 0; column < columns; column++) {
            load();
            awaitCopies<STAGES - 1>();
            int i = (column * 32 + lane) * WIDTH;
            if (i >= length) continue;
            float weight[WIDTH];
#pragma unroll
            for (int j = 0; j < WIDTH; j += 4) *reinterpret_cast<float4*>(weight + j) = *reinterpret_cast<const float4*>(weights + i + j);
            int stage = (set * columns + column) % STAGES;
#pragma unroll
            for (int p = 0; p < PAGES; p++) {
                float digest[WIDTH];
                Vector<T>::widenTo(*reinterpret_cast<const uint4*>(ring + (stage * PAGES + p) * 512), digest);
                float sum = 0;
#pragma unroll
                for (int j = 0; j < WIDTH; j++) sum += weight[j] * digest[j];
                sums[p] += sum;
            }
        }
        __syncwarp();
#pragma unroll
        for (int p = 0; p < PAGES; p++) {
            if (sphere) {
                const float* radii = sequence.digests.radii + (long long)backups[min(page + p, until - 1)] * heads;
                for (int head = lane; head < heads; head += 32) sums[p] += norms[head] * radii[head];
            }
            for (int step = 16; step; step /= 2) sums[p] += __shfl_xor_sync(~0u, sums[p], step);
            if (lane == 0 && page + p < until) call.scores[(scoreOffset + page + p) * shape.groups + group] = sums[p];
        }
    }
}

struct EstimateHeadsArguments {
    Layer layer;
    Rows queries;
    /** [rows][queryHeads], written */
    float* headScores;
    /** [batch]: the first row of each member. */
    const int* offsets;
    EstimateMode mode;
};

/** Any group score, first part: grid (page blocks, queryHeads, batch), a warp per page and query head. */
template <typename T> __device__ void estimateHeads(const EstimateHeadsArguments& call) {
    awaitPrevious();
    letNextBegin();
    const Shape& shape = call.layer.shape;
    int queryHead = blockIdx.y, member = blockIdx.z;
    const Sequence& sequence = call.layer.sequences[member];
    if (!isScored(call.layer, sequence) || isLinear(shape, sequence) || sequence.digest == CODED) return;
    int page = blockIdx.x * WARPS + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (page >= scoredPages(call.layer, sequence, call.mode == PREFETCH)) return;
    Timed timed(call.layer, ESTIMATE);
    int heads = shape.kvHeads / shape.groups, head = queryHead / (shape.queryHeads / shape.kvHeads), width = shape.headDim;
    int backup = sequence.tables.backups[tableOffset(call.layer, sequence, head / heads) + page];
    const T* query = rowAt<T>(call.queries, scoringRow(call.layer, sequence, member), (long long)queryHead * width);
    const T* upper = reinterpret_cast<const T*>(sequence.digests.vectors) + ((long long)backup * 2 * heads + head % heads) * width;
    const T* lower = upper + (long long)heads * width;
    bool cuboid = isCuboid(sequence.digest), sphere = isSphere(sequence.digest);
    float score = 0, square = 0;
    for (int i = lane; i < width; i += 32) {
        float q = widen(query[i]);
        float product = q * widen(upper[i]);
        score += cuboid ? fmaxf(product, q * widen(lower[i])) : product;
        square += q * q;
    }
    for (int step = 16; step; step /= 2) {
        score += __shfl_xor_sync(~0u, score, step);
        square += __shfl_xor_sync(~0u, square, step);
    }
    if (sphere) score += sequence.digests.radii[(long long)backup * heads + head % heads] * sqrtf(square);
    if (lane == 0) call.headScores[((long long)call.offsets[member] + page) * shape.queryHeads + queryHead] = score;
}

struct EstimateGroupsArguments {
    Layer layer;
    /** [rows][queryHeads] */
    const float* headScores;
    /** [rows][groups], written */
    float* scores;
    /** [batch]: the first row of each member. */
    const int* offsets;
    EstimateMode mode;
};

__device__ static float reduceBlock(float value, bool most, float* scratch) {
    for (int step = 16; step; step /= 2) {
        float other = __shfl_xor_sync(~0u, value, step);
        value = most ? fmaxf(value, other) : value + other;
    }
    __syncthreads();
    if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = value;
    __syncthreads();
    value = scratch[0];
    for (int i = 1; i < WARPS; i++) value = most ? fmaxf(value, scratch[i]) : value + scratch[i];
    return value;
}

/**
 * Any group score, second part: grid (groups, batch, any number of blocks). Joins the heads of a group. A softmax takes the first
 * block alone, since it needs all pages.
 */
extern "C" __global__ void __launch_bounds__(32 * WARPS) estimateGroups(const __grid_constant__ EstimateGroupsArguments call) {
    awaitPrevious();
    letNextBegin();
    const Shape& shape = call.layer.shape;
    int group = blockIdx.x, member = blockIdx.y;
    const Sequence& sequence = call.layer.sequences[member];
    if (!isScored(call.layer, sequence) || isLinear(shape, sequence)) return;
    if (sequence.groupScore == MEAN_SOFTMAX && blockIdx.z > 0) return;
    Timed timed(call.layer, ESTIMATE);
    int filled = scoredPages(call.layer, sequence, call.mode == PREFETCH), heads = shape.queryHeads / shape.groups;
    const float* headScores = call.headScores + (long long)call.offsets[member] * shape.queryHeads + group * heads;
    float* scores = call.scores + (long long)call.offsets[member] * shape.groups + group;
    float scale = shape.scale;
    if (sequence.groupScore == MEAN_SOFTMAX) {
        __shared__ float scratch[WARPS];
        for (int h = 0; h < heads; h++) {
            float most = -CUDART_INF_F, sum = 0;
            for (int page = threadIdx.x; page < filled; page += blockDim.x) {
                most = fmaxf(most, headScores[(long long)page * shape.queryHeads + h] * scale);
            }
            most = reduceBlock(most, true, scratch);
            for (int page = threadIdx.x; page < filled; page += blockDim.x) {
                sum += expf(headScores[(long long)page * shape.queryHeads + h] * scale - most);
            }
            sum = reduceBlock(sum, false, scratch) * heads;
            for (int page = threadIdx.x; page < filled; page += blockDim.x) {
                float share = expf(headScores[(long long)page * shape.queryHeads + h] * scale - most) / sum;
                float* score = scores + (long long)page * shape.groups;
                *score = h == 0 ? share : *score + share;
            }
        }
        return;
    }
    for (int page = blockIdx.z * blockDim.x + threadIdx.x; page < filled; page += gridDim.z * blockDim.x) {
        const float* row = headScores + (long long)page * shape.queryHeads;
        float score = row[0];
#pragma unroll 8
        for (int h = 1; h < heads; h++) score = sequence.groupScore == MAX ? fmaxf(score, row[h]) : score + row[h];
        scores[(long long)page * shape.groups] = sequence.groupScore == MEAN ? score / heads : score;
    }
}

KERNELS(estimateMean, EstimateMeanArguments, 32 * WARPS, 2)
KERNELS(estimateHeads, EstimateHeadsArguments, 32 * WARPS, 1)
