package io.quotabank.ledger.statement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import org.openpdf.text.Document;
import org.openpdf.text.Font;
import org.openpdf.text.Phrase;
import org.openpdf.text.pdf.BaseFont;
import org.openpdf.text.pdf.FontSelector;

/**
 * How text looks in one size, wherever it is read: a document carries what it uses of two fonts. Liberation Sans, which
 * comes with OpenPDF, has Latin, Greek and Cyrillic; Noto Sans CJK has Chinese, Japanese and Korean.
 */
final class Typeface {

    /** In the place of a character that neither font has. */
    static final char MISSING = '□';

    private static final float LEADING = 1.5f;

    /** Read by the first document, then shared by all: a document keeps to itself which of their glyphs it uses. */
    private static final class Shared {
        private static final BaseFont LATIN = read("/font-fallback/LiberationSans-Regular.ttf", Document.class);
        private static final BaseFont CHINESE = read("NotoSansCJKtc-Regular.ttf", Typeface.class);
    }

    private final FontSelector fonts = new FontSelector();
    private final Font latin;

    Typeface(float points) {
        latin = new Font(Shared.LATIN, points);
        fonts.addFont(latin);
        fonts.addFont(new Font(Shared.CHINESE, points));
    }

    Phrase set(String text) {
        var phrase = fonts.process(printable(text));
        phrase.setLeading(latin.getSize() * LEADING);
        // For the space around it, which would bring a third font along.
        phrase.setFont(latin);
        return phrase;
    }

    /** On one line, accents joined to their letters, without what has no picture by itself. */
    static String printable(String text) {
        var printable = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFC)
                .codePoints()
                .filter(point -> !invisible(point))
                .map(Typeface::shown)
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }

    private static boolean invisible(int point) {
        return Character.getType(point) == Character.FORMAT
                || (point >= 0xFE00 && point <= 0xFE0F)
                || (point >= 0xE0100 && point <= 0xE01EF);
    }

    private static int shown(int point) {
        if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
            return ' ';
        }
        boolean drawn =
                !Character.isISOControl(point) && (Shared.LATIN.charExists(point) || Shared.CHINESE.charExists(point));
        return drawn ? point : MISSING;
    }

    private static BaseFont read(String resource, Class<?> beside) {
        try (var font = beside.getResourceAsStream(resource)) {
            if (font == null) {
                throw new IllegalStateException("no font " + resource);
            }
            return BaseFont.createFont(
                    resource, BaseFont.IDENTITY_H, BaseFont.EMBEDDED, BaseFont.NOT_CACHED, font.readAllBytes(), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
