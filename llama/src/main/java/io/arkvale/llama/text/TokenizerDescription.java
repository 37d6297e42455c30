package io.arkvale.llama.text;

import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a {@code tokenizer.json} says outside its vocabulary.
 *
 * @param beginning special tokens before a text, from the post-processor
 * @param byteTokens tokens that stand for one byte ({@code <0x0A>}), where the decoder joins such
 * @param treatsBeginning whether a text's beginning is treated in another way than what follows (a blank is put before it,
 *     or taken away)
 */
record TokenizerDescription(List<Integer> beginning, BitSet byteTokens, boolean treatsBeginning) {

    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

    /** Decoders that work token by token, except that bytes are joined to characters. */
    private static final Set<String> DECODERS =
            Set.of("ByteLevel", "ByteFallback", "Fuse", "Replace", "Strip", "Metaspace", "Sequence");

    /**
     * Reads a file without keeping its vocabulary.
     *
     * @throws ModelFormatException if the file is wrong or of a kind that is not supported
     */
    static TokenizerDescription read(Path file) {
        return new Reader(file).read();
    }

    /**
     * The same tokenizer for text that goes on after another: it neither puts a blank before the first word nor takes one
     * away.
     */
    static byte[] withoutBeginning(Path file) {
        var root = Json.read(file);
        if (root instanceof ObjectNode object) {
            object.set("normalizer", leaveBeginning(object.path("normalizer")));
            object.set("pre_tokenizer", leaveBeginning(object.path("pre_tokenizer")));
            object.set("decoder", leaveBeginning(object.path("decoder")));
        }
        return Json.MAPPER.writeValueAsBytes(root);
    }

    private static boolean treatsBeginning(JsonNode part) {
        return !leaveBeginning(part.deepCopy()).equals(part);
    }

    /** A normalizer, pre-tokenizer or decoder, changed so that it leaves a text's beginning alone. */
    private static JsonNode leaveBeginning(JsonNode part) {
        if (!(part instanceof ObjectNode object)) {
            return part.isMissingNode() ? Json.MAPPER.nullNode() : part;
        }
        switch (object.path("type").asString("")) {
            case "Sequence" -> {
                for (var list : new String[] {"normalizers", "pretokenizers", "decoders"}) {
                    if (object.path(list) instanceof ArrayNode elements) {
                        var kept = Json.MAPPER.createArrayNode();
                        for (var element : elements) {
                            var left = leaveBeginning(element);
                            if (!left.isNull()) {
                                kept.add(left);
                            }
                        }
                        object.set(list, kept);
                    }
                }
            }
            case "Prepend" -> {
                return Json.MAPPER.nullNode();
            }
            case "Metaspace" -> {
                if (!object.path("prepend_scheme").asString("").equals("never")) {
                    object.put("prepend_scheme", "never");
                    object.put("add_prefix_space", false);
                }
            }
            case "ByteLevel" -> {
                // A decoder of this kind has the key too and does nothing with it.
                if (object.path("add_prefix_space").asBoolean(true)) {
                    object.put("add_prefix_space", false);
                }
            }
            case "Strip" -> {
                if (object.path("start").asInt(0) > 0) {
                    object.put("start", 0);
                }
            }
            default -> {}
        }
        return object;
    }

    private static final class Reader {
        private final Path file;
        private final BitSet byteTokens = new BitSet();
        private JsonNode normalizer = Json.MAPPER.nullNode();
        private JsonNode preTokenizer = Json.MAPPER.nullNode();
        private JsonNode postProcessor = Json.MAPPER.nullNode();
        private JsonNode decoder = Json.MAPPER.nullNode();

        Reader(Path file) {
            this.file = file;
        }

        TokenizerDescription read() {
            try (var input = Files.newInputStream(file);
                    var json = Json.MAPPER.createParser(input)) {
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw new ModelFormatException(file, "it is no JSON object");
                }
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    var key = json.currentName();
                    json.nextToken();
                    switch (key) {
                        case "normalizer" -> normalizer = json.readValueAsTree();
                        case "pre_tokenizer" -> preTokenizer = json.readValueAsTree();
                        case "post_processor" -> postProcessor = json.readValueAsTree();
                        case "decoder" -> decoder = json.readValueAsTree();
                        case "model" -> readModel(json);
                        default -> json.skipChildren();
                    }
                }
            } catch (IOException e) {
                throw Json.unreadable(file, e);
            } catch (JacksonException e) {
                throw Json.notJson(file, e);
            }
            boolean joinsBytes = requireKnown(decoder);
            boolean treats = treatsBeginning(normalizer)
                    || treatsBeginning(preTokenizer)
                    || (!decoder.path("type").asString("").equals("ByteLevel") && treatsBeginning(decoder));
            return new TokenizerDescription(beginning(postProcessor), joinsBytes ? byteTokens : new BitSet(), treats);
        }

        private void readModel(JsonParser json) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw new ModelFormatException(file, "its model is no JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                boolean vocabulary = json.currentName().equals("vocab");
                var value = json.nextToken();
                if (vocabulary && value == JsonToken.START_OBJECT) {
                    while (json.nextToken() != JsonToken.END_OBJECT) {
                        var entry = json.currentName();
                        json.nextToken();
                        note(entry, json.getIntValue());
                    }
                } else if (vocabulary && value == JsonToken.START_ARRAY) {
                    // Unigram: [entry, score] in the order of the numbers.
                    for (int token = 0; json.nextToken() == JsonToken.START_ARRAY; token++) {
                        json.nextToken();
                        note(json.getString(), token);
                        json.nextToken();
                        json.nextToken();
                    }
                } else {
                    json.skipChildren();
                }
            }
        }

        private void note(String entry, int token) {
            if (entry.length() == 6 && BYTE.matcher(entry).matches()) {
                byteTokens.set(token);
            }
        }

        /** Whether the decoder joins byte tokens; refuses decoders whose text cannot be given as tokens come. */
        private boolean requireKnown(JsonNode part) {
            var type = part.path("type").asString("none");
            if (!DECODERS.contains(type)) {
                throw new ModelFormatException(
                        file,
                        "its decoder is " + type + ", but only "
                                + DECODERS.stream().sorted().toList() + " are supported");
            }
            boolean joins = type.equals("ByteFallback");
            for (var element : part.path("decoders")) {
                joins |= requireKnown(element);
            }
            return joins;
        }

        /** The special tokens before a text. Those behind it are left out: a text that is continued has not ended. */
        private List<Integer> beginning(JsonNode part) {
            return switch (part.path("type").asString("none")) {
                case "none", "ByteLevel" -> List.of();
                case "Sequence" -> {
                    List<Integer> tokens = List.of();
                    for (var element : part.path("processors")) {
                        var more = beginning(element);
                        if (!more.isEmpty() && !tokens.isEmpty()) {
                            throw new ModelFormatException(file, "its post-processor adds special tokens twice");
                        }
                        tokens = more.isEmpty() ? tokens : more;
                    }
                    yield tokens;
                }
                case "TemplateProcessing" -> ofTemplate(part);
                default ->
                    throw new ModelFormatException(
                            file,
                            "its post-processor is " + part.path("type")
                                    + ", but only ByteLevel, TemplateProcessing and" + " Sequence are supported");
            };
        }

        private List<Integer> ofTemplate(JsonNode part) {
            var tokens = new ArrayList<Integer>();
            for (var piece : part.path("single")) {
                var special = piece.path("SpecialToken").path("id");
                if (special.isMissingNode()) {
                    break;
                }
                for (var id :
                        part.path("special_tokens").path(special.asString()).path("ids")) {
                    tokens.add(id.asInt());
                }
            }
            return tokens;
        }
    }
}
