// Scores filled pages from digests in few bits, on tensor cores: codes are small whole numbers, which bfloat16 holds, and what
// they are multiplied with, queries and the weights of extents, are sums of numbers that it holds, their pieces. So all products
// are exact, and a score has the roundings of its sums alone.
#include "coded.cuh"
#include "mma.cuh"

constexpr int MOST_WARPS = 4;
constexpr int ANY_WARPS = 8;
/** Pages that a warp takes at once: as many as a product has rows, for two of their parts. */
constexpr int SET = 8;
/** Query heads that it takes at once: as many as a product has columns. */
constexpr int HEADS = 8;
/** Stages of a warp's ring: pieces of the records of a set. */
constexpr int STAGES = 2;

/** Pieces of a query's elements: as many as 24, 11 and 8 significant bits take. */
template <typename T> constexpr int PIECES = 3;
template <> constexpr int PIECES<__half> = 2;
template <> constexpr int PIECES<__nv_bfloat16> = 1;
/** Pieces of a float32. */
constexpr int MOST_PIECES = 3;

struct EstimateCodedArguments {
    Layer layer;
    Rows queries;
    /** [rows][queryHeads], written */
    float* headScores;
    /** [batch]: the first row of each member. */
    const int* offsets;
    EstimateMode mode;
    /** Room for a page in a stage, four more than a multiple of eight: rows then begin in different banks. Not for any size. */
    int stageWords;
};

/** A number of bits that the compiler knows. */
template <int BITS> struct Bits {
    static constexpr int NUMBER = BITS;
};

/** Calls with the bits of a code. */
template <typename Call> __device__ inline void withBits(int bits, const Call& call) {
    switch (bits) {
    case 2: return call(Bits<2>());
    case 3: return call(Bits<3>());
    case 4: return call(Bits<4>());
    case 5: return call(Bits<5>());
    case 6: return call(Bits<6>());
    case 7: return call(Bits<7>());
    default: return call(Bits<8>());
    }
}

/** The eight codes of a run that thread t of four multiplies, 8t to 8t + 7: all in the first word, or four in each. */
template <int BITS> __device__ inline uint2 codesOf(const uint32_t* run) {
    int t = threadIdx.x % 4;
    if constexpr (BITS == 2) return {reinterpret_cast<const uint16_t*>(run)[t], 0};
    if constexpr (BITS == 4) return {run[t], 0};
    if constexpr (BITS == 8) return {run[2 * t], run[2 * t + 1]};
    const uint32_t* words = run + t * BITS / 4; // they begin with a byte
    int shift = t * BITS % 4 * 8;
    uint32_t lower = __funnelshift_r(words[0], words[1], shift);
    if constexpr (BITS == 3) return {lower, 0};
    return {lower, __funnelshift_r(lower, __funnelshift_r(words[1], words[2], shift), 4 * BITS)};
}

template <int BY> __device__ inline uint32_t shiftRight(uint32_t word) { return BY < 0 ? word << -BY : word >> BY; }

/** Codes less a whole number, as pairs of bfloat16: code j below code j + 4. They are added to 2^23 by setting its last bits. */
template <int BITS> __device__ inline void widenWhole(uint2 codes, float less, uint32_t (&pairs)[4]) {
    constexpr uint32_t BASE = 0x4b000000, MASK = (1u << BITS) - 1;
    uint32_t upper = BITS > 4 ? codes.y : codes.x >> (4 * BITS);
    float base = -8388608 - less;
#pragma unroll
    for (int j = 0; j < 4; j++) {
        uint32_t first = BITS == 8 ? __byte_perm(codes.x, BASE, 0x7440 + j) : ((codes.x >> (BITS * j)) & MASK) | BASE;
        uint32_t second = BITS == 8 ? __byte_perm(upper, BASE, 0x7440 + j) : ((upper >> (BITS * j)) & MASK) | BASE;
        pairs[j] = pack<__nv_bfloat16>(__uint_as_float(first) + base, __uint_as_float(second) + base);
    }
}

/** How codes of so many bits are widened fastest: as `origin` + code / `unit`. */
__device__ inline float unitOf(int bits) { return bits == 8 ? 1 : 1 << bits; }
__device__ inline float originOf(int bits) { return bits == 8 ? 0 : 1; }

template <int BITS, int J> __device__ inline uint32_t fractions(uint2 codes) {
    constexpr uint32_t MASK = ((1u << BITS) - 1) << (7 - BITS); // the first bits of a number from 1 to 2
    constexpr int SHIFT = BITS * J - (7 - BITS);
    uint32_t both = shiftRight<SHIFT>(codes.x);
    if constexpr (BITS > 4) both = __byte_perm(both, shiftRight<SHIFT>(codes.y), 0x5410);
    uint32_t pair; // both & MASK | 1.0, in one instruction
    asm("lop3.b32 %0, %1, %2, %3, 0xea;" : "=r"(pair) : "r"(both), "n"(MASK | MASK << 16), "r"(0x3f803f80));
    return pair;
}

/** The same pairs, as unitOf and originOf say. */
template <int BITS> __device__ inline void widen(uint2 codes, uint32_t (&pairs)[4]) {
    if constexpr (BITS == 8) {
        widenWhole<BITS>(codes, 0, pairs);
    } else {
        if constexpr (BITS < 4) codes.x = __byte_perm(codes.x, codes.x << (16 - 4 * BITS), 0x7610);
        pairs[0] = fractions<BITS, 0>(codes);
        pairs[1] = fractions<BITS, 1>(codes);
        pairs[2] = fractions<BITS, 2>(codes);
        pairs[3] = fractions<BITS, 3>(codes);
    }
}

/** Adds to the sums of two rows what a run of their codes gives: this thread's columns are 2t and 2t + 1. */
template <int PIECES>
__device__ inline void addRun(
    float (&sums)[4], float scale, const uint32_t (&first)[4], const uint32_t (&second)[4], const uint4* factors) {
    float dots[4] = {};
    uint32_t lower[] = {first[0], second[0], first[1], second[1]}, upper[] = {first[2], second[2], first[3], second[3]};
#pragma unroll
    for (int piece = 0; piece < PIECES; piece++) {
        uint4 factor = factors[piece * 32];
        multiply<__nv_bfloat16>(dots, lower, factor.x, factor.y);
        multiply<__nv_bfloat16>(dots, upper, factor.z, factor.w);
    }
#pragma unroll
    for (int i = 0; i < 4; i++) sums[i] = fmaf(scale, dots[i], sums[i]);
}

/** The same for all runs of a part, and of another part for the second row. */
template <int PIECES>
__device__ inline void addPart(
    float (&sums)[4], int bits, int runs, const uint32_t* first, const uint32_t* second, const float* scales, const uint4* factors) {
    withBits(bits, [&](auto known) {
        constexpr int BITS = decltype(known)::NUMBER;
#pragma unroll 2
        for (int run = 0; run < runs; run++) {
            uint32_t firsts[4], seconds[4];
            widen<BITS>(codesOf<BITS>(first + run * BITS), firsts);
            widen<BITS>(codesOf<BITS>(second + run * BITS), seconds);
            addRun<PIECES>(sums, scales[run], firsts, seconds, factors + run * PIECES * 32);
        }
    });
}

/** Puts the two factors of a pair of codes into pieces, each of which is what the ones before it have left. */
__device__ static void putPieces(uint4* factors, int pair, float first, float second, int pieces) {
    for (int piece = 0; piece < pieces; piece++) {
        uint32_t both = pack<__nv_bfloat16>(first, second);
        reinterpret_cast<uint32_t*>(factors + piece * 32)[pair] = both;
        first -= __uint_as_float(both << 16);
        second -= __uint_as_float(both & 0xffff0000);
    }
}

/**
 * Scores of query heads, for heads of 64 elements or more: grid (any number of blocks, kvHeads * parts of their query heads, batch). A query is taken times the
 * power of two that brings its largest element to between 1 and 2, if one does. The first records are under way before it has to be there.
 *
 * Zero points are told from that one of their run's steps which is nearest to 0, and so none of the sums is much larger than
 * those of the numbers that the record reads as.
 */
template <typename T> __device__ void estimateCoded(const EstimateCodedArguments& call) {
    EndsAfterPrevious ending;
    const Shape& shape = call.layer.shape;
    int share = shape.queryHeads / shape.kvHeads, tiles = (share + HEADS - 1) / HEADS;
    int head = blockIdx.y / tiles, firstColumn = blockIdx.y % tiles * HEADS, columns = min(HEADS, share - firstColumn);
    int member = blockIdx.z;
    const Sequence& sequence = call.layer.sequences[member];
    const Coded& coded = sequence.coded;
    if (!isScored(call.layer, sequence) || sequence.digest != CODED) return;
    long long filled = scoredPages(call.layer, sequence, call.mode == PREFETCH);
    int from = (int)(filled * blockIdx.x / gridDim.x), until = (int)(filled * (blockIdx.x + 1) / gridDim.x); // this block's pages
    if (from == until) return;
    int heads = shape.kvHeads / shape.groups, width = shape.headDim;
    const int* backups = sequence.tables.backups + tableOffset(call.layer, sequence, head / heads);
    Layout layout(coded, width);
    int runs = layout.runs, extentRuns = (layout.extents + RUN - 1) / RUN;
    constexpr int QUERY_PIECES = PIECES<T>;
    int weightPieces = coded.shape == CODED_CUBOID ? QUERY_PIECES : MOST_PIECES;
    int warps = blockDim.x / 32, warp = threadIdx.x / 32, lane = threadIdx.x % 32, row = lane / 4, column = lane % 4 * 2;
    extern __shared__ __align__(16) uint32_t shared[];
    int stageWords = call.stageWords;
    uint32_t* ring = shared + (warp * STAGES * SET + row) * stageWords; // of this thread's page
    uint4* factors = reinterpret_cast<uint4*>(shared + warps * STAGES * SET * stageWords) + 1; // what is read behind the ring
    uint4* weights = factors + runs * QUERY_PIECES * 32;
    float* sums = reinterpret_cast<float*>(weights + extentRuns * weightPieces * 32); // of factors, [runs][HEADS]
    float* weightSums = sums + runs * HEADS; // [extentRuns][HEADS]
    float* units = weightSums + extentRuns * HEADS; // [HEADS]: what queries have been divided by
    float* norms = units + HEADS; // [HEADS]
    float* scales = norms + HEADS + (warp * SET + row) * runs; // of this thread's page: of its offsets, [runs]
    float* extentScales = scales + warps * SET * runs; // [runs]

    // A record has as many pieces as it needs to fit a stage; the first begins with the scales and the zero points.
    int each = coded.parts, pieces = 1;
    auto fits = [&]() { return (each == coded.parts ? coded.words : layout.offsetsOf(each) + 4) <= stageWords; };
    while (!fits() && each > 2) each /= 2;
    pieces = coded.parts / each;
    int first = from + warp * SET, sets = max(0, (until - first + warps * SET - 1) / (warps * SET)), steps = sets * pieces;
    auto pageAt = [&](int set) { return min(first + set * warps * SET + row, until - 1); };
    auto begins = [&](int piece) { return piece == 0 ? 0 : layout.offsetsOf(piece * each) & ~3; };
    int ahead = backups[pageAt(0)], loading = 0, loadingSet = 0, loadingPiece = 0;
    auto load = [&]() {
        if (loading < steps) {
            const uint32_t* record = coded.records + ((long long)ahead * heads + head % heads) * coded.words;
            uint32_t target = sharedAddress(ring + loading % STAGES * SET * stageWords);
            int begin = begins(loadingPiece), words = layout.offsetsOf((loadingPiece + 1) * each) - begin;
#pragma unroll 4
            for (int word = lane % 4 * 4; word < words; word += 16) copyAsync(target + word * 4, record + begin + word, true);
            loading++;
            if (++loadingPiece == pieces) {
                loadingPiece = 0;
                ahead = backups[pageAt(++loadingSet)];
            }
        }
        commitCopies();
    };
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; stage++) load();

    awaitPrevious();
    letNextBegin();
    Timed timed(call.layer, ESTIMATE);
    const T* queries = rowAt<T>(
        call.queries, scoringRow(call.layer, sequence, member), ((long long)head * share + firstColumn) * width);
    for (int h = warp; h < columns; h += warps) {
        const T* query = queries + (long long)h * width;
        float most = 0, square = 0;
        for (int i = lane; i < width; i += 32) most = fmaxf(most, fabsf(widen(query[i])));
        for (int step = 16; step; step /= 2) most = fmaxf(most, __shfl_xor_sync(~0u, most, step));
        float unit = isfinite(most) ? __uint_as_float(max(__float_as_uint(most) & 0x7f800000, 0x00800000)) : 1;
        for (int i = lane; i < width; i += 32) {
            float number = widen(query[i]) * (1 / unit);
            square += number * number;
        }
        for (int step = 16; step; step /= 2) square += __shfl_xor_sync(~0u, square, step);
        if (lane == 0) {
            units[h] = unit;
            norms[h] = sqrtf(square);
        }
    }
    __syncthreads();
    for (int run = warp; run < runs; run += warps) {
        int h = lane / 4;
        const T* query = queries + (long long)h * width;
        float inverse = h < columns ? 1 / units[h] : 0;
        auto at = [&](int i) { return h < columns && i < width ? widen(query[i]) * inverse : 0; };
        auto weight = [&](int i) {
            if (h >= columns || i >= layout.extents) return 0.0f;
            if (coded.shape == CODED_SPHERE) return norms[h];
            float number = at(i), other = coded.shape == CODED_DISC ? at(i + width / 2) : 0;
            return coded.shape == CODED_DISC ? sqrtf(number * number + other * other) : fabsf(number);
        };
        float sum = 0, weightSum = 0;
#pragma unroll
        for (int pair = 0; pair < 4; pair++) {
            int i = run * RUN + lane % 4 * 8 + pair;
            float first = at(i), second = at(i + 4);
            sum += first + second;
            putPieces(factors + run * QUERY_PIECES * 32 + lane, pair, first, second, QUERY_PIECES);
            if (run < extentRuns) {
                first = weight(i), second = weight(i + 4);
                weightSum += first + second;
                putPieces(weights + run * weightPieces * 32 + lane, pair, first, second, weightPieces);
            }
        }
        for (int step = 2; step; step /= 2) {
            sum += __shfl_xor_sync(~0u, sum, step);
            weightSum += __shfl_xor_sync(~0u, weightSum, step);
        }
        if (lane % 4 == 0) {
            sums[run * HEADS + h] = sum;
            if (run < extentRuns) weightSums[run * HEADS + h] = weightSum;
        }
    }
    __syncthreads();

    float* scores = call.headScores + (long long)call.offsets[member] * shape.queryHeads + head * share + firstColumn + column;
    float zeros[2], best[2]; // what all parts have in common, and the best of them
    int piece = 0, set = 0;
    // Offsets are 2 * code - codes halves of a step, widened as origin + code / unit.
    float codes = (1 << coded.centreBits) - 1, unit = unitOf(coded.centreBits), middle = originOf(coded.centreBits) + codes / 2 / unit;
    float extentUnit = unitOf(coded.extentBits), extentOrigin = originOf(coded.extentBits);
    for (int step = 0; step < steps; step++) {
        load();
        awaitCopies<STAGES - 1>();
        __syncwarp();
        const uint32_t* words = ring + step % STAGES * SET * stageWords - begins(piece);
        if (piece == 0) {
            float dots[4] = {};
            withBits(coded.zeroBits, [&](auto known) {
                constexpr int BITS = decltype(known)::NUMBER;
#pragma unroll 2
                for (int run = 0; run < runs; run++) {
                    float low = ofHalf(words[run]), size = ofHalf(words[run] >> 16);
                    float code = fminf(fmaxf(rintf(__fdividef(-low, size)), 0), (1 << BITS) - 1); // any of a step of 0
                    uint32_t pairs[4];
                    widenWhole<BITS>(codesOf<BITS>(words + layout.zeros + run * BITS), code, pairs);
                    addRun<QUERY_PIECES>(dots, size, pairs, pairs, factors + run * QUERY_PIECES * 32 + lane);
                    float common = fmaf(size, code, low);
                    if (coded.parts > 1) {
                        scales[run] = 2 * unit * ofHalf(words[runs + run]);
                        common -= middle * scales[run];
                    }
                    float2 sum = *reinterpret_cast<const float2*>(sums + run * HEADS + column);
                    dots[0] = fmaf(common, sum.x, dots[0]);
                    dots[1] = fmaf(common, sum.y, dots[1]);
                }
            });
            for (int run = 0; run < extentRuns; run++) {
                float scale = extentUnit * ofHalf(words[runs + run] >> 16);
                extentScales[run] = scale;
                float2 sum = *reinterpret_cast<const float2*>(weightSums + run * HEADS + column);
                dots[0] = fmaf(-extentOrigin * scale, sum.x, dots[0]);
                dots[1] = fmaf(-extentOrigin * scale, sum.y, dots[1]);
            }
            zeros[0] = dots[0];
            zeros[1] = dots[1];
            best[0] = best[1] = -CUDART_INF_F;
        }
        for (int part = piece * each; part < (piece + 1) * each; part += 2) {
            int other = min(part + 1, coded.parts - 1);
            float dots[4] = {zeros[0], zeros[1], zeros[0], zeros[1]};
            if (coded.parts > 1) {
                addPart<QUERY_PIECES>(
                    dots, coded.centreBits, runs, words + layout.offsetsOf(part), words + layout.offsetsOf(other), scales, factors + lane);
            }
            const uint32_t *first = words + layout.extentsOf(part), *second = words + layout.extentsOf(other);
            if (coded.shape == CODED_CUBOID) {
                addPart<QUERY_PIECES>(dots, coded.extentBits, extentRuns, first, second, extentScales, weights + lane);
            } else if (extentRuns > 0) {
                addPart<MOST_PIECES>(dots, coded.extentBits, extentRuns, first, second, extentScales, weights + lane);
            }
            best[0] = fmaxf(best[0], fmaxf(dots[0], dots[2]));
            best[1] = fmaxf(best[1], fmaxf(dots[1], dots[3]));
        }
        __syncwarp();
        if (++piece == pieces) {
            int page = first + set * warps * SET + row;
            if (page < until) {
                float* score = scores + (long long)page * shape.queryHeads;
                if (column < columns) score[0] = best[0] * units[column];
                if (column + 1 < columns) score[1] = best[1] * units[column + 1];
            }
            piece = 0;
            set++;
        }
    }
}

/**
 * Scores of query heads for heads of any size: grid (page blocks, kvHeads, batch), a warp per page and KV head, which widens a
 * part at a time. Each number is what the record reads as, as the bounds of small heads ask for.
 */
template <typename T> __device__ void estimateCodedAny(const EstimateCodedArguments& call) {
    awaitPrevious();
    letNextBegin();
    const Shape& shape = call.layer.shape;
    int head = blockIdx.y, member = blockIdx.z;
    const Sequence& sequence = call.layer.sequences[member];
    const Coded& coded = sequence.coded;
    if (!isScored(call.layer, sequence) || sequence.digest != CODED) return;
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32, page = blockIdx.x * ANY_WARPS + warp;
    if (page >= scoredPages(call.layer, sequence, call.mode == PREFETCH)) return;
    Timed timed(call.layer, ESTIMATE);
    int heads = shape.kvHeads / shape.groups, share = shape.queryHeads / shape.kvHeads, width = shape.headDim;
    int backup = sequence.tables.backups[tableOffset(call.layer, sequence, head / heads) + page];
    const uint32_t* record = coded.records + ((long long)backup * heads + head % heads) * coded.words;
    const T* queries = rowAt<T>(call.queries, scoringRow(call.layer, sequence, member), (long long)head * share * width);
    float* scores = call.headScores + ((long long)call.offsets[member] + page) * shape.queryHeads + head * share;
    Layout layout(coded, width);
    extern __shared__ float numbers[]; // per warp [width] zero points, which become centres, and [width] extents
    float* centre = numbers + warp * 2 * width;
    float* extents = centre + width;

    for (int part = 0; part < coded.parts; part++) {
        const uint32_t* offsets = record + layout.offsetsOf(part);
        const uint32_t* reaches = record + layout.extentsOf(part);
        for (int i = lane; i < width; i += 32) {
            uint32_t scale = record[i / RUN];
            float number = fmaf(ofHalf(scale >> 16), (float)codeAt(record + layout.zeros, i, coded.zeroBits), ofHalf(scale));
            if (coded.parts > 1) {
                int codes = (1 << coded.centreBits) - 1;
                float halfStep = ofHalf(record[layout.runs + i / RUN]);
                number = fmaf(halfStep, (float)(2 * (int)codeAt(offsets, i, coded.centreBits) - codes), number);
            }
            centre[i] = number;
        }
        for (int i = lane; i < layout.extents; i += 32) {
            float step = ofHalf(record[layout.runs + i / RUN] >> 16);
            extents[i] = step * (float)codeAt(reaches, i, coded.extentBits);
        }
        __syncwarp();
        for (int h = 0; h < share; h++) {
            const T* query = queries + (long long)h * width;
            float score = 0, square = 0;
            for (int i = lane; i < width; i += 32) {
                float q = widen(query[i]);
                score += q * centre[i];
                square += q * q;
                if (coded.shape == CODED_CUBOID) score += fabsf(q) * extents[i];
                if (coded.shape == CODED_DISC && i < width / 2) {
                    float other = widen(query[i + width / 2]);
                    score += sqrtf(q * q + other * other) * extents[i];
                }
            }
            for (int step = 16; step; step /= 2) {
                score += __shfl_xor_sync(~0u, score, step);
                square += __shfl_xor_sync(~0u, square, step);
            }
            if (coded.shape == CODED_SPHERE) score += sqrtf(square) * extents[0];
            if (lane == 0) scores[h] = part == 0 ? score : fmaxf(scores[h], score);
        }
        __syncwarp();
    }
}

KERNELS(estimateCoded, EstimateCodedArguments, 32 * MOST_WARPS, 4)
KERNELS(estimateCodedAny, EstimateCodedArguments, 32 * ANY_WARPS, 1)
