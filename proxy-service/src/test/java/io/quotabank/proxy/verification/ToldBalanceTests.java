package io.quotabank.proxy.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToldBalanceTests {

    private static final BigDecimal RATE = new BigDecimal("7.1");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'currency':'USD','total_balance':'12.50'}                                            | 12.50",
                "{'currency':'USD','total_balance':12.5}                                               | 12.5",
                "{'currency':'CNY','total_balance':'110.00'}                                           | 15.492957",
                "{'currency':'CNY','total_balance':'71'},{'currency':'USD','total_balance':'5.00'}     | 15",
                "{'currency':'EUR','total_balance':'71'},{'currency':'USD','total_balance':'5.00'}     | 5",
                "{'currency':'USD','total_balance':'-3.00'}                                            | 0"
            })
    void addsUpWhatDeepSeekTells(String parts, BigDecimal usd) {
        assertThat(usd(BalanceForm.DEEPSEEK, "https://api.deepseek.com/v1", "{'balance_infos':[" + parts + "]}"))
                .isEqualByComparingTo(usd);
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.moonshot.cn/v1, 71, 10",
        "https://api.moonshot.ai/v1, 71, 71",
        "https://keys.example.com/v1, 71, 10",
        "https://api.moonshot.cn/v1, -0.5, 0"
    })
    void takesMoonshotsBalanceInTheCurrencyOfItsHost(String baseUrl, String available, BigDecimal usd) {
        var answer = "{'code':0,'data':{'available_balance':" + available + ",'cash_balance':3},'status':true}";

        assertThat(usd(BalanceForm.MOONSHOT, baseUrl, answer)).isEqualByComparingTo(usd);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{'data':{}}",
                "{'data':{'available_balance':null}}",
                "{'data':{'available_balance':true}}",
                "{'data':{'available_balance':'much'}}",
                "{'data':{'available_balance':1e999999999}}",
                "{'data':[1]}",
                "{'balance_infos':{}}",
                "{'balance_infos':[]}",
                "{'balance_infos':[7]}",
                "{'balance_infos':[{'currency':'EUR','total_balance':'1'}]}",
                "{'balance_infos':[{'currency':'USD','total_balance':''}]}",
                "{'balance_infos':[{'currency':'USD','total_balance':'1e999999999'}]}",
                "{'balance_infos':[{'currency':'CNY','total_balance':'99999999999'}]}",
                "{'balance_infos':[{'total_balance':'1'}]}"
            })
    void tellsNothingInAnyOtherForm(String answer) {
        assertThat(usd(BalanceForm.MOONSHOT, "https://api.moonshot.cn/v1", answer))
                .isNull();
        assertThat(usd(BalanceForm.DEEPSEEK, "https://api.deepseek.com/v1", answer))
                .isNull();
    }

    @Test
    void doesNotTakeTheOneFormForTheOther() {
        var moonshot = "{'data':{'available_balance':5}}";
        var deepSeek = "{'balance_infos':[{'currency':'USD','total_balance':'5'}]}";

        assertThat(usd(BalanceForm.DEEPSEEK, "https://api.deepseek.com/v1", moonshot))
                .isNull();
        assertThat(usd(BalanceForm.MOONSHOT, "https://api.moonshot.cn/v1", deepSeek))
                .isNull();
    }

    private static BigDecimal usd(BalanceForm form, String baseUrl, String answer) {
        return new ToldBalance(form, baseUrl, RATE)
                .usd(answer.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
