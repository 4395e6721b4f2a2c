package io.quotabank.gateway.relay;

import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds a connection for one exchange: to the instance that its caller's requests go to, or to the next one when that
 * can't be reached.
 * Nothing has been sent while it searches, so trying another is safe.
 */
final class Search {

    private final Relay relay;
    private final Client client;
    private final BiConsumer<Upstream, Instance> found;
    private final Runnable foundNobody;
    private Set<Instance> tried = Set.of();
    private @Nullable Instance instance;
    private long caller;
    private boolean over;

    Search(Relay relay, Client client, BiConsumer<Upstream, Instance> found, Runnable foundNobody) {
        this.relay = relay;
        this.client = client;
        this.found = found;
        this.foundNobody = foundNobody;
    }

    /** @param caller a hash of who is asking */
    void begin(long caller) {
        this.caller = caller;
        next();
    }

    private void next() {
        var next = relay.instances().pick(caller, tried);
        if (next == null) {
            foundNobody.run();
            return;
        }
        next.begin();
        instance = next;
        var idle = relay.upstreams().idle(next);
        if (idle != null) {
            found.accept(idle, next);
        } else {
            relay.upstreams().open(next, client.context(), (opened, failure) -> opened(next, opened, failure));
        }
    }

    private void opened(Instance target, @Nullable Upstream opened, @Nullable Throwable failure) {
        if (opened == null) {
            relay.instances().unreachable(target, failure);
        } else {
            relay.instances().reached(target);
        }
        if (over) {
            if (opened != null) {
                opened.abort();
            }
        } else if (opened != null) {
            found.accept(opened, target);
        } else {
            leave();
            passOver(target);
            next();
        }
    }

    // Most searches end with the first: only then is there anything to remember.
    private void passOver(Instance target) {
        if (tried.isEmpty()) {
            tried = HashSet.newHashSet(2);
        }
        tried.add(target);
    }

    /** The exchange is over, or no longer wants a connection. */
    void end() {
        over = true;
        leave();
    }

    private void leave() {
        if (instance != null) {
            instance.end();
            instance = null;
        }
    }
}
