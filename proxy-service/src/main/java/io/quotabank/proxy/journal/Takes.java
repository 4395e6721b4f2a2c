package io.quotabank.proxy.journal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import java.util.ArrayList;
import java.util.List;

/**
 * Which hold pays how much of a closed request. The ledger settles by the same rule and caps each by what the hold has
 * left: every funding but the last gives the lesser of the rest and what was reserved in it, the last gives the rest.
 */
public final class Takes {

    /** One amount for each funding, in order. */
    public static List<Credits> of(List<Funding> funding, Credits cost) {
        var takes = new ArrayList<Credits>(funding.size());
        var rest = cost;
        for (int i = 0; i < funding.size(); i++) {
            var last = i == funding.size() - 1;
            var take = last ? rest : rest.min(funding.get(i).atMost());
            takes.add(take);
            rest = rest.minus(take);
        }
        return takes;
    }

    private Takes() {}
}
