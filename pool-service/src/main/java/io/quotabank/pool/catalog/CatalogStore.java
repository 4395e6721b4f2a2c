package io.quotabank.pool.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Price tables in the database: added, never changed. */
@Repository
class CatalogStore {

    /** @param fileHash null for a table that an administrator made */
    record Source(String madeBy, @Nullable String fileHash) {
        static Source file(String hash) {
            return new Source("service:pool-service", hash);
        }

        static Source administrator(String subject) {
            return new Source(subject, null);
        }

        String name() {
            return fileHash == null ? "administrator" : "file";
        }
    }

    private static final TypeReference<Map<String, String>> NAMES = new TypeReference<>() {};

    // Two instances that start together, or two administrators, make one version after the other.
    private static final String LOCK = "SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtext('price_table')))";

    private static final String ADD_TABLE = """
            INSERT INTO price_table (version, valid_from, source, file_hash, made_by, made_at)
            SELECT coalesce(max(version), 0) + 1, :validFrom, :source, :hash, :madeBy, :now FROM price_table
            RETURNING version
            """;

    private static final String ADD_MARKUP =
            "INSERT INTO price_markup (version, tier, basis_points) VALUES (:version, :tier, :basisPoints)";

    private static final String ADD_MODEL = """
            INSERT INTO price_model (version, name, display_name, owned_by, providers, upstream_names, tokenizer,
                context_tokens, max_output_tokens, input_modalities, usd_input, usd_output, usd_cache_read,
                usd_cache_creation, usd_reasoning, usd_per_request, mode)
            VALUES (:version, :name, :displayName, :ownedBy, :providers, :upstreamNames::jsonb, :tokenizer,
                :contextTokens, :maxOutputTokens, :inputModalities, :input, :output, :cacheRead,
                :cacheCreation, :reasoning, :perRequest, :mode)
            """;

    private static final String IN_FORCE =
            "SELECT version, valid_from FROM price_table WHERE valid_from <= :at ORDER BY version DESC LIMIT 1";

    private final JdbcClient jdbc;
    private final JsonMapper json;
    // A version never changes, so what was read once stays true.
    private final Cache<Version, CatalogRecord> versions =
            Caffeine.newBuilder().maximumSize(8).build();

    CatalogStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void lock() {
        jdbc.sql(LOCK).query(Integer.class).single();
    }

    Optional<String> lastFileHash() {
        return jdbc.sql("SELECT file_hash FROM price_table WHERE source = 'file' ORDER BY version DESC LIMIT 1")
                .query(String.class)
                .optional();
    }

    /** Adds a table as the next version, inside the caller's transaction. */
    CatalogRecord add(PriceTable table, Instant validFrom, Source source, Instant now) {
        lock();
        long version = jdbc.sql(ADD_TABLE)
                .param("validFrom", Timestamp.from(validFrom))
                .param("source", source.name())
                .param("hash", source.fileHash())
                .param("madeBy", source.madeBy())
                .param("now", Timestamp.from(now))
                .query(Long.class)
                .single();
        table.markupBasisPoints()
                .forEach((tier, basisPoints) -> jdbc.sql(ADD_MARKUP)
                        .param("version", version)
                        .param("tier", tier)
                        .param("basisPoints", basisPoints)
                        .update());
        table.models().forEach(model -> add(version, model));
        return new CatalogRecord(version, validFrom.toEpochMilli(), table.markupBasisPoints(), table.models());
    }

    private void add(long version, Model model) {
        var price = model.price();
        jdbc.sql(ADD_MODEL)
                .param("version", version)
                .param("name", model.name())
                .param("displayName", model.displayName())
                .param("ownedBy", model.ownedBy())
                .param("providers", model.providers().toArray(String[]::new))
                .param("upstreamNames", json.writeValueAsString(model.upstreamNames()))
                .param("tokenizer", model.tokenizer())
                .param("contextTokens", model.contextTokens())
                .param("maxOutputTokens", model.maxOutputTokens())
                .param("inputModalities", model.inputModalities().toArray(String[]::new))
                .param("input", price.input())
                .param("output", price.output())
                .param("cacheRead", price.cacheRead())
                .param("cacheCreation", price.cacheCreation())
                .param("reasoning", price.reasoning())
                .param("perRequest", price.perRequest())
                .param("mode", model.mode().wire())
                .update();
    }

    private record Version(long number, long validFromMs) {}

    Optional<CatalogRecord> inForce(Instant at) {
        return jdbc.sql(IN_FORCE)
                .param("at", Timestamp.from(at))
                .query((row, index) -> new Version(
                        row.getLong("version"),
                        row.getTimestamp("valid_from").toInstant().toEpochMilli()))
                .optional()
                .map(version -> versions.get(version, this::read));
    }

    private CatalogRecord read(Version version) {
        return new CatalogRecord(
                version.number(), version.validFromMs(), markup(version.number()), models(version.number()));
    }

    private Map<String, Integer> markup(long version) {
        return jdbc
                .sql("SELECT tier, basis_points FROM price_markup WHERE version = :version")
                .param("version", version)
                .query((row, index) -> Map.entry(row.getString("tier"), row.getInt("basis_points")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private List<Model> models(long version) {
        return jdbc.sql("SELECT * FROM price_model WHERE version = :version ORDER BY name")
                .param("version", version)
                .query((row, index) -> model(row))
                .list();
    }

    private Model model(ResultSet row) throws SQLException {
        return new Model(
                row.getString("name"),
                row.getString("display_name"),
                row.getString("owned_by"),
                strings(row.getArray("providers")),
                json.readValue(row.getString("upstream_names"), NAMES),
                row.getString("tokenizer"),
                row.getLong("context_tokens"),
                row.getLong("max_output_tokens"),
                strings(row.getArray("input_modalities")),
                new Price(
                        row.getBigDecimal("usd_input"),
                        row.getBigDecimal("usd_output"),
                        row.getBigDecimal("usd_cache_read"),
                        row.getBigDecimal("usd_cache_creation"),
                        row.getBigDecimal("usd_reasoning"),
                        row.getBigDecimal("usd_per_request")),
                Mode.valueOf(row.getString("mode").toUpperCase(Locale.ROOT)));
    }

    private static List<String> strings(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
