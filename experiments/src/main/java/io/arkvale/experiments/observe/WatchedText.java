package io.arkvale.experiments.observe;

import io.arkvale.experiments.run.Lab;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.DecodeAttention;
import io.arkvale.llama.attention.DecodeRows;
import io.arkvale.llama.attention.KeyValueStore;
import java.util.Arrays;

/** Feeds a text to a model with full attention, and lets a watcher see every layer of every token after the context. */
final class WatchedText {
    private final AttentionShape shape;
    private final Watcher watcher;
    private final KeyValueStore store;
    /** {@code [layers][kvHeads]}. */
    private final KeyColumns[][] keys;

    private int step;

    private WatchedText(AttentionShape shape, Watcher watcher, KeyValueStore store, int more) {
        this.shape = shape;
        this.watcher = watcher;
        this.store = store;
        keys = new KeyColumns[shape.layers()][shape.kvHeads()];
        for (int layer = 0; layer < keys.length; layer++) {
            for (int head = 0; head < keys[layer].length; head++) {
                keys[layer][head] = new KeyColumns(store.keyValues(layer, head), more);
            }
        }
    }

    /**
     * Prefills the passage's context, then feeds the rest.
     *
     * @param progress run after each token
     */
    static void run(Lab lab, Passage passage, Watcher watcher, Runnable progress) {
        var model = lab.model();
        var store = model.newStore();
        var dense = model.dense(store);
        var tokens = passage.tokens();
        model.prefill().run(Arrays.copyOf(tokens, passage.context()), 0, dense);
        watcher.begin(store);
        var text = new WatchedText(model.config(), watcher, store, passage.fed());
        var decoder = model.decoder(1);
        for (int position = passage.context(); position < tokens.length; position++) {
            decoder.run(tokens[position], position, positions -> text.new Pass(dense.decode(positions)));
            text.step++;
            progress.run();
        }
    }

    private final class Pass implements DecodeAttention.Pass {
        private final DecodeAttention.Pass dense;

        Pass(DecodeAttention.Pass dense) {
            this.dense = dense;
        }

        @Override
        public void attend(int layer, DecodeRows rows, float[] output) {
            dense.attend(layer, rows, output);
            var shared = shape.queryHeadsPerKvHead();
            var scores = new float[shape.queryHeads()][];
            for (int head = 0; head < shape.kvHeads(); head++) {
                var column = keys[layer][head];
                column.add(rows.keys(), head * shape.headDim());
                for (int query = head * shared; query < (head + 1) * shared; query++) {
                    scores[query] = column.scores(rows.queries(), query * shape.headDim());
                }
            }
            watcher.watch(new LayerAttention(
                    step, layer, store.length() + 1, rows.queries(), rows.keys(), rows.values(), scores));
        }

        @Override
        public void commit() {
            dense.commit();
        }

        @Override
        public void close() {
            dense.close();
        }
    }
}
