package io.quotabank.sandbox.answer;

import io.quotabank.sandbox.token.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The vectors of some texts: of length 1, the same for the same text, and shorter ones are beginnings of longer ones,
 * brought to length 1 again, as OpenAI shortens its own.
 *
 * @param dimensions of each vector
 * @param base64 little-endian 32-bit floats in Base64 instead of JSON numbers
 */
public record EmbeddingAnswer(String model, List<String> texts, int dimensions, boolean base64)
        implements Answer.Silent {

    /** Nothing is said, so nothing is put out. */
    @Override
    public int tokens() {
        return 0;
    }

    @Override
    public String whole(List<Usage> told) {
        var text = data();
        text.append("],\"model\":\"").append(Tokenizer.escape(model)).append('"');
        told.forEach(usage -> text.append(",\"usage\":").append(usage.embedding()));
        return text.append('}').toString();
    }

    @Override
    public Part half() {
        var text = data();
        return new Part(text.substring(0, text.length() / 2), 0);
    }

    private StringBuilder data() {
        var text = new StringBuilder(256 + texts.size() * dimensions * (base64 ? 6 : 13));
        text.append("{\"object\":\"list\",\"data\":[");
        for (var i = 0; i < texts.size(); i++) {
            text.append(i == 0 ? "" : ",").append("{\"object\":\"embedding\",\"index\":");
            text.append(i).append(",\"embedding\":");
            append(text, vector(texts.get(i), dimensions));
            text.append('}');
        }
        return text;
    }

    private void append(StringBuilder text, float[] vector) {
        if (base64) {
            var bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            text.append('"')
                    .append(Base64.getEncoder().encodeToString(bytes.array()))
                    .append('"');
            return;
        }
        var separator = '[';
        for (var number : vector) {
            text.append(separator).append(number);
            separator = ',';
        }
        text.append(']');
    }

    /** Gaussian in each dimension, so evenly spread over all directions. */
    private static float[] vector(String text, int dimensions) {
        var chance = new SplittableRandom(seed(text));
        var numbers = new double[dimensions];
        var square = 0.0;
        for (var i = 0; i < dimensions; i++) {
            numbers[i] = chance.nextGaussian();
            square += numbers[i] * numbers[i];
        }
        var length = Math.sqrt(square);
        var vector = new float[dimensions];
        for (var i = 0; i < dimensions; i++) {
            vector[i] = (float) (numbers[i] / length);
        }
        return vector;
    }

    /** FNV-1a over the characters: a String's own 32 bits would give two texts one vector too easily. */
    private static long seed(String text) {
        var hash = 0xcbf29ce484222325L;
        for (var i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
