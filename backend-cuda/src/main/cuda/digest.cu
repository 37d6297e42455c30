// Summarises the keys of pages that the call filled, or that a fork needs another digest of: grid (most of them, kvHeads,
// batch), 128 threads.
#include "stored.cuh"

struct DigestArguments {
    Layer layer;
    Pages pages;
    /** Device slot that holds the page of each backup slot, written. */
    int* holders;
    /** [batch], or null in decode */
    const Chunk* chunks;
};

/** Sums and squares in float64: a page is summarised once, and large float32 keys would overflow. */
template <typename T, typename S> __device__ void digest(const DigestArguments& call) {
    const Shape& shape = call.layer.shape;
    Timed timed(call.layer, APPEND);
    int head = blockIdx.y, member = blockIdx.z;
    const Sequence& sequence = call.layer.sequences[member];
    Chunk chunk = chunkOf(call.chunks, call.layer.sequences, member);
    int page = chunk.first / shape.pageSize + blockIdx.x;
    if (page >= (chunk.first + chunk.tokens) / shape.pageSize || !limited(call.layer, sequence)) return;
    int heads = shape.kvHeads / shape.groups, group = head / heads, headInGroup = head % heads;
    long long offset = tableOffset(call.layer, sequence, group) + page;
    int slot = sequence.tables.slots[offset], backup = sequence.tables.backups[offset];
    int size = shape.pageSize, width = shape.headDim;
    StoredRows<T, S> keys(call.pages, shape, pageAt(call.pages, slot, backup), 0, headInGroup);
    T* upper = reinterpret_cast<T*>(sequence.digests.vectors) + ((long long)backup * 2 * heads + headInGroup) * width;
    T* lower = upper + (long long)heads * width;
    extern __shared__ float center[];
    if (threadIdx.x == 0 && headInGroup == 0 && slot != NONE) call.holders[backup] = slot;

    int kind = sequence.digest;
    if (kind == CODED) return; // coded.cu summarises these
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        float least = keys.at(0, i), most = least;
        double sum = 0;
        for (int t = 0; t < size; t++) {
            float key = keys.at(t, i);
            least = fminf(least, key);
            most = fmaxf(most, key);
            sum += key;
        }
        float middle = 0.5f * least + 0.5f * most;
        center[i] = middle;
        if (kind == CUBOID_MAX) {
            upper[i] = narrow<T>(most);
            lower[i] = narrow<T>(least);
        } else if (isCuboid(kind)) {
            float nearest = CUDART_INF_F, farthest = 0;
            double total = 0;
            for (int t = 0; t < size; t++) {
                float distance = fabsf(keys.at(t, i) - middle);
                nearest = fminf(nearest, distance);
                farthest = fmaxf(farthest, distance);
                total += distance;
            }
            float reach = kind == CUBOID_CENTER ? 0.5f * nearest + 0.5f * farthest : (float)(total / size);
            upper[i] = narrow<T>(middle + reach);
            lower[i] = narrow<T>(middle - reach);
        } else {
            upper[i] = narrow<T>(kind == CENTROID ? (float)(sum / size) : middle);
            lower[i] = narrow<T>(0.0f);
        }
    }
    if (!isSphere(kind)) return;
    __syncthreads();

    __shared__ double least[4], most[4], total[4];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    double nearest = CUDART_INF, farthest = 0, sum = 0;
    for (int t = warp; t < size; t += 4) {
        double square = 0;
        for (int i = lane; i < width; i += 32) {
            double difference = (double)keys.at(t, i) - center[i];
            square += difference * difference;
        }
        for (int step = 16; step; step /= 2) square += __shfl_xor_sync(~0u, square, step);
        double norm = sqrt(square);
        nearest = fmin(nearest, norm);
        farthest = fmax(farthest, norm);
        sum += norm;
    }
    if (lane == 0) {
        least[warp] = nearest;
        most[warp] = farthest;
        total[warp] = sum;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        double small = fmin(fmin(least[0], least[1]), fmin(least[2], least[3]));
        double large = fmax(fmax(most[0], most[1]), fmax(most[2], most[3]));
        double mean = (total[0] + total[1] + total[2] + total[3]) / size;
        double radius = kind == SPHERE_MAX ? large : kind == SPHERE_CENTER ? 0.5 * (small + large) : mean;
        sequence.digests.radii[(long long)backup * heads + headInGroup] = (float)radius;
    }
}

STORED_KERNELS(digest, DigestArguments, 128, 1)
