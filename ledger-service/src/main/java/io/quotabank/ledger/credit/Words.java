package io.quotabank.ledger.credit;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.credit.History.About;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Locale.LanguageRange;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** What callers read, in their language: Chinese unless they ask for English. */
@Component
class Words {

    private static final List<Locale> LANGUAGES = List.of(Locale.CHINESE, Locale.ENGLISH);

    private final MessageSource messages;

    Words(MessageSource messages) {
        this.messages = messages;
    }

    String recharged(Credits recharged, Credits balance, @Nullable String acceptLanguage) {
        return say("recharged", acceptLanguage, recharged, balance);
    }

    String describe(History.Entry entry, @Nullable String acceptLanguage) {
        var type = say("entry." + entry.type(), acceptLanguage);
        return switch (entry.about()) {
            case null -> type;
            case About.Usage(String model, long input, long output) ->
                say("entry.proxy_usage.of", acceptLanguage, model, input, output);
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

    private String say(String code, @Nullable String acceptLanguage, Object... values) {
        var texts = Arrays.stream(values).map(String::valueOf).toArray();
        return messages.getMessage(code, texts, language(acceptLanguage));
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
