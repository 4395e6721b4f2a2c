package io.quotabank.ledger.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.credit.History.Entry;
import io.quotabank.ledger.credit.Past.Standing;
import io.quotabank.ledger.statement.Statements.Statement;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PdfSheetTests {

    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final UUID ENTRY = UUID.fromString("01234567-89ab-7def-8123-456789abcdef");
    private static final Instant FROM = Instant.parse("2026-10-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-01T00:00:00Z");
    private static final int SMALL = 120_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sign-up credits",
                "Größe, naïve café · 5 €",
                "Видео: заказ № 42, їжак",
                "Ελληνικά",
                "第3个角色：骨直令，繁體",
                "すし 한글",
                "𠮷野家"
            })
    void carriesWhatItIsReadWith(String description) throws Exception {
        try (var read = new ReadPdf(pdf(description))) {
            assertThat(read.text())
                    .contains("积分 Title", "2026-10-01 08:00:00 — 2026-11-01 08:00:00 Asia/Shanghai", "1234.5")
                    .contains("2026-10-02 11:04:05", description, "-7.000001", "493", ENTRY.toString());
            assertThat(read.fonts()).hasSize(2).allMatch(ReadPdf.Carried::subset);
            assertThat(read.blank()).as("characters without a picture").isEmpty();
        }
    }

    @Test
    void isSmall() {
        assertThat(pdf("第3个角色")).hasSizeLessThan(SMALL);
    }

    @ParameterizedTest
    @CsvSource({"a😀b, a□b", "عربي, □□□□", "a\u0007b, a□b", "👨\u200D👩, □□", "\uD83D!, □!"})
    void whatNoFontHasLeavesAMark(String description, String shown) throws Exception {
        try (var read = new ReadPdf(pdf("<" + description + ">"))) {
            assertThat(read.text()).contains("<" + shown + ">");
            assertThat(read.blank()).isEmpty();
        }
    }

    @Test
    void textStaysOnOneLineWithItsAccents() {
        assertThat(Typeface.printable("a\tb\r\nc\u00A0d")).isEqualTo("a b  c d");
        assertThat(Typeface.printable("u\u0308ber \u202Ecba\uFE0F")).isEqualTo("über cba");
    }

    @Test
    void whatIsWrittenFromTheRightIsReadFromTheRight() throws Exception {
        try (var read = new ReadPdf(pdf("שלום"))) {
            assertThat(read.left("ש")).isGreaterThan(read.left("ם"));
        }
    }

    @Test
    void numbersStandBelowTheEndsOfTheirHeads() throws Exception {
        try (var read = new ReadPdf(pdf("x"))) {
            assertThat(read.right("-7.000001")).isEqualTo(read.right("HeadAmount"));
            assertThat(read.right("493")).isEqualTo(read.right("HeadBalance"));
            assertThat(read.left(ENTRY.toString())).isEqualTo(read.left("HeadId"));
        }
    }

    @Test
    void documentsThatAreMadeAtOnceDoNotMix() throws Exception {
        List<Callable<String>> makers = IntStream.range(0, 24)
                .<Callable<String>>mapToObj(i -> () -> {
                    var text = Character.toString(0x4E00 + 37 * i) + " № " + i;
                    try (var read = new ReadPdf(pdf(text))) {
                        return read.text().contains(text) && read.blank().isEmpty() ? "" : text;
                    }
                })
                .toList();
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var made : threads.invokeAll(makers)) {
                assertThat(made.get()).isEmpty();
            }
        }
    }

    private static byte[] pdf(String description) {
        var out = new ByteArrayOutputStream();
        var sheet = new PdfSheet(out, PdfSheetTests::label, ZONE);
        var statement = new Statement(
                new AccountId(1),
                UUID.randomUUID(),
                new Period(FROM, TO, ZONE),
                new Standing(1, new Credits(1_234_500_000L)),
                new Standing(2, Credits.ZERO));
        sheet.begin(statement);
        var at = Instant.parse("2026-10-02T03:04:05Z");
        sheet.add(new Entry(ENTRY, 2, "consume", -7_000_001, 493_000_000, at, null, null), description);
        sheet.flush();
        sheet.end(statement);
        return out.toByteArray();
    }

    private static String label(String code) {
        return switch (code) {
            case "statement.title" -> "积分 Title";
            case "statement.amount" -> "HeadAmount";
            case "statement.balance" -> "HeadBalance";
            case "statement.id" -> "HeadId";
            default -> code;
        };
    }
}
