package io.arkvale.experiments.engine.context;

import io.arkvale.experiments.trace.Recording;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.PrefillAttention;

/** Remembers the queries of a prefill's last tokens, layer by layer, while another attention does the work. */
public final class RecentQueries implements PrefillAttention, ContextQueries {
    private final AttentionShape shape;
    private final int most;
    private final PrefillAttention attention;
    /** {@code [layers][most][queryHeads][headDim]}; token t stands in row t modulo {@code most}. */
    private final float[][] queries;
    /** Tokens so far. */
    private int length;

    public RecentQueries(AttentionShape shape, PrefillAttention attention, int most) {
        this.most = most;
        this.shape = shape;
        this.attention = attention;
        queries = new float[shape.layers()][Math.multiplyExact(most, shape.queryWidth())];
    }

    @Override
    public int known() {
        return Math.min(most, length);
    }

    @Override
    public void copy(int layer, int token, int queryHead, float[] target, int offset) {
        if (token < length - most || token >= length) {
            throw new IllegalStateException("the query of token " + token + " of " + length + " is not remembered");
        }
        var from = token % most * shape.queryWidth() + queryHead * shape.headDim();
        System.arraycopy(queries[layer], from, target, offset, shape.headDim());
    }

    @Override
    public PrefillAttention.Pass prefill(int start, int tokens) {
        length = start + tokens;
        return new Recording(attention.prefill(start, tokens), start + tokens);
    }

    private final class Recording implements PrefillAttention.Pass {
        private final PrefillAttention.Pass pass;
        private final int end;

        Recording(PrefillAttention.Pass pass, int end) {
            this.pass = pass;
            this.end = end;
        }

        @Override
        public void attend(
                int layer, int start, int tokens, float[] rows, float[] keys, float[] values, float[] output) {
            remember(layer, start, tokens, rows);
            pass.attend(layer, start, tokens, rows, keys, values, output);
        }

        @Override
        public void store(int layer, int start, int tokens, float[] rows, float[] keys, float[] values) {
            remember(layer, start, tokens, rows);
            pass.store(layer, start, tokens, rows, keys, values);
        }

        private void remember(int layer, int start, int tokens, float[] rows) {
            var width = shape.queryWidth();
            for (int token = Math.max(start, end - most); token < start + tokens; token++) {
                System.arraycopy(rows, (token - start) * width, queries[layer], token % most * width, width);
            }
        }

        @Override
        public void finishLayer(int layer, float[] lastQueries) {
            pass.finishLayer(layer, lastQueries);
        }

        @Override
        public void commit() {
            pass.commit();
        }

        @Override
        public void close() {
            pass.close();
        }
    }
}
