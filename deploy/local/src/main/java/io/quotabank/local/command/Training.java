package io.quotabank.local.command;

import io.quotabank.local.part.FreePorts;
import io.quotabank.local.part.Installed;
import io.quotabank.local.part.Parts;
import io.quotabank.local.part.StartCache;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a suite of its own once, demo included, so that the services' JVMs can write down how they start. */
record Training(Path root) {

    void ensure(Installed installed) throws IOException, InterruptedException {
        var caches = Parts.startCaches(installed);
        if (caches.stream().allMatch(StartCache::exists)) {
            return;
        }
        System.out.println("Making start caches, once for this build (--no-training goes without): a suite that is"
                + " not yours starts on other ports and stops; yours starts then.");
        var state = new StateDirectory(root.resolve("target/stack/training"));
        var hook = new Thread(() -> Down.quietly(state));
        Runtime.getRuntime().addShutdownHook(hook);
        Down.quietly(state);
        state.delete();
        var settings = new Settings(FreePorts.range(), Map.of(), Map.of(), List.of(), Map.of(), true);
        int code = new Up(root, state, settings, false).run();
        Down.quietly(state);
        Runtime.getRuntime().removeShutdownHook(hook);
        for (var cache : caches) {
            cache.finish();
        }
        if (code == 0) {
            state.delete();
        }
    }
}
