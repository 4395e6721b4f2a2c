package io.quotabank.proxy.verification;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.verification.KeyBalances.Answer;
import io.quotabank.contracts.verification.KeyBalances.Question;
import io.quotabank.contracts.verification.KeyBalances.Told;
import io.quotabank.proxy.custody.Custody;
import io.quotabank.proxy.routing.Routing;

/** Tells what is left on keys in use, by their providers' word. */
final class Balances {

    private static final Answer NO_KEY = new Answer(Told.NO_KEY, null);
    private static final Answer NO_ANSWER = new Answer(Told.NO_ANSWER, null);
    private static final Answer NO_BALANCE = new Answer(Told.NO_BALANCE, null);

    private final Custody custody;
    private final Routing routing;
    private final Probe probe;

    Balances(Custody custody, Routing routing, Probe probe) {
        this.custody = custody;
        this.routing = routing;
        this.probe = probe;
    }

    Answer tell(Question question) {
        return routing.find(question.keyId())
                .filter(PoolKeyRecord::routable)
                .map(key -> tell(key, question))
                .orElse(NO_KEY);
    }

    private Answer tell(PoolKeyRecord key, Question question) {
        var told = new ToldBalance(question.form(), key.baseUrl(), question.cnyPerUsd());
        return custody.open(key.keyId(), key.ownerId(), key.sealedSecret())
                .map(secret -> answer(probe.balance(told, secret)))
                .orElse(NO_KEY);
    }

    private static Answer answer(Verdict verdict) {
        if (!(verdict instanceof Verdict.Balance(var usd))) {
            return NO_ANSWER;
        }
        return usd == null ? NO_BALANCE : new Answer(Told.BALANCE, usd);
    }
}
