package io.quotabank.platform.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.platform.testkit.RealParts;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

class LeavingIT {

    /** Answers when it is told to. */
    private static final class Slow extends HttpServlet {
        final transient CountDownLatch asked = new CountDownLatch(1);
        final transient CountDownLatch answer = new CountDownLatch(1);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            asked.countDown();
            try {
                answer.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            response.getWriter().print("whole");
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final Slow slow = new Slow();
    private int port;

    @Test
    void servesOnWhileItLeavesAndEndsOnlyWhenNothingIsUnderWay() throws Exception {
        try (var context = start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            await().until(() -> get("/readyz").statusCode() == 200);
            var underWay = threads.submit(() -> get("/slow"));
            slow.asked.await();

            var stopped = threads.submit(context::close);

            await().until(() -> get("/readyz").statusCode() == 503);
            // Long after the announcement: a stranger's request is still answered, and the one under way waited for.
            Thread.sleep(600);
            assertThat(get("/api/who").statusCode()).isEqualTo(401);
            assertThat(stopped.isDone()).isFalse();
            slow.answer.countDown();
            assertThat(underWay.get().body()).isEqualTo("whole");
            stopped.get();
            assertThat(refuses(port)).isTrue();
        }
    }

    private ConfigurableApplicationContext start() {
        var context = new SpringApplicationBuilder(SampleService.class)
                .initializers(
                        new RealParts(),
                        fresh -> ((GenericApplicationContext) fresh)
                                .registerBean("slow", ServletRegistrationBean.class, () -> {
                                    var registration = new ServletRegistrationBean<>(slow, "/slow");
                                    registration.setName("slow");
                                    return registration;
                                }))
                .run(
                        "--server.port=0",
                        "--spring.application.name=ledger-service",
                        "--quotabank.test.database=leaving",
                        "--spring.flyway.locations=classpath:sample/migration",
                        "--quotabank.web.bare-servlets=bare,slow",
                        "--quotabank.leaving.announce=300ms",
                        "--quotabank.leaving.drain=1m");
        port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        return context;
    }

    private HttpResponse<String> get(String path) throws Exception {
        var address = URI.create("http://127.0.0.1:" + port + path);
        return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }

    private static boolean refuses(int port) throws InterruptedException {
        var address = URI.create("http://127.0.0.1:" + port + "/readyz");
        try (var fresh = HttpClient.newHttpClient()) {
            fresh.send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding());
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException other) {
            throw new IllegalStateException(other);
        }
    }
}
