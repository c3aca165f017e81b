-- Log lines in the order they arrived, for a reader that follows along; a number is never given twice, also after old ones are gone.
CREATE TABLE log_arrived (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  ts INTEGER NOT NULL,
  log_group TEXT NOT NULL,
  resource_id TEXT,
  level TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
INSERT INTO log_arrived (id, ts, log_group, resource_id, level, message) SELECT id, ts, log_group, resource_id, level, message FROM log_line ORDER BY rowid;
DROP TABLE log_line;
ALTER TABLE log_arrived RENAME TO log_line;
CREATE INDEX log_line_ts ON log_line (ts);

-- Every state a pattern has had, oldest first, with who made it so and why; `record` is the seed's record without its embedding.
CREATE TABLE pattern_version (
  pattern_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (pattern_id, version)
) STRICT, WITHOUT ROWID;
