package io.quotabank.gateway.door;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.quotabank.gateway.relay.Client;
import io.quotabank.gateway.relay.Exchange;
import io.quotabank.gateway.relay.Relay;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.web.RequestId;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What all connections share. */
@Component
class Doors {

    private final Relay relay;
    private final Ids ids;
    private final DoorProperties properties;
    private final Screen screen;
    private final AtomicInteger open = new AtomicInteger();

    Doors(Relay relay, Ids ids, DoorProperties properties) {
        this.relay = relay;
        this.ids = ids;
        this.properties = properties;
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
    boolean enter() {
        return open.incrementAndGet() <= properties.connections();
    }

    void leave() {
        open.decrementAndGet();
    }
}
