package io.quotabank.proxy;

import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.filter.TypeFilter;

/** Matches the components of the role that this process does not have. */
class OtherRole implements TypeFilter, EnvironmentAware {

    private static final String ROOT = ProxyService.class.getPackageName() + ".";
    private static final String USAGE_LOG = ROOT + "usagelog.";

    private boolean usageLog;

    @Override
    public void setEnvironment(Environment environment) {
        var role = environment.getProperty("quotabank.proxy.role", "relay");
        usageLog = switch (role) {
            case "relay" -> false;
            case "usage-log" -> true;
            default ->
                throw new IllegalArgumentException("quotabank.proxy.role is neither relay nor usage-log: " + role);
        };
    }

    @Override
    public boolean match(MetadataReader component, MetadataReaderFactory factory) {
        var name = component.getClassMetadata().getClassName();
        var ofNoFeature = name.indexOf('.', ROOT.length()) < 0;
        return !ofNoFeature && name.startsWith(USAGE_LOG) != usageLog;
    }
}
