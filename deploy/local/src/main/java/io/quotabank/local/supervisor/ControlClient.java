package io.quotabank.local.supervisor;

import io.quotabank.local.state.StateDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * How a command reaches the supervisor of a state directory. A supervisor that works on an answer says so each second;
 * one that is silent for longer than {@link #SILENCE} is frozen and counts as none.
 */
public record ControlClient(StateDirectory state) {

    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** Asks and takes one answer; empty when no supervisor answers. */
    public Optional<Message> ask(Message request) {
        var answer = new AtomicReference<Message>();
        talk(request, message -> {
            if (!(message instanceof Message.Beat)) {
                answer.set(message);
            }
        });
        return Optional.ofNullable(answer.get());
    }

    /** Asks and takes all answers until the supervisor closes; false when there is none to ask. */
    public boolean talk(Message request, Consumer<Message> answers) {
        if (!Files.exists(state.socket())) {
            return false;
        }
        var heard = new AtomicLong(System.nanoTime());
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            closeWhenSilent(channel, heard);
            channel.connect(UnixDomainSocketAddress.of(state.socket()));
            try (var line = new Line(channel)) {
                line.send(request);
                for (var message = line.receive(); message != null; message = line.receive()) {
                    heard.set(System.nanoTime());
                    answers.accept(message);
                }
                return true;
            }
        } catch (IOException nobody) {
            return false;
        }
    }

    // A blocked read ends when its channel is closed; it knows no time limit of its own.
    private static void closeWhenSilent(SocketChannel channel, AtomicLong heard) {
        Thread.ofVirtual().name("silence").start(() -> {
            try {
                while (channel.isOpen()) {
                    Thread.sleep(Duration.ofMillis(200));
                    if (System.nanoTime() - heard.get() > SILENCE.toNanos()) {
                        channel.close();
                    }
                }
            } catch (InterruptedException | IOException ended) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
