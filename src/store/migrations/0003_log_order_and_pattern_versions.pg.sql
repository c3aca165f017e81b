-- Log lines have had their sequence here from the start.

-- Every state a pattern has had, oldest first, with who made it so and why; `record` is the seed's record without its embedding.
CREATE TABLE pattern_version (
  pattern_id TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  record TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (pattern_id, version)
);
