package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.http.Pieces;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream that begins well, with status 200, and says nothing but an error. */
final class ErrorStream implements Pieces {

    private final Iterator<String> events;

    ErrorStream(OpenAiError error) {
        events = List.of(event(error), "data: [DONE]\n\n").iterator();
    }

    static String event(OpenAiError error) {
        return "data: " + error.json() + "\n\n";
    }

    @Override
    public long dueInNanos() {
        return 0;
    }

    @Override
    public @Nullable String next() {
        return events.hasNext() ? events.next() : null;
    }

    @Override
    public void sent() {}

    @Override
    public boolean endsProperly() {
        return true;
    }

    @Override
    public void ended(boolean whole) {}
}
