package io.quotabank.proxy.journal;

import java.nio.file.Path;

/** A living process with a journal, which looks for the journals of dead ones again and again. */
final class Holder {

    public static void main(String[] args) throws Exception {
        var root = Path.of(args[0]);
        var mine = Journals.directory(root);
        while (true) {
            for (var orphan : JournalDirectory.orphans(root)) {
                orphan.close();
            }
            System.out.println(mine.path().getFileName());
            Thread.sleep(10);
        }
    }

    private Holder() {}
}
