// Takes back a step, or the last tokens of a sequence. Each in two halves: slots are given up before any page comes back.
#include "residence.cuh"

/** What of a member's pages the step that is taken back came upon. */
struct Before {
    int pages, filled, filledAfter;
    __device__ Before(const Shape& shape, const Sequence& sequence)
        : pages((sequence.length + shape.pageSize - 1) / shape.pageSize),
          filled(sequence.length / shape.pageSize),
          filledAfter(lengthAfter(sequence) / shape.pageSize) {}
};

__device__ inline bool isChanged(const uint32_t* changed, int page) { return changed[page / 32] >> page % 32 & 1; }

struct GiveUpArguments {
    Shape shape;
    Books books;
    /** [batch] */
    const Sequence* sequences;
};

/**
 * A step is taken back, first half: grid (layers times groups, batch). Gives up every slot that it took, so that the second
 * half finds as many as there were, and forgets its marks. What is changed and not resident then was evicted.
 */
extern "C" __global__ void __launch_bounds__(256) giveUp(const __grid_constant__ GiveUpArguments call) {
    const Sequence& sequence = call.sequences[blockIdx.y];
    const Tables& tables = sequence.tables;
    Before before(call.shape, sequence);
    Run& run = tables.runs[blockIdx.x];
    long long offset = (long long)blockIdx.x * tables.capacity;
    int* slots = tables.slots + offset;
    int* backups = tables.backups + offset;
    uint32_t* changed = changedOf(tables, blockIdx.x);
    int pagesAfter = (lengthAfter(sequence) + call.shape.pageSize - 1) / call.shape.pageSize;
    for (int page = before.pages + threadIdx.x; page < pagesAfter; page += blockDim.x) {
        int slot = slotOf(slots[page]);
        slots[page] = NONE;
        if (slot != NONE) dropSlot(call.books, slot, backups[page]);
        backups[page] = NONE;
    }
    for (int page = threadIdx.x; run.movedIn == sequence.step && page < before.pages; page += blockDim.x) {
        if (!isChanged(changed, page) || slots[page] == NONE) continue;
        int entry = slots[page];
        if (entry <= VICTIM) {
            slots[page] = slotOf(entry);
        } else {
            slots[page] = NONE;
            atomicAnd(changed + page / 32, ~(1u << page % 32));
            if (entry != WANTED) dropSlot(call.books, entry, backups[page]);
        }
    }
    if (threadIdx.x == 0 && run.attendedIn == sequence.step) {
        run.half ^= 1;
        run.attendedIn = 0;
    }
}

struct BringBackArguments {
    Shape shape;
    Pages pages;
    Books books;
    /** [batch] */
    const Sequence* sequences;
};

/**
 * Second half: grid (layers times groups, batch). Brings evicted pages back. A last page that was not full has no backup
 * any more.
 */
extern "C" __global__ void __launch_bounds__(256) bringBack(const __grid_constant__ BringBackArguments call) {
    const Sequence& sequence = call.sequences[blockIdx.y];
    const Tables& tables = sequence.tables;
    Before before(call.shape, sequence);
    Run& run = tables.runs[blockIdx.x];
    long long offset = (long long)blockIdx.x * tables.capacity;
    int* slots = tables.slots + offset;
    int* backups = tables.backups + offset;
    const uint32_t* changed = changedOf(tables, blockIdx.x);
    __shared__ Place place;
    for (int page = 0; run.movedIn == sequence.step && page < before.pages; page++) {
        if (!isChanged(changed, page) || slots[page] != NONE) continue;
        if (threadIdx.x == 0) place = page < before.filled ? acquire(call.books, backups[page]) : Place{takeSlot(call.books), true};
        __syncthreads();
        int slot = place.slot;
        if (place.isNew) copyPage(call.pages, backupOfHost(call.pages, backups[page]), slotOfPool(call.pages, slot));
        __syncthreads();
        if (threadIdx.x == 0) slots[page] = slot;
    }
    __syncthreads();
    if (threadIdx.x != 0) return;
    run.movedIn = 0;
    if (before.filled < before.pages && before.filledAfter > before.filled && backups[before.filled] != NONE) {
        call.books.holders[backups[before.filled]] = NONE;
        backups[before.filled] = NONE;
    }
}

struct ShortenArguments {
    Shape shape;
    Books books;
    Tables tables;
    /** Tokens that are left. */
    int length;
};

/** The last tokens go, first half: grid (layers times groups). The pages beyond go, and nothing attends to them any more. */
extern "C" __global__ void __launch_bounds__(256) shorten(const __grid_constant__ ShortenArguments call) {
    const Tables& tables = call.tables;
    int pages = (call.length + call.shape.pageSize - 1) / call.shape.pageSize;
    long long offset = (long long)blockIdx.x * tables.capacity;
    for (int page = pages + threadIdx.x; page < tables.capacity; page += blockDim.x) {
        int slot = tables.slots[offset + page];
        tables.slots[offset + page] = NONE;
        if (slot != NONE) dropSlot(call.books, slot, tables.backups[offset + page]);
        tables.backups[offset + page] = NONE;
    }
    if (threadIdx.x != 0) return;
    Run& run = tables.runs[blockIdx.x];
    int count = run.counts[run.half], recalls = run.recalls[run.half], kept = 0, keptRecalls = 0;
    int* attended = attendedOf(tables, blockIdx.x, run.half);
    for (int i = 0; i < count; i++) {
        if ((attended[i] & ~FRESH) >= pages) continue;
        attended[kept++] = attended[i];
        keptRecalls += i >= count - recalls;
    }
    run.counts[run.half] = count > 0 ? kept : max(count, -pages);
    if (count > 0) run.recalls[run.half] = keptRecalls;
}

struct CountReturnsArguments {
    Shape shape;
    Books books;
    Tables tables;
    Residence residence;
    /** Slots that come into use less those that come free: what is counted is added. */
    unsigned long long* needed;
};

/** Counts what taking the last tokens back would need, and changes nothing: grid (layers times groups). */
extern "C" __global__ void __launch_bounds__(256) countReturns(const __grid_constant__ CountReturnsArguments call) {
    long long offset = (long long)blockIdx.x * call.tables.capacity;
    const int* slots = call.tables.slots + offset;
    const int* backups = call.tables.backups + offset;
    int pages = pagesOf(call.shape, call.residence), needed = 0;
    for (int page = threadIdx.x; page < call.tables.capacity; page += blockDim.x) {
        if (page >= pages) {
            needed -= slots[page] != NONE && call.books.references[slots[page]] == 1;
        } else if (slots[page] == NONE && staysResident(call.shape, call.residence, blockIdx.x, page)) {
            needed += !isAtHand(call.books, call.residence, backups[page]);
        }
    }
    if (needed != 0) atomicAdd(call.needed, (unsigned long long)(long long)needed);
}

struct ReturnPagesArguments {
    Shape shape;
    Pages pages;
    Books books;
    Tables tables;
    Residence residence;
};

/**
 * The last tokens go, second half: grid (layers times groups). Pages come back that have to be resident now. A last page
 * that is not full any more has no backup.
 */
extern "C" __global__ void __launch_bounds__(256) returnPages(const __grid_constant__ ReturnPagesArguments call) {
    long long offset = (long long)blockIdx.x * call.tables.capacity;
    int* slots = call.tables.slots + offset;
    int* backups = call.tables.backups + offset;
    int pages = pagesOf(call.shape, call.residence);
    __shared__ Place place;
    for (int page = 0; page < pages; page++) {
        if (slots[page] != NONE || !staysResident(call.shape, call.residence, blockIdx.x, page)) continue;
        int backup = backups[page];
        if (threadIdx.x == 0) place = comeBack(call.books, call.residence, backup);
        __syncthreads();
        int slot = place.slot;
        if (place.isNew) copyPage(call.pages, backupOfHost(call.pages, backup), slotOfPool(call.pages, slot));
        __syncthreads();
        if (threadIdx.x == 0) slots[page] = slot;
        __syncthreads();
    }
    if (threadIdx.x != 0 || call.residence.length % call.shape.pageSize == 0) return;
    int backup = backups[pages - 1];
    if (backup == NONE) return;
    call.books.links[slots[pages - 1]] = backup; // until the slot is changed: others may still need its page
    backups[pages - 1] = NONE;
}
