package io.quotabank.platform.sample;

import io.micrometer.tracing.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.platform.event.CompactedTopic;
import io.quotabank.platform.event.CompactedTopics;
import io.quotabank.platform.event.Outbound;
import io.quotabank.platform.event.Topics;
import io.quotabank.platform.identity.Caller;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@SpringBootApplication
@EnableFeignClients(clients = SampleService.Peer.class)
class SampleService {

    static final String WORK = "sample.work.v1";
    static final String POLLED = "sample.polled.v1";
    static final String LATE = "sample.late.v1";

    record Thing(String name, long count, int size, boolean on) {
        Thing {
            if (count < 0) {
                throw new IllegalArgumentException("count can't be negative");
            }
        }
    }

    @Bean
    NewTopic accessKeysTopic(Topics topics) {
        return topics.compacted(AccessKeyRecord.TOPIC);
    }

    @Bean
    Outbound<AccessKeyRecord> accessKeys(Rows rows) {
        return new Outbound<>(AccessKeyRecord.class, AccessKeyRecord.TOPIC, AccessKeyRecord.TYPE, AccessKeyRecord::hash)
                .newest(rows::newest);
    }

    // Its topic is not made at the start: as if the broker had been away.
    @Bean
    Outbound<PoolKeyRecord.Limits> late() {
        return new Outbound<>(PoolKeyRecord.Limits.class, LATE, "io.quotabank.sample.late.v1", limits -> "key");
    }

    @Bean
    NewTopic workTopic(Topics topics) {
        return topics.keyed(WORK);
    }

    @Bean
    NewTopic workDeadLetters(Topics topics) {
        return topics.deadLetters(WORK);
    }

    @Bean
    NewTopic polledTopic(Topics topics) {
        return topics.keyed(POLLED);
    }

    @Bean
    NewTopic polledDeadLetters(Topics topics) {
        return topics.deadLetters(POLLED);
    }

    @Bean
    CompactedTopic accessKeysFollowed(CompactedTopics topics, Followed followed) {
        return topics.follow(AccessKeyRecord.TOPIC, AccessKeyRecord.class, followed::take);
    }

    @Bean
    ServletRegistrationBean<HttpServlet> bare() {
        var registration = new ServletRegistrationBean<HttpServlet>(new Bare(), "/bare/*");
        registration.setName("bare");
        return registration;
    }

    static class Bare extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            throw new IllegalStateException("secret text of a fault");
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(request.getInputStream().readAllBytes().length);
        }
    }

    /** The sample as its own peer. */
    @FeignClient(name = "peer", url = "http://replaced-by-the-argument")
    interface Peer {
        @GetMapping("/internal/who")
        Map<String, Object> who(URI base);
    }

    /** Stands for the table that the records are made from. */
    @Service
    static class Rows {
        final Map<String, Queue<AccessKeyRecord>> states = new ConcurrentHashMap<>();

        AccessKeyRecord newest(AccessKeyRecord published) {
            var queue = states.getOrDefault(published.hash(), new ArrayDeque<>());
            var state = queue.size() > 1 ? queue.poll() : queue.peek();
            return state == null ? published : state;
        }
    }

    @Service
    static class Followed {
        final Map<String, AccessKeyRecord> byHash = new ConcurrentHashMap<>();

        void take(AccessKeyRecord record) {
            byHash.merge(record.hash(), record, (old, fresh) -> fresh.version() > old.version() ? fresh : old);
        }
    }

    @Service
    static class Worker {
        final Map<String, String> done = new ConcurrentHashMap<>();
        private final JsonMapper json;

        Worker(JsonMapper json) {
            this.json = json;
        }

        @KafkaListener(topics = WORK, groupId = "sample")
        void on(ConsumerRecord<String, byte[]> record) {
            var thing = json.readValue(record.value(), Thing.class);
            if (thing.name().equals("fault")) {
                throw new IllegalStateException("a fault in the code");
            }
            done.put(record.key(), thing.name());
        }
    }

    /** Takes a poll at a time, and tells in which trace it did. */
    @Service
    static class Poller {
        final Map<String, String> traces = new ConcurrentHashMap<>();
        private final Tracer tracer;

        Poller(Tracer tracer) {
            this.tracer = tracer;
        }

        @KafkaListener(topics = POLLED, groupId = "sample-polled", batch = "true")
        void on(List<ConsumerRecord<String, byte[]>> polled) {
            var span = tracer.currentSpan();
            var trace = span == null ? "none" : span.context().traceId();
            polled.forEach(record -> traces.put(record.key(), trace));
            if (polled.stream().anyMatch(record -> record.key().equals("faulty"))) {
                throw new IllegalArgumentException("a fault in the code");
            }
        }
    }

    /** The traces in which polls were handled, each once for each sampled record. */
    @Service
    static class Spans implements SpanProcessor {
        final Queue<ReadableSpan> ended = new ConcurrentLinkedQueue<>();

        List<ReadableSpan> of(String trace) {
            return ended.stream()
                    .filter(span -> span.getName().equals(POLLED + " process"))
                    .filter(span -> span.getSpanContext().getTraceId().equals(trace))
                    .toList();
        }

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            ended.add(span);
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }

    @Service
    static class Publisher {
        private final ApplicationEventPublisher events;

        Publisher(ApplicationEventPublisher events) {
            this.events = events;
        }

        @Transactional
        public void publish(Object event, boolean fail) {
            events.publishEvent(event);
            if (fail) {
                throw new IllegalStateException("rolled back");
            }
        }
    }

    @RestController
    static class SampleController {
        private final JdbcClient jdbc;
        private final Publisher publisher;
        private final Peer peer;

        SampleController(JdbcClient jdbc, Publisher publisher, Peer peer) {
            this.jdbc = jdbc;
            this.peer = peer;
            this.publisher = publisher;
        }

        @PostMapping("/api/published")
        void publish(@RequestBody AccessKeyRecord record) {
            publisher.publish(record, false);
        }

        @GetMapping("/api/who")
        Map<String, Object> who(Caller caller) {
            return Map.of("subject", caller.subject(), "roles", caller.roles());
        }

        @GetMapping("/internal/who")
        Map<String, Object> internal(Caller caller, @RequestHeader("x-request-id") String requestId) {
            return Map.of("subject", caller.subject(), "requestId", requestId);
        }

        @GetMapping("/api/peer")
        Map<String, Object> askPeer(HttpServletRequest request) {
            return peer.who(URI.create("http://127.0.0.1:" + request.getLocalPort()));
        }

        @PostMapping("/api/things")
        Map<String, Object> take(@RequestBody Thing thing) {
            jdbc.sql("INSERT INTO thing(name, count) VALUES (?, ?)")
                    .param(thing.name())
                    .param(thing.count())
                    .update();
            return Map.of("name", thing.name());
        }

        @GetMapping("/api/things/{id}")
        Map<String, Object> one(@PathVariable UUID id, @RequestParam(defaultValue = "0") BigDecimal amount) {
            return Map.of("id", id, "amount", amount);
        }

        @GetMapping("/api/fails/{how}")
        String fail(@PathVariable String how) {
            throw switch (how) {
                case "refused" -> new IllegalArgumentException("refused by a type of ours");
                case "timeout" -> new IllegalStateException(new TimeoutException());
                default -> new IllegalStateException("secret text of a fault");
            };
        }
    }
}
