package io.quotabank.systemtests;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.client.okhttp.OkHttpClient;
import com.openai.core.ClientOptions;
import com.openai.core.RequestOptions;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** What the SDK sends through, under its retries: counts the requests that really go out. */
final class CountingHttp implements HttpClient {

    private final HttpClient http = OkHttpClient.builder().build();
    private final AtomicInteger requests = new AtomicInteger();

    /** The SDK as it is, with its own number of retries. */
    OpenAIClient sdk(String accessKey) {
        return new OpenAIClientImpl(ClientOptions.builder()
                .httpClient(this)
                .baseUrl(Suite.STACK.gateway() + "/v1")
                .apiKey(accessKey)
                .build());
    }

    int requests() {
        return requests.get();
    }

    @Override
    public HttpResponse execute(HttpRequest request, RequestOptions options) {
        requests.incrementAndGet();
        return http.execute(request, options);
    }

    @Override
    public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
        requests.incrementAndGet();
        return http.executeAsync(request, options);
    }

    @Override
    public void close() {
        http.close();
    }
}
