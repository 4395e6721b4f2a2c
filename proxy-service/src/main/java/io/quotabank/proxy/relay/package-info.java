/** The relay: one request from its first byte to its closed record, whatever happens in between. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "body",
            "models",
            "catalog",
            "spending",
            "routing",
            "metering",
            "custody",
            "upstream",
            "presence",
            "room"
        })
package io.quotabank.proxy.relay;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
