package io.quotabank.ledger.statement;

import io.quotabank.ledger.credit.History.Entry;
import io.quotabank.ledger.statement.Statements.Statement;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.UnaryOperator;
import org.openpdf.text.Document;
import org.openpdf.text.Element;
import org.openpdf.text.Font;
import org.openpdf.text.PageSize;
import org.openpdf.text.Paragraph;
import org.openpdf.text.Phrase;
import org.openpdf.text.pdf.BaseFont;
import org.openpdf.text.pdf.PdfPCell;
import org.openpdf.text.pdf.PdfPTable;
import org.openpdf.text.pdf.PdfWriter;

/** A table on A4 pages, each of which leaves when it is full. Its font is one that readers bring along for Chinese. */
final class PdfSheet implements Statements.Sheet {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final float[] WIDTHS = {19, 14, 37, 14, 16};
    private static final float MARGIN = 36;
    private static final int TITLE_POINTS = 16;
    private static final int POINTS = 9;

    private final UnaryOperator<String> label;
    private final Document document = new Document(PageSize.A4, MARGIN, MARGIN, MARGIN, MARGIN);
    private final PdfPTable table = new PdfPTable(WIDTHS);
    private final Font title;
    private final Font plain;
    private final ZoneId zone;

    /** @param label of a message's code */
    PdfSheet(OutputStream out, UnaryOperator<String> label, ZoneId zone) throws IOException {
        this.label = label;
        this.zone = zone;
        var song = BaseFont.createFont("STSong-Light", "UniGB-UCS2-H", BaseFont.NOT_EMBEDDED);
        title = new Font(song, TITLE_POINTS);
        plain = new Font(song, POINTS);
        PdfWriter.getInstance(document, out);
    }

    @Override
    public void begin(Statement statement) {
        document.addTitle(label.apply("statement.title"));
        document.open();
        document.add(new Paragraph(label.apply("statement.title"), title));
        document.add(line("statement.user", statement.user().toString()));
        document.add(line(
                "statement.period",
                time(statement.period().from()) + " — "
                        + time(statement.period().to()) + " " + zone));
        document.add(line("statement.opening", statement.opening().balance().toString()));
        var closing = line("statement.closing", statement.closing().balance().toString());
        closing.setSpacingAfter(POINTS);
        document.add(closing);
        table.setWidthPercentage(100);
        table.setComplete(false);
        for (var code : List.of("time", "action", "description", "amount", "balance")) {
            cell(label.apply("statement." + code), Element.ALIGN_LEFT);
        }
        table.setHeaderRows(1);
    }

    @Override
    public void add(Entry entry, String description) {
        cell(time(entry.at()), Element.ALIGN_LEFT);
        cell(entry.action(), Element.ALIGN_LEFT);
        cell(description, Element.ALIGN_LEFT);
        cell(Statements.signed(entry.amountMicro()), Element.ALIGN_RIGHT);
        cell(Statements.signed(entry.balanceAfterMicro()), Element.ALIGN_RIGHT);
    }

    @Override
    public void flush() {
        document.add(table);
    }

    @Override
    public void end(Statement statement) {
        table.setComplete(true);
        document.add(table);
        document.close();
    }

    private Paragraph line(String code, String value) {
        return new Paragraph(label.apply(code) + "  " + value, plain);
    }

    private void cell(String text, int alignment) {
        var cell = new PdfPCell(new Phrase(printable(text), plain));
        cell.setHorizontalAlignment(alignment);
        table.addCell(cell);
    }

    private String time(Instant at) {
        return TIME.format(at.atZone(zone));
    }

    /** The font's encoding has no characters beyond the first 65,536. */
    static String printable(String text) {
        var printable = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> Character.isBmpCodePoint(point) && !Character.isISOControl(point) ? point : '?')
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }
}
