package io.quotabank.gateway.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.quotabank.gateway.refusal.Refusal.Form;

/** The request whose turn it is on a connection: what of it is still to come, and what of its answer is owed. */
final class Turn {

    /** Who takes the parts of the request as they arrive. */
    enum Taker {
        NOBODY,
        EXCHANGE,
        SPRING
    }

    Taker taker = Taker.NOBODY;
    /** Its end has not been seen. */
    boolean receiving;
    /** The end of its answer has not been written. */
    boolean owed;
    /** The head of its answer has been written. */
    boolean begun;
    /** The connection goes on after its answer. */
    boolean keepAlive;

    Form form = new Form.Document(null);
    String requestId = "";
    /** The largest body that Spring is given, in bytes. */
    long bodyLimit;

    private boolean chunkable;
    private boolean bodyComes;
    private long received;

    void begin(HttpRequest request, String id, Form answers) {
        boolean decoded = request.decoderResult().isSuccess();
        taker = Taker.NOBODY;
        receiving = true;
        owed = true;
        begun = false;
        received = 0;
        requestId = id;
        form = answers;
        chunkable = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        keepAlive = decoded && chunkable && HttpUtil.isKeepAlive(request);
        bodyComes =
                decoded && (HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0);
    }

    void answered() {
        owed = false;
        begun = false;
    }

    /** Counts a part of the body; the number of bytes that have come in all. */
    long count(int bytes) {
        received += bytes;
        return received;
    }

    /** True while there is a body that we would have to read through before we could go on. */
    boolean moreBodyComes() {
        return receiving && bodyComes;
    }

    /** Makes the head of an answer fit how this client speaks. */
    void fit(HttpResponse answer) {
        sayIfLast(answer);
        if (!chunkable) {
            answer.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
    }

    /** Tells the client where nothing more is answered on this connection. */
    void sayIfLast(HttpResponse answer) {
        if (!keepAlive) {
            answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** True for the head that decides an answer; 100 and its like do not. */
    static boolean decides(Object message) {
        return message instanceof HttpResponse answer && answer.status().codeClass() != HttpStatusClass.INFORMATIONAL;
    }
}
