package io.quotabank.pool.priceimport;

import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a model and its prices of a row, or says why it can't be sold from. */
final class RowReader {

    sealed interface Reading {
        record Listed(ListedModel model) implements Reading {}

        record Refused(String reason) implements Reading {}
    }

    /** Leaves the reading of a row at its first fault. */
    private static final class UnfitException extends Exception {
        UnfitException(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /** Names that LiteLLM gives to what a row is for. */
    private static final Map<String, Mode> MODES =
            Map.of("chat", Mode.CHAT, "completion", Mode.COMPLETION, "embedding", Mode.EMBEDDING);

    private static final Set<String> OTHER_MODES = Set.of(
            "image_generation",
            "image_edit",
            "audio_transcription",
            "audio_speech",
            "moderation",
            "realtime",
            "rerank",
            "responses",
            "search",
            "ocr",
            "vector_store",
            "video_generation");

    private static final Set<String> TAKEN = Set.of(
            "input_cost_per_token",
            "output_cost_per_token",
            "cache_read_input_token_cost",
            "cache_creation_input_token_cost",
            "output_cost_per_reasoning_token",
            "input_cost_per_request");

    private static final Set<String> NOTHING = Set.of("0", "0.0", "false");
    private static final Pattern TIER = Pattern.compile("(.+)_above_(\\d{1,6})k_tokens");
    private static final Pattern NAME = Pattern.compile("[!-~]{1,200}");
    private static final int FROM_TOKEN_TO_MILLION = 6;
    private static final long MOST_TOKENS = 100_000_000;

    /** @param provider our name for the row's provider */
    static Reading read(FileRow row, String provider) {
        try {
            return new Reading.Listed(listed(row, provider));
        } catch (UnfitException unfit) {
            return new Reading.Refused(unfit.reason());
        }
    }

    /** As its provider names the model: the key, without the prefix by which the file names the provider. */
    static String upstreamName(FileRow row) {
        var prefix = row.text("litellm_provider") + "/";
        return row.key().startsWith(prefix) ? row.key().substring(prefix.length()) : row.key();
    }

    private static ListedModel listed(FileRow row, String provider) throws UnfitException {
        if (row.fault() != null) {
            throw new UnfitException(row.fault());
        }
        var mode = mode(row.text("mode"));
        var name = upstreamName(row);
        if (!NAME.matcher(name).matches()) {
            throw new UnfitException("a model's name has 1 to 200 visible ASCII characters");
        }
        if (name.startsWith("ft:")) {
            throw new UnfitException("it prices fine-tuned models, which have names of their own");
        }
        var input = tokens(row, "max_input_tokens");
        checkTiers(row, input);
        return new ListedModel(
                row.key(),
                provider,
                name,
                mode,
                price(row, mode),
                input,
                mode == Mode.EMBEDDING ? OptionalLong.of(0) : longestOutput(row),
                "true".equals(row.text("supports_vision")),
                otherPrices(row));
    }

    private static Mode mode(@Nullable String name) throws UnfitException {
        if (name == null) {
            throw new UnfitException("it has no mode");
        }
        var mode = MODES.get(name);
        if (mode == null) {
            throw new UnfitException(
                    OTHER_MODES.contains(name)
                            ? "chat, completion and embedding are sold here, not " + name
                            : "its mode is not known: " + shortened(name));
        }
        return mode;
    }

    private static OptionalLong longestOutput(FileRow row) throws UnfitException {
        var output = tokens(row, "max_output_tokens");
        return output.isPresent() ? output : tokens(row, "max_tokens");
    }

    /** A price that rises with the length of the input would be sold at its lowest step. */
    private static void checkTiers(FileRow row, OptionalLong longestInput) throws UnfitException {
        if (row.nested().contains("tiered_pricing")) {
            throw new UnfitException("tiered prices are not supported: tiered_pricing");
        }
        for (var member : row.values().keySet()) {
            var tier = TIER.matcher(member);
            if (tier.matches()
                    && TAKEN.contains(tier.group(1))
                    && longestInput.orElse(Long.MAX_VALUE) > Long.parseLong(tier.group(2)) * 1_000) {
                throw new UnfitException("tiered prices are not supported: " + member);
            }
        }
    }

    private static Price price(FileRow row, Mode mode) throws UnfitException {
        return new Price(
                required(row, "input_cost_per_token"),
                mode == Mode.EMBEDDING ? BigDecimal.ZERO : required(row, "output_cost_per_token"),
                perMillion(row, "cache_read_input_token_cost"),
                perMillion(row, "cache_creation_input_token_cost"),
                perMillion(row, "output_cost_per_reasoning_token"),
                dollars(row, "input_cost_per_request"));
    }

    private static BigDecimal required(FileRow row, String member) throws UnfitException {
        var price = perMillion(row, member);
        if (price == null) {
            throw new UnfitException("it has no " + member);
        }
        return price;
    }

    private static @Nullable BigDecimal perMillion(FileRow row, String member) throws UnfitException {
        var dollars = dollars(row, member);
        return dollars == null ? null : plain(dollars.movePointRight(FROM_TOKEN_TO_MILLION));
    }

    /** From the text itself: a double between would make another price of it. */
    private static @Nullable BigDecimal dollars(FileRow row, String member) throws UnfitException {
        var text = row.text(member);
        if (text == null) {
            return null;
        }
        var dollars = decimal(text, member);
        if (dollars.signum() < 0) {
            throw new UnfitException("%s is negative: %s".formatted(member, shortened(text)));
        }
        // In dollars for one: whatever is sold has a price between these.
        if (dollars.compareTo(BigDecimal.ONE) > 0
                || dollars.stripTrailingZeros().scale() > 24) {
            throw new UnfitException(
                    "%s is beyond bounds, 0 to 1 with up to 24 decimals: %s".formatted(member, shortened(text)));
        }
        return plain(dollars);
    }

    private static BigDecimal decimal(String text, String member) throws UnfitException {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException garbled) {
            throw new UnfitException("%s is not a number: %s".formatted(member, shortened(text)));
        }
    }

    private static OptionalLong tokens(FileRow row, String member) throws UnfitException {
        var text = row.text(member);
        if (text == null) {
            return OptionalLong.empty();
        }
        var count = decimal(text, member);
        if (count.signum() <= 0 || count.compareTo(BigDecimal.valueOf(MOST_TOKENS)) > 0) {
            throw new UnfitException(
                    "%s is beyond bounds, 1 to %d: %s".formatted(member, MOST_TOKENS, shortened(text)));
        }
        try {
            return OptionalLong.of(count.longValueExact());
        } catch (ArithmeticException fraction) {
            throw new UnfitException("%s is not whole: %s".formatted(member, shortened(text)));
        }
    }

    /** A table of prices, as for searches, is one whatever it says: only its name is known. */
    private static List<String> otherPrices(FileRow row) {
        var plain =
                row.values().entrySet().stream().filter(RowReader::isOtherPrice).map(Map.Entry::getKey);
        var tables = row.nested().stream().filter(member -> member.contains("cost"));
        return Stream.concat(plain, tables).sorted().toList();
    }

    private static boolean isOtherPrice(Map.Entry<String, String> member) {
        return member.getKey().contains("cost")
                && !TAKEN.contains(member.getKey())
                && !NOTHING.contains(member.getValue());
    }

    /** The same number, written without an exponent. */
    private static BigDecimal plain(BigDecimal number) {
        var stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    private static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }

    private RowReader() {}
}
