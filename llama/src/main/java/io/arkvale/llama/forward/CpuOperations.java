package io.arkvale.llama.forward;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.kernels.weights.WeightMatrix;
import io.arkvale.llama.config.Activation;
import io.arkvale.llama.rope.Rope;
import io.arkvale.llama.weights.HostMatrix;
import io.arkvale.llama.weights.Linear;
import io.arkvale.llama.weights.Matrix;
import io.arkvale.llama.weights.RmsNorm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dense operations on the CPU. Threads share the outputs of products, part by part of all layers given together, and the
 * rows of everything else; or there is one thread, where whoever calls shares the rows.
 *
 * <p>Has scratch memory: serves one call at a time. A row's results have the same bits in any company and for any number
 * of threads.
 */
public final class CpuOperations implements DenseOperations {

    /** Rows that one thread takes through what is no product. */
    private static final int ROWS_OF_ITEM = 16;

    private final DenseKernels kernels;
    private final @Nullable WorkerPool pool;
    private final boolean fewRows;
    /** One per worker, as long as any matrix so far has needed. */
    private final float[][] scratch;

    private CpuOperations(DenseKernels kernels, @Nullable WorkerPool pool, boolean fewRows) {
        this.kernels = kernels;
        this.pool = pool;
        this.fewRows = fewRows;
        scratch = new float[pool == null ? 1 : pool.workers()][0];
    }

    /** For decode steps: products read each weight once, whatever the rows. */
    public static CpuOperations forFewRows(DenseKernels kernels, WorkerPool pool) {
        return new CpuOperations(kernels, pool, true);
    }

    /** For prefills that share the outputs of products among threads. */
    public static CpuOperations forManyRows(DenseKernels kernels, WorkerPool pool) {
        return new CpuOperations(kernels, pool, false);
    }

    /** For prefills that share rows among threads: one of these for each. */
    public static CpuOperations forOneThread(DenseKernels kernels) {
        return new CpuOperations(kernels, null, false);
    }

    @Override
    public Rows allocate(int rows, int width) {
        return new HostRows(new float[Math.multiplyExact(rows, width)], 0, rows, width);
    }

    @Override
    public Indices indices(int... values) {
        return new HostIndices(values, 0, values.length);
    }

    @Override
    public void embed(Matrix embedding, Indices tokens, Rows out) {
        var weights = HostMatrix.of(embedding);
        var ids = HostIndices.of(tokens);
        var target = HostRows.of(out);
        forEachRow(target.rows(), row -> weights.getRow(ids.at(row), target.values(), target.at(row)));
    }

    @Override
    public void norm(RmsNorm norm, Rows in, Rows out) {
        var source = HostRows.of(in);
        var target = HostRows.of(out);
        forEachRow(source.rows(), row -> norm.apply(source.values(), source.at(row), target.values(), target.at(row)));
    }

    @Override
    public void normInPlace(RmsNorm norm, Rows rows) {
        var target = HostRows.of(rows);
        int width = norm.width();
        forEachRow(target.rows(), row -> {
            var normed = new float[width];
            for (int at = target.at(row); at < target.at(row) + target.width(); at += width) {
                norm.apply(target.values(), at, normed, 0);
                System.arraycopy(normed, 0, target.values(), at, width);
            }
        });
    }

    @Override
    public void multiply(Rows in, List<Linear> layers, List<Rows> outs) {
        var input = HostRows.of(in);
        var weights =
                layers.stream().map(layer -> HostMatrix.of(layer.weight())).toList();
        int parts = 0;
        int needed = 0;
        for (var weight : weights) {
            parts += parts(weight);
            needed = Math.max(needed, weight.scratch());
        }
        for (int worker = 0; worker < scratch.length; worker++) {
            if (scratch[worker].length < needed) {
                scratch[worker] = new float[needed];
            }
        }
        if (pool == null) {
            for (int i = 0; i < layers.size(); i++) {
                for (int part = 0; part < parts(weights.get(i)); part++) {
                    multiply(input, weights.get(i), part, HostRows.of(outs.get(i)), scratch[0]);
                }
            }
        } else {
            pool.forEach(parts, (item, worker) -> {
                int part = item;
                int which = 0;
                while (part >= parts(weights.get(which))) {
                    part -= parts(weights.get(which++));
                }
                multiply(input, weights.get(which), part, HostRows.of(outs.get(which)), scratch[worker]);
            });
        }
        for (int i = 0; i < layers.size(); i++) {
            addBias(layers.get(i).bias(), HostRows.of(outs.get(i)));
        }
    }

    private int parts(WeightMatrix weight) {
        return fewRows ? weight.eachParts() : weight.parts();
    }

    private void multiply(HostRows in, WeightMatrix weight, int part, HostRows out, float[] own) {
        int rows = in.rows();
        if (fewRows) {
            weight.multiplyEach(
                    part, rows, in.values(), in.offset(), in.width(), out.values(), out.offset(), out.width(), own);
        } else {
            weight.multiply(
                    part, rows, in.values(), in.offset(), in.width(), out.values(), out.offset(), out.width(), own);
        }
    }

    private void addBias(float @Nullable [] bias, HostRows out) {
        if (bias != null) {
            forEachRow(out.rows(), row -> kernels.rows().add(out.values(), out.at(row), bias, 0, bias.length));
        }
    }

    @Override
    public void rotate(Rope rope, int headDim, List<Rows> heads, Indices positions) {
        var where = HostIndices.of(positions);
        for (var each : heads) {
            var target = HostRows.of(each);
            int count = target.width() / headDim;
            forEachRow(
                    target.rows(), row -> rope.rotate(target.values(), target.at(row), count, headDim, where.at(row)));
        }
    }

    @Override
    public void activate(Activation activation, Rows gate, Rows up) {
        var gates = HostRows.of(gate);
        var ups = HostRows.of(up);
        int width = gates.width();
        forEachRow(gates.rows(), row -> {
            float[] values = gates.values();
            int at = gates.at(row);
            switch (activation) {
                case SILU -> kernels.rows().siluMultiply(values, at, ups.values(), ups.at(row), values, at, width);
                case GELU_TANH -> kernels.rows().geluMultiply(values, at, ups.values(), ups.at(row), values, at, width);
            }
        });
    }

    @Override
    public void scale(Rows rows, float factor) {
        var target = HostRows.of(rows);
        forEachRow(target.rows(), row -> kernels.rows().scale(target.values(), target.at(row), factor, target.width()));
    }

    @Override
    public void add(Rows target, Rows update) {
        var sums = HostRows.of(target);
        var values = HostRows.of(update);
        forEachRow(
                sums.rows(),
                row -> kernels.rows().add(sums.values(), sums.at(row), values.values(), values.at(row), sums.width()));
    }

    @Override
    public void copy(Rows from, Rows to) {
        var source = HostRows.of(from);
        var target = HostRows.of(to);
        System.arraycopy(source.values(), source.offset(), target.values(), target.offset(), source.count());
    }

    @FunctionalInterface
    private interface RowTask {
        void run(int row);
    }

    private void forEachRow(int rows, RowTask task) {
        if (pool == null || rows <= ROWS_OF_ITEM) {
            for (int row = 0; row < rows; row++) {
                task.run(row);
            }
        } else {
            pool.forEach(Math.ceilDiv(rows, ROWS_OF_ITEM), (item, worker) -> {
                int end = Math.min(rows, (item + 1) * ROWS_OF_ITEM);
                for (int row = item * ROWS_OF_ITEM; row < end; row++) {
                    task.run(row);
                }
            });
        }
    }
}
