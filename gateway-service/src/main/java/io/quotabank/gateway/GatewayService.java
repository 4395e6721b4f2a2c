package io.quotabank.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The gateway's process. */
@EnableScheduling
@ConfigurationPropertiesScan
@SpringBootApplication
public class GatewayService {

    public static void main(String[] arguments) {
        // One event loop per core: a relayed request then stays on one thread, and more loops only add switches.
        preset(
                "reactor.netty.ioWorkerCount",
                String.valueOf(Runtime.getRuntime().availableProcessors()));
        preset("io.netty.leakDetection.level", "disabled");
        SpringApplication.run(GatewayService.class, arguments);
    }

    // Netty reads these when its classes load, before there is an environment. The command line wins.
    private static void preset(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
