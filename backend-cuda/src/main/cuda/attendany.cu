// Attention in float32 for every element type and head dims up to 256: decode with splits, and causal prefill.
#include "attended.cuh"
#include "prefill.cuh"

constexpr int WARPS = 4;
constexpr int MOST_DIM = 256;
constexpr int LANE_DIM = MOST_DIM / 32;
constexpr int AHEAD = 4; // tokens whose keys and values are loaded before the first is used

/** Softmax and output of one query; lane l holds the elements l, l + 32, ... */
struct Running {
    float most = -CUDART_INF_F, sum = 0, output[LANE_DIM] = {};
};

/** Takes up to AHEAD tokens; keys[i] has no numbers beyond. */
template <typename T, typename S>
__device__ static void take(Running& into, const float* query, const StoredRow<T, S> (&keys)[AHEAD], const StoredRow<T, S> (&values)[AHEAD], int width, float scale) {
    int lane = threadIdx.x % 32;
    float scores[AHEAD], most = into.most;
#pragma unroll
    for (int u = 0; u < AHEAD; u++) {
        scores[u] = 0;
        if (keys[u].numbers) {
            for (int i = lane; i < width; i += 32) scores[u] += query[i] * keys[u].at(i);
        }
    }
#pragma unroll
    for (int u = 0; u < AHEAD; u++) {
        for (int step = 16; step; step /= 2) scores[u] += __shfl_xor_sync(~0u, scores[u], step);
        scores[u] = keys[u].numbers ? scores[u] * scale : -CUDART_INF_F;
        most = fmaxf(most, scores[u]);
    }
    float fade = expf(into.most - most);
    into.most = most;
    into.sum *= fade;
#pragma unroll
    for (int i = 0; i < LANE_DIM; i++) into.output[i] *= fade;
#pragma unroll
    for (int u = 0; u < AHEAD; u++) {
        if (!keys[u].numbers) continue;
        float probability = expf(scores[u] - most);
        into.sum += probability;
#pragma unroll
        for (int i = 0; i < LANE_DIM; i++) {
            if (lane + 32 * i < width) into.output[i] += probability * values[u].at(lane + 32 * i);
        }
    }
}

/** Decode: grid (queryHeads, rows, splits), a warp every fourth run of tokens. */
template <typename T, typename S> __device__ void attendAny(const AttendArguments& call) {
    letNextBegin();
    awaitPrevious();
    const Shape& shape = call.layer.shape;
    int width = shape.headDim, head = blockIdx.x;
    Row row = rowOf(call);
    int kvHead = head / (shape.queryHeads / shape.kvHeads), perGroup = shape.kvHeads / shape.groups;
    Piece piece;
    if (!pieceOf(call, row, kvHead / perGroup, piece)) return;
    Timed timed(call.layer, ATTEND);

    __shared__ float query[MOST_DIM], outputs[WARPS][MOST_DIM], mosts[WARPS], sums[WARPS];
    long long headRow = (long long)blockIdx.y * shape.queryHeads + head;
    for (int i = threadIdx.x; i < width; i += blockDim.x) query[i] = widen(rowAt<T>(call.queries, row.row, head * width)[i]);
    __syncthreads();
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    Running running;
    for (int token = piece.first + warp * AHEAD; token < piece.until; token += WARPS * AHEAD) {
        StoredRow<T, S> keys[AHEAD] = {}, values[AHEAD] = {};
#pragma unroll
        for (int u = 0; u < AHEAD; u++) {
            if (token + u >= piece.until) continue;
            int index = (token + u) / shape.pageSize, inPage = token + u - index * shape.pageSize;
            const char* page = piece.page(call, index);
            keys[u] = StoredRows<T, S>(call.pages, shape, page, 0, kvHead % perGroup).row(inPage);
            values[u] = StoredRows<T, S>(call.pages, shape, page, 1, kvHead % perGroup).row(inPage);
        }
        take(running, query, keys, values, width, shape.scale);
    }
    if (lane == 0) {
        mosts[warp] = running.most;
        sums[warp] = running.sum;
    }
#pragma unroll
    for (int i = 0; i < LANE_DIM; i++) outputs[warp][lane + 32 * i] = running.output[i];
    __syncthreads();

    float most = mosts[0], total = 0;
    for (int w = 1; w < WARPS; w++) most = fmaxf(most, mosts[w]);
    for (int w = 0; w < WARPS; w++) total += expf(mosts[w] - most) * sums[w];
    float* partials = call.partials + (headRow * call.splits + blockIdx.z) * width;
    float* shares = call.partials + (long long)gridDim.y * shape.queryHeads * call.splits * width + headRow * call.splits * 2;
    T* output = rowAt<T>(call.output, row.row, head * width);
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        float value = 0;
        for (int w = 0; w < WARPS; w++) value += expf(mosts[w] - most) * outputs[w][i];
        if (piece.splits == 1) output[i] = narrow<T>(value / total);
        else partials[i] = value;
    }
    if (piece.splits == 1) return;
    if (threadIdx.x == 0) {
        shares[blockIdx.z * 2] = most;
        shares[blockIdx.z * 2 + 1] = total;
    }
    if (!isLast(call.tickets + blockIdx.y * gridDim.x + head, piece.splits)) return;

    most = -CUDART_INF_F;
    total = 0;
    for (int s = 0; s < piece.splits; s++) most = fmaxf(most, __ldcg(shares + s * 2));
    for (int s = 0; s < piece.splits; s++) total += expf(__ldcg(shares + s * 2) - most) * __ldcg(shares + s * 2 + 1);
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        float value = 0;
        for (int s = 0; s < piece.splits; s++) {
            value += expf(__ldcg(shares + s * 2) - most) * __ldcg(call.partials + (headRow * call.splits + s) * width + i);
        }
        output[i] = narrow<T>(value / total);
    }
}

/** Prefill: grid (blocks of WARPS tokens, queryHeads, batch), a warp per token. Evicted pages are read from their backups. */
template <typename T, typename S> __device__ void prefillAny(const PrefillArguments& call) {
    const Shape& shape = call.layer.shape;
    int width = shape.headDim, head = blockIdx.y, member = blockIdx.z, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int kvHead = head / (shape.queryHeads / shape.kvHeads), perGroup = shape.kvHeads / shape.groups;
    Chunk chunk = chunkOf(call.chunks, call.layer.sequences, member);
    int token = ((int)gridDim.x - 1 - (int)blockIdx.x) * WARPS + warp; // the longest rows first
    Timed timed(call.layer, PREFILL);
    if (token >= chunk.tokens) return;
    const Sequence& sequence = call.layer.sequences[member];
    long long offset = tableOffset(call.layer, sequence, kvHead / perGroup);
    __shared__ float query[WARPS][MOST_DIM];
    for (int i = lane; i < width; i += 32) query[warp][i] = widen(rowAt<T>(call.queries, chunk.row + token, head * width)[i]);
    __syncwarp();
    Running running;
    int start = firstSeen(shape, call.layer.index, chunk.first + token);
    for (int page = start / shape.pageSize, first = page * shape.pageSize; first <= chunk.first + token; first += shape.pageSize, page++) {
        int entry = sequence.tables.slots[offset + page];
        const char* slot = entry >= 0 ? call.pages.pool + entry * call.pages.slotBytes : call.pages.host + sequence.tables.backups[offset + page] * call.pages.slotBytes;
        StoredRows<T, S> keys(call.pages, shape, slot, 0, kvHead % perGroup), values(call.pages, shape, slot, 1, kvHead % perGroup);
        int tokens = min(shape.pageSize, chunk.first + token + 1 - first);
        for (int t = max(0, start - first); t < tokens; t += AHEAD) {
            StoredRow<T, S> aheadKeys[AHEAD] = {}, aheadValues[AHEAD] = {};
#pragma unroll
            for (int u = 0; u < AHEAD; u++) {
                if (t + u >= tokens) continue;
                aheadKeys[u] = keys.row(t + u);
                aheadValues[u] = values.row(t + u);
            }
            take(running, query[warp], aheadKeys, aheadValues, width, shape.scale);
        }
    }
    T* output = rowAt<T>(call.output, chunk.row + token, head * width);
#pragma unroll
    for (int i = 0; i < LANE_DIM; i++) {
        if (lane + 32 * i < width) output[lane + 32 * i] = narrow<T>(running.output[i] / running.sum);
    }
}

STORED_KERNELS(attendAny, AttendArguments, 32 * WARPS, 1)
STORED_KERNELS(prefillAny, PrefillArguments, 32 * WARPS, 1)
