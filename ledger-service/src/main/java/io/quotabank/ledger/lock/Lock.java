package io.quotabank.ledger.lock;

/**
 * Advisory locks of the ledger's database that go by a number. All of them are here, so that no two have the same; those
 * that go by a name have 64 bits of its hash. Processes of two releases work side by side: a number stays.
 */
public enum Lock {
    EARNINGS(7100),
    RECONCILIATION(7101),
    ACTIONS(7102),
    CUTS(7110),
    ENTRIES(7111),
    SEAL(7112),
    /** Taken by the database's function that adds a partition. */
    PARTITIONS(7113);

    private final long number;

    Lock(long number) {
        this.number = number;
    }

    public long number() {
        return number;
    }

    /** A statement that has it from then on until its transaction ends, and waits for whoever has it. */
    public String take() {
        return "SELECT pg_advisory_xact_lock(" + number + ")";
    }

    /** One that doesn't wait, and is true where it has it. */
    public String tryToTake() {
        return "SELECT pg_try_advisory_xact_lock(" + number + ")";
    }
}
