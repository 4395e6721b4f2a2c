package io.quotabank.platform.leaving;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What a process does between being told to stop and stopping. Both are for services of which several run: one that is
 * alone has nobody to leave its work to.
 *
 * @param announce how long it serves on as ever while it says that it is not ready; longer than whoever sends to it takes
 *     to notice: {@code quotabank.peer.look-every} and the time limit of a look. A time in which the process does not get
 *     to run is not counted
 * @param drain the most that it then waits for requests under way, streams included; zero begins the stop at once
 */
@Validated
@ConfigurationProperties("quotabank.leaving")
record LeavingProperties(
        @DefaultValue("0s") @DurationMin(millis = 0) @DurationMax(minutes = 1)
        Duration announce,

        @DefaultValue("0s") @DurationMin(millis = 0) @DurationMax(hours = 1)
        Duration drain) {

    boolean atOnce() {
        return announce.isZero() && drain.isZero();
    }
}
