package io.quotabank.pool.key;

import io.quotabank.platform.identity.Caller;

/** Who may do what with a key. */
public final class Access {

    /** Owners, administrators and auditors; to anybody else the key is not there. */
    public static boolean sees(Caller caller, Key key) {
        return owns(caller, key) || seesAll(caller);
    }

    static boolean seesAll(Caller caller) {
        return caller.has("admin") || caller.has("auditor");
    }

    static boolean changes(Caller caller, Key key) {
        return owns(caller, key) || caller.has("admin");
    }

    static boolean owns(Caller caller, Key key) {
        return !caller.isService() && caller.userId().equals(key.ownerId());
    }

    private Access() {}
}
