// How numbers are kept, T, and computed with, float32; and functions of them that several kernels share.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace {

__device__ inline float widen(float x) { return x; }
__device__ inline float widen(__nv_bfloat16 x) { return __bfloat162float(x); }
__device__ inline float widen(__half x) { return __half2float(x); }

template <typename T> __device__ inline T narrow(float x);
template <> __device__ inline float narrow<float>(float x) { return x; }
template <> __device__ inline __nv_bfloat16 narrow<__nv_bfloat16>(float x) { return __float2bfloat16_rn(x); }
template <> __device__ inline __half narrow<__half>(float x) { return __float2half_rn(x); }

constexpr int WARP = 32;

// Kind 0 is SiLU, 1 the GELU by tanh.
__device__ inline float activated(float x, int kind) {
    return kind == 0 ? x / (1 + expf(-x)) : 0.5f * x * (1 + tanhf(0.7978845608028654f * (x + 0.044715f * x * x * x)));
}

// Sine and cosine of a position's angle, which is rounded to float32 before, as on the CPU; times a factor.
__device__ inline void turn(int position, float frequency, float factor, float* sine, float* cosine) {
    sincosf((float)position * frequency, sine, cosine);
    *sine *= factor;
    *cosine *= factor;
}

}  // namespace
