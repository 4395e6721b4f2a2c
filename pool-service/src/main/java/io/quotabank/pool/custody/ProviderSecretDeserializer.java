package io.quotabank.pool.custody;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Reads a secret out of the parser's own buffer, so that no string of it is ever made. */
final class ProviderSecretDeserializer extends ValueDeserializer<ProviderSecret> {

    @Override
    public ProviderSecret deserialize(JsonParser parser, DeserializationContext context) {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            throw new IllegalArgumentException("a provider key is a string");
        }
        return ProviderSecret.of(parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
    }
}
