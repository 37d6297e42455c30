package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.core;
import static io.arkvale.conformance.wrong.WrongBackend.device;

import java.util.List;

/** Mistakes in tensors over memory of the caller's. */
final class WrongTensors {
    private static final String TENSOR = "tensor/CacheTensor.java";
    private static final String WRAPPED = "tensor/WrappedMemory.java";

    private WrongTensors() {}

    static List<WrongBackend> all() {
        return List.of(
                device(
                        206,
                        "keys are read as if there were no gaps between rows",
                        "long key = keys.at(run.row() + row) + inRow;",
                        "long key = (run.row() + row) * spec.kvHeads() * bytes + inRow;"),
                device(
                        206,
                        "queries and outputs are taken as if there were no gaps between rows",
                        "tensor.at(row) / type.bytes()",
                        "(long) row * spec.queryHeads() * width"),
                core(
                        206,
                        "what lies between rows must be finite",
                        "page/PagedStep.java",
                        "        if (stride == row * type.bytes()) {\n",
                        "        if (stride > 0) {\n"),
                core(
                        206,
                        "copies go where rows without gaps would be",
                        TENSOR,
                        "memory.writeRows(firstRow, rows, rowBytes(), source);",
                        "memory.write(firstRow * rowBytes(), source, rows * rowBytes());"),
                core(
                        206,
                        "the caller's memory counts as the cache's",
                        TENSOR,
                        "return isWrapped ? 0 : memory.bytes();",
                        "return memory.bytes();"),
                core(
                        206,
                        "a tensor shows more memory than it has",
                        "tensor/CacheTensors.java",
                        "allocator.wrap(memory.asSlice(0, bytes), rowStride)",
                        "allocator.wrap(memory, rowStride)"),
                core(
                        207,
                        "any address is taken",
                        WRAPPED,
                        "if (memory.address() % unit != 0) {",
                        "if (memory.address() < 0) {"),
                core(
                        207,
                        "rows may overlap",
                        WRAPPED,
                        "if (rowStride < row || rowStride % unit != 0) {",
                        "if (rowStride < 0 || rowStride % unit != 0) {"),
                core(
                        207,
                        "memory that is read-only is taken",
                        WRAPPED,
                        "if (memory.isReadOnly()) {",
                        "if (bytes < 0) {"),
                core(
                        207,
                        "memory of one thread is taken",
                        WRAPPED,
                        "&& !memory.isAccessibleBy(ANY_OTHER)",
                        "&& bytes < 0"),
                core(
                        208,
                        "what a layer is prefetched with is read when the layer comes",
                        "page/PagedStep.java",
                        "    public void prefetch(int layer, M guessedQueries) {\n",
                        """
                            public void prefetch(int layer, M guessedQueries) {
                                late.put(layer, guessedQueries);
                            }

                            private final java.util.Map<Integer, M> late = new java.util.HashMap<>();

                            private void prefetchLate(int layer, M guessedQueries) {
                        """,
                        "    public void append(int layer, M keys, M values, boolean prefetched) {\n",
                        """
                            public void append(int layer, M keys, M values, boolean prefetched) {
                                if (prefetched) {
                                    prefetchLate(layer, late.remove(layer));
                                }
                        """),
                new WrongBackend(
                        209,
                        "anything is an event",
                        List.of(
                                WrongBackend.provider("Feature.HOST_TENSORS", "Feature.DEVICE_TENSORS"),
                                WrongBackend.core(
                                        "CheckedCache.java", "    protected DeviceQueue doQueue() {\n", """
                                            protected DeviceQueue doQueue() {
                                                if (spec != null) {
                                                    return new DeviceQueue() {
                                                        @Override
                                                        public long handle() {
                                                            return 1;
                                                        }

                                                        @Override
                                                        public void await(long event) {}

                                                        @Override
                                                        public void record(long event) {}
                                                    };
                                                }
                                        """))),
                core(
                        207,
                        "memory may be closed under a tensor",
                        TENSOR,
                        "if (isWrapped && !memory.segment().scope().isAlive()) {",
                        "if (isWrapped && rows < 0) {"));
    }
}
