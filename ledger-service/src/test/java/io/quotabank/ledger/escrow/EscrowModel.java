package io.quotabank.ledger.escrow;

import io.quotabank.ledger.People;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One person's credits and holds as the rules say that they move. */
final class EscrowModel {

    static final class Held {
        final UUID id;
        long amount;
        long settled;
        long released;
        long late;
        String status = "active";
        Duration over = Duration.ofSeconds(-1);

        Held(UUID id, long amount) {
            this.id = id;
            this.amount = amount;
        }

        long left() {
            return amount - settled - released;
        }

        void touch() {
            if (status.equals("active") && !over.isNegative()) {
                released = amount - settled;
                status = "expired";
            }
        }

        @Override
        public String toString() {
            return amount + " " + settled + " " + released + " " + late + " " + status;
        }
    }

    final List<Held> holds = new ArrayList<>();
    long posted = People.SIGN_UP;

    long held() {
        return holds.stream().mapToLong(Held::left).sum();
    }

    String settle(Held hold, long amount, boolean last) {
        hold.touch();
        return switch (hold.status) {
            case "active" -> active(hold, amount, last);
            case "expired" -> late(hold, amount);
            default -> "hold_ended";
        };
    }

    private String active(Held hold, long amount, boolean last) {
        if (amount > hold.left()) {
            return "hold_exceeded";
        }
        posted -= amount;
        hold.settled += amount;
        hold.released = last ? hold.amount - hold.settled : hold.released;
        if (hold.left() == 0) {
            hold.status = hold.released == 0 ? "exhausted" : "released";
        }
        return "ok";
    }

    private String late(Held hold, long amount) {
        if (hold.over.compareTo(Duration.ofDays(7)) >= 0) {
            return "hold_expired";
        }
        if (amount > hold.released - hold.late) {
            return "hold_exceeded";
        }
        if (amount > posted - held()) {
            return "insufficient_credits";
        }
        posted -= amount;
        hold.late += amount;
        return "ok";
    }

    String extend(Held hold, long more) {
        hold.touch();
        if (!hold.status.equals("active")) {
            return "hold_ended";
        }
        if (more > posted - held()) {
            return "insufficient_credits";
        }
        hold.amount += more;
        return "ok";
    }

    String release(Held hold) {
        hold.touch();
        if (hold.status.equals("active")) {
            hold.released = hold.amount - hold.settled;
            hold.status = "released";
        }
        return hold.status.equals("released") ? "ok" : "hold_ended";
    }
}
