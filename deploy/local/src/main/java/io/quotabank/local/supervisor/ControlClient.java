package io.quotabank.local.supervisor;

import io.quotabank.local.state.StateDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.Optional;
import java.util.function.Consumer;

/** How a command reaches the supervisor of a state directory. */
public record ControlClient(StateDirectory state) {

    /** Asks and takes one answer; empty when no supervisor answers. */
    public Optional<Message> ask(Message request) {
        var answer = new Message[1];
        return talk(request, message -> answer[0] = message) ? Optional.ofNullable(answer[0]) : Optional.empty();
    }

    /** Asks and takes all answers until the supervisor closes; false when there is none to ask. */
    public boolean talk(Message request, Consumer<Message> answers) {
        if (!Files.exists(state.socket())) {
            return false;
        }
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(state.socket()));
            try (var line = new Line(channel)) {
                line.send(request);
                for (var message = line.receive(); message != null; message = line.receive()) {
                    answers.accept(message);
                }
                return true;
            }
        } catch (IOException nobody) {
            return false;
        }
    }
}
