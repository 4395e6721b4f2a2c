CREATE TABLE thing (name text NOT NULL, count bigint NOT NULL);
