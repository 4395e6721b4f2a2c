package io.quotabank.ledger.account;

/** A rule of the books would be broken: the transaction has to fail, and trying the same again will not help. */
public final class BrokenRuleException extends RuntimeException {

    public BrokenRuleException(String message) {
        super(message);
    }
}
