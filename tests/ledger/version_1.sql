-- A ledger as version 1 wrote it, with an attempt, an outcome, a lost call and a month's total.
-- Never changed: every later version has to read it.
PRAGMA user_version = 1;
PRAGMA application_id = 1280134215;
CREATE TABLE reservations (
    id TEXT PRIMARY KEY, task TEXT NOT NULL, at REAL NOT NULL, day TEXT NOT NULL, project TEXT NOT NULL,
    kind TEXT NOT NULL, tier TEXT NOT NULL, worst_case INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, task TEXT NOT NULL, reservation TEXT, at REAL NOT NULL, day TEXT NOT NULL,
    project TEXT NOT NULL, file TEXT NOT NULL, kind TEXT NOT NULL, tier TEXT NOT NULL, model TEXT NOT NULL,
    escalation TEXT NOT NULL, input INTEGER NOT NULL, cache_write INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
    cache_read INTEGER NOT NULL, output INTEGER NOT NULL, estimated INTEGER NOT NULL, cost INTEGER NOT NULL,
    prices TEXT NOT NULL, seconds REAL NOT NULL, passed INTEGER NOT NULL, refused_by TEXT NOT NULL, code TEXT NOT NULL,
    failure TEXT NOT NULL
);
CREATE INDEX attempts_by_task ON attempts (task);
CREATE INDEX attempts_by_time ON attempts (at);
CREATE INDEX attempts_by_reservation ON attempts (reservation) WHERE reservation IS NOT NULL;
CREATE INDEX attempts_that_cost ON attempts (day, cost) WHERE cost > 0;
CREATE TABLE outcomes (
    task TEXT PRIMARY KEY, at REAL NOT NULL, day TEXT NOT NULL, project TEXT NOT NULL, kind TEXT NOT NULL,
    status TEXT NOT NULL, reason TEXT NOT NULL, cleared_by TEXT NOT NULL, cleared_free INTEGER NOT NULL,
    tried_free INTEGER NOT NULL, seconds REAL NOT NULL, top_tier TEXT, top_input INTEGER, top_output INTEGER,
    top_cost INTEGER, kept INTEGER
) WITHOUT ROWID;
CREATE INDEX outcomes_by_kind ON outcomes (kind, at);
CREATE INDEX outcomes_by_time ON outcomes (at);
CREATE TABLE months (
    month TEXT NOT NULL, tier TEXT NOT NULL, attempts INTEGER NOT NULL, cost INTEGER NOT NULL, PRIMARY KEY (month, tier)
) WITHOUT ROWID;
INSERT INTO attempts VALUES (
    1, 't1', 'r1', 1795445000.0, '2026-11-23', 'p', 'f', 'fix', 'sonnet', 'claude-sonnet-5-5', 'verification', 1000, 0,
    0, 0, 400, 0, 9000000, '2026-11-23', 2.5, 1, '', '', ''
);
INSERT INTO outcomes VALUES (
    't1', 1795445001.0, '2026-11-23', 'p', 'fix', 'accepted', '', 'sonnet', 0, 1, 2.5, 'opus', 1000, 400, 15000000, 1
);
INSERT INTO reservations VALUES ('r2', 't2', 1795445002.0, '2026-11-23', 'p', 'fix', 'opus', 50000000);
INSERT INTO months VALUES ('2025-01', 'opus', 3, 2000000000);
