package io.quotabank.proxy.relay;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.proxy.catalog.Catalog;
import io.quotabank.proxy.catalog.TestCatalog;
import io.quotabank.proxy.custody.TestCustody;
import io.quotabank.proxy.journal.RecordedJournal;
import io.quotabank.proxy.metering.Tokenizers;
import io.quotabank.proxy.models.Models;
import io.quotabank.proxy.presence.Presences;
import io.quotabank.proxy.presence.TestPresences;
import io.quotabank.proxy.room.Room;
import io.quotabank.proxy.routing.Routing;
import io.quotabank.proxy.routing.TestRouting;
import io.quotabank.proxy.spending.TestSpending;
import io.quotabank.proxy.upstream.ScriptedProvider;
import io.quotabank.proxy.upstream.TestUpstream;
import io.quotabank.proxy.upstream.UpstreamClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.awaitility.Awaitility;
import org.springframework.util.unit.DataSize;

/**
 * The relay on a real Tomcat and real sockets, with the real spending, journal, routing, custody and client behind it:
 * only the ledger is a fake and the provider is scripted.
 */
final class RelayStage implements AutoCloseable {

    static final String MODEL = "small";
    static final String COMPLETING = "instruct";
    static final String EMBEDDING = "vendor/embed";
    static final UUID OWNER = new UUID(7, 7);
    static final String SECRET = "sk-provider-secret-123";

    final UUID user = UUID.randomUUID();
    final ScriptedProvider provider = new ScriptedProvider();
    final TestCustody seals = new TestCustody();
    final RecordedJournal journal;
    final TestSpending spending;
    final PoolKeyRecord first;
    final Routing routing;
    private final Catalog catalog = TestCatalog.of(
            TestCatalog.model(MODEL),
            TestCatalog.model("deep/thought"),
            TestCatalog.completing(COMPLETING),
            TestCatalog.embedding(EMBEDDING));
    private final UpstreamClient upstream;
    private final Tomcat tomcat = new Tomcat();
    private final Presences presences;
    final Room room;
    private final HttpClient http = HttpClient.newHttpClient();
    final RecordedSpans spans = new RecordedSpans();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    RelayStage(Path directory) throws LifecycleException {
        this(directory, Duration.ofSeconds(20), Duration.ofSeconds(5));
    }

    RelayStage(Path directory, Duration longest, Duration silence) throws LifecycleException {
        this(directory, longest, silence, Duration.ofSeconds(15));
    }

    RelayStage(Path directory, Duration longest, Duration silence, Duration heartBeat) throws LifecycleException {
        this(directory, longest, silence, heartBeat, new Room(256 << 20));
    }

    RelayStage(Path directory, Duration longest, Duration silence, Duration heartBeat, Room room)
            throws LifecycleException {
        this.room = room;
        journal = new RecordedJournal(directory.resolve("journal"));
        spending = new TestSpending(journal.journal());
        first = key("sandbox");
        routing = TestRouting.of(first);
        upstream = TestUpstream.allowing(silence, silence, "127.0.0.0/8");
        spending.balance(user, Credits.of(1_000));
        presences = serve(directory, properties(longest, heartBeat));
    }

    /** A proxy that has so little room. */
    static RelayStage small(Path directory, long bytes) throws LifecycleException {
        var ample = Duration.ofSeconds(20);
        return new RelayStage(directory, ample, ample, ample, new Room(bytes));
    }

    static RelayProperties properties(Duration longest, Duration heartBeat) {
        return new RelayProperties(
                DataSize.ofMegabytes(10),
                DataSize.ofMegabytes(32),
                DataSize.ofMegabytes(1),
                longest,
                5,
                3,
                50_000,
                16,
                32,
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                heartBeat);
    }

    private Presences serve(Path directory, RelayProperties properties) throws LifecycleException {
        var clock = Clock.systemUTC();
        var tokenizers = new Tokenizers();
        var meters = new RelayMeters(this.meters);
        tomcat.setBaseDir(directory.resolve("tomcat").toString());
        var connector = new Connector(StreamProtocol.class.getName());
        connector.setPort(0);
        tomcat.setConnector(connector);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        var context = tomcat.addContext("", null);
        var presences = TestPresences.on(context);
        var servlet = new RelayServlet(
                TestIdentity.of("proxy-service"),
                new Admissions(catalog, spending.spending(), tokenizers, properties, clock),
                new Carrier(routing, seals.custody(), upstream, tokenizers, properties, meters),
                new Models(catalog, routing),
                presences,
                room,
                properties,
                meters,
                new RelaySpans(spans.spans()),
                new Ids(clock),
                clock);
        Tomcat.addServlet(context, RelayServlet.NAME, servlet);
        RelayServlet.PATHS.forEach(path -> context.addServletMappingDecoded(path, RelayServlet.NAME));
        tomcat.start();
        return presences;
    }

    /** An active key of {@link #OWNER} at the scripted provider. */
    PoolKeyRecord key(String providerName) {
        return key(providerName, provider.baseUrl());
    }

    /** One more key at the scripted provider. */
    PoolKeyRecord addKey(String providerName) {
        var key = key(providerName);
        TestRouting.put(routing, key);
        return key;
    }

    PoolKeyRecord key(String providerName, String baseUrl) {
        var id = UUID.randomUUID();
        return TestRouting.key(
                id, OWNER, providerName, baseUrl, seals.seal(id, OWNER, SECRET), MODEL, COMPLETING, EMBEDDING);
    }

    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .header("Authorization", "Bearer " + TestIdentity.user(user));
    }

    HttpResponse<String> chat(String body, String... headers) throws IOException, InterruptedException {
        return post("/v1/chat/completions", body, headers);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        var request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** A client whose connection can be cut: it has sent its request and read nothing. */
    Socket connectedClient(String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var socket = claimingClient(bytes.length);
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return socket;
    }

    /** A client that has announced a body of so many bytes and sent none of it. */
    Socket claimingClient(int length) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port());
        var head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + TestIdentity.user(user) + "\r\nContent-Type: application/json\r\nContent-Length: " + length
                + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }

    /** Waits for the one closed event, and for nothing to be open. */
    UsageEvent.Closed closed() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .until(() -> journal.closed().size() == 1);
        return journal.closed().getFirst();
    }

    List<UsageEvent.Closed> allClosed() {
        return journal.closed();
    }

    @Override
    public void close() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        presences.close();
        provider.close();
        upstream.close();
        journal.close();
    }
}
