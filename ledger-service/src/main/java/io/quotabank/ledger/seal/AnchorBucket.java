package io.quotabank.ledger.seal;

import io.quotabank.ledger.seal.SealProperties.Bucket;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import org.springframework.beans.factory.DisposableBean;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An object each in a bucket of S3, or of what speaks its protocol. Names count down, so that the newest is the first of
 * a listing, which S3 orders by name. Objects are put on condition that there is none of their name
 * ({@code If-None-Match: *}): not even this process can overwrite one.
 */
final class AnchorBucket implements AnchorPlace, DisposableBean {

    private final Bucket bucket;
    private final S3Client s3;

    AnchorBucket(Bucket bucket) {
        this.bucket = bucket;
        var builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(bucket.timeout())
                        .socketTimeout(bucket.timeout()))
                .region(Region.of(bucket.region()))
                .credentialsProvider(DefaultCredentialsProvider.builder().build())
                .forcePathStyle(bucket.pathStyle())
                .overrideConfiguration(all -> all.apiCallTimeout(bucket.timeout()))
                // What not every server of S3's protocol understands: bodies here are a line, and have an MD5.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .chunkedEncodingEnabled(false)
                        .expectContinueEnabled(false)
                        .build());
        if (bucket.endpoint() != null) {
            builder.endpointOverride(bucket.endpoint());
        }
        s3 = builder.build();
    }

    @Override
    public String name() {
        return "bucket";
    }

    @Override
    public Optional<Anchor> newest() {
        var first = s3.listObjectsV2(
                list -> list.bucket(bucket.name()).prefix(bucket.prefix()).maxKeys(1));
        return first.contents().stream().findFirst().map(object -> read(object.key()));
    }

    @Override
    public boolean add(Anchor anchor) {
        var line = anchor.line().getBytes(StandardCharsets.UTF_8);
        try {
            s3.putObject(put(anchor, line), RequestBody.fromBytes(line));
            return true;
        } catch (S3Exception refused) {
            if (refused.statusCode() != HttpURLConnection.HTTP_PRECON_FAILED) {
                throw refused;
            }
            // Another process was first, or the answer to an earlier try was lost.
            return read(key(anchor.number())).hash().equals(anchor.hash());
        }
    }

    private PutObjectRequest put(Anchor anchor, byte[] line) {
        var put = PutObjectRequest.builder()
                .bucket(bucket.name())
                .key(key(anchor.number()))
                .ifNoneMatch("*")
                .contentType("text/csv")
                .contentMD5(md5(line));
        if (bucket.lockFor() != null) {
            put.objectLockMode(ObjectLockMode.COMPLIANCE)
                    .objectLockRetainUntilDate(anchor.at().plus(bucket.lockFor()));
        }
        return put.build();
    }

    private Anchor read(String key) {
        return Anchor.of(
                s3.getObjectAsBytes(get -> get.bucket(bucket.name()).key(key)).asUtf8String());
    }

    private String key(long number) {
        return "%s%019d-%d.csv".formatted(bucket.prefix(), Long.MAX_VALUE - number, number);
    }

    // S3 wants it with what is locked.
    private static String md5(byte[] line) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(line));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void destroy() {
        s3.close();
    }
}
