package io.quotabank.local.part;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a build has laid out for running, apart from the build's own output, which the next build may replace.
 *
 * @param java the JDK's home
 * @param classPath the launcher and its libraries, Kafka among them
 * @param postgres home of the database server
 * @param keycloak home of the realm server
 * @param template a database with the realm in it, copied into a new state directory
 * @param services by module: the jar to run
 * @param sandbox the sandbox provider's jar
 * @param sandboxPayments the jar of the sandbox for payments
 * @param realmVersion of the realm in the template
 * @param schemas the highest migration by service
 */
public record Installed(
        Path java,
        List<Path> classPath,
        Path postgres,
        Path keycloak,
        Path template,
        Map<String, Path> services,
        Path sandbox,
        Path sandboxPayments,
        int realmVersion,
        Map<String, Integer> schemas) {

    /** In the template: how its own passwords are found. */
    public record TemplateSecrets(String postgres, String keycloak) {
        public static final String FILE = "secrets.json";
    }

    public String javaCommand() {
        return java.resolve("bin").resolve("java").toString();
    }

    public String classPathText() {
        return String.join(
                File.pathSeparator, classPath.stream().map(Path::toString).toList());
    }
}
