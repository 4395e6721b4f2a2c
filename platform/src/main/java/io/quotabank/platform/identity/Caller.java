package io.quotabank.platform.identity;

import io.quotabank.contracts.accesskey.SpendingCap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A verified caller.
 *
 * @param subject a person's id or another application's (Keycloak's {@code sub}, a UUID that one realm gives once), or
 *     {@code service:NAME} for a service of ours
 * @param roles among user, admin, auditor, service; an application has the last one and no other
 * @param accessKeyId the access key that was presented; null for a sign-in
 * @param allowedModels the models that the access key may call; empty allows all
 * @param cap what the access key may spend; null as much as its person has
 * @param phoneVerified true for a sign-in of a person whose phone number was verified
 */
public record Caller(
        String subject,
        Set<String> roles,
        @Nullable UUID accessKeyId,
        List<String> allowedModels,
        @Nullable String name,
        @Nullable String email,
        @Nullable SpendingCap cap,
        boolean phoneVerified) {

    public static final String SERVICE = "service";

    private static final String SERVICE_PREFIX = "service:";

    public Caller {
        roles = Set.copyOf(roles);
        allowedModels = List.copyOf(allowedModels);
        if (!subject.startsWith(SERVICE_PREFIX)) {
            var canonical = UUID.fromString(subject).toString();
            if (!canonical.equalsIgnoreCase(subject)) {
                throw new IllegalArgumentException("a person's subject is a UUID");
            }
        }
        if (cap != null && !cap.accessKeyId().equals(accessKeyId)) {
            throw new IllegalArgumentException("the cap is another access key's");
        }
    }

    /** Without a verified phone. */
    public Caller(
            String subject,
            Set<String> roles,
            @Nullable UUID accessKeyId,
            List<String> allowedModels,
            @Nullable String name,
            @Nullable String email,
            @Nullable SpendingCap cap) {
        this(subject, roles, accessKeyId, allowedModels, name, email, cap, false);
    }

    /** Without a cap or a verified phone. */
    public Caller(
            String subject,
            Set<String> roles,
            @Nullable UUID accessKeyId,
            List<String> allowedModels,
            @Nullable String name,
            @Nullable String email) {
        this(subject, roles, accessKeyId, allowedModels, name, email, null, false);
    }

    public static Caller user(UUID id, Set<String> roles) {
        return new Caller(id.toString(), roles, null, List.of(), null, null);
    }

    public static Caller service(String name) {
        return new Caller(SERVICE_PREFIX + name, Set.of(SERVICE), null, List.of(), null, null);
    }

    /** @throws IllegalStateException for a service, which has no user id */
    public UUID userId() {
        if (isService()) {
            throw new IllegalStateException(subject + " is not a person");
        }
        return UUID.fromString(subject);
    }

    public boolean isService() {
        return subject.startsWith(SERVICE_PREFIX);
    }

    /** True for another application that signed in for itself: no service of ours, and nobody with credits of their own. */
    public boolean isApplication() {
        return has(SERVICE) && !isService();
    }

    public boolean isPerson() {
        return !has(SERVICE) && !isService();
    }

    public boolean has(String role) {
        return roles.contains(role);
    }
}
