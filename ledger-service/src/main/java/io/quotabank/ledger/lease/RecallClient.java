package io.quotabank.ledger.lease;

import io.quotabank.contracts.lease.LedgerLeases.Recall;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.platform.identity.InternalTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Asks holders for the last statements of their leases, all at once and within one limit of time. */
@Component
class RecallClient {

    private static final Logger LOG = LoggerFactory.getLogger(RecallClient.class);
    private static final int LARGEST_ANSWER_BYTES = 1 << 20;
    private static final int OK = 200;

    private final HttpClient http;
    private final JsonMapper json;
    private final InternalTokens tokens;
    private final LeaseProperties properties;

    RecallClient(JsonMapper json, InternalTokens tokens, LeaseProperties properties) {
        this.json = json;
        this.tokens = tokens;
        this.properties = properties;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.recallTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Those of these whose holders may still have something to give back, the fullest first. */
    List<Hold> recallable(Collection<Hold> leases) {
        return leases.stream()
                .filter(lease -> lease.status() == Hold.Status.ACTIVE && !lease.last())
                .sorted(Comparator.comparing(Hold::left).reversed())
                .limit(properties.mostRecalled())
                .toList();
    }

    /** The statements of those holders that answered in time. */
    List<Statement> recall(Collection<Hold> leases) {
        var calls = leases.stream()
                .<Callable<Statement>>map(lease -> () -> ask(lease))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(calls, properties.recallTimeout().toMillis(), TimeUnit.MILLISECONDS);
            var statements = new ArrayList<Statement>();
            for (var answer : answers) {
                if (answer.state() == Future.State.SUCCESS) {
                    statements.add(answer.get());
                }
            }
            LOG.debug("{} of {} recalled leases answered", statements.size(), calls.size());
            return statements;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("a successful answer has no failure", impossible);
        }
    }

    private Statement ask(Hold lease) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(lease.recallUrl()))
                .timeout(properties.recallTimeout())
                .header("Authorization", "Bearer " + tokens.forThisService())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(new Recall(lease.id()))))
                .build();
        var response = http.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER_BYTES));
        if (response.statusCode() != OK) {
            throw new IOException("the holder answered " + response.statusCode());
        }
        try {
            var statement = json.readValue(response.body(), Statement.class);
            if (!lease.id().equals(statement.leaseId())) {
                throw new IOException("the holder answered for another lease");
            }
            return statement;
        } catch (JacksonException malformed) {
            throw new IOException("the holder's answer can't be read", malformed);
        }
    }
}
