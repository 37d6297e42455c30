package io.arkvale.experiments.input;

import io.arkvale.experiments.UserException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as users give it, read without guessing: no doubled key, no unknown one, nothing after the end, only UTF-8. */
public final class StrictJson {
    /** Reads strictly; writes one line. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private StrictJson() {}

    /**
     * The text of a file or of a line.
     *
     * @param what names it in messages
     * @throws UserException if it is not UTF-8, or begins with a byte order mark
     */
    public static String text(String what, byte[] content) {
        if (content.length >= 3 && Arrays.equals(content, 0, 3, BYTE_ORDER_MARK, 0, 3)) {
            throw new UserException(
                    what + " begins with a byte order mark (the bytes EF BB BF); save it as UTF-8 without one");
        }
        var bytes = ByteBuffer.wrap(content);
        var chars = CharBuffer.allocate(content.length);
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var result = decoder.decode(bytes, chars, true);
        if (result.isError()) {
            throw new UserException(String.format(
                    Locale.ROOT,
                    "%s is not UTF-8: byte %02X at place %d, in line %d, starts no character",
                    what,
                    content[bytes.position()],
                    bytes.position(),
                    1 + line(content, bytes.position())));
        }
        return chars.flip().toString();
    }

    /** Ends of lines before a place. */
    private static long line(byte[] content, int end) {
        return IntStream.range(0, end).filter(i -> content[i] == '\n').count();
    }

    /**
     * A file that is one object.
     *
     * @param what names it in messages
     * @throws UserException if it is not
     */
    public static JsonNode object(String what, byte[] content) {
        var text = text(what, content);
        try {
            var value = MAPPER.readTree(text);
            if (value.isObject()) {
                return value;
            }
        } catch (JacksonException e) {
            throw new UserException(what + " is not valid JSON: " + reason(e), e);
        }
        throw new UserException(what + " is no JSON object");
    }

    /** What is wrong, without names of classes. */
    public static String reason(JacksonException error) {
        var words = error.getOriginalMessage().lines().findFirst().orElse("it is no JSON");
        var classes = words.indexOf(" (class ");
        return classes < 0 ? words : words.substring(0, classes);
    }
}
