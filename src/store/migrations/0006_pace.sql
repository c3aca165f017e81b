-- compatible: 3
-- When each channel of Slack may be written to next, by this database's time: one message a second over all replicas.
CREATE TABLE pace (channel TEXT PRIMARY KEY, free_at_ms INTEGER NOT NULL) STRICT;
