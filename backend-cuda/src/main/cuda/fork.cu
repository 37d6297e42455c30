// Forks of the first tokens of a sequence with settings of their own: counts what one needs, then makes it.
#include "residence.cuh"

struct CountForkArguments {
    Shape shape;
    Books books;
    /** Of the sequence that is forked. */
    Tables tables;
    /** What the fork keeps resident. */
    Residence residence;
    /** Slots that full pages take which come back: what is counted is added. */
    unsigned long long* needed;
};

/** Counts and changes nothing: grid (layers times groups). */
extern "C" __global__ void __launch_bounds__(256) countFork(const __grid_constant__ CountForkArguments call) {
    long long offset = (long long)blockIdx.x * call.tables.capacity;
    const int* slots = call.tables.slots + offset;
    const int* backups = call.tables.backups + offset;
    int full = call.residence.length / call.shape.pageSize, needed = 0;
    for (int page = threadIdx.x; page < full; page += blockDim.x) {
        bool comesBack = slots[page] == NONE && staysResident(call.shape, call.residence, blockIdx.x, page);
        needed += comesBack && !isAtHand(call.books, call.residence, backups[page]);
    }
    if (needed != 0) atomicAdd(call.needed, (unsigned long long)needed);
}

struct FillForkArguments {
    Shape shape;
    Pages pages;
    Books books;
    /** Of the sequence that is forked. */
    Tables source;
    /** Of the fork: its backups are there, those to be written marked. */
    Tables fork;
    /** What the fork keeps resident. */
    Residence residence;
};

/** One thread: what the last attention attended to, as far as the fork has it. */
__device__ static void forkAttended(const FillForkArguments& call, int run, int pages) {
    const Run& from = call.source.runs[run];
    Run& to = call.fork.runs[run]; // all zero
    int count = from.counts[from.half], kept = 0;
    if (count <= 0) {
        to.counts[0] = max(count, -pages);
        to.recalls[0] = from.recalls[from.half];
        return;
    }
    const int* attended = attendedOf(call.source, run, from.half);
    int* list = attendedOf(call.fork, run, 0);
    for (int i = 0; i < count; i++) {
        int page = attended[i] & ~FRESH;
        if (page < pages) list[kept++] = page;
    }
    to.counts[0] = kept;
}

/**
 * Makes the fork's pages: grid (layers times groups, any number of blocks). Full pages are shared, or come back where the
 * fork keeps them. A last page that is not full is copied. Backups that no sequence had are written.
 */
extern "C" __global__ void __launch_bounds__(256) fillFork(const __grid_constant__ FillForkArguments call) {
    const Books& books = call.books;
    int run = blockIdx.x, full = call.residence.length / call.shape.pageSize, pages = pagesOf(call.shape, call.residence);
    const int* slots = call.source.slots + (long long)run * call.source.capacity;
    const int* backups = call.source.backups + (long long)run * call.source.capacity;
    int* forkSlots = call.fork.slots + (long long)run * call.fork.capacity;
    int* forkBackups = call.fork.backups + (long long)run * call.fork.capacity;
    if (blockIdx.y == 0 && threadIdx.x == 0) forkAttended(call, run, pages);
    __shared__ Place place;
    for (int page = blockIdx.y; page < pages; page += gridDim.y) {
        int slot = slots[page], entry = forkBackups[page];
        bool isUnwritten = entry <= UNWRITTEN;
        int backup = isUnwritten ? UNWRITTEN - entry : entry >= 0 ? entry : backups[page]; // NONE if nobody knows one
        if (threadIdx.x == 0) {
            if (page == full) {
                place = {takeSlot(books), true};
            } else if (slot != NONE) {
                atomicAdd(&books.references[slot], 1ull);
                place = {slot, false};
            } else if (staysResident(call.shape, call.residence, run, page)) {
                place = comeBack(books, call.residence, backup);
            } else {
                place = {NONE, false};
            }
            if (page < full && place.slot != NONE && backup != NONE) books.links[place.slot] = backup;
            if (isUnwritten) books.holders[backup] = place.slot;
        }
        __syncthreads();
        if (place.isNew) {
            const char* from = slot != NONE ? slotOfPool(call.pages, slot) : backupOfHost(call.pages, backups[page]);
            copyPage(call.pages, from, slotOfPool(call.pages, place.slot));
        }
        if (isUnwritten) copyPage(call.pages, slotOfPool(call.pages, place.slot), backupOfHost(call.pages, backup));
        if (threadIdx.x == 0) {
            forkSlots[page] = place.slot;
            if (isUnwritten) forkBackups[page] = backup;
        }
        __syncthreads();
    }
}
