package io.arkvale.llama.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A small tokenizer of each kind, beside what Python's library does with it ({@code src/test/python}). */
class TokenizerFilesTest {

    private static final Path FILES = Path.of("src/test/resources/tokenizers");

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback", "unigram"})
    void tokensAndTextAreThoseOfPython(String kind) {
        var expected = Json.read(FILES.resolve(kind, "expected.json"));
        int beginning = expected.path("beginning").asInt();
        try (var tokenizer = Tokenizer.forModel(FILES.resolve(kind), 1000)) {
            for (var example : expected.path("cases")) {
                var text = example.path("text").asString();
                int[] ids = ints(example.path("ids"));
                assertThat(tokenizer.encode(text.getBytes(UTF_8))).as(text).containsExactly(ids);
                int[] words = Arrays.copyOfRange(ids, beginning, ids.length);
                assertThat(tokenizer.encodeMarked(text.getBytes(UTF_8))).containsExactly(words);
                assertThat(new String(tokenizer.decode(words), UTF_8))
                        .isEqualTo(example.path("decoded").asString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback", "unigram"})
    void textOfAnyTokensIsTheSameAsTheyComeAndAtOnce(String kind) {
        var random = new SplittableRandom(4);
        try (var tokenizer = Tokenizer.forModel(FILES.resolve(kind), 1000)) {
            var stream = tokenizer.stream();
            for (int round = 0; round < 300; round++) {
                int[] tokens = random.ints(random.nextInt(1, 40), 0, 150).toArray();
                assertThat(streamed(stream, tokens))
                        .as(Arrays.toString(tokens))
                        .isEqualTo(new String(tokenizer.decodeMore(tokens), UTF_8));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback"})
    void noPieceOfAStreamEndsInsideOfACharacter(String kind) {
        var text = " 🙂🙃 日本 é";
        try (var tokenizer = Tokenizer.forModel(FILES.resolve(kind), 1000)) {
            var stream = tokenizer.stream();
            int pieces = 0;
            for (int token : tokenizer.encodeMore(text.getBytes(UTF_8))) {
                var piece = new String(stream.add(token), UTF_8);
                pieces += piece.isEmpty() ? 0 : 1;
                assertThat(piece).doesNotContain("\uFFFD");
                assertThat(text).contains(piece);
            }
            stream.end();
            assertThat(pieces).isGreaterThan(2);
        }
    }

    private static String streamed(TextStream stream, int[] tokens) {
        var text = new ByteArrayOutputStream();
        for (int token : tokens) {
            text.writeBytes(stream.add(token));
        }
        text.writeBytes(stream.end());
        return text.toString(UTF_8);
    }

    /** A context and what follows it are tokenised apart: neither the beginning nor its blank may come again. */
    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback", "unigram"})
    void whatFollowsATextHasNeitherBeginningNorBlank(String kind) {
        var context = "The sky is blue.";
        var question = "\nWhat is the pass key? The pass key is";
        try (var tokenizer = Tokenizer.forModel(FILES.resolve(kind), 1000)) {
            int[] first = tokenizer.encode(context.getBytes(UTF_8));
            int[] more = tokenizer.encodeMore(question.getBytes(UTF_8));
            int special = tokenizer.encode(new byte[0]).length;
            int[] words = Arrays.copyOfRange(first, special, first.length);
            int[] all =
                    IntStream.concat(Arrays.stream(words), Arrays.stream(more)).toArray();
            var expected = kind.equals("unigram") ? context + "<unk>" + question.substring(1) : context + question;
            assertThat(new String(tokenizer.decode(all), UTF_8)).isEqualTo(expected);
            var answer = " 31415";
            assertThat(new String(tokenizer.decodeMore(tokenizer.encodeMore(answer.getBytes(UTF_8))), UTF_8))
                    .isEqualTo(answer);
        }
    }

    @Test
    void aLongTextIsNotCut() {
        var text = "The sky is blue. ".repeat(2000);
        try (var tokenizer = Tokenizer.forModel(FILES.resolve("byte-level"), 1000)) {
            int[] tokens = tokenizer.encode(text.getBytes(UTF_8));
            assertThat(tokens).hasSizeGreaterThan(4000);
            assertThat(new String(tokenizer.decode(tokens), UTF_8)).isEqualTo(text);
        }
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        try (var tokenizer = Tokenizer.forModel(FILES.resolve("byte-level"), 1000)) {
            assertThatThrownBy(() -> tokenizer.encode(new byte[] {(byte) 0xC3, 0x28}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the text is not UTF-8, which the model's tokenizer needs");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                                              | it is no JSON object
            {"model": 3}                                                    | its model is no JSON object
            {"decoder": {"type": "WordPiece"}, "model": {}}                 | its decoder is WordPiece, but only [ByteFallback,
            {"decoder": null, "model": {}}                                  | its decoder is none, but only
            {"decoder": {"type": "ByteLevel"}, "post_processor": {"type": "BertProcessing"}} | its post-processor is "BertProcessing", but
            {"decoder": {"type": "ByteLevel"}, "model": {"type": "Nothing"}} | it is no tokenizer that can be read:
            {"decoder": {"type":                                            | it is not valid JSON
            """)
    void aFileThatCannotBeUsedIsNamed(String content, String sentence, @TempDir Path directory) throws IOException {
        var file = Files.writeString(directory.resolve("tokenizer.json"), content);
        assertThatThrownBy(() -> Tokenizer.forModel(directory, 1000))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": " + sentence);
    }

    @Test
    void withoutAFileOnlyModelsOfBytesHaveATokenizer(@TempDir Path directory) {
        assertThatThrownBy(() -> Tokenizer.forModel(directory, 320))
                .hasMessageContaining("there is no such file")
                .hasMessageContaining("the model's is 320");
        try (var tokenizer = Tokenizer.forModel(directory, 256)) {
            assertThat(tokenizer.encode(new byte[] {0, -1})).containsExactly(0, 255);
        }
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }
}
