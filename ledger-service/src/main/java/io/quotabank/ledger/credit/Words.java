package io.quotabank.ledger.credit;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.credit.History.About;
import io.quotabank.platform.problem.Problems;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Locale.LanguageRange;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** What callers read, in their language: Chinese unless they ask for English. */
@Component
public class Words {

    private static final List<Locale> LANGUAGES = List.of(Locale.CHINESE, Locale.ENGLISH);

    private static final Pattern ONE = Pattern.compile("(?<![\\d.])1 credits( are)?");

    private final MessageSource messages;

    Words(MessageSource messages) {
        this.messages = messages;
    }

    String recharged(Credits recharged, Credits balance, @Nullable String acceptLanguage) {
        return say("recharged", acceptLanguage, recharged, balance);
    }

    public String describe(History.Entry entry, @Nullable String acceptLanguage) {
        var type = say("entry." + entry.type(), acceptLanguage);
        return switch (entry.about()) {
            case null -> type;
            case About.Usage(String model, long input, long output) ->
                say("entry.proxy_usage.of", acceptLanguage, model, input, output);
            case About.Consumption(String action, String text) -> text != null ? text : type + " · " + action;
            case About.Refund(String reason) -> type + " · " + reason;
            case About.Hold(String description) -> type + " · " + description;
            case About.Grant(String origin, String reason) -> {
                var why = say("entry.bonus." + origin, acceptLanguage);
                yield reason == null ? why : why + " · " + reason;
            }
            case About.Recharge(String method, String order) -> {
                var paid = method == null ? type : type + " · " + say("method." + method, acceptLanguage);
                yield order == null ? paid : paid + " · " + order;
            }
        };
    }

    /** Refuses a request that needs more credits than are available; nothing has changed. */
    public ResponseEntity<?> tooLittle(Credits available, Credits needed, @Nullable String acceptLanguage) {
        var message = say("insufficient", acceptLanguage, available, needed);
        var problem = Problems.of("insufficient_credits", message);
        problem.setProperty("success", false);
        problem.setProperty("credits", available.toDecimal());
        problem.setProperty("needed", needed.toDecimal());
        problem.setProperty("message", message);
        return Problems.response(problem);
    }

    /** @param code of a message; its values follow in their order */
    public String say(String code, @Nullable String acceptLanguage, Object... values) {
        var texts = Arrays.stream(values).map(String::valueOf).toArray();
        var language = language(acceptLanguage);
        var said = messages.getMessage(code, texts, language);
        return language.equals(Locale.ENGLISH)
                ? ONE.matcher(said).replaceAll(one -> one.group(1) == null ? "1 credit" : "1 credit is")
                : said;
    }

    private static Locale language(@Nullable String acceptLanguage) {
        if (acceptLanguage == null) {
            return Locale.CHINESE;
        }
        try {
            var chosen = Locale.lookup(LanguageRange.parse(acceptLanguage), LANGUAGES);
            return chosen == null ? Locale.CHINESE : chosen;
        } catch (IllegalArgumentException malformed) {
            return Locale.CHINESE;
        }
    }
}
