// Makes digests in few bits of the pages that the call filled. A run is as long as a warp, so that a warp makes the scales of a
// run, a lane per element.
#include "coded.cuh"
#include "stored.cuh"

constexpr int DIGEST_WARPS = 4;
constexpr uint32_t HIGHEST_HALF = 0x7f7f; // of a finite number

/** The upper half of the least float32 that has no lower one and is not below a number of at least 0; at most finite. */
__device__ static uint32_t halfAbove(double number) {
    uint32_t bits = __float_as_uint(__double2float_ru(number));
    return min((bits >> 16) + ((bits & 0xffff) ? 1u : 0u), HIGHEST_HALF);
}

/** The same of the largest that is not above a number. */
__device__ static uint32_t halfBelow(double number) {
    return number < 0 ? halfAbove(-number) | 0x8000u : __float_as_uint(__double2float_rd(number)) >> 16;
}

__device__ static int nearest(double steps, int most) { return (int)fmin(fmax(floor(steps + 0.5), 0.0), (double)most); }

__device__ static void putCode(uint32_t* words, int index, int bits, uint32_t code) {
    int bit = index * bits, word = bit / 32, shift = bit % 32;
    atomicOr(words + word, code << shift);
    if (shift + bits > 32) atomicOr(words + word + 1, code >> (32 - shift));
}

__device__ static double warpMost(double number) {
    for (int step = 16; step; step /= 2) number = fmax(number, __shfl_xor_sync(~0u, number, step));
    return number;
}

/** A warp rounds the centres of a run, [parts][width], and replaces them by what they read as. */
__device__ static void codeCentres(const Coded& coded, const Layout& layout, int run, int width, float* centres, uint32_t* words) {
    int lane = threadIdx.x % 32, i = run * RUN + lane;
    bool active = i < width;
    double middle = 0;
    if (active) {
        float least = centres[i], most = least;
        for (int part = 1; part < coded.parts; part++) {
            least = fminf(least, centres[part * width + i]);
            most = fmaxf(most, centres[part * width + i]);
        }
        middle = ((double)least + most) / 2;
    }
    double highest = warpMost(active ? middle : -CUDART_INF), lowest = -warpMost(active ? -middle : -CUDART_INF);
    int codes = (1 << coded.zeroBits) - 1;
    uint32_t low = halfBelow(lowest), half = halfAbove((highest - ofHalf(low)) / codes);
    float origin = ofHalf(low), step = ofHalf(half);
    if (lane == 0) words[run] = low | half << 16;
    float zero = 0;
    if (active) {
        int code = step == 0 ? 0 : nearest((middle - origin) / step, codes);
        while (code > 0 && !isfinite(fmaf(step, (float)code, origin))) code--;
        zero = fmaf(step, (float)code, origin);
        putCode(words + layout.zeros, i, coded.zeroBits, code);
        if (coded.parts == 1) centres[i] = zero;
    }
    if (coded.parts == 1) return;

    double farthest = 0;
    if (active) {
        for (int part = 0; part < coded.parts; part++) farthest = fmax(farthest, fabs((double)centres[part * width + i] - zero));
    }
    codes = (1 << coded.centreBits) - 1;
    half = halfAbove(warpMost(farthest) / codes);
    float halfStep = ofHalf(half);
    if (lane == 0) atomicOr(words + layout.runs + run, half);
    if (!active) return;
    for (int part = 0; part < coded.parts; part++) {
        double offset = (double)centres[part * width + i] - zero;
        int code = halfStep == 0 ? 0 : nearest((offset / halfStep + codes) / 2, codes);
        int towardsZero = offset > 0 ? -1 : 1, last = offset > 0 ? 0 : codes; // what is not finite at all stays so
        while (code != last && !isfinite(fmaf(halfStep, (float)(2 * code - codes), zero))) code += towardsZero;
        centres[part * width + i] = fmaf(halfStep, (float)(2 * code - codes), zero);
        putCode(words + layout.offsetsOf(part), i, coded.centreBits, code);
    }
}

/** A warp rounds the extents of a run, [parts][extents]. */
__device__ static void codeExtents(const Coded& coded, const Layout& layout, int run, const float* extents, uint32_t* words) {
    int lane = threadIdx.x % 32, i = run * RUN + lane;
    bool active = i < layout.extents, up = coded.extent == CODED_LARGEST && __int_as_float(coded.factor) == 1;
    double largest = 0;
    if (active) {
        for (int part = 0; part < coded.parts; part++) largest = fmax(largest, (double)extents[part * layout.extents + i]);
    }
    int codes = (1 << coded.extentBits) - 1;
    uint32_t half = halfAbove(warpMost(largest) / codes);
    float step = ofHalf(half);
    if (lane == 0) atomicOr(words + layout.runs + run, half << 16);
    if (!active) return;
    for (int part = 0; part < coded.parts; part++) {
        double steps = step == 0 ? 0 : (double)extents[part * layout.extents + i] / step;
        int code = up ? (int)fmin(ceil(steps), (double)codes) : nearest(steps, codes);
        while (code > 0 && !isfinite(step * (float)code)) code--;
        putCode(words + layout.extentsOf(part), i, coded.extentBits, code);
    }
}

/** One of the distances of a part, by the kind of extent. */
__device__ static float reach(const Coded& coded, double least, double most, double mean) {
    double distance = coded.extent == CODED_LARGEST ? most : coded.extent == CODED_CENTER ? 0.5 * least + 0.5 * most : mean;
    return (float)fmin(distance * __int_as_float(coded.factor), (double)3.402823466e38f);
}

struct DigestCodedArguments {
    Layer layer;
    Pages pages;
    /** [batch], or null in decode */
    const Chunk* chunks;
};

/** Summarises pages: grid (most filled pages, kvHeads, batch). Float64, as in digest.cu. */
template <typename T, typename S> __device__ void digestCoded(const DigestCodedArguments& call) {
    const Shape& shape = call.layer.shape;
    int head = blockIdx.y, member = blockIdx.z;
    const Sequence& sequence = call.layer.sequences[member];
    const Coded& coded = sequence.coded;
    Chunk chunk = chunkOf(call.chunks, call.layer.sequences, member);
    int page = chunk.first / shape.pageSize + blockIdx.x;
    if (page >= (chunk.first + chunk.tokens) / shape.pageSize || !limited(call.layer, sequence) || sequence.digest != CODED) return;
    Timed timed(call.layer, APPEND);
    int heads = shape.kvHeads / shape.groups, group = head / heads, headInGroup = head % heads;
    long long offset = tableOffset(call.layer, sequence, group) + page;
    int slot = sequence.tables.slots[offset], backup = sequence.tables.backups[offset];
    int width = shape.headDim, tokens = shape.pageSize / coded.parts;
    StoredRows<T, S> keys(call.pages, shape, pageAt(call.pages, slot, backup), 0, headInGroup);
    Layout layout(coded, width);
    extern __shared__ float centres[]; // [parts][width], then extents [parts][extents], then the record
    float* extents = centres + coded.parts * width;
    uint32_t* words = reinterpret_cast<uint32_t*>(extents + coded.parts * layout.extents);
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;

    for (int word = threadIdx.x; word < coded.words; word += blockDim.x) words[word] = 0;
    bool midway = coded.shape == CODED_CUBOID || coded.shape == CODED_SPHERE;
    for (int index = threadIdx.x; index < coded.parts * width; index += blockDim.x) {
        int first = index / width * tokens, i = index % width;
        float least = keys.at(first, i), most = least;
        double sum = 0;
        for (int t = 0; t < tokens; t++) {
            float key = keys.at(first + t, i);
            least = fminf(least, key);
            most = fmaxf(most, key);
            sum += key;
        }
        centres[index] = midway ? 0.5f * least + 0.5f * most : (float)(sum / tokens);
    }
    __syncthreads();
    for (int run = warp; run < layout.runs; run += DIGEST_WARPS) codeCentres(coded, layout, run, width, centres, words);
    __syncthreads();

    if (coded.shape == CODED_SPHERE) {
        for (int part = warp; part < coded.parts; part += DIGEST_WARPS) {
            double least = CUDART_INF, most = 0, sum = 0;
            for (int t = 0; t < tokens; t++) {
                StoredRow<T, S> key = keys.row(part * tokens + t);
                double squares = 0;
                for (int i = lane; i < width; i += 32) {
                    double difference = (double)key.at(i) - centres[part * width + i];
                    squares += difference * difference;
                }
                for (int step = 16; step; step /= 2) squares += __shfl_xor_sync(~0u, squares, step);
                double norm = sqrt(squares);
                least = fmin(least, norm);
                most = fmax(most, norm);
                sum += norm;
            }
            if (lane == 0) extents[part] = reach(coded, least, most, sum / tokens);
        }
    } else {
        for (int index = threadIdx.x; index < coded.parts * layout.extents; index += blockDim.x) {
            int part = index / layout.extents, i = index % layout.extents;
            const float* centre = centres + part * width + i;
            double least = CUDART_INF, most = 0, sum = 0;
            for (int t = 0; t < tokens; t++) {
                double distance = fabs((double)keys.at(part * tokens + t, i) - centre[0]);
                if (coded.shape == CODED_DISC) {
                    double other = (double)keys.at(part * tokens + t, i + width / 2) - centre[width / 2];
                    distance = sqrt(distance * distance + other * other);
                }
                least = fmin(least, distance);
                most = fmax(most, distance);
                sum += distance;
            }
            extents[index] = reach(coded, least, most, sum / tokens);
        }
    }
    __syncthreads();
    for (int run = warp; run < (layout.extents + RUN - 1) / RUN; run += DIGEST_WARPS) codeExtents(coded, layout, run, extents, words);
    __syncthreads();
    uint32_t* record = coded.records + ((long long)backup * heads + headInGroup) * coded.words;
    for (int word = threadIdx.x; word < coded.words; word += blockDim.x) record[word] = words[word];
}

STORED_KERNELS(digestCoded, DigestCodedArguments, 32 * DIGEST_WARPS, 1)
