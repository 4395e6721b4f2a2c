package io.quotabank.platform.problem;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is wrong with a request that no type of ours has seen: which member or parameter, and what is allowed there. A
 * library's own words are not passed on: they name our classes.
 */
final class Malformed {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_VALUES = 50;

    /** Empty where it is not known. */
    static Optional<String> words(Exception thrown, Tongue tongue) {
        return switch (thrown) {
            case MissingServletRequestParameterException missing ->
                Optional.of(tongue.of("缺少参数 %s", "%s is needed", missing.getParameterName()));
            case MissingRequestHeaderException missing ->
                Optional.of(tongue.of("缺少请求头 %s", "the header %s is needed", missing.getHeaderName()));
            case MethodArgumentTypeMismatchException mismatch ->
                is(mismatch.getName(), mismatch.getRequiredType(), tongue);
            case HttpMessageNotReadableException unreadable -> unreadable(unreadable.getCause(), tongue);
            default -> Optional.empty();
        };
    }

    private static Optional<String> unreadable(@Nullable Throwable cause, Tongue tongue) {
        return switch (cause) {
            case null -> Optional.of(tongue.of("缺少请求体", "a body is needed"));
            case UnrecognizedPropertyException unknown ->
                Optional.of(tongue.of(
                        "没有成员 %s，可用成员：%s", "there is no member %s; there are %s", path(unknown), known(unknown)));
            case MismatchedInputException mismatch -> is(path(mismatch), mismatch.getTargetType(), tongue);
            case InputCoercionException range
            when !range.getPath().isEmpty() -> is(path(range), range.getTargetType(), tongue);
            // Refused by a type of ours, mostly, whose own words come first.
            case DatabindException other -> Optional.empty();
            case JacksonException garbled -> Optional.of(garbled(garbled, tongue));
            default -> Optional.empty();
        };
    }

    private static String garbled(JacksonException garbled, Tongue tongue) {
        var at = garbled.getLocation();
        return at == null
                ? tongue.of("请求体不是可读的 JSON", "the body is no JSON that can be read")
                : tongue.of(
                        "请求体不是可读的 JSON：第 %s 行第 %s 列，语法错误、成员重复或超出限制",
                        "the body is no JSON that can be read, at line %s, column %s: its syntax, a member that is there"
                                + " twice, or a bound",
                        at.getLineNr(),
                        at.getColumnNr());
    }

    private static Optional<String> is(String name, @Nullable Class<?> type, Tongue tongue) {
        if (type == null) {
            return Optional.empty();
        }
        var what = what(type, tongue);
        if (name.isEmpty()) {
            return Optional.of(tongue.of("请求体应为%s", "the body is %s", what));
        }
        return Optional.of(tongue.of("%s 应为%s", "%s is %s", name, what));
    }

    private static String what(Class<?> type, Tongue tongue) {
        if (type.isEnum()) {
            var values = Arrays.stream(type.getEnumConstants())
                    .limit(MOST_VALUES)
                    .map(value -> JSON.valueToTree(value).asString())
                    .collect(Collectors.joining(", "));
            return tongue.of("以下之一：%s", "one of %s", values);
        }
        if (List.of(int.class, long.class, Integer.class, Long.class).contains(type)) {
            long most = type == int.class || type == Integer.class ? Integer.MAX_VALUE : Long.MAX_VALUE;
            return tongue.of("整数，至多 %s", "a whole number of at most %s", most);
        }
        if (type == boolean.class || type == Boolean.class) {
            return tongue.of(" true 或 false", "true or false");
        }
        if (type == UUID.class) {
            return tongue.of(" UUID", "a UUID");
        }
        if (type == Instant.class) {
            return tongue.of("时间，例如 2026-01-31T12:00:00Z", "an instant as 2026-01-31T12:00:00Z");
        }
        if (type == BigDecimal.class || Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return tongue.of("数字", "a number");
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return tongue.of("字符串", "a string");
        }
        return Collection.class.isAssignableFrom(type) || type.isArray()
                ? tongue.of("数组", "an array")
                : tongue.of("对象", "an object");
    }

    private static String known(UnrecognizedPropertyException unknown) {
        var known = unknown.getKnownPropertyIds();
        return known == null
                ? ""
                : known.stream()
                        .map(String::valueOf)
                        .sorted()
                        .limit(MOST_VALUES)
                        .collect(Collectors.joining(", "));
    }

    /** As a caller would write it: {@code shares[1].payee}. */
    private static String path(JacksonException thrown) {
        var path = new StringBuilder();
        for (var step : thrown.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    private Malformed() {}
}
