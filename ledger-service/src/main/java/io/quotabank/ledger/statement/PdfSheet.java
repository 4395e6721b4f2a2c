package io.quotabank.ledger.statement;

import io.quotabank.ledger.credit.History.Entry;
import io.quotabank.ledger.statement.Statements.Statement;
import java.io.OutputStream;
import java.text.Bidi;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.function.UnaryOperator;
import org.openpdf.text.Document;
import org.openpdf.text.Element;
import org.openpdf.text.PageSize;
import org.openpdf.text.Paragraph;
import org.openpdf.text.pdf.PdfPCell;
import org.openpdf.text.pdf.PdfPTable;
import org.openpdf.text.pdf.PdfWriter;

/** A table on A4 pages, each of which leaves when it is full. */
final class PdfSheet implements Statements.Sheet {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final float[] WIDTHS = {19, 16, 50, 16, 17, 37};
    private static final float MARGIN = 36;
    private static final int TITLE_POINTS = 16;
    private static final int POINTS = 9;

    private final UnaryOperator<String> label;
    private final Document document = new Document(PageSize.A4.rotate(), MARGIN, MARGIN, MARGIN, MARGIN);
    private final PdfPTable table = new PdfPTable(WIDTHS);
    private final Typeface title = new Typeface(TITLE_POINTS);
    private final Typeface plain = new Typeface(POINTS);
    private final ZoneId zone;

    /** @param label of a message's code */
    PdfSheet(OutputStream out, UnaryOperator<String> label, ZoneId zone) {
        this.label = label;
        this.zone = zone;
        PdfWriter.getInstance(document, out);
    }

    @Override
    public void begin(Statement statement) {
        document.addTitle(label.apply("statement.title"));
        document.open();
        document.add(new Paragraph(title.set(label.apply("statement.title"))));
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
        head(Element.ALIGN_LEFT, "time", "action", "description");
        head(Element.ALIGN_RIGHT, "amount", "balance");
        head(Element.ALIGN_LEFT, "id");
        table.setHeaderRows(1);
    }

    @Override
    public void add(Entry entry, String description) {
        cell(time(entry.at()), Element.ALIGN_LEFT);
        cell(entry.action(), Element.ALIGN_LEFT);
        cell(description, Element.ALIGN_LEFT);
        cell(Statements.signed(entry.amountMicro()), Element.ALIGN_RIGHT);
        cell(Statements.signed(entry.balanceAfterMicro()), Element.ALIGN_RIGHT);
        cell(entry.transfer().toString(), Element.ALIGN_LEFT);
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
        return new Paragraph(plain.set(label.apply(code) + "  " + value));
    }

    private void head(int alignment, String... codes) {
        for (var code : codes) {
            cell(label.apply("statement." + code), alignment);
        }
    }

    private void cell(String text, int alignment) {
        var cell = new PdfPCell(plain.set(text));
        cell.setHorizontalAlignment(alignment);
        if (Bidi.requiresBidi(text.toCharArray(), 0, text.length())) {
            cell.setRunDirection(PdfWriter.RUN_DIRECTION_LTR);
        }
        table.addCell(cell);
    }

    private String time(Instant at) {
        return TIME.format(at.atZone(zone));
    }
}
