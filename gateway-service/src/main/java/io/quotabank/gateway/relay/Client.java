package io.quotabank.gateway.relay;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpObject;
import io.quotabank.gateway.refusal.Refusal;

/** The side of an exchange that asked. All calls are made on its connection's event loop. */
public interface Client {

    /** Its connection, whose event loop and kind of channel also carry the connection to the proxy-service. */
    ChannelHandlerContext context();

    /** The address that it calls from. */
    String address();

    /** Writes a part of the answer; it leaves with the next flush. */
    void write(HttpObject part);

    /** Goes on or pauses reading its request. */
    void reading(boolean on);

    /** The answer is complete. */
    void answered();

    /** Nothing has been answered yet, and this is the answer. */
    void refuse(Refusal refusal);

    /** The answer can't be completed: closes so that it is seen to be cut off. */
    void cut();
}
