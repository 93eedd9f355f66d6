-- Facts as they were last fetched, how far fetching came, and what changed when.
--
-- A fact keeps beside its newest version the one that was last told of, until changes are told
-- again. `told` says what was told:
--   'same'    this very version
--   'other'   another version, which stands in the columns `was...`
--   'absent'  that there is no such thing
-- `gone` is 1 where it is no more; such a row stays until that was told.
--
-- Moments are seconds since 1970, as exact as GitHub gives them; where a name ends in `_ms`,
-- milliseconds. Days are counted from 1970-01-01. What is true or false is 1 or 0. Long texts stand
-- last in their rows, so that what is before them is read without them.

CREATE TABLE files (
    repository TEXT NOT NULL,
    path TEXT NOT NULL,
    sha TEXT NOT NULL,
    gone BIGINT NOT NULL,
    told TEXT NOT NULL CHECK (told IN ('same', 'other', 'absent')),
    read TEXT NOT NULL,
    was_sha TEXT,
    was_read TEXT,
    PRIMARY KEY (repository, path)
);

CREATE INDEX files_untold ON files (told) WHERE told <> 'same';

CREATE TABLE issues (
    repository TEXT NOT NULL,
    number BIGINT NOT NULL,
    updated_at BIGINT,
    is_pull BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    told TEXT NOT NULL CHECK (told IN ('same', 'other', 'absent')),
    doc TEXT NOT NULL,
    was TEXT,
    PRIMARY KEY (repository, number)
);

CREATE INDEX issues_untold ON issues (told) WHERE told <> 'same';

CREATE TABLE mentions (
    repository TEXT NOT NULL,
    pull BIGINT NOT NULL,
    issue BIGINT NOT NULL,
    PRIMARY KEY (repository, pull, issue)
);

CREATE INDEX mentions_issue ON mentions (repository, issue, pull);

CREATE TABLE comments (
    repository TEXT NOT NULL,
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    issue BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (repository, kind, id)
);

CREATE INDEX comments_issue ON comments (repository, issue);
CREATE INDEX comments_updated_at ON comments (updated_at);

CREATE TABLE milestones (
    repository TEXT NOT NULL,
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    is_open BIGINT NOT NULL,
    due_day BIGINT,
    PRIMARY KEY (repository, number)
);

CREATE TABLE labels (
    repository TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (repository, name)
);

CREATE TABLE positions (
    repository TEXT NOT NULL,
    feed TEXT NOT NULL,
    since BIGINT,
    page BIGINT,
    broken BIGINT NOT NULL,
    tag TEXT,
    identity TEXT,
    tree TEXT,
    settled BIGINT NOT NULL,
    PRIMARY KEY (repository, feed)
);

CREATE TABLE problems (
    place TEXT NOT NULL PRIMARY KEY,
    why TEXT NOT NULL
);

CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms BIGINT NOT NULL,
    doc TEXT NOT NULL
);

CREATE INDEX changes_at ON changes (at_ms);

CREATE TABLE days (
    day BIGINT NOT NULL PRIMARY KEY,
    summary TEXT NOT NULL
);

CREATE TABLE notes (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row.
CREATE TABLE state (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL,
    synced_at_ms BIGINT
);

INSERT INTO state (id, revision) VALUES (1, 0);
