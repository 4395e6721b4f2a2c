package io.quotabank.ledger.group;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** Counts what is sent to the database. */
public final class Statements {

    private static final class Sent extends AppenderBase<ILoggingEvent> {

        private final String thread;
        private long count;

        Sent(String thread) {
            this.thread = thread;
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getThreadName().equals(thread)
                    && event.getMessage().startsWith("Executing prepared SQL statement")) {
                count += event.getFormattedMessage().split(";\n", -1).length;
            }
        }
    }

    private Statements() {}

    /** How many statements with parameters this thread sends for this work: those of a round trip one by one. */
    public static long counted(Runnable work) {
        var logger = (Logger) LoggerFactory.getLogger(JdbcTemplate.class);
        var level = logger.getLevel();
        var sent = new Sent(Thread.currentThread().getName());
        sent.start();
        logger.addAppender(sent);
        logger.setAdditive(false);
        logger.setLevel(Level.DEBUG);
        try {
            work.run();
        } finally {
            logger.setLevel(level);
            logger.setAdditive(true);
            logger.detachAppender(sent);
        }
        return sent.count;
    }
}
