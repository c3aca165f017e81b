-- compatible: 3
-- Patterns as last saved by any process, for the index that each keeps for itself: followed by `seq`. `record` null: it was removed.
CREATE TABLE shared_pattern (pattern_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, record TEXT) STRICT;
CREATE UNIQUE INDEX shared_pattern_seq ON shared_pattern (seq);
