package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of models as clients ask for it. */
class ModelListTests {

    @TempDir
    Path directory;

    private RelayStage stage;

    @BeforeEach
    void start() throws Exception {
        stage = new RelayStage(directory);
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @Test
    void listsModelsInTheFormThatIsAskedFor() throws Exception {
        var list = stage.send(stage.request("/v1/models").build());
        var codex = stage.send(stage.request("/v1/models?client_version=1.0").build());
        var anthropic = stage.send(stage.request("/v1/models")
                .header("anthropic-version", "2023-06-01")
                .build());

        assertThat(list.headers().firstValue("content-type")).contains("application/json");
        assertThat(list.body())
                .startsWith("{\"object\":\"list\",\"data\":[{\"id\":\"small\"")
                .doesNotContain("slug");
        assertThat(codex.body()).contains("\"models\":[{\"slug\":\"small\"");
        assertThat(anthropic.body()).contains("\"display_name\"").doesNotContain("owned_by");
        assertThat(stage.send(stage.request("/v1/models/vendor/embed").build()).body())
                .startsWith("{\"id\":\"vendor/embed\"");
        assertError(stage.send(stage.request("/v1/models/deep/thought").build()), 404, "model_not_found");
    }

    @Test
    void listsModelsForAnybodyAndForNobodyWithAWrongToken() throws Exception {
        var uri = URI.create("http://127.0.0.1:" + stage.port() + "/v1/models");

        assertThat(stage.send(HttpRequest.newBuilder(uri).build()).body()).contains("\"id\":\"small\"");
        assertError(
                stage.send(HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer x")
                        .build()),
                401,
                "invalid_api_key");
        assertError(
                stage.send(HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build()),
                405,
                "method_not_allowed");
    }

    @Test
    void sendsNobodyAListOfModelsThatTheyHave() throws Exception {
        var first = stage.send(stage.request("/v1/models").build());
        var tag = first.headers().firstValue("etag").orElseThrow();

        var again = stage.send(
                stage.request("/v1/models").header("If-None-Match", tag).build());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(stage.send(stage.request("/v1/models/small")
                                .header("If-None-Match", tag)
                                .build())
                        .statusCode())
                .isEqualTo(200);
        var head = stage.send(stage.request("/v1/models").HEAD().build());
        assertThat(head.headers().firstValue("content-length"))
                .contains(Integer.toString(first.body().length()));
        assertThat(head.body()).isEmpty();
    }
}
