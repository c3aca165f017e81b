-- Alarms in the order they arrived, for a reader that follows along; a number is never given twice, also after old ones are gone.
CREATE TABLE alarm_arrived (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, ts INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO alarm_arrived (id, ts, body) SELECT id, ts, body FROM alarm ORDER BY rowid;
DROP TABLE alarm;
ALTER TABLE alarm_arrived RENAME TO alarm;
CREATE INDEX alarm_ts ON alarm (ts);
