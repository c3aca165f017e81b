-- compatible: 3
-- The processes that share this database, and what each has for itself. `seen_at_ms` is this database's time; `token` rises with every
-- change of hands, and whoever writes under an old one is refused.
CREATE TABLE replica (id TEXT PRIMARY KEY, started_at_ms INTEGER NOT NULL, seen_at_ms INTEGER NOT NULL, info TEXT NOT NULL) STRICT;
CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT, token INTEGER NOT NULL) STRICT;
