package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.answer.EventStream.Break;
import io.quotabank.sandbox.answer.Usage;
import io.quotabank.sandbox.fault.Fault;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What faults make of an answer. */
final class Broken {

    private static final String MALFORMED = "data: {\"id\":\"broken\",\"choices\":[{\"delta\":{\"content\":\n\n";

    private Broken() {}

    /** How a stream breaks; null: it does not. */
    static @Nullable Break stream(@Nullable Fault fault) {
        return switch (fault) {
            case Fault.Cut cut -> new Break(Break.Kind.CUT, cut.afterChunks(), "");
            case Fault.Stall stall -> new Break(Break.Kind.STALL, stall.afterChunks(), "");
            case Fault.MalformedChunk chunk -> new Break(Break.Kind.INSERT, chunk.afterChunks(), MALFORMED);
            case Fault.ErrorEvent error ->
                new Break(Break.Kind.END, error.afterChunks(), ErrorStream.event(OpenAiError.serverError()));
            case null, default -> null;
        };
    }

    /** The usage that an answer tells: none, one or two. */
    static List<Usage> told(@Nullable Fault fault, Usage usage) {
        return switch (fault) {
            case Fault.OmitUsage omitted -> List.of();
            case Fault.WrongUsage wrong -> List.of(wrong(wrong, usage));
            case Fault.DoubleUsage twice -> List.of(usage, times(twice.factor(), usage));
            case null, default -> List.of(usage);
        };
    }

    private static Usage wrong(Fault.WrongUsage wrong, Usage usage) {
        var other = times(wrong.factor(), usage);
        var prompt = wrong.promptTokens() == null ? other.prompt() : wrong.promptTokens();
        var completion = wrong.completionTokens() == null ? other.completion() : wrong.completionTokens();
        return new Usage(prompt, Math.min(other.cached(), prompt), completion);
    }

    /** Rounded down. */
    private static Usage times(double factor, Usage usage) {
        return new Usage(
                (int) (factor * usage.prompt()), (int) (factor * usage.cached()), (int) (factor * usage.completion()));
    }
}
