package io.quotabank.local.supervisor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What commands and the supervisor say to each other, one JSON object a line. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Message.Follow.class, name = "follow"),
    @JsonSubTypes.Type(value = Message.AskStatus.class, name = "ask-status"),
    @JsonSubTypes.Type(value = Message.Stop.class, name = "stop"),
    @JsonSubTypes.Type(value = Message.Act.class, name = "act"),
    @JsonSubTypes.Type(value = Message.PartState.class, name = "part"),
    @JsonSubTypes.Type(value = Message.Note.class, name = "note"),
    @JsonSubTypes.Type(value = Message.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = Message.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = Message.Beat.class, name = "beat"),
    @JsonSubTypes.Type(value = Message.Status.class, name = "status"),
    @JsonSubTypes.Type(value = Message.Done.class, name = "done")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface Message {

    /** Asks for all events from the beginning. A start whose follower goes away is given up. */
    record Follow() implements Message {}

    record AskStatus() implements Message {}

    record Stop() implements Message {}

    /** Kills or restarts a part, or restarts all instances of a service in turn: of every service where part is empty. */
    record Act(Verb verb, String part) implements Message {
        public enum Verb {
            KILL,
            RESTART,
            ROLL
        }
    }

    /** @param seconds from the start of the suite to this state */
    record PartState(String part, String state, double seconds) implements Message {}

    record Note(String text) implements Message {}

    record Ready(double seconds) implements Message {}

    record Failed(String sentence, List<String> log) implements Message {}

    /** Nothing new; tells whether anybody still listens. */
    record Beat() implements Message {}

    record Status(List<Row> rows) implements Message {}

    record Done() implements Message {}

    /** @param memory proportional set size in bytes, children included */
    record Row(
            String part, String state, @Nullable Long pid, int port, long memory, long uptimeSeconds, String health) {}
}
