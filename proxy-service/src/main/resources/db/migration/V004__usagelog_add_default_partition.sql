-- Where a request goes whose id is from a clock far off: logged as it was charged, and its id unique there as anywhere.
CREATE TABLE usage_default PARTITION OF usage DEFAULT;
REVOKE ALL ON usage_default FROM ${service-role};
