package io.quotabank.platform.job;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.task.ThreadPoolTaskSchedulerBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Jobs of a service that enables scheduling run on a few threads of their own ({@code spring.task.scheduling.pool.size}),
 * so that a slow one delays no other, and never twice at once.
 */
@AutoConfiguration(before = TaskSchedulingAutoConfiguration.class)
class JobConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(JobConfiguration.class);

    @Bean
    @ConditionalOnBean(ScheduledAnnotationBeanPostProcessor.class)
    ThreadPoolTaskScheduler taskScheduler(ThreadPoolTaskSchedulerBuilder builder) {
        var scheduler = builder.build();
        // A job that fails runs again at its next time; the cause is told in a line, as it may last.
        scheduler.setErrorHandler(failure -> LOG.warn("a job failed and will run again: {}", failure.toString()));
        return scheduler;
    }
}
