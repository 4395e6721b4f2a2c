package io.quotabank.ledger.statement;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDVectorFont;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/** A PDF as another program than the one that wrote it understands it. */
final class ReadPdf extends PDFTextStripper implements AutoCloseable {

    /** @param subset whether the document carries the part of it that it uses */
    record Carried(String name, boolean subset) {}

    private record Run(String text, float left, float right) {}

    private final PDDocument file;
    private final String text;
    private final Set<Carried> fonts = new HashSet<>();
    private final List<String> blank = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();

    ReadPdf(byte[] bytes) throws IOException {
        file = Loader.loadPDF(bytes);
        var out = new StringWriter();
        writeText(file, out);
        text = out.toString();
    }

    String text() {
        return text;
    }

    int pages() {
        return file.getNumberOfPages();
    }

    Set<Carried> fonts() {
        return fonts;
    }

    /** Characters other than spaces for which there is nothing to draw. */
    List<String> blank() {
        return blank;
    }

    /** In points, to a tenth, of the first glyph or run of text that has it. */
    double left(String part) {
        return tenths(run(part).left());
    }

    double right(String part) {
        return tenths(run(part).right());
    }

    @Override
    protected void processTextPosition(TextPosition position) {
        super.processTextPosition(position);
        var font = position.getFont();
        runs.add(new Run(position.getUnicode(), position.getX(), position.getX() + position.getWidth()));
        fonts.add(new Carried(font.getName(), subset(font)));
        if (!position.getUnicode().isBlank() && !drawn(position)) {
            blank.add(position.getUnicode());
        }
    }

    @Override
    protected void writeString(String string, List<TextPosition> positions) throws IOException {
        super.writeString(string, positions);
        var last = positions.getLast();
        runs.add(new Run(string, positions.getFirst().getX(), last.getX() + last.getWidth()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private Run run(String part) {
        return runs.stream()
                .filter(run -> run.text().contains(part))
                .findFirst()
                .orElseThrow();
    }

    private static boolean subset(PDFont font) {
        return font.isEmbedded() && font.getName().matches("[A-Z]{6}\\+.*");
    }

    private static boolean drawn(TextPosition position) {
        try {
            var path = ((PDVectorFont) position.getFont()).getPath(position.getCharacterCodes()[0]);
            return !path.getBounds2D().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static double tenths(float points) {
        return Math.round(points * 10) / 10.0;
    }
}
