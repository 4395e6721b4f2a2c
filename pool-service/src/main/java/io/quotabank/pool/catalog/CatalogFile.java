package io.quotabank.pool.catalog;

import io.quotabank.contracts.catalog.CatalogRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The catalogue file that is shipped, or the operator's own in its place. */
@Component
class CatalogFile {

    private record Content(List<Provider> providers, List<CatalogRecord.Model> models) {}

    private final Content content;
    private final String hash;

    CatalogFile(CatalogProperties properties, JsonMapper json) throws IOException {
        var bytes = properties.file().getContentAsByteArray();
        content = json.readValue(bytes, Content.class);
        hash = hash(bytes, properties.markup());
    }

    List<Provider> providers() {
        return content.providers();
    }

    List<CatalogRecord.Model> models() {
        return content.models();
    }

    /** Of the file and the mark-ups, which together make a price table. */
    String hash() {
        return hash;
    }

    private static String hash(byte[] file, Map<String, Integer> markup) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(file);
            digest.update(new TreeMap<>(markup).toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
