package io.quotabank.platform.leaving;

/** What a process has under way and must not be stopped in. */
public interface Work {

    /** Everybody has had the time to notice that this process leaves: what still comes may be sent elsewhere. */
    void turnAway();

    /** Asked again and again, from a thread of its own. */
    boolean underWay();
}
