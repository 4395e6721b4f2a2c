package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.key.Prompt;
import io.quotabank.sandbox.key.Prompt.Beginning;
import io.quotabank.sandbox.token.Tokenizer;
import java.util.ArrayList;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Counts a prompt by the rule that OpenAI's cookbook gives for chat: 3 tokens a message and 3 for the answer's
 * beginning, beside role, name and content. For tools and schemas no rule is published: their JSON text is counted.
 */
final class PromptReader {

    private static final Set<String> ROLES = Set.of("developer", "system", "user", "assistant", "tool", "function");
    private static final int PER_MESSAGE = 3;
    private static final int PER_NAME = 1;
    private static final int PER_ANSWER = 3;

    /** What is not text (an image, a sound, a file) counts as an image at low detail does. */
    private static final int PER_OTHER_PART = 85;

    private final Tokenizer tokenizer;
    private long fingerprint;
    private int tokens;

    PromptReader(Tokenizer tokenizer, String model) {
        this.tokenizer = tokenizer;
        this.fingerprint = model.hashCode();
    }

    Prompt read(Fields fields) {
        var messages = fields.array("messages");
        if (messages == null) {
            throw fields.missing("messages");
        }
        if (messages.isEmpty()) {
            throw fields.invalid("messages", "empty_array", "Expected an array with minimum length 1.");
        }
        text(json(fields.raw("tools")));
        text(json(fields.raw("response_format")));
        var beginnings = new ArrayList<Beginning>(messages.size());
        for (var i = 0; i < messages.size(); i++) {
            message(fields.element("messages", i, messages.get(i)));
            beginnings.add(new Beginning(fingerprint, tokens));
        }
        return new Prompt(tokens + PER_ANSWER, beginnings);
    }

    private static String json(@Nullable JsonNode value) {
        return value == null ? "" : value.toString();
    }

    private void message(Fields message) {
        var role = message.requiredString("role");
        if (!ROLES.contains(role)) {
            throw message.invalid(
                    "role",
                    "invalid_value",
                    "Supported values are: 'system', 'assistant', 'user', 'tool'" + " and 'developer'.");
        }
        tokens += PER_MESSAGE;
        text(role);
        var name = message.string("name");
        if (name != null) {
            tokens += PER_NAME;
            text(name);
        }
        content(message, role);
        toolCalls(message);
    }

    private void content(Fields message, String role) {
        var content = message.raw("content");
        if (content == null) {
            if (!role.equals("assistant")) {
                throw message.missing("content");
            }
        } else if (content.isString()) {
            text(content.stringValue());
        } else if (content.isArray()) {
            for (var i = 0; i < content.size(); i++) {
                part(message.element("content", i, content.get(i)));
            }
        } else {
            throw message.wrongType("content", "one of a string or array of objects", content);
        }
    }

    private void part(Fields part) {
        var type = part.requiredString("type");
        if (type.equals("text") || type.equals("refusal")) {
            text(part.requiredString(type));
        } else {
            tokens += PER_OTHER_PART;
            mix(json(part.raw(type)));
        }
    }

    private void toolCalls(Fields message) {
        var calls = message.array("tool_calls");
        for (var i = 0; calls != null && i < calls.size(); i++) {
            var function = message.element("tool_calls", i, calls.get(i)).object("function");
            if (function != null) {
                text(function.requiredString("name"));
                text(function.requiredString("arguments"));
            }
        }
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            tokens += tokenizer.count(text);
            mix(text);
        }
    }

    private void mix(String text) {
        fingerprint = (fingerprint ^ text.hashCode() ^ ((long) text.length() << 32)) * 0x9E3779B97F4A7C15L;
        fingerprint ^= fingerprint >>> 29;
    }
}
