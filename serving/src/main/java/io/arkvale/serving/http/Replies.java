package io.arkvale.serving.http;

import io.arkvale.llama.files.Json;
import io.arkvale.serving.Answer;
import io.arkvale.serving.Finish;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What clients are sent, in OpenAI's shapes, about one request. */
final class Replies {
    private final String id;
    private final String model;
    private final boolean chat;
    private final long created;

    Replies(long number, String model, boolean chat, long created) {
        id = (chat ? "chatcmpl-" : "cmpl-") + number;
        this.model = model;
        this.chat = chat;
        this.created = created;
    }

    /** A whole answer. */
    ObjectNode whole(String text, Answer answer) {
        var reply = head(chat ? "chat.completion" : "text_completion");
        var choice = choice(reply);
        if (chat) {
            choice.putObject("message").put("role", "assistant").put("content", text);
        } else {
            choice.put("text", text);
        }
        choice.put("finish_reason", reason(answer));
        putUsage(reply, answer);
        return reply;
    }

    /** A part of an answer. */
    ObjectNode part(String text, boolean first) {
        var reply = head(chat ? "chat.completion.chunk" : "text_completion");
        var choice = choice(reply);
        if (chat) {
            var delta = choice.putObject("delta");
            if (first) {
                delta.put("role", "assistant");
            }
            delta.put("content", text);
        } else {
            choice.put("text", text);
        }
        choice.putNull("finish_reason");
        return reply;
    }

    /** The end of an answer that came in parts. */
    ObjectNode end(Answer answer) {
        var reply = head(chat ? "chat.completion.chunk" : "text_completion");
        var choice = choice(reply);
        if (chat) {
            choice.putObject("delta");
        } else {
            choice.put("text", "");
        }
        choice.put("finish_reason", reason(answer));
        return reply;
    }

    /** The numbers of tokens, after the end. */
    ObjectNode usage(Answer answer) {
        var reply = head(chat ? "chat.completion.chunk" : "text_completion");
        reply.putArray("choices");
        putUsage(reply, answer);
        return reply;
    }

    /** An error. */
    static ObjectNode error(int status, String message, @Nullable String field) {
        var reply = Json.MAPPER.createObjectNode();
        reply.putObject("error")
                .put("message", message)
                .put("type", status < 500 ? "invalid_request_error" : "server_error")
                .put("param", field)
                .put("code", status);
        return reply;
    }

    private ObjectNode head(String object) {
        return Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", model);
    }

    private ObjectNode choice(ObjectNode reply) {
        return reply.putArray("choices").addObject().put("index", 0).putNull("logprobs");
    }

    private static String reason(Answer answer) {
        return answer.finish() == Finish.STOP ? "stop" : "length";
    }

    private static void putUsage(ObjectNode reply, Answer answer) {
        var usage = reply.putObject("usage")
                .put("prompt_tokens", answer.promptTokens())
                .put("completion_tokens", answer.answerTokens())
                .put("total_tokens", answer.promptTokens() + answer.answerTokens());
        usage.putObject("prompt_tokens_details").put("cached_tokens", answer.sharedTokens());
    }
}
