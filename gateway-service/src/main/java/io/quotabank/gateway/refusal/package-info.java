/** What the gateway answers by itself when it turns a request away, in OpenAI's form or as a problem document. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.gateway.refusal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
