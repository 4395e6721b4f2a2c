package io.quotabank.proxy.relay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat request's body as it came, with what was read of it and where that stands. What goes upstream are the same
 * bytes with the fewest edits.
 */
final class ChatBody {

    /** Room for one more member at the start of an object. */
    record Opening(int offset, boolean empty) {}

    private record Edit(Span span, String text) {}

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

    int choices = 1;

    /** What the provider is to expect as an answer: its tokens are billed as output also where they are not used. */
    long predictionBytes;

    final Attachments attachments = new Attachments();

    ChatBody(byte[] bytes, Opening root) {
        this.bytes = bytes;
        this.root = root;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The most tokens that each choice may have, as the client set it; null where it did not. */
    @Nullable
    Long outputLimit() {
        if (maxTokens == null || maxCompletionTokens == null) {
            return maxTokens == null ? maxCompletionTokens : maxTokens;
        }
        return Math.max(maxTokens, maxCompletionTokens);
    }

    /**
     * The client's output limit where the body has it only under OpenAI's newer name and the provider reads the older one:
     * it must hold there, for it is what was reserved for. Null where nothing is missing.
     */
    @Nullable
    Long limitMissing(String limitName) {
        return limitName.equals("max_tokens") && maxTokens == null ? maxCompletionTokens : null;
    }

    /**
     * The body to send.
     *
     * @param upstreamModel the model's name at the provider
     * @param streamed true where an event stream with a usage report is wanted, false to leave that as it is
     * @param limit an output limit to set where the client set none; null sets none
     * @param limitName the member that takes it
     */
    byte[] forUpstream(String upstreamModel, boolean streamed, @Nullable Long limit, String limitName) {
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
