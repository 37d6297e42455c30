package io.arkvale.cuda;

import io.arkvale.cuda.CallArguments.Narrow;
import io.arkvale.cuda.CallArguments.Wide;
import io.arkvale.cuda.Kernels.Grid;
import io.arkvale.cuda.LaunchQueue.Lane;
import java.util.List;

/** Queues what stores tokens and moves pages: append, digest, backup, recall, and taking a step back. */
final class PageWork {
    private static final int STORE_THREADS = 128;
    private static final int DIGEST_THREADS = 128;
    private static final int MOVE_THREADS = 256;
    private static final int LIST_THREADS = 128;

    /** Blocks that copy over PCIe: enough to fill it, few enough to leave the GPU to others. */
    private static final int MOVE_BLOCKS = 64;

    private final CudaCache cache;
    private final List<Member> members;

    PageWork(CudaCache cache, List<Member> members) {
        this.cache = cache;
        this.members = members;
    }

    /** Writes the backup slots that the step's pages will have into the tables. */
    void installBackups() {
        long slots = 0;
        for (var member : members) {
            slots += member.newBackups();
        }
        if (slots == 0) {
            return;
        }
        int chunkBytes = 4 * Integer.BYTES * members.size();
        var part = cache.staging.take(chunkBytes + slots * Integer.BYTES);
        var buffer = part.buffer();
        int run = 0;
        for (var member : members) {
            buffer.putInt(member.lengthBefore).putInt(member.tokens).putInt(run).putInt(0);
            run += Math.toIntExact(member.newBackups());
        }
        for (var member : members) {
            int tables = member.sequence.limitedLayers() * cache.spec.headGroups();
            for (int table = 0; table < tables; table++) {
                for (int page = member.filledBefore(); page < member.filledAfter(); page++) {
                    buffer.putInt(member.sequence.backups.get(page)[table]);
                }
            }
        }
        long address = part.address().value();
        cache.arguments.set(Wide.CHUNKS, address).set(Wide.KEYS, address + chunkBytes);
        launch("sequence", "installBackups", new Grid(32, members.size()), MOVE_THREADS, 0);
    }

    /** Decode: stores one token a member. Queries are checked if there are any. Only a page that is not full goes aside. */
    void append(int layer, CudaTensor keys, CudaTensor values, long queries, Lane lane) {
        cache.arguments
                .set(Narrow.LAYER, layer)
                .set(Wide.CHUNKS, 0)
                .set(Wide.KEYS, keys.address())
                .set(Wide.VALUES, values.address())
                .set(Wide.QUERIES, queries);
        cache.queue.launch(
                cache.kernels.get("append", "append", cache.spec.elementType()),
                lane,
                groupsByMembers(),
                MOVE_THREADS,
                0);
        finishPages(layer, 1);
    }

    /** Decode, before a prefetch: opens the page that append will find open. */
    void openPages(int layer) {
        cache.arguments.set(Narrow.LAYER, layer).set(Wide.CHUNKS, 0);
        launch("append", "openPages", groupsByMembers(), MOVE_THREADS, 0);
    }

    /** Prefill and ingest: stores a chunk that starts behind what the layer has stored of this step. */
    void store(int layer, int[] tokens, int[] stored, CudaTensor keys, CudaTensor values) {
        cache.arguments
                .set(Narrow.LAYER, layer)
                .set(Wide.CHUNKS, stageChunks(tokens, stored))
                .set(Wide.KEYS, keys.address())
                .set(Wide.VALUES, values.address());
        launch("append", "openPages", groupsByMembers(), MOVE_THREADS, 0);
        int most = 0;
        int mostFilled = 0;
        for (var member : members) {
            int first = member.lengthBefore + stored[member.index];
            int pageSize = cache.spec.pageSize();
            most = Math.max(most, tokens[member.index]);
            mostFilled = Math.max(mostFilled, (first + tokens[member.index]) / pageSize - first / pageSize);
        }
        cache.queue.launch(
                cache.kernels.get("append", "store", cache.spec.elementType()),
                new Grid(most, cache.spec.headGroups(), members.size()),
                STORE_THREADS,
                0);
        finishPages(layer, mostFilled);
    }

    /** Where the device finds the chunk of each member, one behind the other in the call's tensors. */
    long stageChunks(int[] tokens, int[] stored) {
        var part = cache.staging.take(4L * Integer.BYTES * members.size());
        int row = 0;
        for (var member : members) {
            part.buffer()
                    .putInt(member.lengthBefore + stored[member.index])
                    .putInt(tokens[member.index])
                    .putInt(row)
                    .putInt(0);
            row += tokens[member.index];
        }
        return part.address().value();
    }

    /** Summarises and backs up the pages that the last store filled, at most so many a member. */
    private void finishPages(int layer, int mostFilled) {
        if (mostFilled == 0 || !isAnyFilled(layer)) {
            return;
        }
        var grid = new Grid(mostFilled, cache.spec.kvHeads(), members.size());
        cache.arguments.set(Narrow.EXTENT, mostFilled);
        cache.queue.launch(
                cache.kernels.get("digest", "digest", cache.spec.elementType()),
                grid,
                DIGEST_THREADS,
                cache.spec.headDim() * Float.BYTES);
        cache.streams.forkBackup();
        cache.kernels
                .get("recall", "backUp")
                .launch(cache.streams.backup, new Grid(MOVE_BLOCKS), MOVE_THREADS, 0, cache.arguments);
        cache.streams.backupQueued();
    }

    /** Whether a decode of the layer fills a page that has to be summarised and backed up. */
    boolean isAnyFilled(int layer) {
        return members.stream().anyMatch(member -> fills(member, layer));
    }

    private static boolean fills(Member member, int layer) {
        return member.sequence.spec.isLimited(layer) && member.filledAfter() > member.filledBefore();
    }

    /** Step (d), after a select that marked its choice. */
    void recall(int layer) {
        cache.arguments.set(Narrow.LAYER, layer);
        launch("recall", "evictVictims", groupsByMembers(), MOVE_THREADS, 0);
        acquire(layer, Lane.COMPUTE);
        gather(layer, Lane.COMPUTE);
    }

    /** Gives the wanted pages slots. */
    void acquire(int layer, Lane lane) {
        cache.arguments.set(Narrow.LAYER, layer);
        cache.queue.launch(cache.kernels.get("recall", "acquireSlots"), lane, groupsByMembers(), LIST_THREADS, 0);
    }

    /** Copies the acquired pages; with scope resident, lists what is resident then. */
    void gather(int layer, Lane lane) {
        cache.arguments.set(Narrow.LAYER, layer);
        int tables = cache.spec.headGroups() * members.size();
        cache.queue.launch(
                cache.kernels.get("recall", "gather"),
                lane,
                new Grid(Math.ceilDiv(MOVE_BLOCKS, tables), cache.spec.headGroups(), members.size()),
                MOVE_THREADS,
                0);
        if (members.stream().anyMatch(member -> member.attendsToResidents(layer))) {
            cache.queue.launch(cache.kernels.get("recall", "listResidents"), lane, groupsByMembers(), LIST_THREADS, 0);
        }
    }

    /** Brings back the bytes of pages that the step evicted, to the slots they were in. */
    void undoMoves() {
        launch("recall", "bringBack", new Grid(MOVE_BLOCKS, members.size()), MOVE_THREADS, 0);
    }

    /** Group pages in limited layers that the step fills. */
    long backedUpPages() {
        long pages = 0;
        for (var member : members) {
            pages += member.newBackups();
        }
        return pages;
    }

    private Grid groupsByMembers() {
        return new Grid(cache.spec.headGroups(), members.size());
    }

    private void launch(String image, String kernel, Grid grid, int threads, int sharedBytes) {
        cache.queue.launch(cache.kernels.get(image, kernel), grid, threads, sharedBytes);
    }
}
