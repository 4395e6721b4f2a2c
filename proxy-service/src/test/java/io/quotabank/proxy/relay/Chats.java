package io.quotabank.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.proxy.upstream.ScriptedProvider.Call;
import java.io.IOException;
import java.net.http.HttpResponse;

/** Bodies of requests and answers. */
final class Chats {

    /** 3 tokens of its own, the role, "Hello there" and 3 for the answer. */
    static final long INPUT_TOKENS = 9;

    static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]";
    static final String REQUEST = "{\"model\":\"small\"," + MESSAGES + "}";
    static final String STREAM = "{\"model\":\"small\",\"stream\":true," + MESSAGES + "}";
    static final String STREAM_WITH_USAGE =
            "{\"model\":\"small\",\"stream\":true,\"stream_options\":{\"include_usage\":true}," + MESSAGES + "}";

    static String answer(String content, String usage) {
        return "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"" + content + "\"},\"finish_reason\":\"stop\"}]"
                + (usage.isEmpty() ? "" : ",\"usage\":" + usage) + "}";
    }

    static String usage(long prompt, long completion) {
        return "{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + completion + ",\"total_tokens\":"
                + (prompt + completion) + "}";
    }

    static final String ROLE =
            "{\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                    + "\"finish_reason\":null}]}";

    static String delta(String content) {
        return "{\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + content
                + "\"},\"finish_reason\":null}]}";
    }

    static final String FINISH =
            "{\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";

    static String usageChunk(long prompt, long completion) {
        return "{\"id\":\"chatcmpl-1\",\"choices\":[],\"usage\":" + usage(prompt, completion) + "}";
    }

    /** A provider's stream of these. */
    static void stream(Call call, String... events) throws IOException {
        call.stream();
        for (var event : events) {
            call.data(event);
        }
        call.end();
    }

    /** The same as a client gets it. */
    static String events(String... events) {
        var text = new StringBuilder();
        for (var event : events) {
            text.append("data: ").append(event).append("\n\n");
        }
        return text.toString();
    }

    static void assertError(HttpResponse<String> refused, int status, String code) {
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(refused.body()).startsWith("{\"error\":{\"message\":").contains("\"code\":\"" + code + "\"");
        assertThat(refused.headers().firstValue("x-request-id")).isPresent();
    }

    private Chats() {}
}
