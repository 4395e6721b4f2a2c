package io.quotabank.gateway.relay;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which instance a caller's requests go to: always the same one while it has room, so that what it holds for the caller
 * (a spending lease, a warm cache) is of use. Nothing depends on it.
 *
 * <p>Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, 2016): no instance gets more than
 * {@code ceil(c * average)} of the requests under way, this one counted. Each caller has an order of its own of all
 * instances (rendezvous hashing) instead of a walk around a ring: when one of n goes, only its callers move, 1/n of all,
 * and they spread over all others.
 *
 * @param bound c, at least 1: 1 is a plain least-busy choice, large values only heed the caller
 */
record Spread(double bound) {

    /**
     * The first instance in the caller's order that is usable and has room. Where there is none, the least busy of those
     * that are not usable: better a quick try than a refusal. Null when all have been tried. Allocates nothing.
     *
     * @param caller a hash of who is asking
     */
    @Nullable
    Instance pick(Instance[] all, long caller, Set<Instance> tried, long nowNs) {
        int usable = 0;
        long load = 1;
        for (var next : all) {
            if (next.usable(nowNs)) {
                usable++;
                load += next.inFlight();
            }
        }
        if (usable == 0) {
            return leastBusy(all, tried);
        }
        long most = (long) Math.ceil(bound * load / usable);
        Instance best = null;
        long bestRank = 0;
        for (var next : all) {
            if (next.usable(nowNs) && next.inFlight() < most && !tried.contains(next)) {
                long rank = mix(caller ^ next.place());
                if (best == null || rank > bestRank) {
                    best = next;
                    bestRank = rank;
                }
            }
        }
        return best != null ? best : leastBusy(all, tried);
    }

    private static @Nullable Instance leastBusy(Instance[] all, Set<Instance> tried) {
        Instance best = null;
        for (var next : all) {
            if (!tried.contains(next) && (best == null || next.inFlight() < best.inFlight())) {
                best = next;
            }
        }
        return best;
    }

    /** The same in every process, unlike {@link Object#hashCode()}. */
    static long hash(CharSequence text) {
        // FNV-1a, 64 bits.
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    // The finalizer of SplitMix64: each bit of the input moves each bit of the output.
    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
