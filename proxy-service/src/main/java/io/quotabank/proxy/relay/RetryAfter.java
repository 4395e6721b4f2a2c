package io.quotabank.proxy.relay;

import io.quotabank.proxy.upstream.UpstreamResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a provider asks to be left alone, in the forms that are in use. */
final class RetryAfter {

    private static final Pattern PARTS = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");
    private static final double MILLIS_PER_SECOND = 1_000;

    /** What asks for longer is a mistake, and not to be reckoned with. */
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Null where the provider says nothing; a day at most. */
    static @Nullable Duration of(UpstreamResponse response, Instant now) {
        var asked = asked(response, now);
        return asked == null || asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
    }

    private static @Nullable Duration asked(UpstreamResponse response, Instant now) {
        var millis = number(response.header("retry-after-ms"));
        if (millis != null) {
            return Duration.ofMillis(millis.longValue());
        }
        var header = response.header("retry-after");
        if (header != null) {
            var seconds = number(header);
            return seconds != null ? Duration.ofMillis((long) (seconds * MILLIS_PER_SECOND)) : untilDate(header, now);
        }
        return longer(
                reset(response, "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
                reset(response, "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"));
    }

    /** OpenAI's form of a duration: 20ms, 1s, 6m0s. Null where it is none. */
    static @Nullable Duration duration(String text) {
        var parts = PARTS.matcher(text);
        double millis = 0;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            millis += Double.parseDouble(parts.group(1)) * unitMs(parts.group(2));
            end = parts.end();
        }
        return end == 0 || end != text.length() ? null : Duration.ofMillis((long) Math.ceil(millis));
    }

    private static @Nullable Duration reset(UpstreamResponse response, String remaining, String reset) {
        var until = "0".equals(response.header(remaining)) ? response.header(reset) : null;
        return until == null ? null : duration(until);
    }

    private static @Nullable Duration untilDate(String date, Instant now) {
        try {
            var until = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
            var wait = Duration.between(now, until);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException neither) {
            return null;
        }
    }

    private static @Nullable Double number(@Nullable String text) {
        try {
            var number = text == null ? null : Double.valueOf(text.strip());
            return number == null || number < 0 || !Double.isFinite(number) ? null : number;
        } catch (NumberFormatException other) {
            return null;
        }
    }

    private static @Nullable Duration longer(@Nullable Duration one, @Nullable Duration other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) > 0 ? one : other;
    }

    private static double unitMs(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
        };
    }

    private RetryAfter() {}
}
