// Ranks pages by score and decides which are attended, copied back and evicted: grid (groups, batch), 1024 threads.
// Exact: higher score first, -0 equal to +0, NaN below -infinity, ties to the lower page; victims in the reverse order.
#include "cache.cuh"

constexpr int THREADS = 1024;
constexpr int WARPS = THREADS / 32;
/** Candidates whose keys fit in shared memory; those of more live in call.keys. */
constexpr int SHARED_KEYS = 36 * 1024;
/** Most slots that go from victims to recalled pages directly. */
constexpr int MOST_EXCHANGED = 256;
/** Victims up to which each is looked for by itself. */
constexpr int FEW = 4;

/** What is done with the choice. */
enum SelectMode : int {
    /** Victims and recalls are marked in the tables, for recall to act on. */
    MARK,
    /** Victims are evicted at once and, unless forks may share pages, the recalled pages get their slots. */
    MOVE,
    /** Pages are evicted down to the budget and none is selected, after prefill. */
    EVICT,
};

struct SelectPagesArguments {
    Layer layer;
    Books books;
    /** A row per page, of a score per group. */
    Rows scores;
    /** [batch]: the first row of each member. */
    const int* offsets;
    /** Scratch for tables that exceed shared memory. */
    int* keys;
    /** [batch]: counts the pages that gave up their slots in the step. */
    unsigned long long* evicted;
    /** [batch]: counts the pages that were selected and not resident. */
    unsigned long long* recalled;
    /** Counts the pages that are copied back in the step. */
    unsigned long long* copies;
    SelectMode mode;
    /** Whether sequences may share pages: 0 or 1. */
    int forked;
};

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

/**
 * The threshold that takes exactly `wanted` (at least 1, at most `count`) of the keys: four bits a round. Not static, nor
 * is `highest`: the compiler would name their shared memory after the folder it runs in, and images would differ by it.
 */
__device__ Threshold threshold(const uint32_t* keys, int count, int wanted) {
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

/** A count that each warp has: posted by all, then, behind a barrier, summed over the warps before and over all. */
struct Count {
    int before, all;
};
__device__ static void post(int* counts, int count) {
    if (threadIdx.x % 32 == 0) counts[threadIdx.x / 32] = count;
}
__device__ static Count collect(const int* counts) {
    int lane = threadIdx.x % 32, own = counts[lane], sum = own;
    for (int step = 1; step < 32; step *= 2) {
        int other = __shfl_up_sync(~0u, sum, step);
        if (lane >= step) sum += other;
    }
    return {__shfl_sync(~0u, sum - own, threadIdx.x / 32), __shfl_sync(~0u, sum, 31)};
}

/** The highest of some keys, the last of several: its index. */
__device__ int highest(const uint32_t* keys, int count, int parity) {
    __shared__ uint32_t mosts[2][WARPS];
    __shared__ int indices[2][WARPS];
    uint32_t key = 0;
    int index = 0, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    for (int i = threadIdx.x; i < count; i += THREADS) {
        if (keys[i] >= key) {
            key = keys[i];
            index = i;
        }
    }
    uint32_t most = __reduce_max_sync(~0u, key);
    index = __reduce_max_sync(~0u, key == most ? index : -1);
    if (lane == 0) {
        mosts[parity][warp] = most;
        indices[parity][warp] = index;
    }
    __syncthreads();
    key = mosts[parity][lane];
    most = __reduce_max_sync(~0u, key);
    return __reduce_max_sync(~0u, key == most ? indices[parity][lane] : -1);
}

constexpr int FLIGHT = 4; // loads that a thread has under way at a time

/** Fetches which candidates are resident. */
__device__ static void fetchResidence(const int* table, int count, uint32_t* residence) {
    for (int base = threadIdx.x; base < (count + 31) / 32 * 32; base += FLIGHT * THREADS) {
        int entry[FLIGHT];
#pragma unroll
        for (int u = 0; u < FLIGHT; u++) entry[u] = base + u * THREADS < count ? table[base + u * THREADS] : NONE;
#pragma unroll
        for (int u = 0; u < FLIGHT; u++) {
            int i = base + u * THREADS;
            uint32_t resident = __ballot_sync(~0u, entry[u] != NONE);
            if (i < count && threadIdx.x % 32 == 0) residence[i / 32] = resident;
        }
    }
}

/** Fetches the candidates' scores, which lie `stride` scores apart. */
__device__ static void fetchKeys(const float* scores, long long stride, int count, uint32_t* keys) {
    for (int base = threadIdx.x; base < count; base += FLIGHT * THREADS) {
        float score[FLIGHT];
#pragma unroll
        for (int u = 0; u < FLIGHT; u++) score[u] = base + u * THREADS < count ? scores[(base + u * THREADS) * stride] : 0;
#pragma unroll
        for (int u = 0; u < FLIGHT; u++) {
            if (base + u * THREADS < count) keys[base + u * THREADS] = keyOf(score[u]);
        }
    }
    __syncthreads();
}

extern "C" __global__ void __launch_bounds__(THREADS, 1) selectPages(const __grid_constant__ SelectPagesArguments call) {
    EndsAfterPrevious ending;
    letNextBegin();
    const Shape& shape = call.layer.shape;
    int group = blockIdx.x, member = blockIdx.y;
    const Sequence& sequence = call.layer.sequences[member];
    if (!serves(call.layer, sequence)) return;
    long long scoreOffset = call.offsets[member];
    int pages = pagesAfter(call.layer, sequence);
    int index = runIndex(call.layer, group);
    Run& run = sequence.tables.runs[index];
    if (!overBudget(call.layer, sequence, group)) {
        if (threadIdx.x == 0 && call.mode != EVICT) {
            attendToAll(run, firstSeen(shape, call.layer.index, sequence.length) / shape.pageSize, pages);
            run.attendedIn = sequence.step;
        }
        return;
    }
    Budget budget = budgetOf(shape, sequence.limits, index);
    int from = sequence.limits.sink, until = pages - sequence.limits.window, candidates = until - from;
    long long offset = tableOffset(call.layer, sequence, group);
    int* table = sequence.tables.slots + offset;
    int half = run.half ^ 1; // of the pages chosen now
    int* attended = attendedOf(sequence.tables, index, half);
    uint32_t* changed = changedOf(sequence.tables, index);
    for (int word = threadIdx.x; word < (pages + 31) / 32; word += THREADS) changed[word] = 0; // fetchKeys waits for all
    extern __shared__ uint32_t sharedKeys[]; // keys, then a bit per candidate: whether it is resident
    uint32_t* keys = sharedKeys;
    if (candidates > SHARED_KEYS) {
        long long each = lengthAfter(sequence) / shape.pageSize; // twice that many words for each group
        keys = reinterpret_cast<uint32_t*>(call.keys) + 2 * (scoreOffset * shape.groups + group * each);
    }
    uint32_t* residence = keys + candidates;
    fetchResidence(table + from, candidates, residence);
    awaitPrevious();
    Timed timed(call.layer, SELECT);
    fetchKeys(rowAt<float>(call.scores, scoreOffset + from, group), call.scores.stride, candidates, keys);

    __shared__ int ties[WARPS], resting[WARPS], wanted[WARPS], residing[WARPS], worstTies[WARPS], exchanges;
    __shared__ int freed[MOST_EXCHANGED];
    if (threadIdx.x == 0) exchanges = 0;
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    uint32_t lower = (1u << lane) - 1;

    // Each warp has some pages in a row. Whether a page is selected depends on the ties before it.
    Threshold chosen = call.mode == EVICT ? Threshold{~0u, 0} : threshold(keys, candidates, budget.ranked);
    bool anyTies = call.mode != EVICT && chosen.ties != INT_MAX;
    int each = (pages + THREADS - 1) / THREADS * 32, first = warp * each, end = min(first + each, pages);
    int tiesBefore = 0;
    if (anyTies) {
        int count = 0;
        for (int page = first + lane; page < first + each; page += 32) {
            bool ranked = page < end && page >= from && page < until;
            count += __popc(__ballot_sync(~0u, ranked && keys[page - from] == chosen.key));
        }
        post(ties, count);
        __syncthreads();
        tiesBefore = collect(ties).before;
    }
    struct Page {
        bool ranked, selected, resident;
        uint32_t key;
    };
    int tiesSeen = tiesBefore;
    auto look = [&](int page) {
        bool exists = page < end, ranked = exists && page >= from && page < until;
        int i = page - from;
        uint32_t key = ranked ? keys[i] : 0;
        bool tie = anyTies && ranked && key == chosen.key;
        uint32_t tied = __ballot_sync(~0u, tie);
        bool taken = tie ? tiesSeen + __popc(tied & lower) < chosen.ties : key >= chosen.key;
        tiesSeen += __popc(tied);
        bool resident = ranked ? residence[i / 32] >> (i % 32) & 1 : exists; // sink and window always are
        return Page{ranked, exists && (!ranked || (call.mode != EVICT && taken)), resident, key};
    };
    int rests = 0, wants = 0, resides = 0;
    for (int page = first + lane; page < first + each; page += 32) {
        Page seen = look(page);
        rests += __popc(__ballot_sync(~0u, seen.selected && seen.resident));
        wants += __popc(__ballot_sync(~0u, seen.selected && !seen.resident));
        resides += __popc(__ballot_sync(~0u, seen.resident));
    }
    post(resting, rests);
    post(wanted, wants);
    post(residing, resides);
    __syncthreads();
    Count rest = collect(resting), want = collect(wanted);
    int residents = collect(residing).all, recalls = call.mode == EVICT ? 0 : want.all, listed = rest.all;
    tiesSeen = tiesBefore;
    for (int page = first + lane; page < first + each; page += 32) { // lists the selected; keys turn into the order of victims
        Page seen = look(page);
        if (seen.ranked) keys[page - from] = seen.resident && !seen.selected ? ~seen.key : 0;
        if (call.mode == EVICT) continue;
        uint32_t stays = __ballot_sync(~0u, seen.selected && seen.resident), comes = __ballot_sync(~0u, seen.selected && !seen.resident);
        if (seen.selected && seen.resident) attended[rest.before + __popc(stays & lower)] = page;
        if (seen.selected && !seen.resident) {
            attended[listed + want.before + __popc(comes & lower)] = page;
            table[page] = WANTED;
            noteChanged(changed, page);
        }
        rest.before += __popc(stays);
        want.before += __popc(comes);
    }
    __syncthreads();

    // Without forks a recalled page takes the slot of a victim here and now. Pages that forks may share have to wait until
    // all have evicted theirs.
    int victims = max(0, residents + recalls - budget.pages);
    int exchanged = call.mode == MOVE && !call.forked ? min(MOST_EXCHANGED, min(victims, recalls)) : 0;
    auto evict = [&](int page) {
        int slot = table[page];
        noteChanged(changed, page);
        if (call.mode == MARK) {
            table[page] = VICTIM - slot;
            return;
        }
        table[page] = NONE;
        int order = exchanged ? atomicAdd(&exchanges, 1) : 0;
        if (order < exchanged) {
            freed[order] = slot;
            call.books.holders[sequence.tables.backups[offset + page]] = NONE;
        } else {
            dropSlot(call.books, slot, sequence.tables.backups[offset + page]);
        }
    };
    if (victims <= FEW) {
        for (int v = 0; v < victims; v++) {
            int i = highest(keys, candidates, v % 2);
            if (threadIdx.x == i % THREADS) {
                keys[i] = 0;
                evict(from + i);
            }
        }
    } else {
        Threshold worst = threshold(keys, candidates, victims);
        bool tied = worst.ties != INT_MAX; // ties evict the higher page first
        int mine = (candidates + THREADS - 1) / THREADS * 32, behind = 0;
        first = warp * mine;
        for (int i = first + lane; tied && i < first + mine; i += 32) {
            behind += __popc(__ballot_sync(~0u, i < candidates && keys[i] == worst.key));
        }
        if (tied) {
            int own = behind;
            post(worstTies, own);
            __syncthreads();
            Count count = collect(worstTies);
            behind = count.all - count.before - own;
        }
        for (int i = first + mine - 32 + lane; i >= first; i -= 32) {
            uint32_t key = i < candidates ? keys[i] : 0;
            bool tie = tied && i < candidates && key == worst.key;
            uint32_t mask = __ballot_sync(~0u, tie);
            bool victim = tie ? behind + __popc(mask >> lane) <= worst.ties : i < candidates && key >= worst.key;
            behind += __popc(mask);
            if (victim) evict(from + i);
        }
    }
    if (call.mode == MOVE && !call.forked && recalls > 0) {
        __syncthreads();
        for (int i = threadIdx.x; i < recalls; i += THREADS) {
            int page = attended[listed + i], slot = i < exchanged ? freed[i] : takeSlot(call.books);
            table[page] = slot;
            call.books.holders[sequence.tables.backups[offset + page]] = slot;
            attended[listed + i] = page | FRESH;
        }
        if (threadIdx.x == 0) atomicAdd(call.copies, (unsigned long long)recalls);
    }
    if (threadIdx.x == 0) {
        atomicAdd(&call.evicted[member], (unsigned long long)victims);
        atomicAdd(&call.recalled[member], (unsigned long long)recalls);
    }
    if (threadIdx.x == 0) run.movedIn = sequence.step;
    if (threadIdx.x == 0 && call.mode != EVICT) {
        run.counts[half] = listed + recalls;
        run.recalls[half] = recalls;
        run.half = half;
        run.attendedIn = sequence.step;
    }
}
