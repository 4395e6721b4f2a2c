package io.quotabank.proxy.verification;

import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.contracts.verification.KeyVerification.Report;
import io.quotabank.contracts.verification.KeyVerification.Request;
import io.quotabank.contracts.verification.KeyVerification.Result;
import io.quotabank.proxy.catalog.Catalog;
import io.quotabank.proxy.custody.Custody;
import io.quotabank.proxy.custody.OpenedSecret;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Proves a key: its address, that it authenticates, each model that it is to serve, and its claimed quota. */
final class Verifications {

    private static final String ADDRESS = "address";
    private static final String AUTHENTICATION = "authentication";
    private static final String MODEL = "model:";
    private static final String BALANCE = "balance";

    private final Custody custody;
    private final Catalog catalog;
    private final Probe probe;
    private final InstantSource clock;

    Verifications(Custody custody, Catalog catalog, Probe probe, InstantSource clock) {
        this.custody = custody;
        this.catalog = catalog;
        this.probe = probe;
        this.clock = clock;
    }

    Report verify(Request request) {
        var secret = custody.open(request.keyId(), request.ownerId(), request.sealedSecret());
        return secret.isEmpty()
                ? of(new Check(AUTHENTICATION, Result.UNREACHABLE, "The stored key could not be opened here."))
                : verify(request, secret.get());
    }

    private Report verify(Request request, OpenedSecret secret) {
        var verdicts = calls(request, secret);
        if (verdicts.containsValue(new Verdict.AddressRefused())) {
            return of(new Check(ADDRESS, Result.FAILED, "The base URL is not a public web address."));
        }
        var checks = new ArrayList<Check>();
        checks.add(new Check(ADDRESS, Result.PASSED, "The base URL is a public or permitted address."));
        if (verdicts.containsValue(new Verdict.KeyRefused())) {
            checks.add(new Check(AUTHENTICATION, Result.FAILED, "The provider refuses the key."));
            return new Report(checks, null);
        }
        checks.add(authentication(verdicts));
        verdicts.forEach((model, verdict) -> checks.add(model(model, verdict)));
        var balance = probe.balance(new ToldBalance(request.balance(), request.baseUrl(), request.cnyPerUsd()), secret);
        checks.add(balance(balance, request.claimedUsd()));
        return new Report(checks, balance instanceof Verdict.Balance(var usd) ? usd : null);
    }

    private Map<String, Verdict> calls(Request request, OpenedSecret secret) {
        var calls = new LinkedHashMap<String, Future<Verdict>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var model : request.models()) {
                var name = upstreamName(model, request.provider());
                var mode = mode(model);
                Callable<Verdict> call = () -> probe.call(request.baseUrl(), secret, name, mode);
                calls.put(model, threads.submit(call));
            }
        }
        var verdicts = new LinkedHashMap<String, Verdict>();
        calls.forEach((model, call) -> verdicts.put(model, finished(call)));
        return verdicts;
    }

    private static Verdict finished(Future<Verdict> call) {
        try {
            return call.get();
        } catch (ExecutionException fault) {
            throw new IllegalStateException("a verification's call failed here", fault.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Verdict.Unreachable("The verification was stopped.");
        }
    }

    private String upstreamName(String model, String provider) {
        return catalog.find(model, clock.millis())
                .map(priced -> priced.model().upstreamNames().getOrDefault(provider, model))
                .orElse(model);
    }

    private Mode mode(String model) {
        return catalog.find(model, clock.millis())
                .map(priced -> priced.model().mode())
                .orElse(Mode.CHAT);
    }

    /** Any answer but a refusal of the key proves it; no answer proves nothing. */
    private static Check authentication(Map<String, Verdict> verdicts) {
        boolean answered = verdicts.values().stream().anyMatch(verdict -> !(verdict instanceof Verdict.Unreachable));
        return answered
                ? new Check(AUTHENTICATION, Result.PASSED, "The provider accepts the key.")
                : new Check(AUTHENTICATION, Result.UNREACHABLE, "The provider could not be asked.");
    }

    private static Check model(String model, Verdict verdict) {
        var name = MODEL + model;
        return switch (verdict) {
            case Verdict.Served served -> new Check(name, Result.PASSED, "A minimal call was answered.");
            case Verdict.Refused(var detail) -> new Check(name, Result.FAILED, detail);
            case Verdict.Exhausted exhausted ->
                new Check(name, Result.EXHAUSTED, "The provider says that the key has no quota left.");
            case Verdict.Unreachable(var detail) -> new Check(name, Result.UNREACHABLE, detail);
            case Verdict.KeyRefused refused -> new Check(name, Result.FAILED, "The provider refuses the key.");
            case Verdict.AddressRefused refused -> new Check(name, Result.FAILED, "The address is never called.");
            case Verdict.Balance balance -> throw new IllegalStateException("a call of a model tells no balance");
        };
    }

    private static Check balance(Verdict verdict, @Nullable BigDecimal claimed) {
        if (verdict instanceof Verdict.Unreachable(var detail)) {
            return new Check(BALANCE, Result.UNREACHABLE, detail);
        }
        var usd = verdict instanceof Verdict.Balance(var told) ? told : null;
        if (usd == null) {
            return new Check(BALANCE, Result.PASSED, "The provider tells no balance.");
        }
        return claimed != null && claimed.compareTo(usd) > 0
                ? new Check(BALANCE, Result.FAILED, "The claimed quota is above the balance that the provider tells.")
                : new Check(BALANCE, Result.PASSED, "The balance covers the claimed quota.");
    }

    private static Report of(Check check) {
        return new Report(List.of(check), null);
    }
}
