// Which tokens a decode attends to and how they are split. Splits depend on the sequence's own attended tokens alone, so
// that neither the batch nor residence changes a bit of the result; the host sizes grids with the same arithmetic.
#pragma once
#include "stored.cuh"

/** Most splits of the resident pages, and most of the recalled ones. */
constexpr int MOST_SPLITS = 128;
/** Most splits of both. */
constexpr int MOST_PARTS = 2 * MOST_SPLITS;
/** Tokens of a split are a multiple of this. */
constexpr int SPLIT_UNIT = 16;
/** Tokens up to which splits have half as many, so that there are enough of them. */
constexpr int SHORT = 4096;

/** Where the bytes of recalled pages are. */
enum Arrival : int {
    /** In their slots. */
    AT_HAND,
    /** In their backups: this launch reads them there and brings them into their slots. */
    ARRIVING,
};

/** A query that attends in decode. */
struct Row {
    int member;
    /** Its row in the queries and the output. */
    int row;
    /** Tokens of the sequence up to its own, which it attends to as far as their pages are. */
    int until;
};

/** Of every kernel that attends in decode. */
struct AttendArguments {
    Layer layer;
    Pages pages;
    /** What block y is; null if it is the one token of member y, in row y. */
    const Row* rows;
    Rows queries;
    Rows output;
    /** [blocks y][queryHeads][splits] of headDim numbers, then of a maximum and a sum. */
    float* partials;
    /** [blocks y][kvHeads], or queryHeads: splits that are done. Zero between calls. */
    int* tickets;
    Arrival arrival;
    /** Splits that there is room for: most of any member. */
    int splits;
    /** Tokens that a split should have. */
    int splitTarget;
};

/** The query of this block. */
__device__ inline Row rowOf(const AttendArguments& call) {
    int y = blockIdx.y;
    return call.rows ? call.rows[y] : Row{y, y, lengthAfter(call.layer.sequences[y])};
}

__device__ inline int splitTokens(const AttendArguments& call, int tokens) {
    int target = tokens <= SHORT ? call.splitTarget / 2 : call.splitTarget;
    int splits = min(MOST_SPLITS, (tokens + target - 1) / target);
    int even = (tokens + splits - 1) / splits;
    return (even + SPLIT_UNIT - 1) / SPLIT_UNIT * SPLIT_UNIT;
}

/** The piece of a head group's attended tokens that this block takes. */
struct Piece {
    /** The attended pages; null if it is every page. */
    const int* attended;
    /** Device slot of each page. */
    const int* slots;
    /** Where each page's bytes are: its device slot, or its backup slot while it arrives. */
    const int* places;
    /** What places number: the pool or the backups. */
    const char* bytes;
    /** Where its pages begin, along the attended ones. */
    int firstPage;
    /** Its tokens, counted from there. */
    int first, until;
    /** Splits of the whole. */
    int splits;
    /** Whether its pages arrive from their backups while they are attended to. */
    bool recalled;

    __device__ inline int entry(int index) const { return attended ? attended[firstPage + index] : firstPage + index; }

    /** The slot or backup that holds a page. */
    __device__ inline const char* page(const AttendArguments& call, int index) const {
        return bytes + places[entry(index) & ~FRESH] * call.pages.slotBytes;
    }
};

/**
 * Finds this block's piece; false if it has none. Block z is the split. Pages recalled for this very attention have
 * splits of their own, before the others: while they arrive, the others are read. Drafted tokens that a row does not see
 * are the last ones of the resident pages, which end with the window. In a layer whose queries attend to their last tokens
 * alone, each row has pages and splits of its own.
 */
__device__ inline bool pieceOf(const AttendArguments& call, const Row& row, int group, Piece& piece) {
    const Sequence& sequence = call.layer.sequences[row.member];
    int pages = pagesAfter(call.layer, sequence), index = runIndex(call.layer, group);
    Run& run = sequence.tables.runs[index];
    long long offset = tableOffset(call.layer, sequence, group);
    piece.attended = nullptr;
    int taken = pages, recalls = 0, from = 0; // the first token, where all pages are attended to
    if (overBudget(call.layer, sequence, group)) {
        piece.attended = attendedOf(sequence.tables, index, run.half);
        taken = run.counts[run.half];
        recalls = run.recalls[run.half];
    } else {
        from = firstSeen(call.layer.shape, call.layer.index, row.until - 1);
        if (blockIdx.z == 0 && threadIdx.x == 0 && atomicExch(&run.attendedIn, sequence.step) != sequence.step) {
            int first = firstSeen(call.layer.shape, call.layer.index, sequence.length); // of the step's first row
            attendToAll(run, first / call.layer.shape.pageSize, pages);
        }
    }
    int missing = pages * call.layer.shape.pageSize - row.until; // of the last pages, which are resident
    int resident = (taken - recalls) * call.layer.shape.pageSize - missing - from, recalled = recalls * call.layer.shape.pageSize;
    int each = splitTokens(call, resident), eachRecalled = recalled ? splitTokens(call, recalled) : 1;
    int recalledSplits = (recalled + eachRecalled - 1) / eachRecalled, split = blockIdx.z;
    piece.splits = recalledSplits + (resident + each - 1) / each;
    if (split >= piece.splits) return false;
    piece.recalled = split < recalledSplits;
    if (piece.recalled) each = eachRecalled;
    else split -= recalledSplits;
    int hidden = from % call.layer.shape.pageSize; // tokens of the oldest page that the window has left
    piece.firstPage = piece.recalled ? taken - recalls : from / call.layer.shape.pageSize;
    piece.first = hidden + split * each;
    piece.until = min(hidden + (piece.recalled ? recalled : resident), piece.first + each);
    bool arriving = piece.recalled && call.arrival == ARRIVING;
    piece.slots = sequence.tables.slots + offset;
    piece.places = arriving ? sequence.tables.backups + offset : piece.slots;
    piece.bytes = arriving ? call.pages.host : call.pages.pool;
    piece.recalled = arriving;
    return true;
}

/** Counts this block in; true in the last one of `splits`, which then sees what all others wrote. */
__device__ inline bool isLast(int* ticket, int splits) {
    __shared__ bool last;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
        last = atomicAdd(ticket, 1) == splits - 1;
        if (last) *ticket = 0;
    }
    __syncthreads();
    __threadfence();
    return last;
}
