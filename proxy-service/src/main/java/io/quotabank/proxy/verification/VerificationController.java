package io.quotabank.proxy.verification;

import io.quotabank.contracts.verification.KeyVerification;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
class VerificationController implements KeyVerification {

    private final Verifications verifications;
    private final VerificationProperties properties;

    VerificationController(Verifications verifications, VerificationProperties properties) {
        this.verifications = verifications;
        this.properties = properties;
    }

    @Override
    public Report verify(Request request) {
        if (request.models().isEmpty() || request.models().size() > properties.mostModels()) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
        }
        return verifications.verify(request);
    }
}
