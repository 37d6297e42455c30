package io.arkvale.llama.files;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The tensors of a model's directory: {@code model.safetensors}, or several files that {@code
 * model.safetensors.index.json} names. Mapped until closed; any number of threads may read.
 *
 * <p>Remembers which tensors were read, so that unread ones can be named.
 */
public final class ModelFiles implements AutoCloseable {

    /** The one file of a model that is not split. */
    public static final String FILE = "model.safetensors";

    private static final String INDEX = FILE + ".index.json";

    /** What older libraries wrote, and how each is recognised. */
    private static final List<String> OTHER_FORMATS =
            List.of("pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.00.pth", "model.ckpt.index");

    private final Path source;
    private final List<SafeTensors> files;
    private final Map<String, Located> tensors = new LinkedHashMap<>();
    private final Set<String> unread = new LinkedHashSet<>();

    private record Located(SafeTensors file, TensorEntry entry) {}

    private ModelFiles(Path source, List<SafeTensors> files) {
        this.source = source;
        this.files = files;
    }

    /**
     * Maps the weights of a directory.
     *
     * @throws ModelFormatException if there are none, or they are in another format, or the files contradict each other
     */
    public static ModelFiles open(Path directory) {
        var single = directory.resolve(FILE);
        var index = directory.resolve(INDEX);
        if (Files.exists(single)) {
            return open(single, List.of(single));
        }
        if (Files.exists(index)) {
            return openShards(directory, index);
        }
        for (var other : OTHER_FORMATS) {
            if (Files.exists(directory.resolve(other))) {
                throw new ModelFormatException(
                        directory.resolve(other),
                        "the weights are in PyTorch's own format, which can run code when it is read; only safetensors"
                                + " files are read, so convert it (save_pretrained of transformers does)");
            }
        }
        throw new ModelFormatException(single, "there is no such file");
    }

    private static ModelFiles openShards(Path directory, Path index) {
        var map = Json.read(index).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new ModelFormatException(index, "weight_map is missing or not an object of tensors and file names");
        }
        var names = new LinkedHashSet<String>();
        for (var entry : map.properties()) {
            names.add(shardName(index, entry.getKey(), entry.getValue()));
        }
        var result = open(index, names.stream().map(directory::resolve).toList());
        try {
            for (var entry : map.properties()) {
                var located = result.tensors.get(entry.getKey());
                var shard = directory.resolve(entry.getValue().stringValue());
                if (located == null || !located.file.file().equals(shard)) {
                    throw new ModelFormatException(
                            index, "tensor '" + entry.getKey() + "' is said to be in " + shard + ", but is not there");
                }
            }
            return result;
        } catch (RuntimeException e) {
            result.close();
            throw e;
        }
    }

    private static String shardName(Path index, String tensor, JsonNode node) {
        if (!node.isString() || !node.stringValue().matches("[\\w][\\w.-]*")) {
            throw new ModelFormatException(
                    index, "the file of tensor '" + tensor + "' is given as " + node + ", which is no plain file name");
        }
        return node.stringValue();
    }

    private static ModelFiles open(Path source, List<Path> paths) {
        var result = new ModelFiles(source, new ArrayList<>());
        try {
            for (var path : paths) {
                result.add(SafeTensors.open(path));
            }
            return result;
        } catch (RuntimeException e) {
            result.close();
            throw e;
        }
    }

    private void add(SafeTensors file) {
        files.add(file);
        for (var entry : file.tensors().values()) {
            var before = tensors.put(entry.name(), new Located(file, entry));
            if (before != null) {
                throw new ModelFormatException(
                        file.file(), "tensor '" + entry.name() + "' is also in " + before.file.file());
            }
            unread.add(entry.name());
        }
    }

    /** The file that messages about the whole name: the weights' own, or the index of several. */
    public Path source() {
        return source;
    }

    /** Whether there is such a tensor; to look is not to read. */
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /**
     * The entry of a tensor that must be there in the given shape; it counts as read.
     *
     * @throws ModelFormatException if it is missing or its shape is another
     */
    public TensorEntry require(String name, long... shape) {
        var located = tensors.get(name);
        if (located == null) {
            throw new ModelFormatException(source, "tensor '" + name + "' is missing");
        }
        unread.remove(name);
        var expected = Arrays.stream(shape).boxed().toList();
        if (!located.entry.shape().equals(expected)) {
            throw new ModelFormatException(
                    located.file.file(),
                    "tensor '" + name + "': its shape is " + located.entry.describeShape() + " instead of " + expected);
        }
        return located.entry;
    }

    /** The bytes of a tensor, valid until this is closed. */
    public MemorySegment bytes(TensorEntry entry) {
        return locate(entry).file.bytes(entry);
    }

    /** The file that holds a tensor. */
    public Path file(TensorEntry entry) {
        return locate(entry).file.file();
    }

    private Located locate(TensorEntry entry) {
        var located = tensors.get(entry.name());
        if (located == null || !located.entry.equals(entry)) {
            throw new IllegalArgumentException("tensor '" + entry.name() + "' is of another model");
        }
        return located;
    }

    /** Says that a tensor means nothing, so that it does not count as unread. */
    public void ignore(String name) {
        unread.remove(name);
    }

    /** The tensors that were neither read nor ignored. */
    public Set<String> unread() {
        return Set.copyOf(unread);
    }

    /** Ends the mappings; what was taken of them can no longer be read. */
    @Override
    public void close() {
        files.forEach(SafeTensors::close);
    }
}
