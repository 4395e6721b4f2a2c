package io.quotabank.gateway.door;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.quotabank.gateway.relay.Client;
import io.quotabank.gateway.relay.Exchange;
import io.quotabank.gateway.relay.Relay;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.leaving.Leaving;
import io.quotabank.platform.leaving.Work;
import io.quotabank.platform.web.RequestId;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What all connections share, and what is under way while this process leaves. */
@Component
@SuppressWarnings(
        "FutureReturnValueIgnored") // A listening socket that can't be closed is closed by the stop that follows.
class Doors implements Work {

    private final Relay relay;
    private final Ids ids;
    private final DoorProperties properties;
    private final Screen screen;
    private final Leaving leaving;
    private final AtomicInteger open = new AtomicInteger();
    private final Set<Channel> listening = ConcurrentHashMap.newKeySet(1);
    private volatile boolean turningAway;

    Doors(Relay relay, Ids ids, DoorProperties properties, Leaving leaving) {
        this.relay = relay;
        this.ids = ids;
        this.properties = properties;
        this.leaving = leaving;
        this.screen = new Screen(properties.headers(), properties);
    }

    DoorProperties properties() {
        return properties;
    }

    Screen screen() {
        return screen;
    }

    Exchange exchange(Client client, HttpRequest request, String uri, String requestId) {
        return relay.exchange(client, request, uri, requestId);
    }

    /** The caller's own id where it is sane, else a new one. */
    String requestId(@Nullable String told) {
        return told != null && RequestId.sane(told) ? told : ids.next().toString();
    }

    static String addressOf(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "";
    }

    /** False when there are too many connections. Each call is paired with one of {@link #leave()}. */
    boolean enter(Channel connection) {
        if (connection.parent() != null) {
            listening.add(connection.parent());
        }
        return open.incrementAndGet() <= properties.connections();
    }

    void leave() {
        open.decrementAndGet();
    }

    /** True once this process leaves: each answer is the last on its connection, and says so. */
    boolean leaving() {
        return leaving.begun();
    }

    /** True once a connection that waits for its client's next request has waited long enough. */
    boolean closesIdle() {
        return turningAway;
    }

    /** Takes no more connections. What comes on those that are open is answered. */
    @Override
    public void turnAway() {
        turningAway = true;
        listening.forEach(Channel::close);
    }

    @Override
    public boolean underWay() {
        return open.get() > 0;
    }
}
