package io.quotabank.ledger.paymentprovider;

import java.util.UUID;

/** An order's id as those providers take it that allow 32 characters: without dashes. */
final class OrderNumber {

    private static final int DIGITS = 32;

    static String of(UUID order) {
        return order.toString().replace("-", "");
    }

    /** @throws IllegalArgumentException for a number that is none of ours */
    static UUID read(String number) {
        if (number.length() != DIGITS) {
            throw new IllegalArgumentException("not an order of ours");
        }
        return UUID.fromString(number.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
    }

    private OrderNumber() {}
}
