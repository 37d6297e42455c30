package io.arkvale.llama.files;

import java.util.List;

/**
 * One tensor of a safetensors file.
 *
 * @param name unique in its file
 * @param type of the elements
 * @param shape row-major; empty for a single number
 * @param begin first byte, counted from the end of the header
 * @param end one past the last byte; {@code end − begin} is what type and shape take
 */
public record TensorEntry(String name, TensorType type, List<Long> shape, long begin, long end) {

    public TensorEntry {
        shape = List.copyOf(shape);
    }

    /** Elements of the tensor. */
    public long elements() {
        return (end - begin) / type.bytes();
    }

    /** The shape as it is written in messages, such as {@code [256, 64]}. */
    public String describeShape() {
        return shape.toString();
    }
}
