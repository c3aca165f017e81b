-- A database as opsloop of schema 5 left it.
BEGIN TRANSACTION;
CREATE TABLE "alarm" (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, ts INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO "alarm" VALUES(1,'b',1772366400000,'{"id":"b","name":"cpu-high","state":"alarm","timestampMs":1772366400000,"resourceId":null,"metric":null,"reason":"over 90"}');
INSERT INTO "alarm" VALUES(2,'a',1772366399999,'{"id":"a","name":"cpu-high","state":"alarm","timestampMs":1772366399999,"resourceId":null,"metric":null,"reason":"over 90"}');
CREATE TABLE anomaly (
  id TEXT NOT NULL UNIQUE,
  incident_id TEXT,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "anomaly" VALUES('an-1','INC-1',1772366400000,NULL,'{"id":"an-1","key":"AWS/ECS/CPUUtilization{ServiceName=checkout}:Average","metric":{"namespace":"AWS/ECS","name":"CPUUtilization","dimensions":{"ServiceName":"checkout"},"stat":"Average"},"resourceId":"ecs/checkout","unit":"Percent","method":"baseline","severity":0.7,"direction":"up","value":97.5,"expected":{"low":10,"high":40},"startedAtMs":1772366400000,"lastSeenAtMs":1772366400000,"endedAtMs":null,"explanation":{"code":"test","params":{},"text":"too high"},"forecast":null,"incidentId":null}');
CREATE TABLE approval (
  plan_n INTEGER NOT NULL REFERENCES plan (n),
  user_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  digest TEXT NOT NULL,
  via TEXT NOT NULL,
  UNIQUE (plan_n, user_id)
) STRICT;
INSERT INTO "approval" VALUES(1,'U1',1772366460000,'d1','button');
CREATE TABLE attempt (
  incident_id TEXT NOT NULL,
  stage TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at_ms INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (incident_id, stage)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "audit" VALUES(1,1772366400000,'{"component":"loop","type":"system"}','incident.opened','INC-1','{"anomalies":1,"resourceIds":["ecs/checkout"],"service":"checkout","severity":0.8,"title":"Checkout is slow"}','','9d4f2e8ac03eebb4ccfb995776a43c7bfba4bb204b164ee6f667b5a390d1f10a');
INSERT INTO "audit" VALUES(2,1772366400000,'{"component":"loop","type":"system"}','plan.proposed','PLAN-1','{"action":"failover_database","digest":"d1","incidentId":"INC-1","params":{},"patternId":"PAT-001","risk":"high","targetId":"rds/checkout-db"}','9d4f2e8ac03eebb4ccfb995776a43c7bfba4bb204b164ee6f667b5a390d1f10a','4cd3bd73cadbec3138de61ddc83ce842fa533b016428bf5f4378d2d48ec27447');
INSERT INTO "audit" VALUES(3,1772366400000,'{"component":"loop","type":"system"}','plan.asked','PLAN-1','{"from":"proposed","incidentId":"INC-1","to":"awaiting_approval"}','4cd3bd73cadbec3138de61ddc83ce842fa533b016428bf5f4378d2d48ec27447','99358755c86a0276dfb3350c1bfe125d8467ae0b54784a62b67d63e95e46e1fd');
INSERT INTO "audit" VALUES(4,1772366460000,'{"type":"user","userId":"U1"}','plan.approval','PLAN-1','{"digest":"d1","incidentId":"INC-1","userId":"U1","via":"button"}','99358755c86a0276dfb3350c1bfe125d8467ae0b54784a62b67d63e95e46e1fd','28b5054b4da4b435f0d988b3d4c085a16baa2ea92df8864d4cbf7b84a297f74f');
INSERT INTO "audit" VALUES(5,1772366400000,'{"type":"user","userId":"U1"}','switch.off','action:scale_out','{"reason":"too many"}','28b5054b4da4b435f0d988b3d4c085a16baa2ea92df8864d4cbf7b84a297f74f','b6e66e89f54474ea44edf342a7a873662da12649ae03cb2e489614df6921a0ca');
INSERT INTO "audit" VALUES(6,1772366400000,'{"component":"loop","type":"system"}','token.created','token_1','{"name":"ci","scopes":["read"],"userId":null}','b6e66e89f54474ea44edf342a7a873662da12649ae03cb2e489614df6921a0ca','8154e4b45312a8ac8fb05d8548dea8865307b5343c4fa964cd2e9b24a724ed94');
CREATE TABLE audit_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
INSERT INTO "audit_head" VALUES(1,6,'8154e4b45312a8ac8fb05d8548dea8865307b5343c4fa964cd2e9b24a724ed94');
CREATE TABLE change (id TEXT NOT NULL UNIQUE, ts INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO "change" VALUES('c1',1772366400000,'{"id":"c1","timestampMs":1772366400000,"kind":"deploy","source":"cloudtrail","actor":"ci","resourceId":"ecs/checkout","summary":"Deployed 42","details":{"image":"42"}}');
CREATE TABLE detector_state (key TEXT PRIMARY KEY, state BLOB NOT NULL) STRICT;
CREATE TABLE feedback (
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (subject, user_id)
) STRICT;
CREATE TABLE incident (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,
  service TEXT,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "incident" VALUES(1,'open','checkout','{"title":"Checkout is slow","severity":0.8,"service":"checkout","environment":"prod","resourceIds":["ecs/checkout"],"openedAtMs":1772366400000,"startedAtMs":1772366100000,"updatedAtMs":1772366400000,"resolvedAtMs":null,"resolution":null,"acknowledgedBy":null,"matches":[],"matchedAtMs":null,"knowledgeSource":null,"analysis":null,"runbookSlug":null,"failedStage":null}');
CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT, token INTEGER NOT NULL) STRICT;
CREATE TABLE "log_line" (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  ts INTEGER NOT NULL,
  log_group TEXT NOT NULL,
  resource_id TEXT,
  level TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
INSERT INTO "log_line" VALUES(1,'b',1772366400000,'/app/checkout','ecs/checkout','error','line b');
INSERT INTO "log_line" VALUES(2,'a',1772366399999,'/app/checkout','ecs/checkout','error','line a');
CREATE TABLE message (subject TEXT PRIMARY KEY, channel TEXT NOT NULL, ts TEXT NOT NULL) STRICT;
INSERT INTO "message" VALUES('INC-1','C0OPS00001','1.0');
CREATE TABLE metric_log (seq INTEGER PRIMARY KEY, series_id INTEGER NOT NULL, ts INTEGER NOT NULL, value REAL NOT NULL) STRICT;
INSERT INTO "metric_log" VALUES(1,1,1772366400000,40.0);
INSERT INTO "metric_log" VALUES(2,1,1772366460000,41.0);
INSERT INTO "metric_log" VALUES(3,1,1772366520000,42.0);
INSERT INTO "metric_log" VALUES(4,1,1772366580000,43.0);
INSERT INTO "metric_log" VALUES(5,1,1772366640000,44.0);
CREATE TABLE metric_point (
  bucket INTEGER NOT NULL,
  series_id INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (bucket, series_id, ts)
) STRICT, WITHOUT ROWID;
INSERT INTO "metric_point" VALUES(1969296,1,1772366400000,40.0);
INSERT INTO "metric_point" VALUES(1969296,1,1772366460000,41.0);
INSERT INTO "metric_point" VALUES(1969296,1,1772366520000,42.0);
INSERT INTO "metric_point" VALUES(1969296,1,1772366580000,43.0);
INSERT INTO "metric_point" VALUES(1969296,1,1772366640000,44.0);
CREATE TABLE metric_sequence (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;
INSERT INTO "metric_sequence" VALUES(1,5);
CREATE TABLE observation (
  key TEXT PRIMARY KEY,
  pattern_id TEXT NOT NULL,
  action TEXT NOT NULL,
  success INTEGER NOT NULL CHECK (success IN (0, 1)),
  weight REAL NOT NULL,
  resolution_ms INTEGER,
  at_ms INTEGER NOT NULL
) STRICT;
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
INSERT INTO "outbox" VALUES(1,'incident:INC-1','INC-1','{"type":"incident","incidentId":"INC-1"}',0,0,1772366400000,1772366400000,NULL);
CREATE TABLE pattern_version (
  pattern_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (pattern_id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE plan (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,
  digest TEXT NOT NULL,
  incident_id TEXT,
  target_id TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "plan" VALUES(1,'awaiting_approval','d1','INC-1','rds/checkout-db','{"incidentId":"INC-1","patternId":"PAT-001","action":"failover_database","targetId":"rds/checkout-db","params":{},"risk":"high","reversibility":"rollback","blastRadius":"A minute without writes.","why":{"code":"why","params":{},"text":"The primary does not answer."},"digest":"d1","idempotencyKey":"key-1","requestedBy":{"type":"system","component":"loop"},"createdAtMs":1772366400000,"approvalsNeeded":1,"runAtMs":null,"expiresAtMs":1772368200000,"dryRun":null,"updatedAtMs":1772366400000,"endedBy":null,"receipt":null,"executedAtMs":null,"verifyAfterMs":null,"verifyUntilMs":null,"outcome":null,"learnedAtMs":null}');
CREATE TABLE replica (id TEXT PRIMARY KEY, started_at_ms INTEGER NOT NULL, seen_at_ms INTEGER NOT NULL, info TEXT NOT NULL) STRICT;
CREATE TABLE schema_migration (
  version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
, compatible INTEGER) STRICT;
INSERT INTO "schema_migration" VALUES(1,'0001_initial.sql','49b145c8a657d5e2ce473993cc894d65d0e3c845179229a813a6b36407d3d0ca',1772366400000,NULL);
INSERT INTO "schema_migration" VALUES(2,'0002_alarm_sequence.sql','7517e71a1fc364e5f0f7cd843e13860edc604b900a8c3cd7d96c40475eff7b96',1772366400000,NULL);
INSERT INTO "schema_migration" VALUES(3,'0003_log_order_and_pattern_versions.sql','dd4a6b9729696056429833978c0616292d6f7c9c17d0958f8a8304d90b3eb188',1772366400000,NULL);
INSERT INTO "schema_migration" VALUES(4,'0004_replicas.sql','a0e52e3ff92c303f0f9af0b88917d65a347ad7fc797ce639d6adc55dac412fa6',1772366400000,3);
INSERT INTO "schema_migration" VALUES(5,'0005_shared_patterns.sql','ece475bc8935acae4d96388c0e52d5166a6b9d9fc3acf10651716c45dcd47cee',1772366400000,3);
CREATE TABLE seen (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "seen" VALUES('Ev1',1772366400000);
CREATE TABLE sensitivity (key TEXT PRIMARY KEY, factor REAL NOT NULL CHECK (factor BETWEEN 0.1 AND 1)) STRICT;
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  ref TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  unit TEXT NOT NULL,
  period_ms INTEGER NOT NULL
) STRICT;
INSERT INTO "series" VALUES(1,'AWS/ECS/CPUUtilization{ServiceName=checkout}:Average','{"namespace":"AWS/ECS","name":"CPUUtilization","dimensions":{"ServiceName":"checkout"},"stat":"Average"}','ecs/checkout','Percent',60000);
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
INSERT INTO "setting" VALUES('pref:U1','{"dm":true}',1772366400000);
CREATE TABLE shared_pattern (pattern_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, record TEXT) STRICT;
CREATE TABLE silence (
  resource_id TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL,
  by_actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE switch (scope TEXT PRIMARY KEY, by_actor TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
INSERT INTO "switch" VALUES('action:scale_out','{"type":"user","userId":"U1"}','too many',1772366400000);
CREATE TABLE token (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  user_id TEXT,
  scopes TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  last_used_at_ms INTEGER
) STRICT;
INSERT INTO "token" VALUES('token_1','ci','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',NULL,'["read"]',1772366400000,NULL);
CREATE TABLE topology (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
INSERT INTO "topology" VALUES(1,'{"resources":[{"id":"ecs/checkout","kind":"ecs","name":"checkout","service":"checkout","environment":"prod","zone":null,"tags":{}}],"dependencies":[]}');
CREATE TABLE watermark (reader TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "watermark" VALUES('alarms',2);
CREATE INDEX change_ts ON change (ts);
CREATE INDEX anomaly_incident ON anomaly (incident_id, started_at_ms);
CREATE INDEX anomaly_started ON anomaly (started_at_ms);
CREATE INDEX anomaly_live ON anomaly (started_at_ms) WHERE ended_at_ms IS NULL;
CREATE INDEX incident_state ON incident (state, n);
CREATE INDEX incident_service ON incident (service, n);
CREATE INDEX plan_state ON plan (state, n);
CREATE INDEX plan_incident ON plan (incident_id, n);
CREATE INDEX plan_target ON plan (target_id, n);
CREATE INDEX feedback_person ON feedback (user_id, at_ms);
CREATE INDEX observation_pattern ON observation (pattern_id, action);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX audit_incident ON audit (incident_id, seq) WHERE incident_id IS NOT NULL;
CREATE TRIGGER audit_only_next BEFORE INSERT ON audit WHEN NEW.seq IS NOT (SELECT seq + 1 FROM audit_head)
  BEGIN SELECT raise(ABORT, 'audit rows are only added at the end'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'audit rows are never removed'); END;
CREATE INDEX outbox_lane ON outbox (lane, id);
CREATE UNIQUE INDEX outbox_waiting ON outbox (key) WHERE taken = 0 AND key IS NOT NULL;
CREATE INDEX message_place ON message (channel, ts);
CREATE INDEX seen_at ON seen (at_ms);
CREATE INDEX alarm_ts ON alarm (ts);
CREATE INDEX log_line_ts ON log_line (ts);
CREATE UNIQUE INDEX shared_pattern_seq ON shared_pattern (seq);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('alarm',2);
INSERT INTO "sqlite_sequence" VALUES('log_line',2);
INSERT INTO "sqlite_sequence" VALUES('incident',1);
INSERT INTO "sqlite_sequence" VALUES('plan',1);
INSERT INTO "sqlite_sequence" VALUES('outbox',1);
COMMIT;
