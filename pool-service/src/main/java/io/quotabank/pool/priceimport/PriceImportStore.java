package io.quotabank.pool.priceimport;

import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.pool.catalog.Catalog.Standing;
import io.quotabank.pool.priceimport.PriceImports.Applied;
import io.quotabank.pool.priceimport.PriceImports.Import;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Imports in the database. */
@Repository
class PriceImportStore {

    private static final TypeReference<List<Model>> MODELS = new TypeReference<>() {};

    private static final String ADD = """
            INSERT INTO price_import (id, made_by, made_at, standing, preview, models)
            VALUES (:id, :by, :at, :standing::jsonb, :preview::jsonb, :models::jsonb)
            """;

    private static final String FIND = """
            SELECT i.id, i.made_at, i.standing, i.preview, i.applied_version, i.applied_at, t.valid_from
            FROM price_import i LEFT JOIN price_table t ON t.version = i.applied_version
            WHERE i.id = :id
            """;

    private static final String APPLIED = """
            UPDATE price_import SET applied_version = :version, applied_by = :by, applied_at = :at
            WHERE id = :id AND applied_version IS NULL
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    PriceImportStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void add(Import made, List<Model> models, String administrator) {
        jdbc.sql(ADD)
                .param("id", made.id())
                .param("by", administrator)
                .param("at", Timestamp.from(made.madeAt()))
                .param("standing", json.writeValueAsString(made.standing()))
                .param("preview", json.writeValueAsString(made.preview()))
                .param("models", json.writeValueAsString(models))
                .update();
    }

    Optional<Import> find(UUID id) {
        return jdbc.sql(FIND).param("id", id).query((row, index) -> read(row)).optional();
    }

    List<Model> models(UUID id) {
        return json.readValue(
                jdbc.sql("SELECT models FROM price_import WHERE id = :id")
                        .param("id", id)
                        .query(String.class)
                        .single(),
                MODELS);
    }

    void applied(UUID id, long version, String administrator, Instant at) {
        int updated = jdbc.sql(APPLIED)
                .param("id", id)
                .param("version", version)
                .param("by", administrator)
                .param("at", Timestamp.from(at))
                .update();
        if (updated != 1) {
            throw new IllegalStateException("import " + id + " was applied in between");
        }
    }

    /** Drops what was never applied and is older than that. */
    void forget(Instant madeBefore) {
        jdbc.sql("DELETE FROM price_import WHERE applied_version IS NULL AND made_at < :before")
                .param("before", Timestamp.from(madeBefore))
                .update();
    }

    private Import read(ResultSet row) throws SQLException {
        return new Import(
                row.getObject("id", UUID.class),
                row.getTimestamp("made_at").toInstant(),
                json.readValue(row.getString("standing"), Standing.class),
                json.readValue(row.getString("preview"), Preview.class),
                applied(row));
    }

    private static @Nullable Applied applied(ResultSet row) throws SQLException {
        var at = row.getTimestamp("applied_at");
        return at == null
                ? null
                : new Applied(
                        row.getLong("applied_version"),
                        row.getTimestamp("valid_from").toInstant(),
                        at.toInstant());
    }
}
