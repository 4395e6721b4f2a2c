package io.quotabank.sandbox;

import io.quotabank.sandbox.control.ControlApi;
import io.quotabank.sandbox.fault.Faults;
import io.quotabank.sandbox.http.HttpServer;
import io.quotabank.sandbox.key.ApiKeys;
import io.quotabank.sandbox.openai.OpenAiApi;
import io.quotabank.sandbox.reply.Replies;
import io.quotabank.sandbox.served.Served;
import io.quotabank.sandbox.token.Tokenizer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A running provider with its control API. */
final class Sandbox implements AutoCloseable {

    private static final int MAX_BODY_BYTES = 4 << 20;
    private static final int MAX_CONTROL_BODY_BYTES = 1 << 20;

    /** Single requests kept for the report; ten seconds of the highest load. */
    private static final int MAX_SERVED = 200_000;

    /** Long bodies waiting to be read; more are refused with 503. */
    private static final int MAX_LONG_BODIES = 8;

    private final HttpServer provider;
    private final HttpServer control;
    private final ExecutorService reading;

    private Sandbox(HttpServer provider, HttpServer control, ExecutorService reading) {
        this.provider = provider;
        this.control = control;
        this.reading = reading;
    }

    /**
     * Starts listening on both ports; ready when this returns.
     *
     * @throws IllegalArgumentException when the host is unknown
     * @throws IOException when a port cannot be had
     */
    static Sandbox start(Arguments arguments) throws IOException {
        var keys = new ApiKeys(System::nanoTime);
        var faults = new Faults(() -> ThreadLocalRandom.current().nextDouble(), System::nanoTime);
        var served = new Served(MAX_SERVED, Clock.systemUTC());
        var tokenizer = Tokenizer.load();
        var replies = new Replies(tokenizer, chance());
        var reading = readingThread();
        var api = new OpenAiApi(keys, faults, served, tokenizer, replies, reading, System::nanoTime, Clock.systemUTC());
        var address = address(arguments.host(), arguments.port());
        var provider = HttpServer.start("provider", address, providerThreads(), MAX_BODY_BYTES, api);
        try {
            // Last, so that whoever finds it healthy finds the provider ready.
            var controlAddress = address(arguments.host(), arguments.controlPort());
            var control = new ControlApi(keys, faults, served);
            return new Sandbox(
                    provider, HttpServer.start("control", controlAddress, 1, MAX_CONTROL_BODY_BYTES, control), reading);
        } catch (IOException e) {
            provider.close();
            throw e;
        }
    }

    private static InetSocketAddress address(String host, int port) {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("--host needs an address of this machine, not '" + host + "'.");
        }
        return address;
    }

    /** One thread serves 20,000 requests a second; half the cores belong to those who send them. */
    private static int providerThreads() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);
    }

    private static ExecutorService readingThread() {
        return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_LONG_BODIES), task -> {
            var thread = new Thread(task, "reading");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static RandomGenerator chance() {
        return () -> ThreadLocalRandom.current().nextLong();
    }

    int port() {
        return provider.port();
    }

    int controlPort() {
        return control.port();
    }

    @Override
    public void close() {
        provider.close();
        control.close();
        reading.shutdownNow();
    }
}
