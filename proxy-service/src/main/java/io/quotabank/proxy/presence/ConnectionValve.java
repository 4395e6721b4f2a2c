package io.quotabank.proxy.presence;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Hands each request's connection on to its servlet, which sees only a facade of it. */
final class ConnectionValve extends ValveBase {

    static final String ATTRIBUTE = ConnectionValve.class.getName();

    ConnectionValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        request.setAttribute(ATTRIBUTE, request.getCoyoteRequest());
        getNext().invoke(request, response);
    }
}
