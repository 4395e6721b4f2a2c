package io.quotabank.risk;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Jobs run on a few threads of their own, so that a slow one delays no other, and never twice at once. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class SchedulingConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(SchedulingConfiguration.class);
    private static final int THREADS = 2;

    @Bean
    ThreadPoolTaskScheduler taskScheduler() {
        var scheduler = new ThreadPoolTaskScheduler();
        scheduler.setPoolSize(THREADS);
        scheduler.setThreadNamePrefix("job-");
        // A job that fails runs again at its next time; the cause is told in a line, as it may last.
        scheduler.setErrorHandler(failure -> LOG.warn("a job failed and will run again: {}", failure.toString()));
        return scheduler;
    }
}
