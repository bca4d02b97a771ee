-- Moments are seconds since the epoch, UTC. Lists and settings are JSON.
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS lines (
    number TEXT PRIMARY KEY,
    account_id INTEGER NOT NULL,
    inbound_url TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS phones (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    behaviour TEXT NOT NULL DEFAULT '{}',
    next_behaviour TEXT,
    carrier_stop INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS opt_outs (
    phone TEXT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (phone, line)
);
CREATE TABLE IF NOT EXISTS texts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    line TEXT NOT NULL,
    phone TEXT NOT NULL,
    sender_id TEXT,
    text TEXT NOT NULL,
    media TEXT NOT NULL,
    segments INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_code TEXT,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS texts_of_phone ON texts (phone, seq);
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    sender_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    text_id TEXT,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS posts_of_sender ON posts (sender_id);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY,
    text_id TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    error_code TEXT,
    url TEXT,
    body TEXT NOT NULL,
    planned_at REAL NOT NULL,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    claim TEXT,
    claimed_until REAL,
    done_at REAL,
    result TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at) WHERE done_at IS NULL;
CREATE INDEX IF NOT EXISTS deliveries_of_text ON deliveries (text_id) WHERE done_at IS NULL;
