package io.arkvale.llama.text;

import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.text.jinja.Template;
import io.arkvale.llama.text.jinja.value.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How a model wants a conversation written: the template beside its weights, rendered as transformers does. */
public final class ChatTemplate {

    private static final String CONFIGURATION = "tokenizer_config.json";

    private final Path file;
    private final Template template;
    /** {@code bos_token} and the like, which templates write. */
    private final Map<String, String> specials;

    private ChatTemplate(Path file, Template template, Map<String, String> specials) {
        this.file = file;
        this.template = template;
        this.specials = specials;
    }

    /**
     * Reads the template of a model's directory: {@code chat_template.jinja}, else {@code chat_template} of
     * {@code tokenizer_config.json}, of several the one named {@code default}.
     *
     * @return empty if the model has none
     * @throws ModelFormatException if a file is wrong, or the template has something that cannot be rendered exactly
     */
    public static Optional<ChatTemplate> read(Path directory) {
        var configurationFile = directory.resolve(CONFIGURATION);
        var configuration = Json.readIfThere(configurationFile);
        var file = directory.resolve("chat_template.jinja");
        String text;
        if (Files.exists(file)) {
            try {
                text = Files.readString(file);
            } catch (IOException e) {
                throw Json.unreadable(file, e);
            }
        } else {
            file = configurationFile;
            var found = template(configuration.path("chat_template"));
            if (found == null) {
                return Optional.empty();
            }
            text = found;
        }
        try {
            return Optional.of(new ChatTemplate(file, Template.parse(text), specials(configuration)));
        } catch (TemplateException e) {
            throw unusable(file, e);
        }
    }

    private static @Nullable String template(JsonNode node) {
        for (var named : node) {
            if (named.path("name").asString("").equals("default")) {
                return named.path("template").asString();
            }
        }
        return node.isString() ? node.asString() : null;
    }

    private static Map<String, String> specials(JsonNode configuration) {
        var specials = new HashMap<String, String>();
        for (var entry : configuration.properties()) {
            var token = entry.getValue().isObject() ? entry.getValue().path("content") : entry.getValue();
            if (entry.getKey().endsWith("_token") && token.isString()) {
                specials.put(entry.getKey(), token.asString());
            }
        }
        return specials;
    }

    private static ModelFormatException unusable(Path file, TemplateException e) {
        return new ModelFormatException(file, "the chat template cannot be used; " + e.getMessage(), e);
    }

    /**
     * The text of a conversation, up to where the assistant's next message begins. Its special tokens are written out:
     * {@link Tokenizer#encodeMarked} reads it.
     *
     * @throws ModelFormatException if the template refuses the conversation, or would not be rendered exactly
     */
    public String render(List<ChatMessage> messages) {
        return render(messages, Clock.system(ZoneId.systemDefault()));
    }

    /** The same at another time; some templates write the date. */
    String render(List<ChatMessage> messages, Clock clock) {
        var values = new HashMap<String, @Nullable Object>(specials);
        values.put("messages", messages.stream().map(ChatTemplate::map).toList());
        values.put("tools", null);
        values.put("documents", null);
        values.put("add_generation_prompt", true);
        try {
            return template.render(values, clock);
        } catch (TemplateException e) {
            throw unusable(file, e);
        }
    }

    private static Map<String, Object> map(ChatMessage message) {
        var map = new LinkedHashMap<String, Object>();
        map.put("role", message.role());
        map.put("content", message.content());
        return map;
    }
}
