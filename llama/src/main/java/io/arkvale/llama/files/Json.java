package io.arkvale.llama.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The strict JSON reader of this module: a key given twice or text after the end is an error. */
public final class Json {

    /** Reads and writes; shared by all threads. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /**
     * Reads a whole file.
     *
     * @throws ModelFormatException if it cannot be read or is not JSON
     */
    public static JsonNode read(Path file) {
        try {
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (JacksonException e) {
            throw notJson(file, e);
        }
    }

    /** The same, or a missing node if there is no such file. */
    public static JsonNode readIfThere(Path file) {
        return Files.exists(file) ? read(file) : MAPPER.missingNode();
    }

    /** What to throw where a file cannot be read. */
    public static ModelFormatException unreadable(Path file, IOException e) {
        return new ModelFormatException(file, "it cannot be read: " + e.getMessage(), e);
    }

    /** What to throw where a file is not JSON. */
    public static ModelFormatException notJson(Path file, JacksonException e) {
        return new ModelFormatException(file, "it is not valid JSON: " + e.getOriginalMessage(), e);
    }
}
