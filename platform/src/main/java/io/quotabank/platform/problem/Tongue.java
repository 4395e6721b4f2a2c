package io.quotabank.platform.problem;

import java.util.List;
import java.util.Locale;
import java.util.Locale.LanguageRange;
import org.jspecify.annotations.Nullable;

/** A caller's language: Chinese unless they ask for English. */
enum Tongue {
    CHINESE,
    ENGLISH;

    static Tongue asked(@Nullable String acceptLanguage) {
        try {
            return acceptLanguage != null
                            && Locale.ENGLISH.equals(Locale.lookup(
                                    LanguageRange.parse(acceptLanguage), List.of(Locale.CHINESE, Locale.ENGLISH)))
                    ? ENGLISH
                    : CHINESE;
        } catch (IllegalArgumentException malformed) {
            return CHINESE;
        }
    }

    String of(String chinese, String english, Object... values) {
        return (this == ENGLISH ? english : chinese).formatted(values);
    }
}
