package io.quotabank.local.command;

import java.nio.file.Path;

record TestRun(Path root) {
    int run() {
        throw new io.quotabank.local.LocalFailure("not yet " + root);
    }
}
