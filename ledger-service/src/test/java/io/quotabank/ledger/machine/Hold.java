package io.quotabank.ledger.machine;

import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;

/** A lease, or a hold of an application. */
final class Hold {
    final UUID id;
    final Person of;
    long amount;
    long settled;
    long released;
    long late;
    long backed;
    String status = "active";
    Duration over = Duration.ofSeconds(-1);
    long sequence;
    boolean last;
    LocalDate day;

    Hold(UUID id, Person of, long amount) {
        this.id = id;
        this.of = of;
        this.amount = amount;
    }

    long left() {
        return amount - settled - released;
    }

    boolean active() {
        return status.equals("active");
    }

    boolean due() {
        return active() && !over.isNegative();
    }

    @Override
    public String toString() {
        return amount + " " + settled + " " + released + " " + late + " " + backed + " " + status;
    }
}
