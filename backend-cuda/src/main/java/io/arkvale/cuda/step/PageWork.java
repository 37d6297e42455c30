package io.arkvale.cuda.step;

import io.arkvale.core.step.MemberRows;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaMemory;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.driver.LaunchQueue.Lane;
import io.arkvale.cuda.kernel.CacheStructs.Rows;
import io.arkvale.cuda.kernel.CacheStructs.Tokens;
import io.arkvale.cuda.kernel.KernelArguments;
import io.arkvale.cuda.kernel.KernelArguments.AcquireSlotsArguments;
import io.arkvale.cuda.kernel.KernelArguments.AppendArguments;
import io.arkvale.cuda.kernel.KernelArguments.BackUpArguments;
import io.arkvale.cuda.kernel.KernelArguments.BringBackArguments;
import io.arkvale.cuda.kernel.KernelArguments.EvictVictimsArguments;
import io.arkvale.cuda.kernel.KernelArguments.GatherArguments;
import io.arkvale.cuda.kernel.KernelArguments.GiveUpArguments;
import io.arkvale.cuda.kernel.KernelArguments.InstallBackupsArguments;
import io.arkvale.cuda.kernel.KernelArguments.ListResidentsArguments;
import io.arkvale.cuda.kernel.KernelArguments.OpenPagesArguments;
import io.arkvale.cuda.kernel.KernelArguments.StoreArguments;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.Serving;
import java.util.List;

/** Queues what stores tokens and moves pages: append, digest, backup, recall, and taking a step back. */
public record PageWork(CudaCache cache, List<Member> members) {
    private static final int STORE_THREADS = 128;
    private static final int MOVE_THREADS = 256;
    private static final int LIST_THREADS = 128;

    /** Blocks that copy over PCIe: enough to fill it, few enough to leave the GPU to others. */
    private static final int MOVE_BLOCKS = 64;

    /** Bytes that {@link #installBackups} stages. */
    public static long backupBytes(List<Member> members) {
        return RoleRows.CHUNK_BYTES * members.size() + Integer.BYTES * filledPages(members);
    }

    /** Group pages in limited layers that a step fills. */
    public static long filledPages(List<Member> members) {
        return members.stream().mapToLong(Member::newBackups).sum();
    }

    /** Writes the backup slots that the step's pages will have into the tables. */
    public void installBackups() {
        if (filledPages(members) == 0) {
            return;
        }
        long chunkBytes = RoleRows.CHUNK_BYTES * members.size();
        var part = cache.staging.take(backupBytes(members));
        var buffer = part.buffer();
        int run = 0;
        for (var member : members) {
            buffer.putInt(member.lengthBefore())
                    .putInt(member.tokens())
                    .putInt(run)
                    .putInt(0);
            run += Math.toIntExact(member.newBackups());
        }
        for (var member : members) {
            for (int table : member.sequence().limitedRuns()) {
                for (int page = member.filledBefore(); page < member.filledAfter(); page++) {
                    buffer.putInt(member.sequence().fullPages.get(page).backup(table));
                }
            }
        }
        long address = part.address().value();
        launch(
                KernelName.INSTALL_BACKUPS,
                new Grid(32, members.size()),
                MOVE_THREADS,
                new InstallBackupsArguments(
                        cache.pools.shape(), cache.stepMemory.sequences(), address, address + chunkBytes));
    }

    /**
     * Decode: stores one token per member. Queries are checked if there are any.
     *
     * @param lane early behind an estimate, which it then runs beside
     */
    public void append(int layer, CudaMemory keys, CudaMemory values, Rows queries, Lane lane) {
        var arguments = new AppendArguments(
                cache.stepMemory.layer(layer),
                cache.pools.pages(),
                cache.pools.booksOfSlots(),
                new Tokens(keys.rows(), values.rows()),
                queries,
                cache.stepMemory.flags());
        cache.queue.launch(KernelName.APPEND, lane, groupsByMembers(), MOVE_THREADS, 0, arguments);
        finishPages(layer, 0, 1);
    }

    /** Decode, before a prefetch: opens the page that append will find open. */
    public void openPages(int layer) {
        openPages(layer, 0);
    }

    private void openPages(int layer, long chunks) {
        launch(
                KernelName.OPEN_PAGES,
                groupsByMembers(),
                MOVE_THREADS,
                new OpenPagesArguments(
                        cache.stepMemory.layer(layer), cache.pools.pages(), cache.pools.booksOfSlots(), chunks));
    }

    /** Prefill and ingest: stores a chunk behind what the layer has stored of this step; returns where it is described. */
    public long store(int layer, int[] tokens, int[] stored, CudaMemory keys, CudaMemory values) {
        long chunks = stageChunks(tokens, stored);
        store(layer, chunks, tokens, stored, keys, values);
        return chunks;
    }

    /** Stores all tokens of the step, whatever the roles of their members. */
    public void storeAll(int layer, CudaMemory keys, CudaMemory values) {
        var tokens = members.stream().mapToInt(Member::tokens).toArray();
        store(layer, cache.stepMemory.storedChunks(), tokens, new int[tokens.length], keys, values);
    }

    private void store(int layer, long chunks, int[] tokens, int[] stored, CudaMemory keys, CudaMemory values) {
        openPages(layer, chunks);
        int most = 0;
        int mostFilled = 0;
        for (var member : members) {
            int first = member.lengthBefore() + stored[member.index()];
            int pageSize = cache.spec().pageSize();
            most = Math.max(most, tokens[member.index()]);
            mostFilled = Math.max(mostFilled, (first + tokens[member.index()]) / pageSize - first / pageSize);
        }
        launch(
                KernelName.STORE,
                new Grid(most, cache.spec().headGroups(), members.size()),
                STORE_THREADS,
                new StoreArguments(
                        cache.stepMemory.layer(layer),
                        cache.pools.pages(),
                        new Tokens(keys.rows(), values.rows()),
                        chunks,
                        cache.stepMemory.flags()));
        finishPages(layer, chunks, mostFilled);
    }

    /** Where the device finds the chunk of each member, one behind the other in the call's tensors. */
    private long stageChunks(int[] tokens, int[] stored) {
        var part = cache.staging.take(RoleRows.CHUNK_BYTES * members.size());
        int row = 0;
        for (var member : members) {
            part.buffer()
                    .putInt(member.lengthBefore() + stored[member.index()])
                    .putInt(tokens[member.index()])
                    .putInt(row)
                    .putInt(0);
            row += tokens[member.index()];
        }
        return part.address().value();
    }

    /** Where the device finds some rows as chunks whose positions do not matter. */
    public long stageRows(List<MemberRows> rows) {
        var part = cache.staging.take(RoleRows.CHUNK_BYTES * members.size());
        var chunks = new int[4 * members.size()];
        for (var some : rows) {
            chunks[4 * some.member() + 1] = some.rows();
            chunks[4 * some.member() + 2] = some.first();
        }
        part.buffer().asIntBuffer().put(chunks);
        return part.address().value();
    }

    /** Summarises and backs up the pages that the last store filled, at most so many a member. */
    private void finishPages(int layer, long chunks, int mostFilled) {
        if (mostFilled == 0 || !isAnyFilled(layer)) {
            return;
        }
        var current = cache.stepMemory.layer(layer);
        var digests = members.stream()
                .filter(member -> fills(member, layer))
                .map(member -> member.settings().digest())
                .toList();
        new DigestWork(cache).run(current, chunks, mostFilled, digests);
        cache.streams.forkBackup();
        cache.queue.launch(
                KernelName.BACK_UP,
                Lane.BACKUP,
                new Grid(MOVE_BLOCKS),
                MOVE_THREADS,
                0,
                new BackUpArguments(current, cache.pools.pages(), chunks, mostFilled));
        cache.streams.backupQueued();
    }

    /** Whether a decode of the layer fills a page that has to be summarised and backed up. */
    public boolean isAnyFilled(int layer) {
        return members.stream().anyMatch(member -> fills(member, layer));
    }

    private static boolean fills(Member member, int layer) {
        return member.residence().isLimited(layer) && member.filledAfter() > member.filledBefore();
    }

    /** Step (d), after a select that marked its choice. */
    public void recall(int layer) {
        launch(
                KernelName.EVICT_VICTIMS,
                groupsByMembers(),
                MOVE_THREADS,
                new EvictVictimsArguments(cache.stepMemory.layer(layer), cache.pools.booksOfSlots()));
        acquire(layer, Serving.EVERY, Lane.COMPUTE);
        gather(layer, Serving.EVERY, Lane.COMPUTE);
    }

    /** Gives the wanted pages of the members that are served slots. */
    public void acquire(int layer, Serving serving, Lane lane) {
        cache.queue.launch(
                KernelName.ACQUIRE_SLOTS,
                lane,
                groupsByMembers(),
                LIST_THREADS,
                0,
                new AcquireSlotsArguments(
                        cache.stepMemory.layer(layer, serving), cache.pools.booksOfSlots(), cache.stepMemory.copies()));
    }

    /** Copies the acquired pages; with scope resident, lists what is resident then. */
    public void gather(int layer, Serving serving, Lane lane) {
        var current = cache.stepMemory.layer(layer, serving);
        int tables = cache.spec().headGroups() * members.size();
        cache.queue.launch(
                KernelName.GATHER,
                lane,
                new Grid(Math.ceilDiv(MOVE_BLOCKS, tables), cache.spec().headGroups(), members.size()),
                MOVE_THREADS,
                0,
                new GatherArguments(current, cache.pools.pages()));
        if (members.stream()
                .anyMatch(member -> member.isOverBudget(layer, serving) && member.attendsToResidents(layer))) {
            cache.queue.launch(
                    KernelName.LIST_RESIDENTS,
                    lane,
                    groupsByMembers(),
                    LIST_THREADS,
                    0,
                    new ListResidentsArguments(current, cache.stepMemory.attended()));
        }
    }

    /** Takes back what the step did to page tables and slots: first gives up the slots that it took. */
    public void undo() {
        var grid = new Grid(cache.spec().layers() * cache.spec().headGroups(), members.size());
        var shape = cache.pools.shape();
        var books = cache.pools.booksOfSlots();
        long sequences = cache.stepMemory.sequences();
        launch(KernelName.GIVE_UP, grid, MOVE_THREADS, new GiveUpArguments(shape, books, sequences));
        launch(
                KernelName.BRING_BACK,
                grid,
                MOVE_THREADS,
                new BringBackArguments(shape, cache.pools.pages(), books, sequences));
    }

    private Grid groupsByMembers() {
        return new Grid(cache.spec().headGroups(), members.size());
    }

    private void launch(KernelName kernel, Grid grid, int threads, KernelArguments arguments) {
        cache.queue.launch(kernel, grid, threads, 0, arguments);
    }
}
