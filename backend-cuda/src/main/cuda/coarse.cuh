// Tiles of rows in 8 bits, widened for the tensor cores: into the fragments that a thread multiplies, or to a tile in the
// element type where several warps read it.
#pragma once
#include "mma.cuh"
#include "stored.cuh"

/** Byte i of one word and byte j of another, as two numbers of T, each times its scale. */
template <typename T, typename S> __device__ inline uint32_t widenPair(uint32_t first, uint32_t second, int i, int j, uint32_t scales);

/** (word & mask) | base, or with LUT 0xae (~word & mask) | base, in one instruction, which the compiler makes two. */
template <int LUT = 0xea> __device__ inline uint32_t within(uint32_t word, uint32_t mask, uint32_t base) {
    uint32_t result;
    asm("lop3.b32 %0, %1, %2, %3, %4;" : "=r"(result) : "r"(word), "r"(mask), "r"(base), "n"(LUT));
    return result;
}

/** Either byte in both halves of one of 16 bits. */
__device__ inline uint32_t twice(uint32_t first, uint32_t second, int i, int j) {
    return __byte_perm(first, second, i * 0x11 | (4 + j) * 0x1100);
}
template <> __device__ inline uint32_t widenPair<__half, Int8>(uint32_t first, uint32_t second, int i, int j, uint32_t scales) {
    uint32_t word = within(twice(first, second, i, j), 0x00ff00ff, 0x64006400); // 1024 + number + 128
    __half2 pair = __hsub2(*reinterpret_cast<__half2*>(&word), __half2half2(__ushort_as_half(0x6480)));
    pair = __hmul2(pair, *reinterpret_cast<__half2*>(&scales));
    return *reinterpret_cast<uint32_t*>(&pair);
}
template <> __device__ inline uint32_t widenPair<__nv_bfloat16, Int8>(uint32_t first, uint32_t second, int i, int j, uint32_t scales) {
    uint32_t word = twice(first, second, i, j);
    uint32_t low = within(word, 0x007f007f, 0x43004300), rest = within<0xae>(word, 0x00800080, 0x43004300); // 128 + seven bits; 128 or 256 to subtract
    __nv_bfloat162 pair = __hsub2(*reinterpret_cast<__nv_bfloat162*>(&low), *reinterpret_cast<__nv_bfloat162*>(&rest));
    pair = __hmul2(pair, *reinterpret_cast<__nv_bfloat162*>(&scales));
    return *reinterpret_cast<uint32_t*>(&pair);
}

__device__ inline __half2 widenFp8(uint32_t first, uint32_t second, int i, int j) {
    auto bytes = (__nv_fp8x2_storage_t)__byte_perm(first, second, i | (4 + j) * 0x10);
    return __half2(__nv_cvt_fp8x2_to_halfraw2(bytes, __NV_E4M3));
}
template <> __device__ inline uint32_t widenPair<__half, Fp8>(uint32_t first, uint32_t second, int i, int j, uint32_t scales) {
    __half2 pair = __hmul2(widenFp8(first, second, i, j), *reinterpret_cast<__half2*>(&scales));
    return *reinterpret_cast<uint32_t*>(&pair);
}
template <> __device__ inline uint32_t widenPair<__nv_bfloat16, Fp8>(uint32_t first, uint32_t second, int i, int j, uint32_t scales) {
    float2 pair = __half22float2(widenFp8(first, second, i, j)), both = __bfloat1622float2(*reinterpret_cast<__nv_bfloat162*>(&scales));
    return pack<__nv_bfloat16>(pair.x * both.x, pair.y * both.y);
}

/** THREADS threads: widens rows that lie behind each other in shared memory to a tile, swizzled. */
template <typename T, typename S, int D, int ROWS, int THREADS>
__device__ inline void widenTile(const char* numbers, const float* scales, char* tile, int thread) {
    constexpr int CHUNKS = D / 8;
#pragma unroll
    for (int i = 0; i < ROWS * CHUNKS / THREADS; i++) {
        int index = i * THREADS + thread, row = index / CHUNKS;
        uint2 eight = *reinterpret_cast<const uint2*>(numbers + index * 8);
        uint32_t scale = pack<T>(scales[row], scales[row]);
        *reinterpret_cast<uint4*>(tile + tileOffset<CHUNKS>(row, index % CHUNKS)) =
            make_uint4(widenPair<T, S>(eight.x, eight.x, 0, 1, scale), widenPair<T, S>(eight.x, eight.x, 2, 3, scale),
                       widenPair<T, S>(eight.y, eight.y, 0, 1, scale), widenPair<T, S>(eight.y, eight.y, 2, 3, scale));
    }
}

/**
 * Byte offset of a 16-byte chunk in a tile of 16 rows in 8 bits: swizzled so that what CoarseKeys and CoarseValues read at a
 * time, chunks 0 to 3 or 4 to 7 of two neighbours and two chunks of every other row, meets no bank twice with 128 channels.
 */
template <int D> __device__ inline uint32_t coarseOffset(int row, int chunk) {
    constexpr int CHUNKS = D / 16;
    return (row * CHUNKS + (chunk ^ ((row ^ row << 2) & 6 & (CHUNKS - 1)))) * 16;
}

/**
 * Keys of a tile of 16 tokens as fragments of products. Products do not mind the order of channels: a thread takes 16 that
 * lie behind each other for four steps, and pairAt says which those are, for the queries.
 */
template <typename T, typename S, int D> struct CoarseKeys {
    /** Of tokens lane / 4 and lane / 4 + 8. */
    uint32_t words[2][D / 16];
    uint32_t scales[2];

    __device__ static inline int pairAt(int step, int half) { return step / 4 * 32 + threadIdx.x % 4 * 8 + step % 4 * 2 + half; }

    __device__ inline CoarseKeys(const char* tile, const float* scalesOfRows) {
        int lane = threadIdx.x % 32;
#pragma unroll
        for (int t = 0; t < 2; t++) {
            int row = t * 8 + lane / 4;
            scales[t] = pack<T>(scalesOfRows[row], scalesOfRows[row]);
#pragma unroll
            for (int i = 0; i < D / 64; i++) {
                uint4 chunk = *reinterpret_cast<const uint4*>(tile + coarseOffset<D>(row, i * 4 + lane % 4));
                words[t][i * 4] = chunk.x;
                words[t][i * 4 + 1] = chunk.y;
                words[t][i * 4 + 2] = chunk.z;
                words[t][i * 4 + 3] = chunk.w;
            }
        }
    }
    __device__ inline void operator()(uint32_t (&keys)[4], int step, int) const {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            uint32_t word = words[j / 2][step];
            keys[j] = widenPair<T, S>(word, word, j % 2 * 2, j % 2 * 2 + 1, scales[j / 2]);
        }
    }
};

/**
 * Values of a tile of 16 tokens as fragments of products. The columns of the output may be any channels: a thread takes D / 8
 * that lie behind each other, one per eight columns.
 */
template <typename T, typename S, int D> struct CoarseValues {
    static constexpr int WIDTH = D / 8;
    /** Of tokens lane % 4 × 2 and the next one, and of those eight further. */
    uint32_t words[4][WIDTH / 4];
    uint32_t scales[2];

    /** Stores a row of the output: what its upper half, or lower half, has of this thread's two columns. */
    __device__ static inline void put(float* row, const float (&output)[D / 8][4], int half) {
#pragma unroll
        for (int j = 0; j < 2; j++) {
            float4* target = reinterpret_cast<float4*>(row + (threadIdx.x % 4 * 2 + j) * WIDTH);
            int from = 2 * half + j;
#pragma unroll
            for (int i = 0; i < WIDTH; i += 4) {
                target[i / 4] = make_float4(output[i][from], output[i + 1][from], output[i + 2][from], output[i + 3][from]);
            }
        }
    }

    __device__ inline CoarseValues(const char* tile, const float* scalesOfRows) {
        int lane = threadIdx.x % 32, first = lane / 4 * WIDTH;
#pragma unroll
        for (int j = 0; j < 4; j++) {
            int row = lane % 4 * 2 + j % 2 + j / 2 * 8;
            const char* numbers = tile + coarseOffset<D>(row, first / 16) + first % 16;
#pragma unroll
            for (int i = 0; i < WIDTH / 8; i++) { // chunks of 16 bytes have what is needed side by side
                uint2 eight = *reinterpret_cast<const uint2*>(numbers + i * 8);
                words[j][i * 2] = eight.x;
                words[j][i * 2 + 1] = eight.y;
            }
        }
#pragma unroll
        for (int j = 0; j < 2; j++) {
            float2 both = *reinterpret_cast<const float2*>(scalesOfRows + lane % 4 * 2 + j * 8);
            scales[j] = pack<T>(both.x, both.y);
        }
    }
    __device__ inline void operator()(uint32_t (&values)[4], int, int i) const {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            int at = i * 2 + j / 2, pair = j % 2;
            values[j] = widenPair<T, S>(words[pair * 2][at / 4], words[pair * 2 + 1][at / 4], at % 4, at % 4, scales[pair]);
        }
    }
};
