package io.quotabank.sandboxpay;

import io.quotabank.sandboxpay.alipay.AlipayApi;
import io.quotabank.sandboxpay.control.ControlApi;
import io.quotabank.sandboxpay.http.HttpServer;
import io.quotabank.sandboxpay.http.Request;
import io.quotabank.sandboxpay.http.Response;
import io.quotabank.sandboxpay.key.Keys;
import io.quotabank.sandboxpay.notice.Notices;
import io.quotabank.sandboxpay.stripe.StripeApi;
import io.quotabank.sandboxpay.trade.Provider;
import io.quotabank.sandboxpay.trade.Trades;
import io.quotabank.sandboxpay.wechat.WeChatApi;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** The program, and a running sandbox: exits with 2 when its arguments are wrong, with 1 when it cannot listen. */
public final class SandboxPayments implements AutoCloseable {

    private final HttpServer providers;
    private final HttpServer control;

    private SandboxPayments(HttpServer providers, HttpServer control) {
        this.providers = providers;
        this.control = control;
    }

    public static void main(String[] words) {
        var status = run(List.of(words));
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Leaves the servers running when it returns 0, unless help was asked for. */
    static int run(List<String> words) {
        if (words.contains("--help")) {
            System.out.print(Arguments.HELP);
            return 0;
        }
        try {
            var arguments = Arguments.parse(words);
            var sandbox = start(arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close));
            System.out.printf(
                    "Sandbox payments on http://%s:%d, control API on http://%s:%d/control%n",
                    arguments.host(), sandbox.port(), arguments.host(), sandbox.controlPort());
            return 0;
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            return 2;
        } catch (IOException cannot) {
            System.err.println("Cannot start: " + cannot.getMessage());
            return 1;
        }
    }

    /**
     * Starts listening on both ports; ready when this returns.
     *
     * @throws IOException when a port cannot be had, or a key file not be read or written
     */
    public static SandboxPayments start(Arguments arguments) throws IOException {
        var clock = Clock.systemUTC();
        var keys = Keys.in(arguments.keys());
        var trades = new Trades(clock);
        var notices = new Notices(clock);
        var stripe = new StripeApi(keys, trades, notices, clock);
        var wechat = new WeChatApi(keys, trades, notices, clock);
        var alipay = new AlipayApi(keys, trades, notices, clock);
        var endpoint = arguments.stripeEndpoint();
        if (endpoint != null) {
            stripe.events().endpoint(endpoint);
        }
        var providers =
                HttpServer.start(arguments.host(), arguments.port(), request -> route(request, stripe, wechat, alipay));
        try {
            var api = new ControlApi(
                    trades,
                    notices,
                    Map.of(Provider.STRIPE, stripe, Provider.WECHAT, wechat, Provider.ALIPAY, alipay),
                    stripe,
                    clock);
            return new SandboxPayments(providers, HttpServer.start(arguments.host(), arguments.controlPort(), api));
        } catch (IOException taken) {
            providers.close();
            throw taken;
        }
    }

    private static Response route(Request request, StripeApi stripe, WeChatApi wechat, AlipayApi alipay) {
        var path = request.path();
        if (path.startsWith("/v1/")) {
            return stripe.answer(request);
        }
        if (path.startsWith("/v3/")) {
            return wechat.answer(request);
        }
        return path.equals("/gateway.do") ? alipay.answer(request) : Response.text(404, "nothing here");
    }

    public int port() {
        return providers.port();
    }

    public int controlPort() {
        return control.port();
    }

    @Override
    public void close() {
        providers.close();
        control.close();
    }
}
