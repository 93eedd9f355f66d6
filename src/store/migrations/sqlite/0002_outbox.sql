-- What must be done outside, what was written by that, and which comments are news.
--
-- A moment is milliseconds since 1970, and its name ends in `_ms`. What is true or false is 1 or 0.

-- What came in and was taken in, by what is the same in each delivery of it.
CREATE TABLE causes (
    cause TEXT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL
);

CREATE INDEX causes_at ON causes (at_ms);

-- The queue. `state` says where an effect stands:
--   'waiting'  for its turn, and until `due_ms`
--   'leased'   to somebody, until `due_ms`
--   'done'     since `settled_ms`
--   'dead'     given up, since `settled_ms`
-- `has_turn` marks the one effect of a lane that may be leased: the one that is leased, else the first
-- that is neither done nor dead. It is set with each write, so that nothing is searched for it.
-- `follows` is the number of the effect, where there is one, from which this one follows in the same
-- lane: there it comes before all that was queued behind that.
-- `attempt` counts leases, `failures` those that were in vain. `leased_ms` is when it was last leased,
-- `unclear_ms` since when it may have been done without anybody knowing. `writes` is 0 for a step.
CREATE TABLE effects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    writes BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'dead')),
    has_turn BIGINT NOT NULL,
    follows BIGINT,
    queued_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    leased_ms BIGINT,
    attempt BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    unclear_ms BIGINT,
    settled_ms BIGINT,
    why TEXT,
    doc TEXT NOT NULL,
    CHECK ((settled_ms IS NULL) = (state IN ('waiting', 'leased'))),
    CHECK (has_turn = 1 OR state <> 'leased'),
    CHECK (has_turn = 0 OR settled_ms IS NULL)
);

CREATE INDEX effects_open ON effects (lane, COALESCE(follows, id), id, queued_ms)
    WHERE settled_ms IS NULL;
CREATE UNIQUE INDEX effects_turn ON effects (lane) WHERE has_turn = 1;
CREATE INDEX effects_due ON effects (place, due_ms, id) WHERE has_turn = 1;
CREATE INDEX effects_done ON effects (lane, settled_ms) WHERE state = 'done' AND writes = 1;
CREATE INDEX effects_dead ON effects (settled_ms, id) WHERE state = 'dead';
CREATE INDEX effects_settled ON effects (settled_ms) WHERE settled_ms IS NOT NULL;

-- For each place the effect that comes next there, of those that have their lane's turn.
CREATE TABLE places (
    place TEXT NOT NULL PRIMARY KEY,
    due_ms BIGINT NOT NULL,
    effect BIGINT NOT NULL
);

CREATE INDEX places_due ON places (due_ms, effect, place);

-- What the bot wrote and that stands. `doc` is the effect that made it what it is. A comment has the columns from `repository` on, a message those
-- from `workspace` on.
CREATE TABLE written (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('comment', 'message')),
    at_ms BIGINT NOT NULL,
    repository TEXT,
    issue BIGINT,
    comment BIGINT,
    url TEXT,
    workspace TEXT,
    channel TEXT,
    ts TEXT,
    doc TEXT,
    CHECK (kind <> 'comment' OR (repository IS NOT NULL AND issue IS NOT NULL
        AND comment IS NOT NULL AND url IS NOT NULL)),
    CHECK (kind <> 'message' OR (workspace IS NOT NULL AND channel IS NOT NULL
        AND ts IS NOT NULL))
);

CREATE INDEX written_comment ON written (repository, comment) WHERE kind = 'comment';
CREATE INDEX written_message ON written (workspace, channel, ts) WHERE kind = 'message';

-- Other keys of what was written.
CREATE TABLE aliases (
    alias TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL
);

CREATE INDEX aliases_key ON aliases (key);

-- The thread of a KEP in a channel, and the latest news in it where there is any.
CREATE TABLE threads (
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    kep BIGINT NOT NULL,
    root TEXT NOT NULL,
    root_key TEXT,
    latest_key TEXT,
    latest_ms BIGINT,
    PRIMARY KEY (workspace, channel, kep),
    CHECK ((latest_key IS NULL) = (latest_ms IS NULL))
);

CREATE INDEX threads_root ON threads (workspace, channel, root);

-- Writes to the forge, for the record.
CREATE TABLE records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms BIGINT NOT NULL,
    what TEXT NOT NULL,
    target TEXT NOT NULL,
    asked TEXT,
    outcome TEXT NOT NULL
);

CREATE INDEX records_at ON records (at_ms);

-- Comments that came, whose text was edited, or that were deleted (`gone`). A comment has one entry,
-- which gets a new number when there is news of it again.
CREATE TABLE comment_news (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    repository TEXT NOT NULL,
    kind TEXT NOT NULL,
    comment BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    UNIQUE (repository, kind, comment)
);

-- The last change, and the last entry of `comment_news`, that was looked at: one row, none before
-- the first look.
CREATE TABLE looked (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    change BIGINT NOT NULL,
    comment BIGINT NOT NULL
);
