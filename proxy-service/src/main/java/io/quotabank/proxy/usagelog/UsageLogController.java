package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.usage.UsageLog;
import java.util.List;
import org.springframework.web.bind.annotation.RestController;

/** Tells the ledger what the log has, to be compared with what is settled. */
@RestController
class UsageLogController implements UsageLog {

    private final UsageSums usage;

    UsageLogController(UsageSums usage) {
        this.usage = usage;
    }

    @Override
    public List<Sum> sums(Wish wish) {
        return usage.sums(wish.window().split(wish.parts()));
    }

    @Override
    public List<Entry> entries(Window window) {
        return usage.entries(window, MOST_ENTRIES);
    }
}
