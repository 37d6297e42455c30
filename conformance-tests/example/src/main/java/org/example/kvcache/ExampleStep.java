package org.example.kvcache;

import io.arkvale.api.Batch;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.api.Tensor;
import io.arkvale.api.support.CallChecks;
import io.arkvale.api.support.StepRecording;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A step: keeps the order of calls, and a copy of every table to go back to. */
class ExampleStep implements Step {
    /** How far the layer at work has come. */
    enum Phase {
        NEW,
        APPENDED,
        ESTIMATED,
        SELECTED,
        RECALLED,
        PREFILLING,
        INGESTING
    }

    final ExampleCache cache;
    final List<ExampleSequence> members;
    final StepCounter counter;
    private final Batch batch;
    private final int[] tokens;
    private final List<List<Table>> before = new ArrayList<>();
    private final List<Sequence> nonFinite = new ArrayList<>();
    private final Map<Integer, float[][]> guesses = new HashMap<>();
    private final StepRecording recording = new StepRecording();
    private int layer;
    private Phase phase = Phase.NEW;
    private int[] left;
    private float[][][] scores = new float[0][][];
    private @Nullable ExampleTensor estimated;
    private boolean over;

    ExampleStep(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
        this.cache = cache;
        this.batch = batch;
        this.members = members;
        this.tokens = batch.tokens();
        this.left = tokens.clone();
        this.counter = new StepCounter(cache, members.size());
        for (var i = 0; i < members.size(); i++) {
            before.add(members.get(i).tables.stream().map(Table::new).toList());
            members.get(i).length += tokens[i];
        }
    }

    @Override
    public Batch batch() {
        return batch;
    }

    /** Slots that later calls may still take: the need of all sequences, less the slots in use. */
    long reservedSlots() {
        var need = cache.sequences.stream()
                .mapToLong(
                        sequence -> cache.need(sequence.spec, sequence.length).device())
                .sum();
        return Math.max(0, need - cache.pools.used());
    }

    @Override
    public void decode(int layer, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        begin(layer, Phase.NEW);
        checkDecode();
        var queryRows = rows(queries, queryHeads(), members.size());
        rows(keys, cache.spec.kvHeads(), members.size());
        rows(values, cache.spec.kvHeads(), members.size());
        rows(output, queryHeads(), members.size());
        screen(ones(), queries, keys, values);
        append(layer, keys, values);
        if (!guesses.containsKey(layer)) {
            // Into no tensor: that of an earlier layer's estimate stays as it is.
            scores = estimate(layer, queryRows, 0);
            phase = Phase.ESTIMATED;
            select(layer);
            recall(layer);
        }
        attend(layer, queries, output);
    }

    @Override
    public void append(int layer, Tensor keys, Tensor values) {
        begin(layer, Phase.NEW);
        checkDecode();
        var keyRows = rows(keys, cache.spec.kvHeads(), members.size());
        var valueRows = rows(values, cache.spec.kvHeads(), members.size());
        screen(ones(), keys, values);
        for (var i = 0; i < members.size(); i++) {
            work(i, layer).append(keyRows[i], valueRows[i]);
        }
        phase = Phase.APPENDED;
        var guessed = guesses.get(layer);
        if (guessed != null) {
            scores = estimate(layer, guessed, 1);
            chooseAndMove(layer);
            phase = Phase.RECALLED;
        }
    }

    @Override
    public Tensor estimate(int layer, Tensor queries) {
        begin(layer, Phase.APPENDED);
        var queryRows = rows(queries, queryHeads(), members.size());
        screen(ones(), queries);
        scores = estimate(layer, queryRows, 0);
        var offsets = scoreOffsets(layer);
        var groups = cache.spec.headGroups();
        var tensor = new ExampleTensor(cache, ElementType.F32, offsets[members.size()], groups, 1);
        for (var i = 0; i < members.size(); i++) {
            for (var row = offsets[i]; row < offsets[i + 1]; row++) {
                for (var group = 0; group < groups; group++) {
                    tensor.data[row * groups + group] = scores[i][group][row - offsets[i]];
                }
            }
        }
        dropEstimated();
        estimated = tensor;
        phase = Phase.ESTIMATED;
        return tensor;
    }

    /**
     * Scores of every member that is over budget, {@code [member][group][filled]}.
     *
     * @param newest tokens of this step to leave out: prefetch scores the pages that were full before it
     */
    float[][][] estimate(int layer, float[][] queries, int newest) {
        var result = new float[members.size()][cache.spec.headGroups()][0];
        for (var i = 0; i < members.size(); i++) {
            var work = work(i, layer);
            if (work.overBudget()) {
                var filled = newest == 0 ? work.filled() : (work.table().tokens - newest) / cache.spec.pageSize();
                result[i] = work.estimate(queries[i], filled);
                counter.scored(i, (long) filled * cache.spec.headGroups());
            }
        }
        return result;
    }

    @Override
    public int[] scoreOffsets(int layer) {
        checkLayer(layer);
        var offsets = new int[members.size() + 1];
        for (var i = 0; i < members.size(); i++) {
            var work = work(i, layer);
            offsets[i + 1] = offsets[i] + (work.overBudget() ? work.filled() : 0);
        }
        return offsets;
    }

    @Override
    public void select(int layer) {
        begin(layer, Phase.ESTIMATED);
        choose(layer);
        phase = Phase.SELECTED;
    }

    @Override
    public void select(int layer, Tensor own) {
        checkLayer(layer);
        if (phase == Phase.APPENDED) {
            begin(layer, Phase.APPENDED);
        } else {
            begin(layer, Phase.ESTIMATED);
        }
        var offsets = scoreOffsets(layer);
        var groups = cache.spec.headGroups();
        var given = rows(own, ElementType.F32, groups, 1, offsets[members.size()]);
        scores = new float[members.size()][groups][];
        for (var i = 0; i < members.size(); i++) {
            for (var group = 0; group < groups; group++) {
                scores[i][group] = new float[offsets[i + 1] - offsets[i]];
                for (var page = 0; page < scores[i][group].length; page++) {
                    scores[i][group][page] = given[offsets[i] + page][group];
                }
            }
        }
        choose(layer);
        phase = Phase.SELECTED;
    }

    private void choose(int layer) {
        for (var i = 0; i < members.size(); i++) {
            for (var group = 0; group < cache.spec.headGroups(); group++) {
                work(i, layer).select(group, scores[i][group]);
            }
        }
    }

    private void chooseAndMove(int layer) {
        choose(layer);
        move(layer);
    }

    @Override
    public void recall(int layer) {
        begin(layer, Phase.SELECTED);
        move(layer);
        phase = Phase.RECALLED;
    }

    private void move(int layer) {
        for (var i = 0; i < members.size(); i++) {
            var work = work(i, layer);
            for (var group = 0; group < cache.spec.headGroups(); group++) {
                var selected = (BitSet) work.table().attended[group].clone();
                var moved = work.recall(group, selected, scores[i][group]);
                counter.recalled(i, moved[0]);
                counter.evicted(i, moved[1]);
            }
        }
        cache.settle();
    }

    @Override
    public void attend(int layer, Tensor queries, Tensor output) {
        begin(layer, Phase.RECALLED);
        var queryRows = rows(queries, queryHeads(), members.size());
        rows(output, queryHeads(), members.size());
        screen(ones(), queries);
        for (var i = 0; i < members.size(); i++) {
            var work = work(i, layer);
            var attended = new BitSet[cache.spec.headGroups()];
            for (var group = 0; group < attended.length; group++) {
                attended[group] = work.attended(group);
                counter.attended(i, members.get(i).spec.isLimited(layer) ? attended[group].cardinality() : 0);
            }
            write(output, i, work.attend(queryRows[i], attended, work.table().tokens));
        }
        next();
    }

    @Override
    public void prefill(int layer, int[] chunk, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        var rows = beginChunk(layer, Phase.PREFILLING, chunk);
        var queryRows = rows(queries, queryHeads(), rows);
        rows(output, queryHeads(), rows);
        rows(keys, cache.spec.kvHeads(), rows);
        rows(values, cache.spec.kvHeads(), rows);
        screen(chunk, queries, keys, values);
        store(layer, Phase.PREFILLING, chunk, keys, values);
        var row = 0;
        for (var i = 0; i < members.size(); i++) {
            var work = work(i, layer);
            var all = new BitSet[cache.spec.headGroups()];
            Arrays.fill(all, work.all());
            for (var token = 0; token < chunk[i]; token++, row++) {
                var visible = work.table().tokens - chunk[i] + token + 1;
                write(output, row, work.attend(queryRows[row], all, visible));
            }
        }
    }

    @Override
    public void ingest(int layer, int[] chunk, Tensor keys, Tensor values) {
        var rows = beginChunk(layer, Phase.INGESTING, chunk);
        rows(keys, cache.spec.kvHeads(), rows);
        rows(values, cache.spec.kvHeads(), rows);
        screen(chunk, keys, values);
        store(layer, Phase.INGESTING, chunk, keys, values);
    }

    private int beginChunk(int layer, Phase route, int[] chunk) {
        begin(layer, phase == route ? route : Phase.NEW);
        if (chunk.length != members.size()) {
            throw new InvalidArgumentException(
                    "tokens has " + chunk.length + " numbers; the batch has " + members.size() + " sequences");
        }
        for (var i = 0; i < chunk.length; i++) {
            if (chunk[i] < 0 || chunk[i] > left[i]) {
                throw new InvalidArgumentException(
                        "tokens of member " + i + " is " + chunk[i] + "; allowed: 0 to " + left[i]);
            }
        }
        var rows = Arrays.stream(chunk).sum();
        if (rows == 0) {
            throw new InvalidArgumentException("a chunk has no token; at least one is needed");
        }
        return rows;
    }

    private void store(int layer, Phase route, int[] chunk, Tensor keys, Tensor values) {
        var row = 0;
        for (var i = 0; i < members.size(); i++) {
            for (var token = 0; token < chunk[i]; token++, row++) {
                work(i, layer).append(own(keys).row(row), own(values).row(row));
            }
            left[i] -= chunk[i];
        }
        phase = route;
    }

    @Override
    public void finishPrefill(int layer, Tensor lastQueries) {
        begin(layer, phase == Phase.INGESTING ? Phase.INGESTING : Phase.PREFILLING);
        if (Arrays.stream(left).sum() > 0) {
            throw new CallOrderException("layer " + layer + " misses tokens " + Arrays.toString(left));
        }
        var queryRows = rows(lastQueries, queryHeads(), members.size());
        screen(ones(), lastQueries);
        scores = estimate(layer, queryRows, 0);
        for (var i = 0; i < members.size(); i++) {
            for (var group = 0; group < cache.spec.headGroups(); group++) {
                counter.evicted(i, work(i, layer).finishPrefill(group, scores[i][group]));
            }
        }
        cache.settle();
        next();
    }

    @Override
    public void prefetch(int layer, Tensor guessedQueries) {
        checkLayer(layer);
        if (layer < this.layer || (layer == this.layer && phase != Phase.NEW)) {
            throw new CallOrderException("layer " + layer + " has begun; prefetch a later one");
        }
        if (guesses.containsKey(layer)) {
            throw new CallOrderException("layer " + layer + " is prefetched already");
        }
        checkDecode();
        var guessed = rows(guessedQueries, queryHeads(), members.size());
        screen(ones(), guessedQueries);
        guesses.put(layer, guessed);
    }

    @Override
    public StepReport commit() {
        checkOpen();
        if (!done()) {
            throw new CallOrderException("layer " + layer + " is not done");
        }
        end();
        if (!nonFinite.isEmpty()) {
            for (var sequence : nonFinite) {
                ((ExampleSequence) sequence).poisoned = true;
            }
            throw new NonFiniteException("a key, query or value is not finite", nonFinite);
        }
        var report = counter.report();
        recording.commit(cache.backend(), batch, report);
        return report;
    }

    boolean done() {
        return layer == cache.spec.layers();
    }

    void forgetGuess(int layer) {
        guesses.remove(layer);
    }

    @Override
    public void close() {
        if (over) {
            return;
        }
        end();
        restore();
    }

    /** Puts every table back; pages that the step appended to lose what was added. */
    void restore() {
        for (var i = 0; i < members.size(); i++) {
            var member = members.get(i);
            member.length -= tokens[i];
            member.tables = new ArrayList<>(before.get(i));
        }
        // Pages that were filled and evicted since come back from their backups before those are dropped.
        cache.settle();
        for (var member : members) {
            for (var table : member.tables) {
                truncateLast(table);
            }
        }
    }

    private void truncateLast(Table table) {
        var pageSize = cache.spec.pageSize();
        var stored = table.tokens % pageSize;
        if (stored == 0) {
            return;
        }
        var page = table.pages.getLast();
        page.tokens = stored;
        cache.dropBackups(page);
        for (var slot : page.slots) {
            var data = Objects.requireNonNull(slot).data();
            for (var i = 0; i < data.length; i++) {
                if (i / cache.spec.headDim() % pageSize >= stored) {
                    data[i] = 0;
                }
            }
        }
    }

    private void end() {
        over = true;
        dropEstimated();
        cache.ended();
    }

    private void dropEstimated() {
        if (estimated != null) {
            estimated.close();
        }
    }

    private void next() {
        layer++;
        phase = Phase.NEW;
        left = tokens.clone();
    }

    void begin(int layer, Phase needed) {
        checkLayer(layer);
        if (layer != this.layer || phase != needed) {
            throw new CallOrderException(
                    "layer " + this.layer + " is " + phase + "; this call needs layer " + layer + " to be " + needed);
        }
    }

    private void checkLayer(int layer) {
        checkOpen();
        CallChecks.index("layer", layer, cache.spec.layers());
    }

    private void checkDecode() {
        for (var grown : tokens) {
            if (grown != 1) {
                throw new CallOrderException("decode needs one token a sequence; a member grows by " + grown);
            }
        }
    }

    void checkOpen() {
        cache.checkOpen();
        if (over) {
            throw new ClosedException("the step is over");
        }
    }

    /** Remembers, or reports at once, which members' rows hold a number that is not finite. */
    void screen(int[] rowsOfMember, Tensor... tensors) {
        for (var tensor : tensors) {
            var row = 0;
            for (var i = 0; i < rowsOfMember.length; i++) {
                for (var r = 0; r < rowsOfMember[i]; r++, row++) {
                    for (var number : own(tensor).row(row)) {
                        if (!Float.isFinite(number)) {
                            report(i, number);
                        }
                    }
                }
            }
        }
    }

    void report(int member, float number) {
        if (cache.immediateChecks) {
            throw new InvalidArgumentException("member " + member + " has the number " + number + "; allowed: finite");
        }
        if (!nonFinite.contains(members.get(member))) {
            nonFinite.add(members.get(member));
        }
    }

    float[][] rows(Tensor tensor, int heads, int rows) {
        return rows(tensor, cache.spec.elementType(), heads, cache.spec.headDim(), rows);
    }

    /** The first rows of a tensor, if it is this cache's and of the right shape. */
    float[][] rows(Tensor tensor, ElementType type, int heads, int width, int rows) {
        var mine = own(tensor);
        mine.checkOpen();
        CallChecks.tensor("a tensor", mine, type, rows, heads, width);
        var result = new float[rows][];
        for (var row = 0; row < rows; row++) {
            result[row] = mine.row(row);
        }
        return result;
    }

    void write(Tensor output, int row, float[] numbers) {
        own(output).setRow(row, numbers);
    }

    ExampleTensor own(Tensor tensor) {
        return cache.own(tensor);
    }

    LayerWork work(int member, int layer) {
        return new LayerWork(cache, members.get(member), layer);
    }

    private int queryHeads() {
        return cache.spec.queryHeads();
    }

    private int[] ones() {
        var ones = new int[members.size()];
        Arrays.fill(ones, 1);
        return ones;
    }
}
