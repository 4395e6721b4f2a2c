package io.quotabank.proxy.body;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as it came, with what was read of it and where that stands. What goes upstream are the same bytes
 * with the fewest edits.
 */
public final class RequestBody {

    /** OpenAI's own default for the tokens of a completion; others have other ones. */
    static final long DEFAULT_COMPLETION = 16;

    /** Room for one more member at the start of an object. */
    record Opening(int offset, boolean empty) {}

    private record Edit(Span span, String text) {}

    private final Operation operation;
    private final byte[] bytes;
    private final Opening root;

    @Nullable
    String model;

    @Nullable
    Span modelSpan;

    boolean stream;

    @Nullable
    Span streamSpan;

    boolean includeUsage;

    @Nullable
    Span includeUsageSpan;

    @Nullable
    Span streamOptionsSpan;

    @Nullable
    Opening streamOptions;

    @Nullable
    Long maxTokens;

    @Nullable
    Span maxTokensSpan;

    @Nullable
    Long maxCompletionTokens;

    @Nullable
    Span maxCompletionTokensSpan;

    /** The answers that are asked for, to each prompt. */
    int choices = 1;

    /** The answers that are drawn for each prompt, where that is more than are asked for. */
    int bestOf = 1;

    /** Prompts, or texts to embed, of which each has a context of its own. */
    int inputs = 1;

    /** True where each answer begins with a copy of its prompt. */
    boolean echo;

    /** What the provider is to expect as an answer: its tokens are billed as output also where they are not used. */
    long predictionBytes;

    final Attachments attachments = new Attachments();

    RequestBody(Operation operation, byte[] bytes, Opening root) {
        this.operation = operation;
        this.bytes = bytes;
        this.root = root;
    }

    /** Reads a body whole, in one pass. */
    public static RequestBody of(Operation operation, byte[] bytes) throws MalformedRequestException {
        return Scan.scan(operation, bytes);
    }

    public Operation operation() {
        return operation;
    }

    public byte[] bytes() {
        return bytes;
    }

    /** The model that the body names; null where it names none. */
    public @Nullable String model() {
        return model;
    }

    public boolean stream() {
        return stream;
    }

    /** True where the client of a stream asks for its usage. */
    public boolean includeUsage() {
        return includeUsage;
    }

    public boolean hasAudio() {
        return attachments.audioCharacters() > 0;
    }

    /** How many choices the answer will have. */
    public int answers() {
        return inputs * choices;
    }

    /** How many outputs the provider will draw, and bill. */
    public long outputs() {
        return (long) inputs * Math.max(choices, bestOf);
    }

    /** The most output tokens that are billed beside those of the outputs. */
    public long predictedOutput() {
        return predictionBytes * choices;
    }

    /** True where each answer is to begin with a copy of its prompt, for which nothing is billed. */
    public boolean echo() {
        return echo;
    }

    /** The texts that choices are to begin with, by their index; null for what is not known. */
    public IntFunction<@Nullable String> repeated() {
        if (!echo) {
            return choice -> null;
        }
        var texts = PromptInput.texts(bytes);
        return choice -> choice / choices < texts.size() ? texts.get(choice / choices) : null;
    }

    /** The most tokens that each output may have, as the client or the protocol sets it; null where neither does. */
    public @Nullable Long outputLimit() {
        return switch (operation) {
            case CHAT -> chatLimit();
            case TEXT_COMPLETION -> maxTokens == null ? (Long) DEFAULT_COMPLETION : maxTokens;
            case EMBEDDINGS -> (Long) 0L;
        };
    }

    private @Nullable Long chatLimit() {
        if (maxTokens == null || maxCompletionTokens == null) {
            return maxTokens == null ? maxCompletionTokens : maxTokens;
        }
        return Math.max(maxTokens, maxCompletionTokens);
    }

    /**
     * The output limit that was reserved for where the body does not tell it to this provider: it has it only under
     * OpenAI's newer name and the provider reads the older one, or it leaves it to a default that need not be OpenAI's.
     * Null where nothing is missing.
     *
     * @param openAi true for a provider that reads the newer name
     * @param atProvider false for an address of a key's owner, where anybody may answer
     */
    public @Nullable Long limitMissing(boolean openAi, boolean atProvider) {
        if (maxTokens != null) {
            return null;
        }
        return switch (operation) {
            case CHAT -> openAi ? null : maxCompletionTokens;
            case TEXT_COMPLETION -> openAi && atProvider ? null : (Long) DEFAULT_COMPLETION;
            case EMBEDDINGS -> null;
        };
    }

    /** The name by which a provider reads the output limit. */
    public String limitName(boolean openAi) {
        // OpenAI's newer models take the newer name only; all others know the older one.
        return openAi && operation == Operation.CHAT ? "max_completion_tokens" : "max_tokens";
    }

    /**
     * The body to send.
     *
     * @param upstreamModel the model's name at the provider
     * @param streamed true where an event stream with a usage report is wanted, false to leave that as it is
     * @param limit an output limit to set where the client set none; null sets none
     * @param limitName the member that takes it
     */
    public byte[] forUpstream(String upstreamModel, boolean streamed, @Nullable Long limit, String limitName) {
        var edits = new ArrayList<Edit>(4);
        var added = new StringBuilder();
        if (!upstreamModel.equals(model)) {
            set(edits, added, modelSpan, "model", quoted(upstreamModel));
        }
        if (streamed) {
            if (!stream) {
                set(edits, added, streamSpan, "stream", "true");
            }
            if (!includeUsage) {
                askForUsage(edits, added);
            }
        }
        if (limit != null) {
            var span = limitName.equals("max_tokens") ? maxTokensSpan : maxCompletionTokensSpan;
            set(edits, added, span, limitName, limit.toString());
        }
        if (!added.isEmpty()) {
            // Every member was added with a comma behind it.
            int end = root.empty() ? added.length() - 1 : added.length();
            edits.add(new Edit(new Span(root.offset(), root.offset()), added.substring(0, end)));
        }
        return edits.isEmpty() ? bytes : applied(edits);
    }

    private void askForUsage(List<Edit> edits, StringBuilder added) {
        var inner = streamOptions;
        if (inner == null) {
            set(edits, added, streamOptionsSpan, "stream_options", "{\"include_usage\":true}");
        } else if (includeUsageSpan != null) {
            edits.add(new Edit(includeUsageSpan, "true"));
        } else {
            var text = "\"include_usage\":true" + (inner.empty() ? "" : ",");
            edits.add(new Edit(new Span(inner.offset(), inner.offset()), text));
        }
    }

    /** Replaces the value that is there, or adds the member. */
    private static void set(List<Edit> edits, StringBuilder added, @Nullable Span value, String name, String text) {
        if (value != null) {
            edits.add(new Edit(value, text));
        } else {
            added.append('"').append(name).append("\":").append(text).append(',');
        }
    }

    private byte[] applied(List<Edit> edits) {
        edits.sort(Comparator.comparingInt(edit -> edit.span().start()));
        int length = bytes.length;
        var inserts = new ArrayList<byte[]>(edits.size());
        for (var edit : edits) {
            var insert = edit.text().getBytes(StandardCharsets.UTF_8);
            inserts.add(insert);
            length += insert.length - (edit.span().end() - edit.span().start());
        }
        var result = new byte[length];
        int from = 0;
        int to = 0;
        for (int i = 0; i < edits.size(); i++) {
            var span = edits.get(i).span();
            System.arraycopy(bytes, from, result, to, span.start() - from);
            to += span.start() - from;
            System.arraycopy(inserts.get(i), 0, result, to, inserts.get(i).length);
            to += inserts.get(i).length;
            from = span.end();
        }
        System.arraycopy(bytes, from, result, to, bytes.length - from);
        return result;
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
