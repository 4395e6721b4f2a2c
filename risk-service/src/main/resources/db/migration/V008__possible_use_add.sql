-- What providers may have charged for answers that were left in the middle, beyond what came of them: micro-credits of list
-- cost, in all for a key, and as it was at each sample of its balance and at the sample before that.
ALTER TABLE key_signal ADD possible_micro bigint NOT NULL DEFAULT 0 CHECK (possible_micro >= 0);

ALTER TABLE balance_watch
    ADD last_possible           bigint NOT NULL DEFAULT 0,
    ADD last_possible_before    bigint NOT NULL DEFAULT 0,
    ADD anchor_possible         bigint NOT NULL DEFAULT 0,
    ADD anchor_possible_before  bigint NOT NULL DEFAULT 0,
    ADD suspect_possible        bigint NOT NULL DEFAULT 0,
    ADD suspect_possible_before bigint NOT NULL DEFAULT 0,
    ADD CHECK (last_possible_before BETWEEN 0 AND last_possible),
    ADD CHECK (anchor_possible_before BETWEEN 0 AND anchor_possible),
    ADD CHECK (suspect_possible_before BETWEEN 0 AND suspect_possible);
