package io.quotabank.ledger.statement;

import io.quotabank.ledger.credit.History.Entry;
import io.quotabank.ledger.statement.Statements.Statement;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * RFC 4180 in UTF-8, with the mark by which spreadsheets know that. Times are of the zone that was asked for, with their
 * offset; amounts are credits without trailing zeros, as everywhere.
 */
final class CsvSheet implements Statements.Sheet {

    private static final String MARK = "\uFEFF";

    // What a spreadsheet would take for a formula, at the beginning of a cell or of what it may take for one.
    private static final Pattern FORMULA = Pattern.compile("(^|[;,|\\t\\r\\n])([=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20])");

    // As exact as the books, and as long on every line.
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSXXXXX");

    private final Writer out;
    private final UnaryOperator<String> label;
    private final ZoneId zone;

    /** @param label of a message's code */
    CsvSheet(OutputStream out, UnaryOperator<String> label, ZoneId zone) {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        this.label = label;
        this.zone = zone;
    }

    @Override
    public void begin(Statement statement) throws IOException {
        out.write(MARK);
        line(
                label.apply("statement.time"),
                label.apply("statement.action"),
                label.apply("statement.description"),
                label.apply("statement.amount"),
                label.apply("statement.balance"),
                label.apply("statement.id"));
        balance(
                "statement.opening",
                statement.period().from(),
                statement.opening().balance().toString());
    }

    @Override
    public void add(Entry entry, String description) throws IOException {
        line(
                time(entry.at()),
                text(entry.action()),
                text(description),
                Statements.signed(entry.amountMicro()),
                Statements.signed(entry.balanceAfterMicro()),
                entry.transfer().toString());
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void end(Statement statement) throws IOException {
        balance(
                "statement.closing",
                statement.period().to(),
                statement.closing().balance().toString());
        out.flush();
    }

    private void balance(String code, Instant at, String balance) throws IOException {
        line(time(at), "", label.apply(code), "", balance, "");
    }

    private String time(Instant at) {
        return TIME.format(at.atZone(zone));
    }

    private void line(String... cells) throws IOException {
        out.write(Arrays.stream(cells).map(CsvSheet::quoted).collect(Collectors.joining(",")));
        out.write("\r\n");
    }

    /** What people wrote, so that it stays text wherever it is opened. */
    static String text(String value) {
        return FORMULA.matcher(value).replaceAll("$1'$2");
    }

    private static String quoted(String cell) {
        return '"' + cell.replace("\"", "\"\"") + '"';
    }
}
