package io.quotabank.ledger.entry;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Entries of one window on their way to the broker, as many at once as there is room for. */
final class Sending {

    // Well below the time after which the database ends a transaction that does nothing.
    private static final int BETWEEN_SIGNS_S = 2;

    private final Producer<String, byte[]> producer;
    private final int mostInFlight;
    private final Semaphore room;
    private final Runnable signOfLife;
    private volatile @Nullable Exception failure;
    private long sent;

    /** @param signOfLife is called each two seconds of waiting */
    Sending(Producer<String, byte[]> producer, int mostInFlight, Runnable signOfLife) {
        this.producer = producer;
        this.mostInFlight = mostInFlight;
        this.room = new Semaphore(mostInFlight);
        this.signOfLife = signOfLife;
    }

    /** @throws KafkaException where this record, or one before it, can't be sent: then none after it is */
    void send(ProducerRecord<String, byte[]> record) {
        acquire(1);
        // What becomes of it is told to the callback.
        var _ = producer.send(record, (stored, refused) -> {
            if (refused != null) {
                failure = refused;
            }
            room.release();
        });
        sent++;
    }

    /**
     * Returns when the broker has stored all of them.
     *
     * @return how many there were
     */
    long awaitAll() {
        acquire(mostInFlight);
        return sent;
    }

    private void acquire(int permits) {
        try {
            while (!room.tryAcquire(permits, BETWEEN_SIGNS_S, TimeUnit.SECONDS)) {
                signOfLife.run();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new KafkaException("stopped while sending entries", stopped);
        }
        var refused = failure;
        if (refused != null) {
            throw new KafkaException("an entry could not be sent", refused);
        }
    }
}
