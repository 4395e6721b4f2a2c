package io.quotabank.proxy.journal;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** A process that writes a journal until it is killed, and says what it has written once the journal has it. */
final class Writer {

    public static void main(String[] args) throws Exception {
        var root = Path.of(args[0]);
        var file = new JournalFile(Journals.directory(root), Disk.REAL, Journals.settings(root, 50_000));
        var journal = new Journal(file, Journals.MESSAGES, () -> 1);
        var user = UUID.randomUUID();
        var out = new StringBuilder();
        for (int i = 0; ; i++) {
            var id = UUID.randomUUID();
            journal.opened(Journals.opened(id, user, 1), Journals.terms(List.of()));
            out.append("O").append(id).append('\n');
            if (i % 7 != 0) {
                journal.closed(Journals.closed(id, user, 1, List.of()), null);
                out.append("C").append(id).append('\n');
            }
            System.out.print(out);
            System.out.flush();
            out.setLength(0);
        }
    }

    private Writer() {}
}
