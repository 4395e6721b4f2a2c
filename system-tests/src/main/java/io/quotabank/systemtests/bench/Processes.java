package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Stack;
import java.util.ArrayList;
import java.util.List;

/** The processes of a suite whose processor time and memory count. */
record Processes(Stack stack) {

    static final List<String> HOPS = List.of("gateway-service", "proxy-service");

    /** Found anew by each call: the supervisor may have replaced one. */
    List<Long> of(List<String> services) {
        return services.stream()
                .flatMap(service -> stack.instances(service).stream())
                .map(Stack.Instance::pid)
                .toList();
    }

    /** Every process of the suite but the provider, which stands for the world outside. */
    List<Long> all() {
        var pids = new ArrayList<Long>();
        for (var part : stack.read().path("services").properties()) {
            if (!part.getKey().equals("sandbox")) {
                part.getValue()
                        .forEach(instance ->
                                pids.addAll(Cpu.tree(instance.path("pid").asLong())));
            }
        }
        return pids;
    }
}
