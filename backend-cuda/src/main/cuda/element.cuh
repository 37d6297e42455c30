// Element types: widening to float32, rounding back to nearest even, and the test for numbers that are not finite.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <limits.h>
#include <math_constants.h>
#include <stdint.h>

__device__ inline float widen(float x) { return x; }
__device__ inline float widen(__half x) { return __half2float(x); }
__device__ inline float widen(__nv_bfloat16 x) { return __bfloat162float(x); }

template <typename T> __device__ inline T narrow(float x);
template <> __device__ inline float narrow<float>(float x) { return x; }
template <> __device__ inline __half narrow<__half>(float x) { return __float2half_rn(x); }
template <> __device__ inline __nv_bfloat16 narrow<__nv_bfloat16>(float x) { return __float2bfloat16_rn(x); }

/** Whether any element packed in a word has all exponent bits set. */
template <typename T> __device__ inline bool notFinite(uint32_t word);
template <> __device__ inline bool notFinite<float>(uint32_t word) { return (word & 0x7f800000u) == 0x7f800000u; }
template <> __device__ inline bool notFinite<__half>(uint32_t word) {
    return (word & 0x7c00u) == 0x7c00u || (word & 0x7c000000u) == 0x7c000000u;
}
template <> __device__ inline bool notFinite<__nv_bfloat16>(uint32_t word) {
    return (word & 0x7f80u) == 0x7f80u || (word & 0x7f800000u) == 0x7f800000u;
}

/** Bits of one element in the lower half of a word; the upper half is zero for 16-bit types. */
__device__ inline uint32_t bitsOf(float x) { return __float_as_uint(x); }
__device__ inline uint32_t bitsOf(__half x) { return __half_as_ushort(x); }
__device__ inline uint32_t bitsOf(__nv_bfloat16 x) { return __bfloat16_as_ushort(x); }

/** The 16 bytes of a vector as float32 values: 4 of float32, 8 of the 16-bit types. */
template <typename T> struct Vector {
    static constexpr int ELEMENTS = 16 / sizeof(T);
    __device__ static inline void widenTo(const uint4& raw, float* out) {
        const T* elements = reinterpret_cast<const T*>(&raw);
#pragma unroll
        for (int i = 0; i < ELEMENTS; i++) out[i] = widen(elements[i]);
    }
    __device__ static inline bool anyNotFinite(const uint4& raw) {
        return notFinite<T>(raw.x) || notFinite<T>(raw.y) || notFinite<T>(raw.z) || notFinite<T>(raw.w);
    }
};
