package io.arkvale.experiments.task.longbench;

import io.arkvale.experiments.UserException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON that leaves no doubt: UTF-8 throughout, no key twice, nothing behind the value. */
final class StrictJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /**
     * The lines of a text.
     *
     * @throws UserException if it begins with a byte order mark or is not UTF-8; names the line
     */
    static List<String> lines(String what, Path file, byte[] content) {
        return text(what, file, content).lines().toList();
    }

    private static String text(String what, Path file, byte[] content) {
        if (content.length >= 3
                && content[0] == (byte) 0xef
                && content[1] == (byte) 0xbb
                && content[2] == (byte) 0xbf) {
            throw new UserException(what + " " + file
                    + " begins with a byte order mark, the bytes EF BB BF; save it as UTF-8 without one");
        }
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var bytes = ByteBuffer.wrap(content);
        try {
            return decoder.decode(bytes).toString();
        } catch (CharacterCodingException e) {
            int line = 1;
            for (int i = 0; i < bytes.position(); i++) {
                line += content[i] == '\n' ? 1 : 0;
            }
            throw new UserException(
                    "line " + line + " of " + file + " is not UTF-8: byte " + bytes.position() + " of the file is in no"
                            + " character",
                    e);
        }
    }

    /**
     * One value.
     *
     * @throws IllegalArgumentException saying why it is none
     */
    static JsonNode value(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    /**
     * A file that is one object.
     *
     * @throws UserException if it is not
     */
    static JsonNode object(String what, Path file, byte[] content) {
        try {
            var value = value(text(what, file, content));
            if (value.isObject()) {
                return value;
            }
        } catch (IllegalArgumentException e) {
            throw new UserException(what + " " + file + " is not of LongBench's form: " + e.getMessage(), e);
        }
        throw new UserException(what + " " + file + " is not of LongBench's form: it is no JSON object");
    }
}
