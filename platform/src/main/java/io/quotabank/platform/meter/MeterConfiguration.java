package io.quotabank.platform.meter;

import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

@AutoConfiguration
class MeterConfiguration {

    @Bean
    MeterBinder networkMeters() {
        return new NetworkMeters(Path.of("/proc/self/net/dev"));
    }
}
