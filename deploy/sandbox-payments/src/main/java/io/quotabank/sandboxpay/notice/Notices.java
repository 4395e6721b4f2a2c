package io.quotabank.sandboxpay.notice;

import io.quotabank.sandboxpay.notice.Letter.Envelope;
import io.quotabank.sandboxpay.notice.Letter.Forgery;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** All notifications, kept to be delivered (again) when it is asked for. Nothing is sent by itself. */
public final class Notices {

    /** @param order the merchant's number */
    public record Notice(long id, String order, String type, Letter letter) {}

    /** How the merchant answered; status 0 where it could not be reached. */
    public record Delivery(int status, String body) {}

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Map<Long, Notice> notices = new ConcurrentSkipListMap<>();
    private final Map<Long, Envelope> sent = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final Clock clock;

    public Notices(Clock clock) {
        this.clock = clock;
    }

    public long add(String order, String type, Letter letter) {
        long id = ids.incrementAndGet();
        notices.put(id, new Notice(id, order, type, letter));
        return id;
    }

    public List<Notice> of(@Nullable String order) {
        return notices.values().stream()
                .filter(notice ->
                        order == null || notice.order().replace("-", "").equals(order.replace("-", "")))
                .toList();
    }

    /**
     * @param atOnce all of them in parallel
     * @param replay the very bytes of the last time, with its old signature
     */
    public List<Delivery> deliver(long id, int times, boolean atOnce, Forgery forgery, boolean replay) {
        var notice = notices.get(id);
        if (notice == null) {
            throw new IllegalArgumentException("no notice " + id);
        }
        var before = sent.get(id);
        var envelope = replay && before != null ? before : notice.letter().write(forgery, clock.instant());
        if (forgery == Forgery.NONE) {
            sent.put(id, envelope);
        }
        return atOnce ? atOnce(envelope, times) : oneByOne(envelope, times);
    }

    private List<Delivery> oneByOne(Envelope envelope, int times) {
        var deliveries = new ArrayList<Delivery>();
        for (int i = 0; i < times; i++) {
            deliveries.add(send(envelope));
        }
        return deliveries;
    }

    private List<Delivery> atOnce(Envelope envelope, int times) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, times)
                    .<Callable<Delivery>>mapToObj(i -> () -> send(envelope))
                    .toList();
            var deliveries = new ArrayList<Delivery>();
            for (var call : threads.invokeAll(calls)) {
                deliveries.add(call.get());
            }
            return deliveries;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (ExecutionException fault) {
            throw new IllegalStateException(fault);
        }
    }

    private Delivery send(Envelope envelope) {
        var request = HttpRequest.newBuilder(envelope.to()).timeout(PATIENCE);
        envelope.headers().forEach(request::header);
        try {
            var response = http.send(
                    request.POST(BodyPublishers.ofString(envelope.body())).build(), BodyHandlers.ofString());
            return new Delivery(response.statusCode(), response.body());
        } catch (IOException unreachable) {
            return new Delivery(0, unreachable.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Delivery(0, "interrupted");
        }
    }
}
