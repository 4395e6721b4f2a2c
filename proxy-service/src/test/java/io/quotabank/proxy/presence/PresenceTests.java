package io.quotabank.proxy.presence;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** On the server as Spring Boot sets it up, with virtual threads, as in production. */
class PresenceTests {

    private static final String HEAD = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    private static final String CHUNKED =
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(TomcatServletWebServerAutoConfiguration.class)
    @Import(PresenceConfiguration.class)
    static class Server {

        @Bean
        ServletRegistrationBean<Waiting> waiting(Presences presences) {
            return new ServletRegistrationBean<>(new Waiting(presences), "/*");
        }
    }

    /** Reads its request and says nothing until it may or its client is gone. */
    static final class Waiting extends HttpServlet {
        private final transient Presences presences;
        private final transient CountDownLatch mayAnswer = new CountDownLatch(1);
        private final transient CountDownLatch gone = new CountDownLatch(1);
        private final AtomicInteger waiting = new AtomicInteger();

        Waiting(Presences presences) {
            this.presences = presences;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getInputStream().readAllBytes();
            try (var presence = presences.watch(request, gone::countDown)) {
                waiting.incrementAndGet();
                mayAnswer.await(10, TimeUnit.SECONDS);
                response.setContentLength(1);
                response.getOutputStream().write(presence.look() ? 'G' : 'H');
            } catch (InterruptedException stop) {
                throw new IOException(stop);
            }
        }
    }

    private final ServletWebServerApplicationContext context =
            (ServletWebServerApplicationContext) new SpringApplicationBuilder(Server.class)
                    .properties(
                            "server.port=0",
                            "spring.threads.virtual.enabled=true",
                            "quotabank.presence.look-every=20ms")
                    .run();
    private final Waiting servlet =
            (Waiting) context.getBean("waiting", ServletRegistrationBean.class).getServlet();

    @AfterEach
    void stop() {
        servlet.mayAnswer.countDown();
        context.close();
    }

    @Test
    void noticesAClientThatClosesWhileItsRequestWaits() throws Exception {
        try (var client = asked(HEAD + "hello")) {
            assertThat(servlet.gone.await(200, TimeUnit.MILLISECONDS)).isFalse();
            client.close();

            assertThat(servlet.gone.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void noticesAClientThatResetsAndOneWhoseBodyCameInChunks() throws Exception {
        try (var client = asked(CHUNKED)) {
            assertThat(servlet.gone.await(200, TimeUnit.MILLISECONDS)).isFalse();
            client.setSoLinger(true, 0);
            client.close();

            assertThat(servlet.gone.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void takesAClientThatSendsAheadForOneThatIsThereAndServesWhatItSent() throws Exception {
        try (var client = asked(HEAD + "hello")) {
            client.getOutputStream().write((HEAD + "again").getBytes(StandardCharsets.US_ASCII));

            assertThat(servlet.gone.await(300, TimeUnit.MILLISECONDS)).isFalse();
            servlet.mayAnswer.countDown();

            assertThat(answer(client)).endsWith("H");
            assertThat(answer(client)).endsWith("H");
            assertThat(servlet.waiting).hasValue(2);
        }
    }

    private Socket asked(String request) throws Exception {
        var client = new Socket(
                InetAddress.getLoopbackAddress(), context.getWebServer().getPort());
        client.setSoTimeout(5_000);
        client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        while (servlet.waiting.get() == 0) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return client;
    }

    /** Up to the one byte behind the blank line. */
    private static String answer(Socket client) throws IOException {
        var text = new StringBuilder();
        for (int end = -1; end < 0 || text.length() < end + 5; end = text.indexOf("\r\n\r\n")) {
            text.append((char) client.getInputStream().read());
        }
        return text.toString();
    }
}
