package io.quotabank.planted.feature;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;

@SuppressWarnings("unused")
public class OrderController {

    private final Logger log = LoggerFactory.getLogger(OrderController.class);
    private final java.util.logging.Logger other = java.util.logging.Logger.getLogger("other");

    @Autowired
    private Object injected;

    private final Optional<String> maybe = Optional.empty();
    private final Supplier<UUID> ids = UUID::randomUUID;

    long now() {
        System.out.println(log);
        return System.currentTimeMillis();
    }
}
