-- The processes that share this database, and what each has for itself. `seen_at_ms` is this database's time; `token` rises with every
-- change of hands, and whoever writes under an old one is refused.
CREATE TABLE replica (id TEXT COLLATE "C" PRIMARY KEY, started_at_ms BIGINT NOT NULL, seen_at_ms BIGINT NOT NULL, info TEXT COLLATE "C" NOT NULL);
CREATE TABLE lease (name TEXT COLLATE "C" PRIMARY KEY, holder TEXT COLLATE "C", token BIGINT NOT NULL);

-- Detection is shared out by resource: see shardOf in src/domain/replica.ts.
ALTER TABLE series ADD COLUMN shard SMALLINT GENERATED ALWAYS AS (get_byte(decode(md5(resource_id), 'hex'), 0) % 64) STORED;
