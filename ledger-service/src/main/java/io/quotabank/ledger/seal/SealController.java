package io.quotabank.ledger.seal;

import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/ledger/seal")
class SealController {

    /** @param blocks of the range that was asked for, lowest first; the first ones where it has too many */
    private record Chain(Block head, List<Block> blocks) {}

    private final Seals seals;

    SealController(Seals seals) {
        this.seals = seals;
    }

    @GetMapping
    ResponseEntity<?> chain(
            @RequestParam(required = false) @Nullable Long from,
            @RequestParam(required = false) @Nullable Long to,
            Caller caller) {
        if (!allowed(caller)) {
            return refused();
        }
        var head = seals.head();
        if (head.isEmpty()) {
            return Problems.response("not_found");
        }
        boolean ranged = from != null || to != null;
        var blocks =
                ranged ? seals.blocks(from == null ? 0 : from, to == null ? Long.MAX_VALUE : to) : List.<Block>of();
        return ResponseEntity.ok(new Chain(head.get(), blocks));
    }

    @GetMapping("/{block}")
    ResponseEntity<?> block(@PathVariable("block") long number, Caller caller) {
        if (!allowed(caller)) {
            return refused();
        }
        Optional<?> block = seals.block(number);
        return block.isPresent() ? ResponseEntity.ok(block.get()) : Problems.response("not_found");
    }

    /** Everybody's transfers: for administrators and auditors. Written as they are read, and null then. */
    @GetMapping("/{block}/transfers")
    @Nullable
    ResponseEntity<?> transfers(@PathVariable("block") long number, Caller caller, HttpServletResponse response)
            throws IOException {
        if (!caller.has("admin") && !caller.has("auditor")) {
            return Problems.response("forbidden", "only administrators and auditors read transfers");
        }
        if (seals.block(number).isEmpty()) {
            return Problems.response("not_found");
        }
        response.setContentType("text/csv;charset=UTF-8");
        var out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        seals.export(number, line -> write(out, line));
        out.flush();
        return null;
    }

    private static void write(Writer out, String line) {
        try {
            out.write(line);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static ResponseEntity<?> refused() {
        return Problems.response(
                "forbidden", "only administrators, auditors and the platform's own services read the seal");
    }

    private static boolean allowed(Caller caller) {
        return caller.isService() || caller.has("admin") || caller.has("auditor");
    }
}
