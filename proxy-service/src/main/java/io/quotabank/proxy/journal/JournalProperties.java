package io.quotabank.proxy.journal;

import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * @param directory holds one directory for each process that writes or wrote a journal; may be shared by processes
 * @param segmentSize a file is followed by another when it is as large as this
 * @param forceEvery how often what was written is forced to the disk: the most that a power cut costs
 * @param keptWhileFailing bytes of records kept in memory while the disk fails; what is beyond is lost and counted
 * @param unacknowledged records on their way to Kafka at once
 * @param announceAfter a request still running after this is announced on {@code usage.v1}
 * @param replayEvery how often journals left by dead processes are looked for, and failed replays tried again
 * @param drainTimeout how long a stopping process waits for Kafka to take the rest; what is left is replayed
 */
@Validated
@ConfigurationProperties("quotabank.journal")
record JournalProperties(
        @DefaultValue("journal") Path directory,
        @DefaultValue("64MB") DataSize segmentSize,
        @DefaultValue("50ms") Duration forceEvery,
        @DefaultValue("16MB") DataSize keptWhileFailing,
        @DefaultValue("5000") @Min(1) int unacknowledged,
        @DefaultValue("1s") Duration announceAfter,
        @DefaultValue("10s") Duration replayEvery,
        @DefaultValue("10s") Duration drainTimeout) {}
