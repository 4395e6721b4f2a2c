package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Stack.Instance;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What dashboards and alerts ask for is what running services expose. */
class DashboardsIT {

    private static final String MODEL = "glm-4.5";

    @BeforeAll
    static void oneOfEachKindOfRequest() throws Exception {
        Suite.keyFor(MODEL, 0);
        var buyer = Suite.buyer("100");
        var caller = new Caller(STACK);
        assertThat(caller.stream(buyer.accessKey(), MODEL, "Go on.", 20, -1).end())
                .isEqualTo(Caller.End.WHOLE);
        assertThat(caller.chat(buyer.accessKey(), MODEL, "Go on.", 20).end()).isEqualTo(Caller.End.WHOLE);
        assertThat(caller.chat(buyer.accessKey(), "no-such-model", "Go on.", 20).end())
                .isEqualTo(Caller.End.REFUSED);
        Http.get(STACK.gateway() + "/api/credits/balance/" + buyer.userId(), buyer.token());
        Proof.settledOf(buyer.userId(), Duration.ofSeconds(60));
    }

    @AfterAll
    static void withdraw() {
        Suite.withdrawKeys();
    }

    @Test
    void everyNameAndLabelThatIsAskedForIsExposed() {
        await().pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            var exposed = exposed();
            assertThat(Watched.expressions())
                    .hasSizeGreaterThan(60)
                    .allSatisfy((where, expression) -> assertThat(
                                    PromQl.of(expression).unknown(exposed))
                            .as("%s: %s", where, expression)
                            .isEmpty());
        });
    }

    @Test
    void everyServiceTellsOfCpuMemoryDiskNetworkAndErrors() {
        for (var instance : instances()) {
            assertThat(PromQl.exposed(List.of(scraped(instance))))
                    .as(instance.name())
                    .containsKeys(
                            "process_cpu_usage",
                            "jvm_memory_used_bytes",
                            "disk_free_bytes",
                            "system_network_io_bytes_total",
                            "logback_events_total");
        }
    }

    private static Map<String, Set<String>> exposed() {
        return PromQl.exposed(instances().stream().map(DashboardsIT::scraped).toList());
    }

    private static String scraped(Instance instance) {
        var answer = Http.get(instance.management() + "/actuator/prometheus", null);
        assertThat(answer.status()).as(instance.name()).isEqualTo(200);
        return answer.body();
    }

    private static Collection<Instance> instances() {
        return STACK.services().stream()
                .flatMap(service -> STACK.instances(service).stream())
                .filter(instance -> !instance.management().isEmpty())
                .toList();
    }
}
