// What a record of digests in few bits holds: what SPEC.md says of one page and KV head, in words of 32 bits. CodedLayout.java
// says the same:
//   [runs]       low | step << 16 of the zero points, both the upper half of a float32
//   [runs]       half step of the offsets | step of the extents << 16
//   zero points  a code of zeroBits each, from the lowest bit on
//   per part     a code of centreBits per offset, if there are several parts, then one of extentBits per extent, each from a
//                new word on
// A run of codes begins with a word. A record ends with as many words as make it a multiple of 16 bytes.
#pragma once
#include "cache.cuh"

constexpr int RUN = 32;

/** Where things lie in a record. */
struct Layout {
    int runs, extents, zeros, firstPart, offsetWords, partWords;
    __device__ Layout(const Coded& coded, int width) {
        runs = (width + RUN - 1) / RUN;
        extents = coded.shape == CODED_CUBOID ? width : coded.shape == CODED_DISC ? width / 2 : coded.shape == CODED_SPHERE ? 1 : 0;
        zeros = coded.parts > 1 || extents > 0 ? 2 * runs : runs;
        firstPart = zeros + words(width, coded.zeroBits);
        offsetWords = coded.parts > 1 ? words(width, coded.centreBits) : 0;
        partWords = offsetWords + words(extents, coded.extentBits);
    }
    __device__ static int words(int codes, int bits) { return (codes * bits + 31) / 32; }
    __device__ int offsetsOf(int part) const { return firstPart + part * partWords; }
    __device__ int extentsOf(int part) const { return offsetsOf(part) + offsetWords; }
};

__device__ inline float ofHalf(uint32_t half) { return __uint_as_float(half << 16); }

__device__ inline uint32_t codeAt(const uint32_t* words, int index, int bits) {
    int bit = index * bits, word = bit / 32, shift = bit % 32;
    uint32_t code = words[word] >> shift;
    if (shift + bits > 32) code |= words[word + 1] << (32 - shift);
    return code & ((1u << bits) - 1);
}
