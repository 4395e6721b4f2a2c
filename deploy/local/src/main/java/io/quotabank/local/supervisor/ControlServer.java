package io.quotabank.local.supervisor;

import io.quotabank.local.state.StateDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

/** Answers commands on a socket in the state directory, which only its owner may enter. */
final class ControlServer implements AutoCloseable {

    /** Answers one request; messages go out through the line as they come. */
    interface Handler {
        void handle(Message request, Line line) throws IOException, InterruptedException;
    }

    private static final Duration BEAT = Duration.ofSeconds(1);

    private final Path socket;
    private final ServerSocketChannel channel;

    private ControlServer(Path socket, ServerSocketChannel channel) {
        this.socket = socket;
        this.channel = channel;
    }

    static ControlServer open(StateDirectory state, Handler handler) throws IOException {
        var socket = state.socket();
        // The lock says that nobody else serves here: what lies there is left from a crash.
        Files.deleteIfExists(socket);
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, Set.copyOf(PosixFilePermissions.fromString("rw-------")));
        var server = new ControlServer(socket, channel);
        Thread.ofVirtual().name("control").start(() -> server.serve(handler));
        return server;
    }

    private void serve(Handler handler) {
        while (channel.isOpen()) {
            try {
                var connection = channel.accept();
                Thread.ofVirtual().name("command").start(() -> answer(connection, handler));
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                System.err.println("cannot accept a command: " + e);
            }
        }
    }

    private static void answer(SocketChannel connection, Handler handler) {
        try (var line = new Line(connection)) {
            var request = line.receive();
            if (request != null) {
                beat(connection, line);
                handler.handle(request, line);
            }
        } catch (IOException gone) {
            // Whoever asked does not wait for the answer any more.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // Tells whoever waits that the answer is being worked on.
    private static void beat(SocketChannel connection, Line line) {
        Thread.ofVirtual().name("beat").start(() -> {
            try {
                while (connection.isOpen()) {
                    Thread.sleep(BEAT);
                    line.send(new Message.Beat());
                }
            } catch (IOException gone) {
                // The handler notices as well.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            System.err.println("cannot remove " + socket + ": " + e);
        }
    }
}
