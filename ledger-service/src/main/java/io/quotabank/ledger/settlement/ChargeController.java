package io.quotabank.ledger.settlement;

import io.quotabank.contracts.charge.LedgerCharges;
import java.util.List;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ChargeController implements LedgerCharges {

    private final SettlementStore settlements;

    ChargeController(SettlementStore settlements) {
        this.settlements = settlements;
    }

    @Override
    public List<Charge> charges(Wish wish) {
        return wish.requestIds().isEmpty() ? List.of() : settlements.charges(wish.requestIds());
    }
}
