package io.quotabank.local.command;

import io.quotabank.local.state.StateDirectory;
import java.io.IOException;
import java.util.Locale;

/** Stops a suite and deletes all it has stored. */
record Reset(StateDirectory state, boolean yes) {

    int run() throws IOException {
        if (!state.exists()) {
            System.out.println("Nothing is stored.");
            return 0;
        }
        if (!yes && !confirmed()) {
            System.out.println("Nothing was deleted; ./quotabank reset --yes deletes without asking.");
            return 1;
        }
        new Down(state).run();
        state.delete();
        System.out.println("Deleted " + state.root() + ".");
        return 0;
    }

    private boolean confirmed() {
        return Console.terminal()
                .map(console -> console.readLine("Delete all accounts, credits and logs in %s? [y/N] ", state.root()))
                .filter(answer -> answer.strip().toLowerCase(Locale.ROOT).startsWith("y"))
                .isPresent();
    }
}
