// How slots hold keys and values: [keys, values][kvHeads of a group][pageSize] rows of headDim numbers, in the cache's element
// type T or in a storage type S of 8 bits. Those have a scale per row, behind all numbers in the same order, and read as
// the nearest number of T to scale times number: that is what all kernels compute with.
#pragma once
#include "cache.cuh"

/** A whole number from -127 to 127, kept as that plus 128. */
struct Int8 {
    uint8_t biased;
};

template <typename S> constexpr bool IS_COARSE = false;
template <> constexpr bool IS_COARSE<Int8> = true;

constexpr int INT8_BIAS = 128;
constexpr int INT8_MOST = 127;

template <typename T> __device__ inline float widenStored(T number, float) { return widen(number); }
template <typename T> __device__ inline float widenStored(Int8 number, float scale) {
    return widen(narrow<T>(scale * (float)((int)number.biased - INT8_BIAS)));
}

/** One row of a slot. */
template <typename T, typename S> struct StoredRow {
    const S* numbers;
    float scale;

    __device__ inline float at(int i) const { return widenStored<T>(numbers[i], scale); }
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
template <typename T> __device__ inline float scaleOf(float largest) {
    float exact = largest / INT8_MOST;
    T scale = narrow<T>(exact);
    if (widen(scale) < exact) scale = neighbour(scale, 1);
    if (!isfinite(widen(narrow<T>(widen(scale) * INT8_MOST)))) scale = neighbour(scale, -1);
    return widen(scale);
}

__device__ inline Int8 toInt8(float number, float scale) {
    float steps = scale == 0 ? 0.0f : fminf(fmaxf(rintf(number / scale), -INT8_MOST), INT8_MOST);
    return {(uint8_t)((int)steps + INT8_BIAS)};
}

// Instantiates a kernel template for the element types and how rows are stored: NAME_f16 in the element type, NAME_f16_int8.
#define STORED_KERNELS(name, Arguments, threads, blocks) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, f32, float, float) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, f16, __half, __half) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, bf16, __nv_bfloat16, __nv_bfloat16) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, f32_int8, float, Int8) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, f16_int8, __half, Int8) \
    KERNEL_OF_TYPE(name, Arguments, threads, blocks, bf16_int8, __nv_bfloat16, Int8)
