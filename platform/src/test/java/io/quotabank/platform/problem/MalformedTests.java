package io.quotabank.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.mock.http.MockHttpInputMessage;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class MalformedTests {

    private static final JsonMapper JSON = new JsonMapper();

    enum Payee {
        SELLER,
        PLATFORM;

        @JsonValue
        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Share(Payee payee, BigDecimal part) {}

    record Sale(UUID id, Instant from, List<Share> shares) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":\"me\"} | id 应为 UUID | id is a UUID",
                "{\"from\":\"noon\"} | from 应为时间，例如 2026-01-31T12:00:00Z |"
                        + " from is an instant as 2026-01-31T12:00:00Z",
                "{\"shares\":7} | shares 应为数组 | shares is an array",
                "{\"shares\":[{},7]} | shares[1] 应为对象 | shares[1] is an object",
                "{\"shares\":[{\"payee\":\"bank\"}]} | shares[0].payee 应为以下之一：seller, platform |"
                        + " shares[0].payee is one of seller, platform",
                "{\"shares\":[{\"part\":\"half\"}]} | shares[0].part 应为数字 | shares[0].part is a number"
            })
    void namesTheMemberAndWhatIsAllowedThere(String body, String chinese, String english) {
        var unreadable = catchThrowableOfType(JacksonException.class, () -> JSON.readValue(body, Sale.class));
        var thrown = new HttpMessageNotReadableException("x", unreadable, new MockHttpInputMessage(new byte[0]));

        assertThat(Malformed.words(thrown, Tongue.asked(null))).contains(chinese);
        assertThat(Malformed.words(thrown, Tongue.asked("en"))).contains(english);
    }

    @Test
    void namesAMemberThatIsUnknownAndThoseThatAreKnown() {
        var strict = JSON.rebuild()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        var body = "{\"shares\":[{\"part\":1,\"payer\":\"me\"}]}";
        var unreadable = catchThrowableOfType(JacksonException.class, () -> strict.readValue(body, Sale.class));
        var thrown = new HttpMessageNotReadableException("x", unreadable, new MockHttpInputMessage(new byte[0]));

        assertThat(Malformed.words(thrown, Tongue.asked(null))).contains("没有成员 shares[0].payer，可用成员：part, payee");
        assertThat(Malformed.words(thrown, Tongue.asked("en")))
                .contains("there is no member shares[0].payer; there are part, payee");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tier is bronze, silver or gold | tier 应为 bronze、silver 或 gold",
                "limit is 1 to 100 | limit 应为 1 至 100",
                "credits are above their bonus, which they include, and at most 7 | credits 含加赠，须大于加赠，至多 7",
                "the catalogue has no provider $1 {} | 目录中没有服务商 $1 {}",
                "nobody has said this yet | nobody has said this yet"
            })
    void translatesWhatOurTypesSay(String english, String chinese) {
        assertThat(Translations.chinese(english)).isEqualTo(chinese);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"en-GB,zh;q=0.5 | ENGLISH", "zh-CN,en;q=0.5 | CHINESE", "de | CHINESE", ";;q | CHINESE"})
    void speaksChineseUnlessEnglishIsAskedFor(String acceptLanguage, Tongue tongue) {
        assertThat(Tongue.asked(acceptLanguage)).isEqualTo(tongue);
    }
}
