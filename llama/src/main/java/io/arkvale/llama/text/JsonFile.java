package io.arkvale.llama.text;

import io.arkvale.llama.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON files that stand beside a model's weights. */
final class JsonFile {

    static final JsonMapper MAPPER = JsonMapper.shared();

    private JsonFile() {}

    /** The file's content, or a missing node if there is no such file. */
    static JsonNode readIfThere(Path file) {
        return Files.exists(file) ? read(file) : MAPPER.missingNode();
    }

    /**
     * The file's content.
     *
     * @throws ModelFormatException if it cannot be read or is not JSON
     */
    static JsonNode read(Path file) {
        try {
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (JacksonException e) {
            throw notJson(file, e);
        }
    }

    static ModelFormatException unreadable(Path file, IOException e) {
        return new ModelFormatException(file, "it cannot be read: " + e.getMessage(), e);
    }

    static ModelFormatException notJson(Path file, JacksonException e) {
        return new ModelFormatException(file, "it is not valid JSON: " + e.getOriginalMessage(), e);
    }
}
