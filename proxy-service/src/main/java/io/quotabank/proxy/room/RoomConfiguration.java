package io.quotabank.proxy.room;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RoomProperties.class)
class RoomConfiguration {

    private static final String BYTES = "bytes";

    @Bean
    Room room(RoomProperties properties, MeterRegistry registry) {
        var room = new Room(properties.bytes(Runtime.getRuntime().maxMemory()));
        Gauge.builder("quotabank.room.taken", room, Room::taken).baseUnit(BYTES).register(registry);
        Gauge.builder("quotabank.room.most", room, Room::most).baseUnit(BYTES).register(registry);
        return room;
    }
}
