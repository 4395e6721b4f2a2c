package io.quotabank.systemtests.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The floor of whatever is written to PostgreSQL: pgbench's TPC-B, scale 50, on the same server. */
record Pgbench(String host, int port, String user, String password) {

    private static final String DATABASE = "pgbench";
    private static final int SCALE = 50;
    private static final int CLIENTS = 8;
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+) \\(without");

    void prepare() throws IOException, InterruptedException {
        run("-i", "-q", "-s", Integer.toString(SCALE));
    }

    double transactionsPerSecond(long seconds) throws IOException, InterruptedException {
        var clients = Integer.toString(CLIENTS);
        var output = run("-n", "-M", "prepared", "-c", clients, "-j", "2", "-T", Long.toString(seconds));
        var tps = TPS.matcher(output);
        if (!tps.find()) {
            throw new IllegalStateException("pgbench told no figure: " + output);
        }
        return Double.parseDouble(tps.group(1));
    }

    static String database() {
        return DATABASE;
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("pgbench", "-h", host, "-p", Integer.toString(port), "-U", user));
        command.addAll(List.of(arguments));
        command.add(DATABASE);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        Process process;
        try {
            process = builder.start();
        } catch (IOException missing) {
            throw new IOException(
                    "The ledger's floor is pgbench, which is missing: install it (Debian: apt-get install"
                            + " postgresql-contrib) and run again.",
                    missing);
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("pgbench failed: " + output);
        }
        return output;
    }
}
