package io.arkvale.experiments.trace;

import io.arkvale.experiments.UserException;
import io.arkvale.llama.files.SafeTensors;
import io.arkvale.llama.files.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A recorded run: a text's context, which was prefilled, then steps of one token each. Token {@code t} stands at position
 * {@code t}; step {@code s} is that of token {@code contextTokens + s}. Queries and keys are rotated as the cache stores
 * them, unless they are called raw.
 *
 * <p>A view of the file, valid until it is closed; any number of threads may read.
 */
public final class Trace implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final SafeTensors file;
    private final TraceHeader header;
    private final MemorySegment text;
    private final long[] textEnds;
    /** {@code [layers]} each. */
    private final Map<TraceVectors, List<TraceRows>> rows = new EnumMap<>(TraceVectors.class);

    private Trace(SafeTensors file) {
        this.file = file;
        header = TraceHeader.parse(file.file(), file.metadata());
        var tokens = (long) header.tokens();
        require(TraceWriter.TOKENS, TensorType.I32, tokens);
        require(TraceWriter.FREQUENCIES, TensorType.F32, header.headDim() / 2);
        textEnds = require(TraceWriter.TEXT_ENDS, TensorType.I64, tokens).toArray(LONG);
        var declared = file.tensors().get(TraceWriter.TEXT);
        text = require(TraceWriter.TEXT, TensorType.U8, declared == null ? 0 : declared.elements());
        checkText();
        for (var vectors : TraceVectors.values()) {
            rows.put(
                    vectors,
                    IntStream.range(0, header.layers())
                            .mapToObj(layer -> require(vectors, layer))
                            .toList());
        }
    }

    /**
     * Opens a trace and checks that all of it is there.
     *
     * @throws UserException if it is not a trace or something in it is wrong
     * @throws io.arkvale.llama.files.ModelFormatException if it cannot be read as a safetensors file
     */
    public static Trace open(Path path) {
        var file = SafeTensors.open(path);
        try {
            return new Trace(file);
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    private MemorySegment require(String name, TensorType type, long... shape) {
        var entry = file.require(name, shape);
        if (entry.type() != type) {
            throw new UserException(
                    file.file() + ": tensor '" + name + "' is of type " + entry.type() + "; allowed: " + type);
        }
        return file.bytes(entry);
    }

    private TraceRows require(TraceVectors vectors, int layer) {
        var name = vectors.tensor(layer);
        var shape = vectors.shape(header).stream().mapToLong(size -> size).toArray();
        var bytes = require(name, TensorType.F32, shape);
        return new TraceRows(name, bytes, vectors.width(header), header.headDim());
    }

    private void checkText() {
        var before = 0L;
        for (int token = 0; token < textEnds.length; token++) {
            if (textEnds[token] < before || textEnds[token] > text.byteSize()) {
                throw new UserException(file.file() + ": tensor '" + TraceWriter.TEXT_ENDS + "' has " + textEnds[token]
                        + " for token " + token + "; allowed: " + before + " to " + text.byteSize());
            }
            before = textEnds[token];
        }
    }

    /** What the trace says of itself, the model's shape with it. */
    public TraceHeader header() {
        return header;
    }

    /** The tokens of context and steps. */
    public int[] tokens() {
        return require(TraceWriter.TOKENS, TensorType.I32, header.tokens()).toArray(INT);
    }

    /** The bytes of a token of the text. */
    public byte[] text(int token) {
        var begin = token == 0 ? 0 : textEnds[token - 1];
        return text.asSlice(begin, textEnds[token] - begin).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Radians by which RoPE turns each pair of a head per position, {@code [headDim / 2]}. */
    public float[] ropeFrequencies() {
        return require(TraceWriter.FREQUENCIES, TensorType.F32, header.headDim() / 2)
                .toArray(FLOAT);
    }

    /** Vectors of a layer, one row per token. */
    public TraceRows rows(TraceVectors vectors, int layer) {
        return Objects.requireNonNull(rows.get(vectors)).get(layer);
    }

    /** Queries of the last {@code contextQueries} tokens of the context, then of the steps. */
    public TraceRows queries(int layer) {
        return rows(TraceVectors.QUERIES, layer);
    }

    /** Queries of a step, {@code [queryHeads, headDim]}. */
    public float[] queries(int layer, int step) {
        return queries(layer).row(header.contextQueries() + step);
    }

    /** Queries of the steps before rotation, for policies that place tokens anew. */
    public TraceRows rawQueries(int layer) {
        return rows(TraceVectors.RAW_QUERIES, layer);
    }

    /** Keys of all tokens. */
    public TraceRows keys(int layer) {
        return rows(TraceVectors.KEYS, layer);
    }

    /** Values of all tokens. */
    public TraceRows values(int layer) {
        return rows(TraceVectors.VALUES, layer);
    }

    /** Ends the view. */
    @Override
    public void close() {
        file.close();
    }
}
