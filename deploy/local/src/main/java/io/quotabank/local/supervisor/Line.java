package io.quotabank.local.supervisor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One connection between a command and the supervisor. */
final class Line implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final SocketChannel channel;
    private final BufferedReader in;
    private final Writer out;

    Line(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        this.out = Channels.newWriter(channel, StandardCharsets.UTF_8);
    }

    synchronized void send(Message message) throws IOException {
        out.write(JSON.writeValueAsString(message));
        out.write('\n');
        out.flush();
    }

    /** The next message, null when the other side has closed. */
    @Nullable
    Message receive() throws IOException {
        var text = in.readLine();
        return text == null ? null : JSON.readValue(text, Message.class);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
