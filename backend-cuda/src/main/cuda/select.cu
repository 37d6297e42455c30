// Ranks pages by score and decides which are attended, copied back and evicted: grid (groups, batch), 1024 threads.
// Exact: higher score first, -0 equal to +0, NaN below -infinity, ties to the lower page; victims in the reverse order.
#include "cache.cuh"

constexpr int THREADS = 1024;
constexpr int WARPS = THREADS / 32;
constexpr int SHARED_KEYS = 36 * 1024; // beyond, keys live in call.selectKeys
constexpr int MOST_EXCHANGED = 256;    // slots that go from victims to recalled pages directly

enum Mode { MARK, MOVE, EVICT }; // mark in the table; move at once; choose only victims, after prefill

/** Unsigned order of scores; 0 is NaN, and no number maps to it. */
__device__ static uint32_t keyOf(float score) {
    if (isnan(score)) return 0;
    if (score == 0) return 0x80000000u;
    uint32_t bits = __float_as_uint(score);
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}

/** Keys at or above `key` are taken; of those equal to it only the first `ties` in order (the last, from behind). */
struct Threshold {
    uint32_t key;
    int ties;
};

constexpr int DIGITS = 16;
constexpr int BATCH = 7 * THREADS; // keys counted at once: a warp's count of a digit then fits in 8 bits

/** Adds how many of the keys that begin with `prefix` go on with each digit. */
__device__ static void countDigits(const uint32_t* keys, int count, int shift, uint32_t prefix, int* found) {
    int lane = threadIdx.x % 32;
    for (int base = 0; base < count; base += BATCH) {
        uint32_t packed[DIGITS / 4] = {0, 0, 0, 0};
        for (int i = base + threadIdx.x; i < min(count, base + BATCH); i += THREADS) {
            uint32_t digits = keys[i] >> shift, digit = digits % DIGITS;
            if (shift == 28 || digits / DIGITS == prefix) {
#pragma unroll
                for (int word = 0; word < DIGITS / 4; word++) packed[word] += digit / 4 == word ? 1u << (digit % 4 * 8) : 0;
            }
        }
        uint32_t own = 0;
#pragma unroll
        for (int word = 0; word < DIGITS / 4; word++) {
            uint32_t sum = __reduce_add_sync(~0u, packed[word]);
            if (lane / 4 == word) own = sum;
        }
        int sum = own >> (lane % 4 * 8) & 255;
        if (lane < DIGITS && sum) atomicAdd(&found[lane], sum);
    }
}

/** The threshold that takes exactly `wanted` (at least 1, at most `count`) of the keys: four bits a round. */
__device__ static Threshold threshold(const uint32_t* keys, int count, int wanted) {
    __shared__ __align__(16) int found[3][DIGITS];
    uint32_t prefix = 0;
    int left = wanted;
    if (threadIdx.x < 3 * DIGITS) found[threadIdx.x / DIGITS][threadIdx.x % DIGITS] = 0;
    __syncthreads();
    for (int shift = 28, round = 0; shift >= 0; shift -= 4, round = (round + 1) % 3) {
        countDigits(keys, count, shift, prefix, found[round]);
        if (threadIdx.x < DIGITS) found[(round + 1) % 3][threadIdx.x] = 0;
        __syncthreads();
        int counts[DIGITS], digit = 0, taken = 0, above = 0;
        bool exact = false;
#pragma unroll
        for (int i = 0; i < DIGITS; i += 4) *reinterpret_cast<int4*>(counts + i) = *reinterpret_cast<int4*>(&found[round][i]);
#pragma unroll
        for (int i = DIGITS - 1; i >= 0; i--) { // the digit within which the wanted number is reached
            if (taken < left && taken + counts[i] >= left) {
                digit = i;
                above = taken;
                exact = taken + counts[i] == left;
            }
            taken += counts[i];
        }
        left -= above;
        prefix = prefix * DIGITS + digit;
        if (exact) { // everything that begins so is taken
            __syncthreads();
            return {prefix << shift, INT_MAX};
        }
    }
    __syncthreads();
    return {prefix, left};
}

/** Numbers the threads of the block for which `flag` holds, in order; `total` is how many there are. */
__device__ static int number(bool flag, int* total) {
    __shared__ int sums[WARPS];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    uint32_t mask = __ballot_sync(~0u, flag);
    __syncthreads();
    if (lane == 0) sums[warp] = __popc(mask);
    __syncthreads();
    int inWarp = sums[lane], before = inWarp;
    for (int step = 1; step < 32; step *= 2) {
        int other = __shfl_up_sync(~0u, before, step);
        if (lane >= step) before += other;
    }
    *total = __shfl_sync(~0u, before, 31);
    return __shfl_sync(~0u, before - inWarp, warp) + __popc(mask & ((1u << lane) - 1));
}

/** Fetches scores and residence of the candidates, which lie `stride` scores apart, four of each under way at a time. */
__device__ static void fetch(const float* scores, long long stride, const int* table, int count, uint32_t* keys, uint32_t* residence) {
    constexpr int FLIGHT = 4;
    for (int base = threadIdx.x; base < (count + 31) / 32 * 32; base += FLIGHT * THREADS) {
        float score[FLIGHT];
        int entry[FLIGHT];
#pragma unroll
        for (int u = 0; u < FLIGHT; u++) {
            int i = base + u * THREADS;
            score[u] = i < count ? scores[i * stride] : 0;
            entry[u] = i < count ? table[i] : NONE;
        }
#pragma unroll
        for (int u = 0; u < FLIGHT; u++) {
            int i = base + u * THREADS;
            uint32_t resident = __ballot_sync(~0u, entry[u] != NONE);
            if (i < count) keys[i] = keyOf(score[u]);
            if (i < count && threadIdx.x % 32 == 0) residence[i / 32] = resident;
        }
    }
    __syncthreads();
}

extern "C" __global__ void __launch_bounds__(THREADS, 1) selectPages(const __grid_constant__ Call call) {
    Timed timed(call, SELECT);
    int group = blockIdx.x, member = blockIdx.y;
    const Sequence& sequence = call.sequences[member];
    long long scoreOffset = call.scoreOffsets[member];
    int pages = pagesAfter(call, sequence);
    int* count = sequence.counts + call.layer * call.groups + group;
    int* recalled = sequence.recalls + call.layer * call.groups + group;
    if (!overBudget(call, sequence)) {
        if (threadIdx.x == 0 && call.mode != EVICT) {
            *count = -pages;
            *recalled = 0;
        }
        return;
    }
    int from = sequence.sink, until = pages - sequence.window, candidates = until - from;
    long long offset = tableOffset(call, sequence, group);
    int* table = sequence.table + offset;
    int* attended = sequence.attended + offset;
    extern __shared__ uint32_t sharedKeys[]; // keys, then a bit a candidate: whether it is resident
    uint32_t* keys = sharedKeys;
    if (candidates > SHARED_KEYS) {
        long long each = lengthAfter(sequence) / call.pageSize; // twice that many words for each group
        keys = reinterpret_cast<uint32_t*>(call.selectKeys) + 2 * (scoreOffset * call.groups + group * each);
    }
    uint32_t* residence = keys + candidates;
    fetch(call.scores + (scoreOffset + from) * call.groups + group, call.groups, table + from, candidates, keys, residence);

    Threshold chosen = call.mode == EVICT ? Threshold{~0u, 0} : threshold(keys, candidates, sequence.ranked);
    int residents = 0, recalls = 0, listed = 0, equal = 0, last = sequence.sink + sequence.window + sequence.ranked - 1;
    for (int base = 0; base < pages; base += THREADS) { // who is selected; keys turn into the order of victims
        int page = base + threadIdx.x, i = page - from;
        bool exists = page < pages, ranked = exists && page >= from && page < until;
        uint32_t key = ranked ? keys[i] : 0;
        bool tie = ranked && key == chosen.key && chosen.ties != INT_MAX;
        int total = 0;
        int rank = chosen.ties == INT_MAX || call.mode == EVICT ? 0 : equal + number(tie, &total);
        equal += total;
        bool selected = exists && (!ranked || (call.mode != EVICT && (tie ? rank < chosen.ties : key >= chosen.key)));
        bool resident = ranked ? residence[i / 32] >> (i % 32) & 1 : exists; // sink and window always are
        residents += __syncthreads_count(resident);
        if (ranked) keys[i] = resident && !selected ? ~key : 0;
        if (call.mode == EVICT) continue;
        bool wanted = selected && !resident;
        if (__syncthreads_or(wanted)) {
            int place = last - recalls - number(wanted, &total);
            if (wanted) {
                table[page] = WANTED;
                attended[place] = page;
            }
            recalls += total;
        }
        int place = listed + number(selected && !wanted, &total);
        if (selected && !wanted) attended[place] = page;
        listed += total;
    }
    __syncthreads();

    // Without forks a recalled page takes the slot of a victim here and now. Pages that forks may share have to wait until
    // all have evicted theirs.
    __shared__ int freed[MOST_EXCHANGED];
    int victims = max(0, residents + recalls - sequence.budget);
    int exchanged = call.mode == MOVE && !call.forked ? min(MOST_EXCHANGED, min(victims, recalls)) : 0;
    if (victims > 0) {
        Threshold worst = threshold(keys, candidates, victims);
        int behind = 0, evicted = 0;
        for (int end = candidates; end > 0; end -= THREADS) { // from behind: ties evict the higher page first
            int i = end - 1 - threadIdx.x;
            uint32_t key = i >= 0 ? keys[i] : 0;
            bool tie = i >= 0 && key == worst.key && worst.ties != INT_MAX;
            int total = 0;
            int rank = worst.ties == INT_MAX ? 0 : behind + number(tie, &total);
            behind += total;
            bool victim = i >= 0 && (tie ? rank < worst.ties : key >= worst.key);
            int order = exchanged > evicted ? evicted + number(victim, &total) : evicted;
            evicted += exchanged > evicted ? total : 0;
            if (!victim) continue;
            int page = from + i, slot = table[page];
            if (call.mode == MARK) {
                table[page] = VICTIM - slot;
                continue;
            }
            table[page] = NONE;
            if (order < exchanged) {
                freed[order] = slot;
                call.holders[sequence.backups[offset + page]] = NONE;
            } else {
                dropSlot(call, slot, sequence.backups[offset + page]);
            }
        }
    }
    if (call.mode == MOVE && !call.forked && recalls > 0) {
        __syncthreads();
        for (int i = threadIdx.x; i < recalls; i += THREADS) {
            int page = attended[listed + i], slot = i < exchanged ? freed[i] : takeSlot(call);
            table[page] = slot;
            call.holders[sequence.backups[offset + page]] = slot;
            attended[listed + i] = page | FRESH;
        }
        if (threadIdx.x == 0) atomicAdd(call.copies, (unsigned long long)recalls);
    }
    if (threadIdx.x == 0) {
        atomicAdd(&call.evicted[member], (unsigned long long)victims);
        atomicAdd(&call.recalled[member], (unsigned long long)recalls);
    }
    if (threadIdx.x == 0 && call.mode != EVICT) {
        *count = listed + recalls;
        *recalled = recalls;
    }
}
