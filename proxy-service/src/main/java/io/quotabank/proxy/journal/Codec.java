package io.quotabank.proxy.journal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.proxy.journal.Entry.Attempted;
import io.quotabank.proxy.journal.Entry.Closed;
import io.quotabank.proxy.journal.Entry.Funded;
import io.quotabank.proxy.journal.Entry.LeaseEnded;
import io.quotabank.proxy.journal.Entry.Leased;
import io.quotabank.proxy.journal.Entry.Noted;
import io.quotabank.proxy.journal.Entry.Opened;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Entries as bytes: a byte for the type, then the fields in order. */
final class Codec {

    private static final int USUAL_SIZE = 256;
    private static final String CHAT = "chat";

    static byte[] encode(Entry entry) {
        var bytes = new ByteArrayOutputStream(USUAL_SIZE);
        try {
            write(entry, new DataOutputStream(bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        return bytes.toByteArray();
    }

    /** Refuses what is no entry with {@link IOException}. */
    static Entry decode(byte[] bytes, int offset, int length) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(bytes, offset, length));
        try {
            var entry = read(in);
            if (in.available() > 0) {
                throw new IOException("bytes after the entry");
            }
            return entry;
        } catch (IllegalArgumentException refusedByItsType) {
            throw new IOException("not an entry", refusedByItsType);
        }
    }

    private static void write(Entry entry, DataOutputStream out) throws IOException {
        switch (entry) {
            case Opened opened -> write(opened, out);
            case Funded funded -> {
                out.writeByte(2);
                write(funded.requestId(), out);
                write(funded.funding(), out);
            }
            case Attempted attempted -> write(attempted, out);
            case Noted noted -> write(noted, out);
            case Closed closed -> write(closed, out);
            case Leased leased -> {
                out.writeByte(6);
                write(leased.leaseId(), out);
                write(leased.userId(), out);
                out.writeLong(leased.amount().micro());
                out.writeLong(leased.spent().micro());
                out.writeLong(leased.sequence());
            }
            case LeaseEnded ended -> {
                out.writeByte(7);
                write(ended.leaseId(), out);
            }
        }
    }

    private static Entry read(DataInputStream in) throws IOException {
        var type = in.readByte();
        return switch (type) {
            // From before there was anything but chat.
            case 1 -> opened(in, CHAT);
            case 2 -> new Funded(uuid(in), funding(in));
            case 3 ->
                new Attempted(
                        uuid(in), in.readLong(), in.readInt(), uuid(in), uuidOrNull(in), in.readInt(), in.readUTF());
            case 4 -> new Noted(uuid(in), in.readLong(), tokens(in), credits(in), credits(in));
            case 5 -> closed(in);
            case 6 -> new Leased(uuid(in), uuid(in), credits(in), credits(in), in.readLong());
            case 7 -> new LeaseEnded(uuid(in));
            case 8 -> opened(in, in.readUTF());
            default -> throw new IOException("unknown type of entry " + type);
        };
    }

    private static void write(Opened opened, DataOutputStream out) throws IOException {
        out.writeByte(8);
        out.writeUTF(opened.operation());
        write(opened.requestId(), out);
        write(opened.userId(), out);
        writeOrNull(opened.accessKeyId(), out);
        out.writeUTF(opened.model());
        out.writeBoolean(opened.stream());
        out.writeLong(opened.reserved().micro());
        out.writeLong(opened.startedAtMs());
        out.writeLong(opened.priceVersion());
        out.writeUTF(opened.tier());
        out.writeInt(opened.markupBasisPoints());
        write(opened.funding(), out);
        writeOrNull(opened.traceparent(), out);
    }

    private static Opened opened(DataInputStream in, String operation) throws IOException {
        return new Opened(
                uuid(in),
                uuid(in),
                uuidOrNull(in),
                operation,
                in.readUTF(),
                in.readBoolean(),
                credits(in),
                in.readLong(),
                in.readLong(),
                in.readUTF(),
                in.readInt(),
                funding(in),
                textOrNull(in));
    }

    private static void write(Attempted attempted, DataOutputStream out) throws IOException {
        out.writeByte(3);
        write(attempted.requestId(), out);
        out.writeLong(attempted.atMs());
        out.writeInt(attempted.index());
        write(attempted.keyId(), out);
        writeOrNull(attempted.ownerId(), out);
        out.writeInt(attempted.ownerBasisPoints());
        out.writeUTF(attempted.provider());
    }

    private static void write(Noted noted, DataOutputStream out) throws IOException {
        out.writeByte(4);
        write(noted.requestId(), out);
        out.writeLong(noted.atMs());
        out.writeLong(noted.delivered().input());
        out.writeLong(noted.delivered().output());
        out.writeLong(noted.delivered().cacheRead());
        out.writeLong(noted.delivered().cacheCreation());
        out.writeLong(noted.delivered().reasoning());
        out.writeLong(noted.cost().micro());
        out.writeLong(noted.listCost().micro());
    }

    private static void write(Closed closed, DataOutputStream out) throws IOException {
        out.writeByte(5);
        write(closed.requestId(), out);
        write(closed.userId(), out);
        out.writeLong(closed.atMs());
        out.writeLong(closed.cost().micro());
        write(closed.funding(), out);
        writeOrNull(closed.traceparent(), out);
        out.writeInt(closed.event().length);
        out.write(closed.event());
    }

    private static Closed closed(DataInputStream in) throws IOException {
        return new Closed(
                uuid(in), uuid(in), in.readLong(), credits(in), funding(in), textOrNull(in), bytes(in, in.readInt()));
    }

    private static byte[] bytes(DataInputStream in, int length) throws IOException {
        if (length < 0 || length > in.available()) {
            throw new IOException("a length beyond the entry");
        }
        return in.readNBytes(length);
    }

    private static void write(List<Funding> funding, DataOutputStream out) throws IOException {
        out.writeShort(funding.size());
        for (var part : funding) {
            write(part.hold(), out);
            out.writeLong(part.atMost().micro());
        }
    }

    private static List<Funding> funding(DataInputStream in) throws IOException {
        int size = in.readUnsignedShort();
        var funding = new ArrayList<Funding>();
        for (int i = 0; i < size; i++) {
            funding.add(new Funding(uuid(in), credits(in)));
        }
        return List.copyOf(funding);
    }

    private static TokenUsage tokens(DataInputStream in) throws IOException {
        return new TokenUsage(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }

    private static Credits credits(DataInputStream in) throws IOException {
        return new Credits(in.readLong());
    }

    private static void write(UUID id, DataOutputStream out) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static UUID uuid(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static void writeOrNull(@Nullable UUID id, DataOutputStream out) throws IOException {
        out.writeBoolean(id != null);
        if (id != null) {
            write(id, out);
        }
    }

    private static @Nullable UUID uuidOrNull(DataInputStream in) throws IOException {
        return in.readBoolean() ? uuid(in) : null;
    }

    private static void writeOrNull(@Nullable String text, DataOutputStream out) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String textOrNull(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    private Codec() {}
}
