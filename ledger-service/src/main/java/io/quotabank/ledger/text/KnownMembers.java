package io.quotabank.ledger.text;

import org.springframework.stereotype.Component;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Refuses, in what people and applications send, members that nothing here reads: a misspelt {@code order_id} would charge
 * twice in silence. What services send each other is of the contracts' types, where a newer release may say more.
 */
@Component
class KnownMembers extends DeserializationProblemHandler {

    private static final String OURS = "io.quotabank.ledger.";

    @Override
    public boolean handleUnknownProperty(
            DeserializationContext context,
            JsonParser parser,
            ValueDeserializer<?> deserializer,
            Object beanOrClass,
            String name) {
        var type = beanOrClass instanceof Class<?> given ? given : beanOrClass.getClass();
        if (type.getName().startsWith(OURS)) {
            throw UnrecognizedPropertyException.from(parser, beanOrClass, name, deserializer.getKnownPropertyNames());
        }
        return false;
    }
}
