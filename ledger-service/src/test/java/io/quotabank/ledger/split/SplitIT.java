package io.quotabank.ledger.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SplitIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final String ADMIN = TestIdentity.user(UUID.randomUUID(), "user", "admin");
    private static final String HALVES = """
            {"version":%d,"shares":[{"payee":"seller","basis_points":5000},{"payee":"platform","basis_points":5000}]}""";

    private final String name =
            "s" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

    @Test
    void theSalesThatThereAreFromTheStart() {
        var sale = LEDGER.call("GET", "/api/ledger/splits/market_sale?version=1", ADMIN, "")
                .body();
        assertThat(sale.at("/shares/0/payee").asString()).isEqualTo("seller");
        assertThat(sale.at("/shares/0/basis_points").asInt()).isEqualTo(8_500);
        assertThat(sale.at("/shares/1/basis_points").asInt()).isEqualTo(1_000);
        assertThat(sale.at("/shares/2/basis_points").asInt()).isEqualTo(500);
        var consignment = LEDGER.call("GET", "/api/ledger/splits/consignment?version=1", ADMIN, "")
                .body();
        assertThat(consignment.at("/shares/0/basis_points").asInt()).isEqualTo(9_500);
        assertThat(consignment.at("/shares/1/basis_points").asInt()).isEqualTo(500);
    }

    @Test
    void aChangeIsAFurtherVersionAndTheOldOneStays() {
        assertThat(put(ADMIN, HALVES.formatted(0)).body().get("version").asInt())
                .isEqualTo(1);
        var changed = put(ADMIN, HALVES.formatted(1).replace("5000", "6000").replaceFirst("6000", "4000"));
        assertThat(changed.body().get("version").asInt()).isEqualTo(2);
        assertThat(get("").at("/shares/0/basis_points").asInt()).isEqualTo(4_000);
        assertThat(get("?version=1").at("/shares/0/basis_points").asInt()).isEqualTo(5_000);
        var all = LEDGER.call("GET", "/api/ledger/splits", ADMIN, "").body().get("splits");
        assertThat(all.valueStream()
                        .filter(split -> split.get("name").asString().equals(name)))
                .singleElement()
                .satisfies(split -> assertThat(split.get("version").asInt()).isEqualTo(2));
    }

    @Test
    void ofTwoWhoChangeTheSameVersionOneIsTold() throws Exception {
        put(ADMIN, HALVES.formatted(0));
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var change = (Callable<Response>) () -> put(ADMIN, HALVES.formatted(1));
            for (var call : threads.invokeAll(List.of(change, change, change))) {
                statuses.add(call.get().status());
            }
        }
        assertThat(statuses).containsExactlyInAnyOrder(200, 409, 409);
        assertThat(put(ADMIN, HALVES.formatted(0)).body().get("code").asString())
                .isEqualTo("conflict");
        assertThat(put(ADMIN, HALVES.formatted(7)).status()).isEqualTo(409);
    }

    @Test
    void onlyAdministratorsChangeSplitsAndPeopleDoNotReadThem() {
        for (var token : List.of(
                TestIdentity.user(UUID.randomUUID()),
                TestIdentity.user(UUID.randomUUID(), "auditor"),
                TestIdentity.user(UUID.randomUUID(), "service"),
                TestIdentity.service("pool-service"))) {
            assertThat(put(token, HALVES.formatted(0)).status()).isEqualTo(403);
        }
        assertThat(LEDGER.call("GET", "/api/ledger/splits", TestIdentity.user(UUID.randomUUID()), "")
                        .status())
                .isEqualTo(403);
        assertThat(LEDGER.call("GET", "/api/ledger/splits/" + name, ADMIN, "").status())
                .isEqualTo(404);
        assertThat(LEDGER.call("GET", "/api/ledger/splits", TestIdentity.user(UUID.randomUUID(), "service"), "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whatDoesNotGiveAllIsRefused() {
        for (var body : List.of(
                HALVES.formatted(0).replaceFirst("5000", "4999"),
                HALVES.formatted(0).replaceFirst("5000", "0"),
                HALVES.formatted(0).replace("seller", "platform"),
                HALVES.formatted(0).replace("seller", "me"),
                HALVES.formatted(-1),
                HALVES.formatted(Integer.MAX_VALUE),
                "{\"version\":0,\"shares\":[]}",
                "{\"version\":0,\"shares\":[{}]}",
                "{}")) {
            assertThat(put(ADMIN, body).status()).as(body).isEqualTo(400);
        }
        assertThat(LEDGER.call("PUT", "/api/ledger/splits/No-Name", ADMIN, HALVES.formatted(0))
                        .status())
                .isEqualTo(400);
    }

    private Response put(String token, String body) {
        return LEDGER.call("PUT", "/api/ledger/splits/" + name, token, body);
    }

    private JsonNode get(String query) {
        return LEDGER.call("GET", "/api/ledger/splits/" + name + query, ADMIN, "")
                .body();
    }
}
