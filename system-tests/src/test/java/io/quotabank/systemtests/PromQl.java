package io.quotabank.systemtests;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The names of metrics and labels in a PromQL expression, as far as our dashboards and alerts use the language: no
 * subqueries, and no label is made up by {@code label_replace}.
 *
 * @param selectors by metric: the labels that it is selected by
 * @param grouped labels that something is summed by or matched on
 */
record PromQl(Map<String, Set<String>> selectors, Set<String> grouped) {

    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^\\]]*\\]|[A-Za-z_:][A-Za-z0-9_:]*"
                    + "|[0-9][0-9a-z.]*|[{}(),]|[^\\sA-Za-z0-9_:{}(),\"\\[]+");
    private static final Set<String> LISTS = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "offset", "bool", "inf", "nan");

    /** Written by Prometheus itself, or while it answers. */
    private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

    static PromQl of(String expression) {
        var tokens = new ArrayList<String>();
        TOKEN.matcher(expression).results().forEach(match -> tokens.add(match.group()));
        var selectors = new LinkedHashMap<String, Set<String>>();
        var grouped = new LinkedHashSet<String>();
        for (int i = 0; i < tokens.size(); i++) {
            var token = tokens.get(i);
            var next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
            if (LISTS.contains(token)) {
                i = names(tokens, i + 2, ")", grouped);
            } else if (isName(token)
                    && !OPERATORS.contains(token.toLowerCase(Locale.ROOT))
                    && !next.equals("(")
                    && !isAggregation(tokens, i)) {
                var labels = selectors.computeIfAbsent(token, fresh -> new LinkedHashSet<>());
                i = next.equals("{") ? names(tokens, i + 2, "}", labels) : i;
            }
        }
        return new PromQl(selectors, grouped);
    }

    // As in: sum by (label) (...)
    private static boolean isAggregation(List<String> tokens, int at) {
        return at + 1 < tokens.size() && LISTS.contains(tokens.get(at + 1));
    }

    private static int names(List<String> tokens, int from, String end, Set<String> into) {
        int at = from;
        for (; !tokens.get(at).equals(end); at++) {
            if (isName(tokens.get(at))) {
                into.add(tokens.get(at));
            }
        }
        return at;
    }

    private static boolean isName(String token) {
        return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
    }

    /**
     * What in this expression nobody exposes.
     *
     * @param exposed the labels of each metric
     */
    List<String> unknown(Map<String, Set<String>> exposed) {
        var unknown = new ArrayList<String>();
        var labels = new TreeSet<>(OF_PROMETHEUS);
        selectors.forEach((metric, selectedBy) -> {
            var known = metric.equals("up") ? OF_PROMETHEUS : exposed.get(metric);
            if (known == null) {
                unknown.add("no metric " + metric);
            } else {
                labels.addAll(known);
                selectedBy.stream()
                        .filter(label -> !known.contains(label) && !OF_PROMETHEUS.contains(label))
                        .forEach(label -> unknown.add("no label " + label + " of " + metric));
            }
        });
        if (selectors.isEmpty()) {
            unknown.add("no metric at all");
        }
        grouped.stream().filter(label -> !labels.contains(label)).forEach(label -> unknown.add("no label " + label));
        return unknown;
    }

    /** Reads Prometheus' text format: the labels of each metric, those with an empty value included. */
    static Map<String, Set<String>> exposed(Iterable<String> pages) {
        var sample = Pattern.compile("(?m)^([A-Za-z_:][A-Za-z0-9_:]*)(?:\\{(.*)\\})? \\S+$");
        var label = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=\"(?:[^\"\\\\]|\\\\.)*\"");
        var exposed = new HashMap<String, Set<String>>();
        for (var page : pages) {
            sample.matcher(page).results().forEach(line -> {
                var labels = exposed.computeIfAbsent(line.group(1), fresh -> new LinkedHashSet<>());
                if (line.group(2) != null) {
                    label.matcher(line.group(2)).results().forEach(each -> labels.add(each.group(1)));
                }
            });
        }
        return exposed;
    }
}
