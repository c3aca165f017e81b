-- The whole state. Columns for what is asked for, `body` (JSON) for the rest. Times are epoch milliseconds.

CREATE TABLE watermark (reader TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  ref TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  unit TEXT NOT NULL,
  period_ms INTEGER NOT NULL
) STRICT;

-- Clustered by quarter of an hour, then series: a tick writes to a few hundred neighbouring pages, and old buckets go as one range.
CREATE TABLE metric_point (
  bucket INTEGER NOT NULL,
  series_id INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (bucket, series_id, ts)
) STRICT, WITHOUT ROWID;

-- The same points in the order they came, for readers that follow along.
CREATE TABLE metric_log (seq INTEGER PRIMARY KEY, series_id INTEGER NOT NULL, ts INTEGER NOT NULL, value REAL NOT NULL) STRICT;
CREATE TABLE metric_sequence (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;
INSERT INTO metric_sequence VALUES (1, 0);

CREATE TABLE detector_state (key TEXT PRIMARY KEY, state BLOB NOT NULL) STRICT;
CREATE TABLE sensitivity (key TEXT PRIMARY KEY, factor REAL NOT NULL CHECK (factor BETWEEN 0.1 AND 1)) STRICT;

CREATE TABLE log_line (
  id TEXT NOT NULL UNIQUE,
  ts INTEGER NOT NULL,
  log_group TEXT NOT NULL,
  resource_id TEXT,
  level TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX log_line_ts ON log_line (ts);
CREATE TABLE change (id TEXT NOT NULL UNIQUE, ts INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX change_ts ON change (ts);
CREATE TABLE alarm (id TEXT NOT NULL UNIQUE, ts INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX alarm_ts ON alarm (ts);
CREATE TABLE topology (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;

CREATE TABLE anomaly (
  id TEXT NOT NULL UNIQUE,
  incident_id TEXT,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX anomaly_incident ON anomaly (incident_id, started_at_ms);
CREATE INDEX anomaly_started ON anomaly (started_at_ms);
CREATE INDEX anomaly_live ON anomaly (started_at_ms) WHERE ended_at_ms IS NULL;

-- AUTOINCREMENT: a number people have seen is never given to another incident or plan.
CREATE TABLE incident (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,
  service TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX incident_state ON incident (state, n);
CREATE INDEX incident_service ON incident (service, n);

CREATE TABLE plan (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,
  digest TEXT NOT NULL,
  incident_id TEXT,
  target_id TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX plan_state ON plan (state, n);
CREATE INDEX plan_incident ON plan (incident_id, n);
CREATE INDEX plan_target ON plan (target_id, n);
CREATE TABLE approval (
  plan_n INTEGER NOT NULL REFERENCES plan (n),
  user_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  digest TEXT NOT NULL,
  via TEXT NOT NULL,
  UNIQUE (plan_n, user_id)
) STRICT;

CREATE TABLE attempt (
  incident_id TEXT NOT NULL,
  stage TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at_ms INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (incident_id, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE feedback (
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (subject, user_id)
) STRICT;
CREATE INDEX feedback_person ON feedback (user_id, at_ms);

CREATE TABLE observation (
  key TEXT PRIMARY KEY,
  pattern_id TEXT NOT NULL,
  action TEXT NOT NULL,
  success INTEGER NOT NULL CHECK (success IN (0, 1)),
  weight REAL NOT NULL,
  resolution_ms INTEGER,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX observation_pattern ON observation (pattern_id, action);

-- Each hash covers its row and the hash before it; the head is kept apart, so that a cut tail shows.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  incident_id TEXT GENERATED ALWAYS AS (CASE WHEN json_valid(detail) THEN json_extract(detail, '$.incidentId') END) VIRTUAL
);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX audit_incident ON audit (incident_id, seq) WHERE incident_id IS NOT NULL;
CREATE TABLE audit_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
INSERT INTO audit_head VALUES (1, 0, '');
CREATE TRIGGER audit_only_next BEFORE INSERT ON audit WHEN NEW.seq IS NOT (SELECT seq + 1 FROM audit_head)
  BEGIN SELECT raise(ABORT, 'audit rows are only added at the end'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'audit rows are never removed'); END;

-- `lane` is what keeps its order: an incident, a person, the channel.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT,
  lane TEXT NOT NULL,
  body TEXT NOT NULL,
  taken INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1)),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  error TEXT
) STRICT;
CREATE INDEX outbox_lane ON outbox (lane, id);
CREATE UNIQUE INDEX outbox_waiting ON outbox (key) WHERE taken = 0 AND key IS NOT NULL;

CREATE TABLE message (subject TEXT PRIMARY KEY, channel TEXT NOT NULL, ts TEXT NOT NULL) STRICT;
CREATE INDEX message_place ON message (channel, ts);

CREATE TABLE seen (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX seen_at ON seen (at_ms);

CREATE TABLE switch (scope TEXT PRIMARY KEY, by_actor TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
CREATE TABLE silence (
  resource_id TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL,
  by_actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE token (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  user_id TEXT,
  scopes TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  last_used_at_ms INTEGER
) STRICT;
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
