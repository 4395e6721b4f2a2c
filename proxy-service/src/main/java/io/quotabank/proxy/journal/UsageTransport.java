package io.quotabank.proxy.journal;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How usage events leave: in order by user, each answered once. */
interface UsageTransport extends AutoCloseable {

    /** Answers on another thread, with null once the message is kept safe, else with what went wrong. */
    void send(UsageMessage message, Consumer<@Nullable Exception> answer);

    /** Gives up everything unanswered, so that it can be sent again in order. */
    void restart();

    @Override
    void close();
}
