package io.arkvale.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.text.ChatMessage;
import io.arkvale.serving.Request;
import io.arkvale.serving.Sampling;
import io.arkvale.serving.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads completions and chat completions as OpenAI's interface has them, and budget, priority and top_k besides. */
final class RequestReader {
    /** What OpenAI's completions generate if they do not say how much. */
    private static final int USUAL_TOKENS = 16;

    private static final int MOST_STOPS = 16;

    private final ServedModel model;
    private final HttpLimits limits;
    /** Tokens of a text, its answer included. */
    private final int longest;

    RequestReader(ServedModel model, HttpLimits limits, int longest) {
        this.model = model;
        this.limits = limits;
        this.longest = longest;
    }

    Asked completion(byte[] body) {
        var fields = Fields.of(body);
        requireModel(fields);
        var prompt = prompt(fields.require("prompt", "a text, or a list of tokens"));
        fields.neutral("best_of", "1");
        fields.neutral("echo", "false");
        fields.neutral("logprobs");
        fields.neutral("suffix", "\"\"");
        return asked(fields, prompt, fields.whole("max_tokens", 1, limits.answerTokens(), USUAL_TOKENS), false);
    }

    Asked chat(byte[] body) {
        var fields = Fields.of(body);
        requireModel(fields);
        var prompt = chatPrompt(fields);
        int most = Math.clamp(longest - prompt.length, 1, limits.answerTokens());
        int tokens = fields.whole("max_tokens", 1, limits.answerTokens(), most);
        tokens = fields.whole("max_completion_tokens", 1, limits.answerTokens(), tokens);
        fields.neutral("logprobs", "false");
        fields.neutral("top_logprobs", "0");
        fields.neutral("tools", "[]");
        fields.neutral("tool_choice", "\"none\"", "\"auto\"");
        fields.neutral("functions", "[]");
        fields.neutral("response_format", "{\"type\":\"text\"}");
        fields.ignore("parallel_tool_calls");
        return asked(fields, prompt, tokens, true);
    }

    private void requireModel(Fields fields) {
        fields.require("model", model.name());
        var name = fields.text("model");
        if (!name.equals(model.name())) {
            throw new HttpError(404, "there is no model of this name; allowed: " + model.name(), "model");
        }
    }

    private Asked asked(Fields fields, int[] prompt, int tokens, boolean chat) {
        fields.neutral("n", "1");
        fields.neutral("presence_penalty", "0");
        fields.neutral("frequency_penalty", "0");
        fields.neutral("logit_bias", "{}");
        fields.ignore("user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key");
        var sampling = new Sampling(
                fields.number("temperature", 0, 2, 1),
                fields.whole("top_k", 0, Integer.MAX_VALUE, 0),
                fields.number("top_p", Double.MIN_VALUE, 1, 1),
                fields.wholeLong(
                        "seed",
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        ThreadLocalRandom.current().nextLong()));
        var stops = fields.texts("stop", MOST_STOPS);
        var settings = settings(fields.whole("budget", 1, Integer.MAX_VALUE, 0));
        int priority = fields.whole("priority", -1000, 1000, 0);
        boolean stream = fields.flag("stream");
        boolean usage = usage(fields.get("stream_options"), stream);
        fields.finish();
        var request =
                new Request(Text.prompt(prompt), tokens, settings, sampling, stops, priority, limits.answerTime());
        return new Asked(request, chat, stream, usage);
    }

    private SequenceSpec settings(int budget) {
        try {
            return budget == 0 ? model.settings() : model.budgets().apply(budget);
        } catch (InvalidArgumentException e) {
            throw HttpError.wrong("budget", String.valueOf(e.getMessage()).replace("budgetTokens", "budget"));
        }
    }

    private static boolean usage(@Nullable JsonNode options, boolean stream) {
        if (options == null) {
            return false;
        }
        if (!stream) {
            throw HttpError.wrong("stream_options", "stream_options is for streams alone; set stream to true");
        }
        var fields = Fields.of(options, "stream_options");
        boolean usage = fields.flag("include_usage");
        fields.neutral("include_obfuscation", "false");
        fields.finish();
        return usage;
    }

    /** A text, a list of one text, or tokens. */
    private int[] prompt(JsonNode prompt) {
        if (prompt.isArray() && prompt.size() == 1 && prompt.get(0).isString()) {
            return prompt(prompt.get(0));
        }
        if (prompt.isString()) {
            return model.tokenizer().encode(prompt.asString().getBytes(UTF_8));
        }
        var tokens = new int[prompt.isArray() ? prompt.size() : 0];
        for (int i = 0; i < tokens.length; i++) {
            var token = prompt.get(i);
            if (!token.isIntegralNumber() || !token.canConvertToInt() || token.intValue() < 0) {
                throw HttpError.wrong("prompt", "token " + i + " of prompt is no token; allowed: whole numbers from 0");
            }
            tokens[i] = token.intValue();
        }
        if (tokens.length == 0) {
            throw HttpError.wrong(
                    "prompt", "prompt is no prompt; allowed: a text, a list of one text, or a list of tokens");
        }
        return tokens;
    }

    private int[] chatPrompt(Fields fields) {
        var template = model.chatTemplate()
                .orElseThrow(() -> new HttpError(
                        400, "the model " + model.name() + " has no chat template; use /v1/completions", "messages"));
        var list = fields.require("messages", "a list of messages");
        if (!list.isArray() || list.isEmpty()) {
            throw HttpError.wrong("messages", "messages is no list of messages; allowed: one message or more");
        }
        var messages = new ArrayList<ChatMessage>();
        for (int i = 0; i < list.size(); i++) {
            messages.add(message(list.get(i), "messages[" + i + "]"));
        }
        try {
            return model.tokenizer().encodeMarked(template.render(messages).getBytes(UTF_8));
        } catch (ModelFormatException e) {
            throw HttpError.wrong("messages", String.valueOf(e.getMessage()));
        }
    }

    private static ChatMessage message(JsonNode node, String path) {
        var fields = Fields.of(node, path);
        var role = fields.text("role");
        if (!List.of("system", "user", "assistant").contains(role)) {
            throw HttpError.wrong(
                    fields.path("role"), fields.path("role") + " is not known; allowed: system, user, assistant");
        }
        var content = fields.require("content", "a text, or a list of parts of type text");
        var text = new StringBuilder();
        if (content.isString()) {
            text.append(content.asString());
        } else if (content.isArray()) {
            for (int i = 0; i < content.size(); i++) {
                var part = Fields.of(content.get(i), fields.path("content") + "[" + i + "]");
                part.neutral("type", "\"text\"");
                text.append(part.text("text"));
                part.finish();
            }
        } else {
            throw fields.wrong("content", content, "a text, or a list of parts of type text");
        }
        fields.neutral("refusal");
        fields.neutral("tool_calls", "[]");
        fields.ignore("name");
        fields.finish();
        return new ChatMessage(role, text.toString());
    }
}
