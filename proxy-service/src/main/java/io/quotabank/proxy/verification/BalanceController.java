package io.quotabank.proxy.verification;

import io.quotabank.contracts.verification.KeyBalances;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
class BalanceController implements KeyBalances {

    private final Balances balances;

    BalanceController(Balances balances) {
        this.balances = balances;
    }

    @Override
    public Answer tell(Question question) {
        if (question.cnyPerUsd().signum() <= 0) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
        }
        return balances.tell(question);
    }
}
