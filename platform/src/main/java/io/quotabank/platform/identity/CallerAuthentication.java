package io.quotabank.platform.identity;

import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** A verified {@link Caller} as Spring Security holds it; roles are authorities with the usual prefix. */
final class CallerAuthentication extends AbstractAuthenticationToken {

    /** Turns a bearer token into its caller. */
    record Manager(InternalTokens tokens) implements AuthenticationManager {
        @Override
        public Authentication authenticate(Authentication presented) {
            var token = ((BearerTokenAuthenticationToken) presented).getToken();
            try {
                return new CallerAuthentication(tokens.verify(token));
            } catch (InvalidTokenException refused) {
                throw new InvalidBearerTokenException(String.valueOf(refused.getMessage()));
            }
        }
    }

    private final Caller caller;

    CallerAuthentication(Caller caller) {
        super(caller.roles().stream()
                .map(role -> new SimpleGrantedAuthority("ROLE_" + role))
                .toList());
        this.caller = caller;
        setAuthenticated(true);
    }

    @Override
    public Caller getPrincipal() {
        return caller;
    }

    @Override
    public String getName() {
        return caller.subject();
    }

    @Override
    public String getCredentials() {
        return "";
    }
}
