// What a forward pass does to rows between its products. Numbers are kept in T and computed with in float32. A row's first
// number is at row · stride of its rows; strides and widths are in numbers. Every kernel exists for float, bfloat16 and half.
#include "numbers.cuh"

namespace {

// The sum over a block, in every thread.
__device__ inline float blockSum(float x) {
    __shared__ float sums[WARP];
    for (int other = WARP / 2; other > 0; other /= 2) {
        x += __shfl_xor_sync(~0u, x, other);
    }
    if (threadIdx.x % WARP == 0) {
        sums[threadIdx.x / WARP] = x;
    }
    __syncthreads();
    x = threadIdx.x % WARP < blockDim.x / WARP ? sums[threadIdx.x % WARP] : 0;
    for (int other = WARP / 2; other > 0; other /= 2) {
        x += __shfl_xor_sync(~0u, x, other);
    }
    return x;
}

// RMSNorm of runs of width numbers, one per block: blockIdx.x is the row, blockIdx.y the run. In place or not: a thread
// writes only what it alone has read.
template <typename T>
__device__ void norm(const T* in, long inStride, const float* weight, float epsilon, int width, T* out, long outStride) {
    in += blockIdx.x * inStride + (long)blockIdx.y * width;
    out += blockIdx.x * outStride + (long)blockIdx.y * width;
    float squares = 0;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        float x = widen(in[i]);
        squares += x * x;
    }
    float factor = 1 / sqrtf(blockSum(squares) / width + epsilon);
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        out[i] = narrow<T>(weight[i] * (widen(in[i]) * factor));
    }
}

// Turns pairs (x[i], x[i + half]) of each head by position · frequency[i]: blockIdx.x is the row, a thread has one pair.
template <typename T>
__device__ void rotate(T* heads, long stride, int count, int headDim, const int* positions, const float* frequencies,
                       int half, float factor) {
    int pair = blockIdx.y * blockDim.x + threadIdx.x;
    if (pair >= count * half) {
        return;
    }
    T* head = heads + blockIdx.x * stride + (long)(pair / half) * headDim;
    int i = pair % half;
    float sine, cosine;
    turn(positions[blockIdx.x], frequencies[i], factor, &sine, &cosine);
    float first = widen(head[i]);
    float second = widen(head[half + i]);
    head[i] = narrow<T>(first * cosine - second * sine);
    head[half + i] = narrow<T>(second * cosine + first * sine);
}

// gate = activation(gate) · up
template <typename T>
__device__ void activate(T* gate, long gateStride, const T* up, long upStride, int width, int kind) {
    int i = blockIdx.y * blockDim.x + threadIdx.x;
    if (i < width) {
        float y = activated(widen(gate[blockIdx.x * gateStride + i]), kind);
        gate[blockIdx.x * gateStride + i] = narrow<T>(y * widen(up[blockIdx.x * upStride + i]));
    }
}

// The rows of a matrix that tokens name.
template <typename T>
__device__ void embed(const T* matrix, const int* tokens, T* out, long stride, int width) {
    int i = blockIdx.y * blockDim.x + threadIdx.x;
    if (i < width) {
        out[blockIdx.x * stride + i] = matrix[(long)tokens[blockIdx.x] * width + i];
    }
}

// out = a · first + b · second; without a second where b is 0.
template <typename T>
__device__ void mix(const T* first, long firstStride, float a, const T* second, long secondStride, float b, T* out,
                    long outStride, int width) {
    int i = blockIdx.y * blockDim.x + threadIdx.x;
    if (i < width) {
        float x = a * widen(first[blockIdx.x * firstStride + i]);
        if (b != 0) {
            x += b * widen(second[blockIdx.x * secondStride + i]);
        }
        out[blockIdx.x * outStride + i] = narrow<T>(x);
    }
}

// rows += factor · bias
template <typename T>
__device__ void addBias(T* rows, long stride, const float* bias, float factor, int width) {
    int i = blockIdx.y * blockDim.x + threadIdx.x;
    if (i < width) {
        T* at = rows + blockIdx.x * stride + i;
        *at = narrow<T>(widen(*at) + factor * bias[i]);
    }
}

// Numbers evenly spread over ±bound, each by its index and the seed alone (the finaliser of SplitMix64).
template <typename T>
__device__ void randomize(T* numbers, long count, float bound, unsigned long long seed) {
    for (long i = blockIdx.x * (long)blockDim.x + threadIdx.x; i < count; i += (long)gridDim.x * blockDim.x) {
        unsigned long long z = seed + (i + 1) * 0x9e3779b97f4a7c15ull;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        z ^= z >> 31;
        numbers[i] = narrow<T>(((float)(z >> 40) * 0x1p-23f - 1) * bound);
    }
}

}  // namespace

#define KERNELS(T, NAME)                                                                                                \
    extern "C" __global__ void norm_##NAME(const T* in, long inStride, const float* weight, float epsilon, int width,   \
                                           T* out, long outStride) {                                                    \
        norm(in, inStride, weight, epsilon, width, out, outStride);                                                     \
    }                                                                                                                   \
    extern "C" __global__ void rotate_##NAME(T* heads, long stride, int count, int headDim, const int* positions,       \
                                             const float* frequencies, int half, float factor) {                        \
        rotate(heads, stride, count, headDim, positions, frequencies, half, factor);                                    \
    }                                                                                                                   \
    extern "C" __global__ void activate_##NAME(T* gate, long gateStride, const T* up, long upStride, int width,         \
                                               int kind) {                                                              \
        activate(gate, gateStride, up, upStride, width, kind);                                                          \
    }                                                                                                                   \
    extern "C" __global__ void embed_##NAME(const T* matrix, const int* tokens, T* out, long stride, int width) {       \
        embed(matrix, tokens, out, stride, width);                                                                      \
    }                                                                                                                   \
    extern "C" __global__ void mix_##NAME(const T* first, long firstStride, float a, const T* second,                   \
                                          long secondStride, float b, T* out, long outStride, int width) {              \
        mix(first, firstStride, a, second, secondStride, b, out, outStride, width);                                     \
    }                                                                                                                   \
    extern "C" __global__ void add_bias_##NAME(T* rows, long stride, const float* bias, float factor, int width) {      \
        addBias(rows, stride, bias, factor, width);                                                                     \
    }                                                                                                                   \
    extern "C" __global__ void randomize_##NAME(T* numbers, long count, float bound, unsigned long long seed) {         \
        randomize(numbers, count, bound, seed);                                                                         \
    }

KERNELS(float, f32)
KERNELS(__nv_bfloat16, bf16)
KERNELS(__half, f16)

// The index of the largest logit of each row, one row per block; of equal ones the first.
extern "C" __global__ void arg_max(const float* logits, long stride, int width, int* indices) {
    __shared__ float values[WARP];
    __shared__ int places[WARP];
    logits += blockIdx.x * stride;
    float best = -INFINITY;
    int place = 0x7fffffff;
    auto take = [&](float value, int at) {
        if (value > best || (value == best && at < place)) {
            best = value;
            place = at;
        }
    };
#pragma unroll 4
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        take(logits[i], i);
    }
    auto overWarp = [&] {
        for (int other = WARP / 2; other > 0; other /= 2) {
            float value = __shfl_xor_sync(~0u, best, other);
            int at = __shfl_xor_sync(~0u, place, other);
            take(value, at);
        }
    };
    overWarp();
    if (threadIdx.x % WARP == 0) {
        values[threadIdx.x / WARP] = best;
        places[threadIdx.x / WARP] = place;
    }
    __syncthreads();
    if (threadIdx.x < WARP) {
        best = threadIdx.x < blockDim.x / WARP ? values[threadIdx.x] : -INFINITY;
        place = threadIdx.x < blockDim.x / WARP ? places[threadIdx.x] : 0x7fffffff;
        overWarp();
        if (threadIdx.x == 0) {
            indices[blockIdx.x] = place < width ? place : 0;  // all are NaN: as the host's arg max says
        }
    }
}

extern "C" __global__ void advance(int* indices, int count) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) {
        indices[i]++;
    }
}
