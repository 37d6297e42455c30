package org.example.kvcache;

import io.arkvale.api.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/** What the calls of a step do to one sequence in one layer. */
class LayerWork {
    private final ExampleCache cache;
    private final ExampleSequence sequence;
    private final Table table;
    private final boolean limited;

    LayerWork(ExampleCache cache, ExampleSequence sequence, int layer) {
        this.cache = cache;
        this.sequence = sequence;
        this.table = sequence.tables.get(layer);
        this.limited = sequence.spec.isLimited(layer);
    }

    Table table() {
        return table;
    }

    int filled() {
        return table.tokens / cache.spec.pageSize();
    }

    boolean overBudget() {
        return limited && table.pages.size() > sequence.spec.budgetPages();
    }

    /** Step (a): key and value {@code [kvHeads · headDim]}. */
    void append(float[] key, float[] value) {
        var spec = cache.spec;
        var token = table.tokens % spec.pageSize();
        var page = token == 0 ? openPage() : unsharedLastPage();
        var d = spec.headDim();
        for (var kvHead = 0; kvHead < spec.kvHeads(); kvHead++) {
            var slot = slot(page, kvHead / spec.kvHeadsPerGroup());
            var offset = (kvHead % spec.kvHeadsPerGroup() * spec.pageSize() + token) * d;
            System.arraycopy(key, kvHead * d, slot, offset, d);
            System.arraycopy(value, kvHead * d, slot, slot.length / 2 + offset, d);
        }
        table.tokens++;
        page.tokens++;
        if (page.tokens == spec.pageSize() && limited) {
            summarise(page);
            backUp(page);
        }
    }

    private Page openPage() {
        var page = new Page(cache.spec.headGroups());
        table.pages.add(page);
        for (var resident : table.resident) {
            resident.set(table.pages.size() - 1);
        }
        cache.giveSlots(page);
        return page;
    }

    /** The last page, copied first if a fork shares it. */
    Page unsharedLastPage() {
        var page = table.pages.getLast();
        if (!cache.shared(page, table)) {
            return page;
        }
        var copy = new Page(cache.spec.headGroups());
        copy.tokens = page.tokens;
        table.pages.set(table.pages.size() - 1, copy);
        cache.giveSlots(copy);
        for (var group = 0; group < copy.slots.length; group++) {
            System.arraycopy(slot(page, group), 0, slot(copy, group), 0, slot(copy, group).length);
        }
        return copy;
    }

    void summarise(Page page) {
        var spec = cache.spec;
        var digests = new float[spec.kvHeads()][];
        for (var kvHead = 0; kvHead < digests.length; kvHead++) {
            var keys = new float[spec.pageSize()][];
            for (var token = 0; token < keys.length; token++) {
                keys[token] = vector(slot(page, kvHead / spec.kvHeadsPerGroup()), false, kvHead, token);
            }
            var digest = cache.algorithm.digest(sequence.spec.digest(), keys);
            var vectors = sequence.spec.digest().shape().vectors() * spec.headDim();
            for (var i = 0; i < vectors; i++) {
                digest[i] = Numbers.round(spec.elementType(), digest[i]);
            }
            digests[kvHead] = digest;
        }
        page.digests = digests;
    }

    void backUp(Page page) {
        for (var group = 0; group < page.slots.length; group++) {
            var onHost = cache.pools.hostBackups < cache.spec.hostSlots();
            page.backups[group] = cache.pools.store(slot(page, group), onHost);
        }
    }

    /** Step (b): scores of the first {@code filled} pages, {@code [headGroups][filled]}. */
    float[][] estimate(float[] query, int filled) {
        var spec = cache.spec;
        var heads = spec.queryHeadsPerGroup();
        var result = new float[spec.headGroups()][];
        for (var group = 0; group < result.length; group++) {
            var scores = new float[heads][filled];
            for (var head = 0; head < heads; head++) {
                var queryHead = group * heads + head;
                var kvHead = queryHead / spec.queryHeadsPerKvHead();
                for (var page = 0; page < scores[head].length; page++) {
                    var digests = Objects.requireNonNull(table.pages.get(page).digests);
                    scores[head][page] = cache.algorithm.score(
                            sequence.spec.digest(),
                            slice(query, queryHead, spec.headDim()),
                            Objects.requireNonNull(digests[kvHead]));
                }
            }
            result[group] = cache.algorithm.combine(sequence.spec.groupScore(), scores, spec.headDim());
        }
        return result;
    }

    /** Step (c): {@code scores [filled]} of one group; not read while within the budget. */
    BitSet select(int group, float[] scores) {
        var selected = all();
        if (overBudget()) {
            selected = cache.algorithm.select(sequence.spec, table.pages.size(), scores);
        }
        setAttended(group, selected);
        return selected;
    }

    /** Step (d): moves residence; returns recalled and evicted pages. */
    int[] recall(int group, BitSet selected, float[] scores) {
        if (!overBudget()) {
            return new int[] {0, 0};
        }
        var resident = table.resident[group];
        var recalled = (BitSet) selected.clone();
        recalled.andNot(resident);
        var kept = cache.algorithm.pinned(sequence.spec, table.pages.size());
        kept.or(selected);
        var count = victims(resident.cardinality(), recalled.cardinality());
        var victims = cache.algorithm.victims(resident, kept, scores, count);
        resident.andNot(victims);
        resident.or(recalled);
        return new int[] {recalled.cardinality(), victims.cardinality()};
    }

    int victims(int resident, int recalled) {
        return Math.max(0, resident + recalled - sequence.spec.budgetPages());
    }

    /** Evicts down to the budget when prefill ends; returns evicted pages. */
    int finishPrefill(int group, float[] scores) {
        return overBudget() ? recall(group, cache.algorithm.pinned(sequence.spec, table.pages.size()), scores)[1] : 0;
    }

    /** Pages that take part in decode attention. */
    BitSet attended(int group) {
        var inScope = overBudget() && sequence.spec.scope() == Scope.RESIDENT;
        var attended = !overBudget() ? all() : inScope ? table.resident[group] : table.attended[group];
        setAttended(group, (BitSet) attended.clone());
        return table.attended[group];
    }

    /** Attention of one query to the first {@code tokens} tokens, over the given pages, one set a group. */
    float[] attend(float[] query, BitSet[] pages, int tokens) {
        var spec = cache.spec;
        var output = new float[query.length];
        for (var queryHead = 0; queryHead < spec.queryHeads(); queryHead++) {
            var kvHead = queryHead / spec.queryHeadsPerKvHead();
            List<float[]> keys = new ArrayList<>();
            List<float[]> values = new ArrayList<>();
            for (var page : pages[kvHead / spec.kvHeadsPerGroup()].stream().toArray()) {
                var data = data(table.pages.get(page), kvHead / spec.kvHeadsPerGroup());
                for (var token = 0; token < visible(page, tokens); token++) {
                    keys.add(vector(data, false, kvHead, token));
                    values.add(vector(data, true, kvHead, token));
                }
            }
            var head = cache.algorithm.attend(slice(query, queryHead, spec.headDim()), keys, values);
            System.arraycopy(head, 0, output, queryHead * spec.headDim(), head.length);
        }
        return output;
    }

    /** Tokens of a page among the first {@code tokens} of the sequence. */
    int visible(int page, int tokens) {
        return Math.clamp(tokens - (long) page * cache.spec.pageSize(), 0, cache.spec.pageSize());
    }

    BitSet all() {
        var all = new BitSet();
        all.set(0, table.pages.size());
        return all;
    }

    private void setAttended(int group, BitSet pages) {
        table.attended[group].clear();
        table.attended[group].or(pages);
    }

    /** The bytes of a page wherever they are. */
    float[] data(Page page, int group) {
        var slot = page.slots[group];
        return slot != null ? slot.data() : cache.pools.load(Objects.requireNonNull(page.backups[group]));
    }

    private float[] slot(Page page, int group) {
        return Objects.requireNonNull(page.slots[group]).data();
    }

    private float[] vector(float[] data, boolean value, int kvHead, int token) {
        var spec = cache.spec;
        var row = kvHead % spec.kvHeadsPerGroup() * spec.pageSize() + token;
        var offset = row * spec.headDim() + (value ? data.length / 2 : 0);
        return Arrays.copyOfRange(data, offset, offset + spec.headDim());
    }

    private static float[] slice(float[] row, int head, int headDim) {
        return Arrays.copyOfRange(row, head * headDim, (head + 1) * headDim);
    }
}
