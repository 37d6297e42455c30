// Tensor core and shared memory instructions for 16-bit tiles (PTX ISA: mma.m16n8k16, ldmatrix, cp.async).
#pragma once
#include "element.cuh"

__device__ inline uint32_t sharedAddress(const void* pointer) { return (uint32_t)__cvta_generic_to_shared(pointer); }

/** Copies 16 bytes to shared memory in the background; zeros if not `valid`. */
__device__ inline void copyAsync(uint32_t target, const void* source, bool valid) {
    int bytes = valid ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(target), "l"(source), "r"(bytes) : "memory");
}
/** The same of 4 bytes. */
__device__ inline void copyAsync4(uint32_t target, const void* source, bool valid) {
    int bytes = valid ? 4 : 0;
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(target), "l"(source), "r"(bytes) : "memory");
}
__device__ inline void commitCopies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int PENDING> __device__ inline void awaitCopies() { asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory"); }

/** Four 8 × 8 matrices of 16-bit elements; lane l gives the address of row l % 8 of matrix l / 8. */
__device__ inline void loadMatrices(uint32_t (&m)[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3]) : "r"(address) : "memory");
}
__device__ inline void loadTransposed(uint32_t (&m)[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3]) : "r"(address) : "memory");
}

/** c += a · b with a 16 × 16, b 16 × 8, float32 sums. */
template <typename T> __device__ inline void multiply(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1);
template <> __device__ inline void multiply<__half>(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
template <> __device__ inline void multiply<__nv_bfloat16>(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/** Two numbers in one word, the first in the lower half. */
template <typename T> __device__ inline uint32_t pack(float first, float second);
template <> __device__ inline uint32_t pack<__half>(float first, float second) {
    __half2 pair = __floats2half2_rn(first, second);
    return *reinterpret_cast<uint32_t*>(&pair);
}
template <> __device__ inline uint32_t pack<__nv_bfloat16>(float first, float second) {
    __nv_bfloat162 pair = __floats2bfloat162_rn(first, second);
    return *reinterpret_cast<uint32_t*>(&pair);
}

__device__ inline float exp2Fast(float x) {
    float y;
    asm("ex2.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

/** Probabilities are held times 2^PROBABILITY_SHIFT, so that small ones stay normal numbers of the type. */
template <typename T> constexpr float PROBABILITY_SHIFT = 0;
template <> constexpr float PROBABILITY_SHIFT<__half> = 15;

/** Byte offset of a 16-byte chunk in a tile with rows of CHUNKS chunks, swizzled against bank conflicts. */
template <int CHUNKS> __device__ inline uint32_t tileOffset(int row, int chunk) {
    return (row * CHUNKS + (chunk ^ (row & 7))) * 16;
}

/** Softmax and output of 16 query rows, spread over a warp: this thread has rows lane / 4 and lane / 4 + 8. */
template <int D> struct Accumulator {
    float output[D / 8][4];
    float most[2];
    float sum[2];

    __device__ inline void clear() {
#pragma unroll
        for (int i = 0; i < D / 8; i++) {
#pragma unroll
            for (int j = 0; j < 4; j++) output[i][j] = 0;
        }
        most[0] = most[1] = -CUDART_INF_F;
        sum[0] = sum[1] = 0;
    }
};

/** Keys of a tile in the element type, as fragments of products. */
template <int D> struct Keys {
    uint32_t tile;

    /** Which two channels of a row, counted in pairs, this thread's share of a step multiplies: half 0, then half 1. */
    __device__ static inline int pairAt(int step, int half) { return step * 8 + half * 4 + threadIdx.x % 4; }

    /** Channels of a step of tokens t × 8 to t × 8 + 15. */
    __device__ inline void operator()(uint32_t (&keys)[4], int step, int t) const {
        int lane = threadIdx.x % 32, row = t * 8 + (lane / 16) * 8 + lane % 8;
        loadMatrices(keys, tile + tileOffset<D / 8>(row, step * 2 + lane / 8 % 2));
    }
};

/** Values of a tile in the element type, as fragments of products. */
template <int D> struct Values {
    uint32_t tile;

    /** Stores a row of the output: what its upper half, or lower half, has of this thread's two columns of each eight. */
    __device__ static inline void put(float* row, const float (&output)[D / 8][4], int half) {
#pragma unroll
        for (int i = 0; i < D / 8; i++) {
            *reinterpret_cast<float2*>(row + i * 8 + threadIdx.x % 4 * 2) = make_float2(output[i][2 * half], output[i][2 * half + 1]);
        }
    }

    /** Two times eight columns of tokens t × 8 to t × 8 + 15. */
    __device__ inline void operator()(uint32_t (&values)[4], int t, int i) const {
        int lane = threadIdx.x % 32, row = t * 8 + lane / 8 % 2 * 8 + lane % 8;
        loadTransposed(values, tile + tileOffset<D / 8>(row, i * 2 + lane / 16));
    }
};

/** Scores of TILES × 8 tokens against 16 query rows, which hold the channels that Keys names. */
template <typename T, int D, int TILES, typename Keys>
__device__ inline void scoreTile(float (&scores)[TILES][4], const uint32_t (&queries)[D / 16][4], const Keys& keysOf) {
#pragma unroll
    for (int t = 0; t < TILES; t++) scores[t][0] = scores[t][1] = scores[t][2] = scores[t][3] = 0;
#pragma unroll
    for (int step = 0; step < D / 16; step++) {
#pragma unroll
        for (int t = 0; t < TILES; t += 2) {
            uint32_t keys[4];
            keysOf(keys, step, t);
            multiply<T>(scores[t], queries[step], keys[0], keys[1]);
            multiply<T>(scores[t + 1], queries[step], keys[2], keys[3]);
        }
    }
}

/**
 * Takes scaled scores (in powers of two) of TILES × 8 tokens into the softmax and adds their values to the output. Scores
 * of tokens that do not take part are -infinity; a row may have none so far.
 */
template <typename T, int D, int TILES, typename Values>
__device__ inline void accumulate(Accumulator<D>& into, float (&scores)[TILES][4], const Values& valuesOf) {
    float most[2] = {into.most[0], into.most[1]};
#pragma unroll
    for (int t = 0; t < TILES; t++) {
        most[0] = fmaxf(most[0], fmaxf(scores[t][0], scores[t][1]));
        most[1] = fmaxf(most[1], fmaxf(scores[t][2], scores[t][3]));
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
        most[r] = fmaxf(most[r], __shfl_xor_sync(~0u, most[r], 1));
        most[r] = fmaxf(most[r], __shfl_xor_sync(~0u, most[r], 2));
    }
    if (__any_sync(~0u, most[0] > into.most[0] || most[1] > into.most[1])) {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float scale = most[r] == -CUDART_INF_F ? 1.0f : exp2Fast(into.most[r] - most[r]);
            into.most[r] = most[r];
            into.sum[r] *= scale;
#pragma unroll
            for (int i = 0; i < D / 8; i++) {
                into.output[i][2 * r] *= scale;
                into.output[i][2 * r + 1] *= scale;
            }
        }
    }
    float shift[2];
#pragma unroll
    for (int r = 0; r < 2; r++) shift[r] = most[r] == -CUDART_INF_F ? 0.0f : most[r] - PROBABILITY_SHIFT<T>;
#pragma unroll
    for (int t = 0; t < TILES; t++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            scores[t][j] = exp2Fast(scores[t][j] - shift[j / 2]);
            into.sum[j / 2] += scores[t][j];
        }
    }
#pragma unroll
    for (int t = 0; t < TILES; t += 2) {
        uint32_t probabilities[4] = {pack<T>(scores[t][0], scores[t][1]), pack<T>(scores[t][2], scores[t][3]),
                                     pack<T>(scores[t + 1][0], scores[t + 1][1]), pack<T>(scores[t + 1][2], scores[t + 1][3])};
#pragma unroll
        for (int i = 0; i < D / 16; i++) {
            uint32_t values[4];
            valuesOf(values, t, i);
            multiply<T>(into.output[2 * i], probabilities, values[0], values[1]);
            multiply<T>(into.output[2 * i + 1], probabilities, values[2], values[3]);
        }
    }
}
