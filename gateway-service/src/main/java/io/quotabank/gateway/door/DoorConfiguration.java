package io.quotabank.gateway.door;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.NettyPipeline;

@Configuration(proxyBeanMethods = false)
class DoorConfiguration {

    /** Puts a door into every connection of the public server, and into none of the management server's. */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> doorInEveryConnection(Doors doors) {
        return factory -> factory.addServerCustomizers(server -> server.doOnChannelInit((observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "quotabank.door", new Door(doors))));
    }
}
