package io.quotabank.local.state;

import io.quotabank.local.LocalFailure;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a state directory was last written by, so that an older build refuses it instead of harming it.
 *
 * @param format of the directory itself
 * @param postgresMajor of the database files
 * @param realm version of the imported realm
 * @param schemas the highest migration of each service, by service
 */
public record StateVersions(int format, int postgresMajor, int realm, Map<String, Integer> schemas) {

    public static final int FORMAT = 1;

    public StateVersions {
        schemas = new TreeMap<>(schemas);
    }

    /** Refuses what a newer build wrote, records what this one writes. */
    public void claim(StateDirectory state) {
        var file = state.root().resolve("versions.json");
        var kept = StateFiles.readJson(file, StateVersions.class);
        kept.ifPresent(before -> refuseIfNewer(before, state));
        StateFiles.writeJson(file, kept.map(this::with).orElse(this));
    }

    private void refuseIfNewer(StateVersions kept, StateDirectory state) {
        if (kept.postgresMajor() != postgresMajor) {
            throw refusal(state, "PostgreSQL " + kept.postgresMajor(), "PostgreSQL " + postgresMajor);
        }
        if (kept.format() > format) {
            throw refusal(state, "state format " + kept.format(), String.valueOf(format));
        }
        if (kept.realm() > realm) {
            throw refusal(state, "realm version " + kept.realm(), String.valueOf(realm));
        }
        schemas.forEach((service, version) -> {
            int before = kept.schemas().getOrDefault(service, 0);
            if (before > version) {
                throw refusal(state, "the tables of " + service + " at version " + before, String.valueOf(version));
            }
        });
    }

    private StateVersions with(StateVersions kept) {
        var all = new TreeMap<>(kept.schemas());
        all.putAll(schemas);
        return new StateVersions(format, postgresMajor, realm, all);
    }

    private static LocalFailure refusal(StateDirectory state, String has, String here) {
        return new LocalFailure("The state in " + state.root() + " has " + has + " and this build knows " + here
                + "; use the build that wrote it, another --state DIR, or ./quotabank reset to start afresh.");
    }
}
