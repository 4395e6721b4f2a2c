import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Verifies an export of the ledger's seal, without the ledger: one file, for Java 21 or later, by docs/seal.md alone.
 *
 * <pre>
 * java Verify.java fetch https://quotabank.example TOKEN export/   # an administrator's or auditor's token
 * cp /where/anchors/are/kept/anchors.csv export/           # or: aws s3 sync s3://BUCKET/anchors/ export/anchors/
 * java Verify.java export/
 * </pre>
 *
 * An export has {@code blocks-*.json} as {@code GET /api/ledger/seal?from=} answers, {@code N.csv} for each block as
 * {@code GET /api/ledger/seal/N/transfers} answers, and {@code anchors.csv} or a directory {@code anchors}, or both, from
 * where anchors are kept. It ends with 0 where all is right, with 1 where something is not, with 2 where the export can't
 * be read.
 */
public class Verify {

    private record Block(long number, String previous, String hash, long transfers, long madeAtUs) {}

    /** The last entry of an account: its number, its balance, and whether debits raise it (1), lower it (-1). */
    private record Last(long seq, long balance, int debits) {}

    private static final Pattern OBJECT = Pattern.compile("\\{[^{}]*\"number\"[^{}]*}");
    private static final String NONE = "0".repeat(64);
    private static final int COLUMNS = 11;

    private final Path export;
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Last> accounts = new HashMap<>();
    private long transfers;

    private Verify(Path export) {
        this.export = export;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 4 && arguments[0].equals("fetch")) {
            fetch(arguments[1], arguments[2], Path.of(arguments[3]));
        } else if (arguments.length == 1) {
            System.exit(new Verify(Path.of(arguments[0])).verify());
        } else {
            System.err.println("usage: java Verify.java EXPORT, or java Verify.java fetch ADDRESS TOKEN EXPORT");
            System.exit(2);
        }
    }

    private int verify() throws Exception {
        var blocks = blocks();
        if (blocks.isEmpty()) {
            System.err.println("no blocks in " + export);
            return 2;
        }
        Block before = null;
        for (var block : blocks.values()) {
            chained(before, block);
            hashed(block);
            before = block;
        }
        int anchored = anchors(blocks);
        wrong.forEach(finding -> System.out.println("WRONG: " + finding));
        System.out.printf(
                "blocks %d to %d, %d transfers, %d accounts, %d anchors: %s%n",
                blocks.firstKey(),
                blocks.lastKey(),
                transfers,
                accounts.size(),
                anchored,
                wrong.isEmpty() ? "all is as it was sealed" : wrong.size() + " findings");
        if (anchored == 0) {
            System.out.println("No anchor: that the whole chain was not made anew is not shown.");
        }
        return wrong.isEmpty() ? 0 : 1;
    }

    private TreeMap<Long, Block> blocks() throws IOException {
        var blocks = new TreeMap<Long, Block>();
        try (var files = Files.newDirectoryStream(export, "blocks-*.json")) {
            for (var file : files) {
                var objects = OBJECT.matcher(Files.readString(file));
                while (objects.find()) {
                    var object = objects.group();
                    var block = new Block(
                            Long.parseLong(member(object, "number")),
                            member(object, "previous"),
                            member(object, "hash"),
                            Long.parseLong(member(object, "transfers")),
                            Long.parseLong(member(object, "madeAtUs")));
                    // The head is told with each page, and may be newer than the export.
                    if (Files.exists(export.resolve(block.number() + ".csv"))) {
                        blocks.put(block.number(), block);
                    }
                }
            }
        }
        return blocks;
    }

    private static String member(String object, String name) {
        var found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"?([0-9a-f]+)").matcher(object);
        if (!found.find()) {
            throw new IllegalArgumentException(name + " is missing in " + object);
        }
        return found.group(1);
    }

    /** Numbers follow each other, and each block names the one before. */
    private void chained(Block before, Block block) {
        if (before == null) {
            if (block.number() == 0 && !block.previous().equals(NONE)) {
                wrong.add("block 0 names a block before it");
            }
        } else if (block.number() != before.number() + 1) {
            wrong.add("blocks " + (before.number() + 1) + " to " + (block.number() - 1) + " are missing");
        } else if (!block.previous().equals(before.hash())) {
            wrong.add("block " + block.number() + " does not follow the one before it");
        }
    }

    /** The hash is that of the block's first line and its transfers' lines, as they are in the file. */
    private void hashed(Block block) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(utf8("quotabank-seal-1," + block.number() + "," + block.previous() + "," + block.madeAtUs() + "\n"));
        var entries = new ArrayList<String[]>();
        long lines = 0;
        try (BufferedReader in = Files.newBufferedReader(export.resolve(block.number() + ".csv"))) {
            in.readLine();
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                digest.update(utf8(line + "\n"));
                entries.add(line.split(",", -1));
                lines++;
            }
        }
        if (lines != block.transfers()) {
            wrong.add("block " + block.number() + " has " + lines + " transfers, sealed were " + block.transfers());
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(block.hash())) {
            wrong.add("block " + block.number() + " is not as it was sealed");
        }
        transfers += lines;
        balances(block, entries);
    }

    /** Each account's entries follow each other: numbers without a gap, each balance from the one before it. */
    private void balances(Block block, List<String[]> lines) {
        var entries = new TreeMap<String, TreeMap<Long, long[]>>();
        for (var line : lines) {
            if (line.length != COLUMNS) {
                wrong.add("block " + block.number() + " has a line of " + line.length + " columns");
                continue;
            }
            long amount = Long.parseLong(line[3]);
            note(entries, line[1], line[6], new long[] {amount, Long.parseLong(line[4]), 1});
            note(entries, line[2], line[7], new long[] {amount, Long.parseLong(line[5]), -1});
        }
        entries.forEach((account, bySeq) -> bySeq.forEach((seq, entry) -> follow(account, seq, entry)));
    }

    private void note(Map<String, TreeMap<Long, long[]>> entries, String account, String seq, long[] entry) {
        if (entries.computeIfAbsent(account, a -> new TreeMap<>()).put(Long.parseLong(seq), entry) != null) {
            wrong.add(account + " has two entries " + seq);
        }
    }

    private void follow(String account, long seq, long[] entry) {
        var last = accounts.get(account);
        long balance = last == null ? 0 : last.balance();
        long step = entry[1] - balance;
        // An export that does not begin with block 0 meets accounts in the middle of their lives.
        boolean known = last != null || seq == 1;
        int debits = (int) Math.signum(step) * (int) entry[2];
        if (known && seq != (last == null ? 0 : last.seq()) + 1) {
            wrong.add(account + " goes from entry " + (last == null ? 0 : last.seq()) + " to " + seq);
        } else if (known && Math.abs(step) != entry[0]) {
            wrong.add(account + " entry " + seq + " moves " + entry[0] + ", its balance moves " + step);
        } else if (last != null && last.debits() != 0 && last.debits() != debits) {
            wrong.add(account + " entry " + seq + " is on the wrong side");
        }
        accounts.put(account, new Last(seq, entry[1], known ? debits : 0));
    }

    /** Each anchor is a block of the chain. One beyond its end tells that the chain was cut short, or the export. */
    private int anchors(TreeMap<Long, Block> blocks) throws IOException {
        int compared = 0;
        for (var line : anchorLines()) {
            var fields = line.split(",", -1);
            long number = Long.parseLong(fields[0]);
            if (number < blocks.firstKey()) {
                continue;
            }
            var block = blocks.get(number);
            if (block == null) {
                wrong.add("block " + number + " was anchored and is not there");
            } else if (!block.hash().equals(fields[1])) {
                wrong.add("block " + number + " is not the one that was anchored");
            }
            compared++;
        }
        return compared;
    }

    private List<String> anchorLines() throws IOException {
        var lines = new ArrayList<String>();
        var file = export.resolve("anchors.csv");
        if (Files.exists(file)) {
            lines.addAll(Files.readAllLines(file));
        }
        // Objects of a bucket, a line each.
        if (Files.isDirectory(export.resolve("anchors"))) {
            try (var objects = Files.newDirectoryStream(export.resolve("anchors"), "*.csv")) {
                for (var object : objects) {
                    lines.addAll(Files.readAllLines(object));
                }
            }
        }
        return lines;
    }

    private static void fetch(String address, String token, Path export) throws Exception {
        Files.createDirectories(export);
        long next = 0;
        long head;
        do {
            var page = get(address + "/api/ledger/seal?from=" + next, token);
            Files.writeString(export.resolve("blocks-" + next + ".json"), page);
            head = Long.parseLong(member(page.substring(page.indexOf("\"head\"")), "number"));
            long last = next - 1;
            var numbers = Pattern.compile("\"number\"\\s*:\\s*([0-9]+)").matcher(page.substring(page.indexOf("\"blocks\"")));
            while (numbers.find()) {
                last = Long.parseLong(numbers.group(1));
                Files.writeString(
                        export.resolve(last + ".csv"), get(address + "/api/ledger/seal/" + last + "/transfers", token));
            }
            if (last < next) {
                break;
            }
            next = last + 1;
        } while (next <= head);
        System.out.println("fetched blocks 0 to " + (next - 1) + " to " + export);
    }

    private static String get(String address, String token) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address))
                .header("Authorization", "Bearer " + token)
                .build();
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() != 200) {
            throw new IOException(address + " answers " + response.statusCode());
        }
        return response.body();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
