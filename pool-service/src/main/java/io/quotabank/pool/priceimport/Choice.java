package io.quotabank.pool.priceimport;

import java.util.Set;

/**
 * Which rows of a file are wanted.
 *
 * @param providers by our names; empty takes all that the catalogue has
 * @param models by key, by the provider's name or by ours; empty takes all
 */
record Choice(Set<String> providers, Set<String> models) {

    Choice {
        providers = Set.copyOf(providers);
        models = Set.copyOf(models);
    }

    boolean wantsProvider(String provider) {
        return providers.isEmpty() || providers.contains(provider);
    }

    boolean wantsModel(String key, String upstreamName, String ourName) {
        return models.isEmpty() || names(key, upstreamName) || models.contains(ourName);
    }

    /** True where a row was asked for by name. */
    boolean names(String key, String upstreamName) {
        return models.contains(key) || models.contains(upstreamName);
    }
}
