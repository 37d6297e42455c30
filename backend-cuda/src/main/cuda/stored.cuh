// How slots hold keys and values: [keys, values][kvHeads of a group][pageSize] rows of headDim numbers, in the cache's element
// type T or in a storage type S of 8 bits. Those have a scale per row, behind all numbers in the same order, and read as
// the nearest number of T to scale times number: that is what all kernels compute with.
//
// A source file that instantiates kernels for a store is compiled once per store, to an image of its own, with the macro STORE.
#pragma once
#include "cache.cuh"
#include <cuda_fp8.h>

/** A whole number from -127 to 127, kept as that plus 128. */
struct Int8 {
    uint8_t biased;
};

/** A number of 8 bits with four bits of exponent and three of fraction (E4M3), up to 448. Never NaN. */
struct Fp8 {
    __nv_fp8_storage_t bits;
};

/** The store of numbers in the element type. */
struct Element;

/** What STORE keeps numbers of T as. */
template <typename T, typename Store> struct KeptAs {
    using Type = Store;
};
template <typename T> struct KeptAs<T, Element> {
    using Type = T;
};
template <typename T> using Stored = typename KeptAs<T, STORE>::Type;

template <typename S> constexpr bool IS_COARSE = false;
template <> constexpr bool IS_COARSE<Int8> = true;
template <> constexpr bool IS_COARSE<Fp8> = true;

constexpr int INT8_BIAS = 128;

/** The largest number of a storage type of 8 bits. */
template <typename S> constexpr float MOST = 0;
template <> constexpr float MOST<Int8> = 127;
template <> constexpr float MOST<Fp8> = 448;

__device__ inline float widen(Int8 number) { return (float)((int)number.biased - INT8_BIAS); }
__device__ inline float widen(Fp8 number) { return __half2float(__half(__nv_cvt_fp8_to_halfraw(number.bits, __NV_E4M3))); }

/** The nearest number of a storage type. */
template <> __device__ inline Int8 narrow<Int8>(float x) {
    return {(uint8_t)((int)fminf(fmaxf(rintf(x), -MOST<Int8>), MOST<Int8>) + INT8_BIAS)};
}
template <> __device__ inline Fp8 narrow<Fp8>(float x) { return {__nv_cvt_float_to_fp8(x, __NV_SATFINITE, __NV_E4M3)}; }

template <typename T, typename S> __device__ inline float widenStored(S number, float scale) {
    if constexpr (IS_COARSE<S>) return widen(narrow<T>(scale * widen(number)));
    else return widen(number);
}

/** One row of a slot. */
template <typename T, typename S> struct StoredRow {
    const S* numbers;
    float scale;

    __device__ inline float at(int i) const { return widenStored<T, S>(numbers[i], scale); }
};

/** The rows of a KV head's keys, or of its values, in a slot. */
template <typename T, typename S> struct StoredRows {
    S* numbers;
    float* scales;
    int width;

    /** Side 0 has keys, side 1 values. */
    __device__ inline StoredRows(const Pages& pages, const Shape& shape, const char* slot, int side, int headInGroup) {
        long long rows = (long long)(side * (shape.kvHeads / shape.groups) + headInGroup) * shape.pageSize;
        char* first = const_cast<char*>(slot);
        numbers = reinterpret_cast<S*>(first) + rows * shape.headDim;
        scales = IS_COARSE<S> ? reinterpret_cast<float*>(first + pages.scalesAt) + rows : nullptr;
        width = shape.headDim;
    }
    __device__ inline S* rowAt(int token) const { return numbers + (long long)token * width; }
    __device__ inline StoredRow<T, S> row(int token) const {
        if constexpr (IS_COARSE<S>) return {rowAt(token), scales[token]};
        else return {rowAt(token), 1};
    }
    __device__ inline float at(int token, int i) const { return row(token).at(i); }
};

__device__ inline const char* slotAt(const Pages& pages, int slot) { return pages.pool + slot * pages.slotBytes; }

// The neighbour of a number of at least 0, one step up or down.
__device__ inline float neighbour(float x, int step) { return __uint_as_float(__float_as_uint(x) + step); }
__device__ inline __half neighbour(__half x, int step) { return __ushort_as_half(__half_as_ushort(x) + step); }
__device__ inline __nv_bfloat16 neighbour(__nv_bfloat16 x, int step) {
    return __ushort_as_bfloat16(__bfloat16_as_ushort(x) + step);
}

/**
 * The scale of a row: the least number of the element type that its largest magnitude fits under; one less where that
 * magnitude would read as infinity.
 */
template <typename T, typename S> __device__ inline float scaleOf(float largest) {
    float exact = largest / MOST<S>;
    T scale = narrow<T>(exact);
    if (widen(scale) < exact) scale = neighbour(scale, 1);
    if (!isfinite(widen(narrow<T>(widen(scale) * MOST<S>)))) scale = neighbour(scale, -1);
    return widen(scale);
}

/** What is stored of a number of a row with a scale. */
template <typename S> __device__ inline S coarse(float number, float scale) { return narrow<S>(scale == 0 ? 0.0f : number / scale); }

// Instantiates a kernel template for the element types, as rows of them are stored.
#define STORED_KERNELS(name, Arguments, threads, blocks) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, f32, float, Stored<float>) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, f16, __half, Stored<__half>) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, bf16, __nv_bfloat16, Stored<__nv_bfloat16>)
