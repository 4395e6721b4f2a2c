package io.quotabank.proxy.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** A broker in a process of its own, which can be away (stopped by a signal) and come back as it was. */
final class Broker implements AutoCloseable {

    private static final String READY = "bootstrap.servers=";

    private final Process process;
    private final String address;

    Broker() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Broker.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.startsWith(READY)) {
            line = lines.readLine();
        }
        if (line == null) {
            throw new IOException("the broker did not start");
        }
        address = line.substring(READY.length());
        // Whatever else it says is read, so that it never waits for a reader.
        Thread.ofVirtual().start(() -> lines.lines().forEach(ignored -> {}));
    }

    String address() {
        return address;
    }

    void goAway() throws Exception {
        signal("STOP");
    }

    void comeBack() throws Exception {
        signal("CONT");
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
    }

    private void signal(String name) throws Exception {
        var status = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("can't signal the broker");
        }
    }

    public static void main(String[] args) throws Exception {
        var broker = new EmbeddedKafkaKraftBroker(1, 3, "usage.v1");
        broker.brokerProperties(Map.of("auto.create.topics.enable", "false", "offsets.topic.num.partitions", "1"));
        broker.afterPropertiesSet();
        System.out.println(READY + broker.getBrokersAsString());
        System.out.flush();
        // Until the test ends it; or until the test is gone.
        while (ProcessHandle.current().parent().map(ProcessHandle::isAlive).orElse(false)) {
            Thread.sleep(1_000);
        }
        System.exit(0);
    }
}
