// Products of few rows with a matrix, for decode steps: each weight is read once, at the speed of the memory, and what stands
// before and behind the product in a block of the model is computed on the way. Numbers are kept in T, 16 bits, and added up in
// float32.
//
// A block has 32 outputs: two tiles of 16, which stand apart so that what is computed of two outputs together is in one block.
// Its warps share the inputs, and a warp goes through its own in chunks of 32: lane 4 · g + t has 8 inputs, 16 bytes, of outputs
// g and g + 8 of either tile, and of row g. Which of the chunk's inputs a tensor core's instruction multiplies is one order or
// another, as long as weights and rows have the same. So every lane copies and reads 16 bytes, and only its own.
#include <cstdint>

#include "numbers.cuh"

namespace {

constexpr int WARPS = 16;
constexpr int CHUNK = 32;    // inputs
constexpr int DEPTH = 5;     // chunks of a warp that are on their way
constexpr int TILE = 16;     // outputs
constexpr int COLUMNS = 8;   // rows of one instruction, which are its columns
constexpr int PIECES = 4;    // of a chunk that a lane has: two of either tile
constexpr int PITCH = 2 * TILE + 1;

// What becomes of the sums. The host knows these numbers.
enum Kind { PLAIN, WIDE, GATED, TURNED };

__device__ inline void awaitPrevious() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

__device__ inline void letNextBegin() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;");
#endif
}

__device__ inline void copy(uint4* to, const void* from) {
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16;" ::"r"((unsigned)__cvta_generic_to_shared(to)), "l"(from)
                 : "memory");
}

__device__ inline void endCopies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

template <int LEFT> __device__ inline void awaitCopies() { asm volatile("cp.async.wait_group %0;" ::"n"(LEFT) : "memory"); }

#define MULTIPLY(T, NAME)                                                                                               \
    __device__ inline void multiply(float (&sums)[4], uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t b0,  \
                                    uint32_t b1, T) {                                                                   \
        asm("mma.sync.aligned.m16n8k16.row.col.f32." NAME "." NAME ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "       \
            "{%0,%1,%2,%3};"                                                                                            \
            : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])                                                \
            : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));                                                    \
    }
MULTIPLY(__nv_bfloat16, "bf16")
MULTIPLY(__half, "f16")

// Weighs 8 numbers of a row and gives the sum of their squares. The norm's factor of the row follows when all squares are known:
// so T has to hold what is weighed and not yet divided, which half does not.
template <typename T> __device__ inline float weigh(uint4& numbers, const float* weights) {
    T* each = reinterpret_cast<T*>(&numbers);
    float4 some[2] = {reinterpret_cast<const float4*>(weights)[0], reinterpret_cast<const float4*>(weights)[1]};
    const float* weight = reinterpret_cast<const float*>(some);
    float squares = 0;
#pragma unroll
    for (int i = 0; i < 8; i++) {
        float x = widen(each[i]);
        squares += x * x;
        each[i] = narrow<T>(x * weight[i]);
    }
    return squares;
}

// out = alpha · W · norm(in) + beta · out, or what the kind says:
//   WIDE: the same, out in float32
//   GATED: W is a gate's matrix above another; out = activation(gate) · other
//   TURNED: pairs of outputs (i, i + headDim / 2) of each head below output turned are turned by their row's position
// inputs is a multiple of 32, outputs of 32, half a head and half of GATED's outputs of 16. Launched with WARPS warps per block.
template <typename T, int TILES, bool NORMED>
__device__ void product(const T* in, long inStride, int rows, const float* norm, float epsilon, const T* matrix, int inputs,
                        int outputs, void* out, long outStride, int kind, float alpha, float beta, int activation, int turned,
                        int headDim, const int* positions, const float* frequencies, float factor) {
    extern __shared__ uint4 ring[];
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, g = lane / 4, t = lane % 4;

    int first = 2 * TILE * blockIdx.x;
    int apart = TILE;
    int pair = 0;
    bool turns = kind == TURNED && first < turned;
    if (turns) {
        apart = headDim / 2;
        int tilesOfHalf = apart / TILE;
        pair = blockIdx.x % tilesOfHalf * TILE;
        first = blockIdx.x / tilesOfHalf * headDim + pair;
    } else if (kind == GATED) {
        first = TILE * blockIdx.x;
        apart = outputs / 2;
    }

    int chunks = inputs / CHUNK;
    int begin = warp * chunks / WARPS, end = (warp + 1) * chunks / WARPS;
    const T* weights = matrix + (long)(first + g) * inputs + 8 * t;
    long piece[PIECES] = {0, 8l * inputs, (long)apart * inputs, (apart + 8l) * inputs};
    uint4* own = ring + warp * DEPTH * PIECES * WARP + lane;
    auto request = [&](int chunk) {
        if (chunk < end) {
            uint4* place = own + (chunk - begin) % DEPTH * (PIECES * WARP);
#pragma unroll
            for (int i = 0; i < PIECES; i++) {
                copy(place + i * WARP, weights + piece[i] + chunk * CHUNK);
            }
        }
        endCopies();
    };
    // Weights do not change: they are on their way before the launch in front of this one is over.
    for (int i = 0; i < DEPTH - 1; i++) {
        request(begin + i);
    }
    awaitPrevious();
    // Only now: what is launched next begins when everything in front of this launch is over.
    letNextBegin();

    float sums[2][TILES][4] = {};
    float squares[TILES] = {};
    uint4 next[TILES];
    auto take = [&](int chunk) {
#pragma unroll
        for (int n = 0; n < TILES; n++) {
            int row = g + COLUMNS * n;
            next[n] = row < rows && chunk < end
                          ? *reinterpret_cast<const uint4*>(in + row * inStride + chunk * CHUNK + 8 * t)
                          : uint4{};
        }
    };
    take(begin);
#pragma unroll 2
    for (int chunk = begin; chunk < end; chunk++) {
        uint4 x[TILES];
#pragma unroll
        for (int n = 0; n < TILES; n++) {
            x[n] = next[n];
        }
        take(chunk + 1);
#pragma unroll
        for (int n = 0; NORMED && n < TILES; n++) {
            squares[n] += weigh<T>(x[n], norm + chunk * CHUNK + 8 * t);
        }
        awaitCopies<DEPTH - 2>();
        const uint4* place = own + (chunk - begin) % DEPTH * (PIECES * WARP);
        uint4 w[PIECES];
#pragma unroll
        for (int i = 0; i < PIECES; i++) {
            w[i] = place[i * WARP];
        }
        request(chunk + DEPTH - 1);
#pragma unroll
        for (int tile = 0; tile < 2; tile++) {
            uint4 upper = w[2 * tile], lower = w[2 * tile + 1];
#pragma unroll
            for (int n = 0; n < TILES; n++) {
                multiply(sums[tile][n], upper.x, lower.x, upper.y, lower.y, x[n].x, x[n].y, T());
                multiply(sums[tile][n], upper.z, lower.z, upper.w, lower.w, x[n].z, x[n].w, T());
            }
        }
    }

    // The warps' sums meet where the weights were.
    awaitCopies<0>();
    __syncthreads();
    float* met = reinterpret_cast<float*>(ring);  // [warp][row][output]
    float* metSquares = met + WARPS * TILES * COLUMNS * PITCH;
#pragma unroll
    for (int n = 0; n < TILES; n++) {
        float* mine = met + (warp * TILES + n) * COLUMNS * PITCH;
#pragma unroll
        for (int tile = 0; tile < 2; tile++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                mine[(2 * t + i % 2) * PITCH + tile * TILE + g + i / 2 * 8] = sums[tile][n][i];
            }
        }
        if (NORMED) {
            float sum = squares[n];
            sum += __shfl_xor_sync(~0u, sum, 1);
            sum += __shfl_xor_sync(~0u, sum, 2);
            if (t == 0) {
                metSquares[warp * TILES * COLUMNS + n * COLUMNS + g] = sum;
            }
        }
    }
    __syncthreads();

    int row = threadIdx.x / TILE, at = threadIdx.x % TILE;
    if (row >= rows) {
        return;
    }
    float a = 0, b = 0, square = 0;
    for (int w = 0; w < WARPS; w++) {
        const float* theirs = met + (w * TILES * COLUMNS + row) * PITCH;
        a += theirs[at];
        b += theirs[TILE + at];
        square += NORMED ? metSquares[w * TILES * COLUMNS + row] : 0;
    }
    float scale = NORMED ? alpha / sqrtf(square / inputs + epsilon) : alpha;
    a *= scale;
    b *= scale;
    if (turns) {
        float sine, cosine;
        turn(positions[row], frequencies[pair + at], factor, &sine, &cosine);
        float whole = a * cosine - b * sine;
        b = b * cosine + a * sine;
        a = whole;
    }
    if (kind == WIDE) {
        float* target = static_cast<float*>(out) + row * outStride + first + at;
        target[0] = a + (beta == 0 ? 0 : beta * target[0]);
        target[apart] = b + (beta == 0 ? 0 : beta * target[apart]);
        return;
    }
    T* target = static_cast<T*>(out) + row * outStride + first + at;
    if (kind == GATED) {
        target[0] = narrow<T>(activated(a, activation) * b);
        return;
    }
    target[0] = narrow<T>(a + (beta == 0 ? 0 : beta * widen(target[0])));
    target[apart] = narrow<T>(b + (beta == 0 ? 0 : beta * widen(target[apart])));
}

}  // namespace

#define PRODUCT(T, TILES, NORMED, NAME)                                                                                 \
    extern "C" __global__ __launch_bounds__(WARPS* WARP, 1) void NAME(                                                  \
        const T* in, long inStride, int rows, const float* norm, float epsilon, const T* matrix, int inputs,            \
        int outputs, void* out, long outStride, int kind, float alpha, float beta, int activation, int turned,          \
        int headDim, const int* positions, const float* frequencies, float factor) {                                    \
        product<T, TILES, NORMED>(in, inStride, rows, norm, epsilon, matrix, inputs, outputs, out, outStride, kind,     \
                                  alpha, beta, activation, turned, headDim, positions, frequencies, factor);            \
    }
#define PRODUCTS(T, NAME)                   \
    PRODUCT(T, 1, false, product_8_##NAME)  \
    PRODUCT(T, 2, false, product_16_##NAME)

PRODUCTS(__nv_bfloat16, bf16)
PRODUCTS(__half, f16)
PRODUCT(__nv_bfloat16, 1, true, normed_product_8_bf16)
PRODUCT(__nv_bfloat16, 2, true, normed_product_16_bf16)
