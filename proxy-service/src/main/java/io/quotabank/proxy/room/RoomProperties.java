package io.quotabank.proxy.room;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * @param most what requests under way may hold of the heap together; a request beyond is refused with 503. By default
 *     what two thirds of the heap have beside 64 MB, at least an eighth of the heap
 */
@Validated
@ConfigurationProperties("quotabank.room")
record RoomProperties(@Nullable DataSize most) {

    // Vocabularies of the tokenizer, Spring, tables of keys and prices: measured, 50 MB with a few keys.
    private static final long OWN = 64L << 20;

    // Collectors with generations keep a third for what is new.
    private static final int PARTS = 3;
    private static final int LEAST_PART = 8;

    /** Bytes. */
    long bytes(long heap) {
        return most != null ? most.toBytes() : Math.max(heap / LEAST_PART, heap / PARTS * (PARTS - 1) - OWN);
    }
}
