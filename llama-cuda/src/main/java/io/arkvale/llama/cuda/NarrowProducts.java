package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import io.arkvale.llama.cuda.DenseKernels.Name;

/**
 * Products of few rows by kernels of our own, with the norm in front, where the type allows it, and what follows in the same
 * launch. Weights are on their way before the launch in front is over.
 */
final class NarrowProducts {
    /** Of weights on their way: warps × chunks × pieces × lanes × 16 bytes, as in {@code product.cu}. */
    static final int SHARED_BYTES = 16 * 5 * 4 * 32 * 16;

    private static final int THREADS = 512;
    private static final int MOST_ROWS = 16;
    private static final int FEW_ROWS = 8;

    /** Inputs of a chunk, and outputs of a block. */
    private static final int STEP = 32;

    /** Outputs of half a block. */
    private static final int TILE = 16;

    private static final int ALIGNMENT = 16;

    private final CudaDevice device;
    private final LaunchQueue queue;

    NarrowProducts(CudaDevice device, LaunchQueue queue) {
        this.device = device;
        this.queue = queue;
    }

    /**
     * A norm on the device.
     *
     * @param weights address of float32 numbers; 0 for no norm
     */
    record Norm(long weights, float epsilon) {
        static final Norm NONE = new Norm(0, 0);
    }

    /**
     * How heads are turned.
     *
     * @param outputs that are heads to turn, the first ones
     * @param positions address of one number per row
     * @param frequencies address of {@code headDim / 2} numbers
     */
    record Turn(int outputs, int headDim, long positions, long frequencies, float factor) {
        private static final Turn NONE = new Turn(0, 0, 0, 0, 0);
    }

    /** What becomes of the sums. */
    private enum Kind {
        PLAIN(0),
        WIDE(1),
        GATED(2),
        TURNED(3);

        /** Its number in the kernels. */
        private final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    /** Whether the kernels can take a product; else it is for cuBLAS. */
    boolean takes(CudaRows in, CudaMatrix matrix) {
        return device.hasSharedMemory(SHARED_BYTES)
                && in.type() != ElementType.F32
                && in.rows() <= MOST_ROWS
                && in.width() == matrix.inputs()
                && matrix.inputs() % STEP == 0
                && matrix.outputs() % STEP == 0
                && in.address() % ALIGNMENT == 0
                && in.strideBytes() % ALIGNMENT == 0;
    }

    /**
     * Whether a norm can be inside a product. Rows are multiplied by its weights before they are divided by their size, and
     * what that gives of large rows is beyond the numbers of {@code F16}.
     */
    static boolean norms(ElementType type) {
        return type == ElementType.BF16;
    }

    /** Whether heads of a product that the kernels take can be turned with it: all of their numbers, in whole tiles. */
    static boolean turns(int headDim, int pairs) {
        return 2 * pairs == headDim && pairs % TILE == 0;
    }

    /** {@code out = alpha · W · norm(in) + beta · out}. */
    void multiply(CudaRows in, Norm norm, CudaMatrix matrix, float alpha, float beta, CudaRows out) {
        var kind = out.type() == in.type() ? Kind.PLAIN : Kind.WIDE;
        launch(in, norm, matrix, out, kind, alpha, beta, 0, Turn.NONE);
    }

    /** {@code out = activation(W₁ · norm(in)) · (W₂ · norm(in))} with W₁ above W₂ in one matrix. */
    void gate(CudaRows in, Norm norm, CudaMatrix both, int activation, CudaRows out) {
        launch(in, norm, both, out, Kind.GATED, 1, 0, activation, Turn.NONE);
    }

    /** {@code out = W · norm(in)}, of which the first outputs are heads that are turned. */
    void turn(CudaRows in, Norm norm, CudaMatrix matrix, Turn turn, CudaRows out) {
        launch(in, norm, matrix, out, Kind.TURNED, 1, 0, 0, turn);
    }

    private void launch(
            CudaRows in,
            Norm norm,
            CudaMatrix matrix,
            CudaRows out,
            Kind kind,
            float alpha,
            float beta,
            int activation,
            Turn turn) {
        boolean few = in.rows() <= FEW_ROWS;
        Name name = norm.weights() == 0
                ? few ? Name.PRODUCT_8 : Name.PRODUCT_16
                : few ? Name.NORMED_PRODUCT_8 : Name.NORMED_PRODUCT_16;
        queue.with(in)
                .with(in.rows())
                .with(norm.weights())
                .with(norm.epsilon())
                .with(matrix.address())
                .with(matrix.inputs())
                .with(matrix.outputs())
                .with(out)
                .with(kind.number)
                .with(alpha)
                .with(beta)
                .with(activation)
                .with(turn.outputs())
                .with(turn.headDim())
                .with(turn.positions())
                .with(turn.frequencies())
                .with(turn.factor());
        int blocks = in.rows() == 0 ? 0 : matrix.outputs() / STEP;
        queue.launchEarly(name, in.type(), blocks, THREADS, SHARED_BYTES);
    }
}
