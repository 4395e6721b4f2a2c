package io.quotabank.platform.testkit;

import static com.tngtech.archunit.lang.conditions.ArchConditions.accessTargetWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The rules of the house that a machine can check. A service's test calls {@code HouseRules.check(X.class)}. */
public final class HouseRules {

    private static final String LAYERS = "(util|utils|common|impl|dto|model|config|service|controller)";
    private static final String NOISE =
            ".*(Impl|Manager|Helper|Utils?|Dto|DTO|Service|Repository|Entity|Config|Bean|" + "Facade|Wrapper|Base)";
    private static final String INSIDERS = ".*(Controller|Listener|Store|Job|Configuration)";
    private static final String OWN_TIME_OR_IDS = "java\\.time\\.[A-Za-z]+\\.now|java\\.time\\.Clock\\.system.*"
            + "|java\\.lang\\.System\\.currentTimeMillis|java\\.util\\.UUID\\.randomUUID";
    private static final int MOST_PUBLIC_TYPES = 5;

    /** Every rule by its name. */
    public static final Map<String, ArchRule> RULES = rules();

    /** Checks all production classes in the package of {@code main} and below it. */
    public static void check(Class<?> main) {
        checkPackage(main.getPackageName());
    }

    static void checkPackage(String root) {
        var imported = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(root);
        var violations = new ArrayList<String>();
        RULES.forEach((name, rule) -> violations.addAll(violations(name, rule, imported)));
        if (imported.isEmpty() || !violations.isEmpty()) {
            throw new AssertionError("against the rules of the house:\n" + String.join("\n", violations));
        }
    }

    private static List<String> violations(String name, ArchRule rule, JavaClasses classes) {
        return rule.evaluate(classes).getFailureReport().getDetails().stream()
                .map(violation -> name + ": " + violation)
                .toList();
    }

    private static Map<String, ArchRule> rules() {
        var rules = new LinkedHashMap<String, ArchRule>();
        rules.put("packages by feature", noClasses().should(resideInLayers()));
        rules.put("features are flat", classes().should(beAtMostOnePackageDeep()));
        rules.put(
                "names without noise", noClasses().that(areTopLevelAndNotMain()).should(haveNoise()));
        rules.put("settings are records", classes().that(areSettings()).should(beRecords()));
        rules.put("insiders stay inside", classes().that(areInsiders()).should().notBePublic());
        rules.put("few public types", classes().should(haveFewPublicNeighbours()));
        rules.put("null-marked packages", classes().should(liveInANullMarkedPackage()));
        rules.put("no field injection", GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION);
        rules.put("optional only as an answer", noFields().should().haveRawType(Optional.class));
        rules.put(
                "time and ids come from outside",
                noClasses().that(makeNoBeans()).should(takeTimeOrIdsThemselves()));
        rules.put("no standard streams", GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
        rules.put("one logger", GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
        rules.put(
                "loggers are constants",
                fields().that()
                        .haveRawType("org.slf4j.Logger")
                        .should()
                        .beStatic()
                        .andShould()
                        .beFinal());
        return rules.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        rule -> rule.getValue().allowEmptyShould(true),
                        (a, b) -> a,
                        LinkedHashMap::new));
    }

    private static ArchCondition<JavaClass> resideInLayers() {
        return condition(
                "live in a package of a layer", type -> type.getPackageName().matches(".*\\." + LAYERS + "(\\..*)?"));
    }

    private static ArchCondition<JavaClass> beAtMostOnePackageDeep() {
        return condition(
                "live in io.quotabank.<service>.<feature>",
                type -> type.getPackageName().chars().filter(c -> c == '.').count() <= 3);
    }

    private static ArchCondition<JavaClass> haveNoise() {
        return condition(
                "have a name that says nothing", type -> type.getSimpleName().matches(NOISE));
    }

    private static ArchCondition<JavaClass> beRecords() {
        return condition("be a record", JavaClass::isRecord);
    }

    private static ArchCondition<JavaClass> haveFewPublicNeighbours() {
        return condition(
                "be among few public types of its package",
                type -> type.getPackage().getClasses().stream()
                                .filter(JavaClass::isTopLevelClass)
                                .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
                                .count()
                        <= MOST_PUBLIC_TYPES);
    }

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return condition(
                "live in a @NullMarked package", type -> type.getPackage().isAnnotatedWith(NullMarked.class));
    }

    private static ArchCondition<JavaClass> takeTimeOrIdsThemselves() {
        return accessTargetWhere(DescribedPredicate.describe("a clock or ids of its own", access -> {
            var target = access.getTarget();
            return (target.getOwner().getName() + "." + target.getName()).matches(OWN_TIME_OR_IDS);
        }));
    }

    private static DescribedPredicate<JavaClass> areTopLevelAndNotMain() {
        return DescribedPredicate.describe(
                "are top-level and not the main class",
                type -> type.isTopLevelClass() && !type.isAnnotatedWith(SpringBootApplication.class));
    }

    private static DescribedPredicate<JavaClass> areSettings() {
        return DescribedPredicate.describe(
                "are settings",
                type -> type.isAnnotatedWith(ConfigurationProperties.class)
                        || (type.isTopLevelClass() && type.getSimpleName().endsWith("Properties")));
    }

    private static DescribedPredicate<JavaClass> areInsiders() {
        return DescribedPredicate.describe(
                "are insiders of a feature",
                type -> type.isTopLevelClass() && type.getSimpleName().matches(INSIDERS));
    }

    private static DescribedPredicate<JavaClass> makeNoBeans() {
        return DescribedPredicate.describe(
                "are not configurations", type -> !type.getSimpleName().endsWith("Configuration"));
    }

    private static ArchCondition<JavaClass> condition(String text, Predicate<JavaClass> holds) {
        return new ArchCondition<>(text) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                events.add(new SimpleConditionEvent(type, holds.test(type), type.getName() + " " + text));
            }
        };
    }

    private HouseRules() {}
}
