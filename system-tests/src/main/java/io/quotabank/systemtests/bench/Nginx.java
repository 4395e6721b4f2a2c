package io.quotabank.systemtests.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The floor: one nginx worker as a plain proxy with keep-alive connections to the same provider. */
final class Nginx implements AutoCloseable {

    private static final String CONFIGURATION = """
            worker_processes 1;
            daemon off;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log warn;
            events { worker_connections 4096; }
            http {
                access_log off;
                client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                keepalive_requests 100000000;
                upstream provider { server %2$s; keepalive 1024; keepalive_requests 100000000; }
                server {
                    listen 127.0.0.1:%3$d;
                    location / {
                        proxy_pass http://provider;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_buffering on;
                    }
                }
            }
            """;

    private final Process process;
    private final URI url;

    private Nginx(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    static Nginx start(URI provider, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port = freePort();
        var file = directory.resolve("nginx.conf").toAbsolutePath();
        Files.writeString(file, CONFIGURATION.formatted(directory.toAbsolutePath(), provider.getAuthority(), port));
        Process process;
        try {
            process = new ProcessBuilder(
                            "nginx", "-e", directory.toAbsolutePath() + "/error.log", "-c", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("nginx.out").toFile())
                    .start();
        } catch (IOException missing) {
            throw new IOException(
                    "The benchmark's floor is nginx, which is missing: install it (Debian: apt-get install"
                            + " nginx-light) and run again.",
                    missing);
        }
        var nginx = new Nginx(process, URI.create("http://127.0.0.1:" + port));
        nginx.awaitListening();
        return nginx;
    }

    URI url() {
        return url;
    }

    List<Long> pids() {
        return Cpu.tree(process.pid());
    }

    @Override
    public void close() {
        process.destroy();
    }

    private void awaitListening() throws InterruptedException, IOException {
        for (int i = 0; i < 100; i++) {
            try (var socket = new Socket(url.getHost(), url.getPort())) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        close();
        throw new IOException("nginx did not start; see nginx.out beside its configuration");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
