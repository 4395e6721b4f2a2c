package io.quotabank.ledger.statement;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.credit.History;
import io.quotabank.ledger.credit.History.Entry;
import io.quotabank.ledger.credit.Past;
import io.quotabank.ledger.credit.Past.Standing;
import io.quotabank.ledger.credit.Words;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** An account's entries of a period, with the balances before and after them, page by page. */
@Service
class Statements {

    record Statement(AccountId account, UUID user, Period period, Standing opening, Standing closing) {

        long entries() {
            return closing.seq() - opening.seq();
        }
    }

    sealed interface Outcome {
        record Ready(Statement statement) implements Outcome {}

        record TooMany(long entries) implements Outcome {}

        /** The entries of then are not kept here any more. */
        record Gone() implements Outcome {}
    }

    /** A document in the making. */
    sealed interface Sheet permits CsvSheet, PdfSheet {

        void begin(Statement statement) throws IOException;

        void add(Entry entry, String description) throws IOException;

        /** Called after each page of entries: what is done may leave. */
        void flush() throws IOException;

        void end(Statement statement) throws IOException;
    }

    private final Past past;
    private final History history;
    private final Words words;
    private final StatementProperties properties;

    Statements(Past past, History history, Words words, StatementProperties properties) {
        this.past = past;
        this.history = history;
        this.words = words;
        this.properties = properties;
    }

    /** @param most entries that it may have */
    Outcome of(AccountId account, UUID user, Period period, long most) {
        var opening = past.at(account, period.beforeIt());
        var closing = past.at(account, period.last());
        if (opening.isEmpty() || closing.isEmpty()) {
            return new Outcome.Gone();
        }
        var statement = new Statement(account, user, period, opening.get(), closing.get());
        return statement.entries() > most ? new Outcome.TooMany(statement.entries()) : new Outcome.Ready(statement);
    }

    /** Writes it: entries never change, so pages that are read one after the other fit together. */
    void write(Statement statement, Sheet sheet, @Nullable String language) throws IOException {
        sheet.begin(statement);
        long last = statement.closing().seq();
        for (long after = statement.opening().seq(); after < last; after += properties.page()) {
            var upto = Math.min(last, after + properties.page());
            for (var entry : history.range(statement.account(), after, upto)) {
                sheet.add(entry, words.describe(entry, language));
            }
            sheet.flush();
        }
        sheet.end(statement);
    }

    /** With its sign. */
    static String signed(long micro) {
        return micro < 0 ? "-" + new Credits(-micro) : new Credits(micro).toString();
    }
}
