package io.quotabank.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/**
 * The servlets that do without the shared filters, because they verify their callers and bound their bodies themselves.
 * They are told by name and not by path: what the container maps elsewhere can't slip past by a clever path.
 */
public final class BareServlets {

    private final Set<String> names;

    BareServlets(Set<String> names) {
        this.names = Set.copyOf(names);
    }

    public boolean serves(HttpServletRequest request) {
        return !names.isEmpty()
                && names.contains(request.getHttpServletMapping().getServletName());
    }
}
