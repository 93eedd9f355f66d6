//! The SQL, in the part of the language that SQLite and PostgreSQL share.
//!
//! Whether a fact changed is decided here, by the rows that a statement touches, so that nothing
//! is read only to be compared. The columns are explained in the first migration.

pub(super) mod outbox;

/// The revision grows by the number of facts that changed.
pub(super) const GROW_REVISION: &str = "UPDATE state SET revision = revision + $1 WHERE id = 1";

pub(super) const STATE: &str = "SELECT revision, synced_at_ms FROM state WHERE id = 1";

pub(super) const PENDING: &str = "\
    SELECT revision, CAST(CASE
        WHEN EXISTS (SELECT 1 FROM files WHERE told <> 'same')
            OR EXISTS (SELECT 1 FROM issues WHERE told <> 'same')
        THEN 1 ELSE 0 END AS BIGINT)
    FROM state WHERE id = 1";

pub(super) const POSITION: &str = "\
    SELECT since, page, broken, tag, identity, tree, settled FROM positions
    WHERE repository = $1 AND feed = $2";

pub(super) const SET_POSITION: &str = "\
    INSERT INTO positions (repository, feed, since, page, broken, tag, identity, tree, settled)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (repository, feed) DO UPDATE SET
        since = excluded.since, page = excluded.page, broken = excluded.broken, tag = excluded.tag,
        identity = excluded.identity, tree = excluded.tree, settled = excluded.settled";

pub(super) const FORGET_POSITION: &str =
    "DELETE FROM positions WHERE repository = $1 AND feed = $2";

pub(super) const FILE_HASHES: &str =
    "SELECT path, sha FROM files WHERE repository = $1 AND gone = 0";

pub(super) const PUT_FILE: &str = "\
    INSERT INTO files (repository, path, sha, read, gone, told)
    VALUES ($1, $2, $3, $4, 0, 'absent')
    ON CONFLICT (repository, path) DO UPDATE SET
        told = CASE
            WHEN files.told = 'same' THEN 'other'
            WHEN files.was_sha = excluded.sha AND files.was_read = excluded.read THEN 'same'
            ELSE files.told END,
        was_sha = CASE
            WHEN files.told = 'same' THEN files.sha
            WHEN files.was_sha = excluded.sha AND files.was_read = excluded.read THEN NULL
            ELSE files.was_sha END,
        was_read = CASE
            WHEN files.told = 'same' THEN files.read
            WHEN files.was_sha = excluded.sha AND files.was_read = excluded.read THEN NULL
            ELSE files.was_read END,
        sha = excluded.sha, read = excluded.read, gone = 0
    WHERE files.gone = 1 OR files.sha <> excluded.sha OR files.read <> excluded.read";

/// Of what nobody was ever told nothing stays; [`MARK_FILE_GONE`] does the rest.
pub(super) const FORGET_FILE: &str =
    "DELETE FROM files WHERE repository = $1 AND path = $2 AND told = 'absent'";

pub(super) const MARK_FILE_GONE: &str = "\
    UPDATE files SET
        was_sha = CASE WHEN told = 'same' THEN sha ELSE was_sha END,
        was_read = CASE WHEN told = 'same' THEN read ELSE was_read END,
        told = 'other', sha = '', read = '', gone = 1
    WHERE repository = $1 AND path = $2 AND gone = 0";

pub(super) const FILES_NOW: &str = "SELECT repository, path, sha, read FROM files WHERE gone = 0";

pub(super) const FILES_TOLD: &str = "\
    SELECT repository, path,
        CASE told WHEN 'same' THEN sha ELSE was_sha END,
        CASE told WHEN 'same' THEN read ELSE was_read END
    FROM files WHERE told <> 'absent'";

/// What is older than what is there is left out: pages and webhooks overtake one another.
pub(super) const PUT_ISSUE: &str = "\
    INSERT INTO issues (repository, number, updated_at, is_pull, doc, gone, told)
    VALUES ($1, $2, $3, $4, $5, 0, 'absent')
    ON CONFLICT (repository, number) DO UPDATE SET
        told = CASE
            WHEN issues.told = 'same' THEN 'other'
            WHEN issues.was = excluded.doc THEN 'same'
            ELSE issues.told END,
        was = CASE
            WHEN issues.told = 'same' THEN issues.doc
            WHEN issues.was = excluded.doc THEN NULL
            ELSE issues.was END,
        updated_at = excluded.updated_at, is_pull = excluded.is_pull,
        doc = excluded.doc, gone = 0
    WHERE issues.gone = 1
        OR (issues.doc <> excluded.doc
            AND (issues.updated_at IS NULL OR excluded.updated_at IS NULL
                OR issues.updated_at <= excluded.updated_at))";

/// Whether what is kept was last changed after some moment.
pub(super) const IS_NEWER: &str = "\
    SELECT CAST(COUNT(*) AS BIGINT) FROM issues
    WHERE repository = $1 AND number = $2 AND gone = 0 AND updated_at > $3";

/// Like [`FORGET_FILE`].
pub(super) const FORGET_ISSUE: &str =
    "DELETE FROM issues WHERE repository = $1 AND number = $2 AND told = 'absent'";

pub(super) const MARK_ISSUE_GONE: &str = "\
    UPDATE issues SET
        was = CASE WHEN told = 'same' THEN doc ELSE was END,
        told = 'other', doc = '', gone = 1
    WHERE repository = $1 AND number = $2 AND gone = 0";

pub(super) const ISSUE: &str =
    "SELECT doc FROM issues WHERE repository = $1 AND number = $2 AND gone = 0";

pub(super) const KEPT: &str =
    "SELECT number, is_pull FROM issues WHERE repository = $1 AND gone = 0 ORDER BY number";

pub(super) const ISSUES_NOW: &str =
    "SELECT doc FROM issues WHERE gone = 0 ORDER BY repository, number";

pub(super) const ISSUES_TOLD: &str = "\
    SELECT CASE told WHEN 'same' THEN doc ELSE was END
    FROM issues WHERE told <> 'absent' ORDER BY repository, number";

pub(super) const CLEAR_MENTIONS: &str = "DELETE FROM mentions WHERE repository = $1 AND pull = $2";

pub(super) const PUT_MENTION: &str = "\
    INSERT INTO mentions (repository, pull, issue) VALUES ($1, $2, $3)
    ON CONFLICT (repository, pull, issue) DO NOTHING";

pub(super) const MENTIONING: &str = "\
    SELECT pull FROM mentions WHERE repository = $1 AND issue = $2
        AND NOT EXISTS (SELECT 1 FROM issues
            WHERE issues.repository = mentions.repository
                AND issues.number = mentions.pull AND issues.gone = 0)";

/// What is older than what is there is left out, as with [`PUT_ISSUE`].
pub(super) const PUT_COMMENT: &str = "\
    INSERT INTO comments (repository, kind, id, issue, created_at, updated_at, doc)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (repository, kind, id) DO UPDATE SET
        issue = excluded.issue, created_at = excluded.created_at,
        updated_at = excluded.updated_at, doc = excluded.doc
    WHERE comments.doc <> excluded.doc AND comments.updated_at <= excluded.updated_at";

pub(super) const COMMENT: &str =
    "SELECT doc FROM comments WHERE repository = $1 AND kind = $2 AND id = $3";

pub(super) const REMOVE_COMMENT: &str =
    "DELETE FROM comments WHERE repository = $1 AND kind = $2 AND id = $3 RETURNING doc";

pub(super) const CLEAR_COMMENTS: &str = "DELETE FROM comments WHERE repository = $1 AND issue = $2";

pub(super) const COMMENTS: &str = "\
    SELECT doc FROM comments WHERE repository = $1 AND issue = $2
    ORDER BY created_at, kind, id";

pub(super) const SAID: &str = "\
    SELECT doc FROM comments
    WHERE repository = $1 AND kind = $2 AND created_at >= $3 AND created_at < $4
    ORDER BY created_at, id";

pub(super) const CLEAR_MILESTONES: &str = "DELETE FROM milestones WHERE repository = $1";

pub(super) const PUT_MILESTONE: &str = "\
    INSERT INTO milestones (repository, number, title, is_open, due_day)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (repository, number) DO UPDATE SET
        title = excluded.title, is_open = excluded.is_open, due_day = excluded.due_day";

pub(super) const MILESTONES: &str = "\
    SELECT number, title, is_open, due_day FROM milestones WHERE repository = $1 ORDER BY number";

pub(super) const ALL_MILESTONES: &str = "\
    SELECT repository, number, title, is_open, due_day FROM milestones
    ORDER BY repository, number";

pub(super) const CLEAR_LABELS: &str = "DELETE FROM labels WHERE repository = $1";

pub(super) const PUT_LABEL: &str = "\
    INSERT INTO labels (repository, name) VALUES ($1, $2)
    ON CONFLICT (repository, name) DO NOTHING";

pub(super) const LABELS: &str = "SELECT name FROM labels WHERE repository = $1";

pub(super) const PUT_PROBLEM: &str = "\
    INSERT INTO problems (place, why) VALUES ($1, $2)
    ON CONFLICT (place) DO UPDATE SET why = excluded.why WHERE problems.why <> excluded.why";

pub(super) const MEND_PROBLEM: &str = "DELETE FROM problems WHERE place = $1";

pub(super) const PROBLEMS: &str = "SELECT place, why FROM problems";

pub(super) const PUT_CHANGE: &str = "INSERT INTO changes (at_ms, doc) VALUES ($1, $2)";

/// What is gone needs no row once that was told, and what is there no second version.
pub(super) const FORGET_TOLD: [&str; 4] = [
    "DELETE FROM files WHERE told <> 'same' AND gone = 1",
    "UPDATE files SET told = 'same', was_sha = NULL, was_read = NULL WHERE told <> 'same'",
    "DELETE FROM issues WHERE told <> 'same' AND gone = 1",
    "UPDATE issues SET told = 'same', was = NULL WHERE told <> 'same'",
];

pub(super) const CHANGES: &str =
    "SELECT at_ms, doc FROM changes WHERE at_ms >= $1 ORDER BY at_ms, id";

pub(super) const CHANGES_AFTER: &str = "SELECT id, doc FROM changes WHERE id > $1 ORDER BY id";

pub(super) const SYNCED: &str = "UPDATE state SET synced_at_ms = $1 WHERE id = 1";

pub(super) const PUT_DAY: &str = "\
    INSERT INTO days (day, summary) VALUES ($1, $2)
    ON CONFLICT (day) DO UPDATE SET summary = excluded.summary";

pub(super) const FILL_DAY: &str =
    "INSERT INTO days (day, summary) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING";

pub(super) const DAYS: &str = "SELECT day, summary FROM days WHERE day >= $1 ORDER BY day";

/// What the text of an issue said is known as long as it may be edited.
pub(super) const PRUNE_COMMENTS: &str =
    "DELETE FROM comments WHERE updated_at < $1 AND kind <> 'text'";

pub(super) const PRUNE_CHANGES: &str = "DELETE FROM changes WHERE at_ms < $1";

pub(super) const PRUNE_DAYS: &str = "DELETE FROM days WHERE day < $1";

pub(super) const NOTE: &str = "SELECT value FROM notes WHERE key = $1";

pub(super) const SUBSCRIBE: &str = "\
    INSERT INTO subscriptions (workspace, member, often) VALUES ($1, $2, $3)
    ON CONFLICT (workspace, member) DO UPDATE SET often = excluded.often";

pub(super) const UNSUBSCRIBE: &str =
    "DELETE FROM subscriptions WHERE workspace = $1 AND member = $2";

pub(super) const SUBSCRIPTIONS: &str =
    "SELECT workspace, member, often FROM subscriptions ORDER BY workspace, member";

/// A login that somebody else proved to have is no longer that of another account.
pub(super) const FORGET_FORMER_OWNERS: &str =
    "DELETE FROM links WHERE lower(login) = lower($1) AND github_id <> $2";

/// What an account's owner wants is not what whoever has its login next wants. It stands under the
/// member's name as well.
pub(super) const FORGET_FORMER_WISHES: &str = "\
    DELETE FROM preferences WHERE who IN (SELECT 'github/' || lower(login) FROM links
        WHERE (lower(login) = lower($1)) <> (github_id = $2))";

/// What is wanted by an account's login, where a member's link is the account's last. It stands under the
/// member's own name as well.
pub(super) const FORGET_WISHES_OF_THE_LAST: &str = "\
    DELETE FROM preferences WHERE who IN (SELECT 'github/' || lower(login) FROM links AS given
        WHERE workspace = $1 AND member = $2 AND NOT EXISTS (SELECT 1 FROM links AS other
            WHERE other.github_id = given.github_id
                AND (other.workspace <> given.workspace OR other.member <> given.member)))";

/// An account is one member of a workspace.
pub(super) const FORGET_OTHER_MEMBERS: &str =
    "DELETE FROM links WHERE workspace = $1 AND member <> $2 AND github_id = $3";

pub(super) const RENAME_LINKS: &str = "UPDATE links SET login = $1 WHERE github_id = $2";

pub(super) const FORGET_ACCOUNT: &str = "DELETE FROM links WHERE github_id = $1";

pub(super) const PUT_LINK: &str = "\
    INSERT INTO links (workspace, member, login, github_id, at_ms) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (workspace, member) DO UPDATE SET
        login = excluded.login, github_id = excluded.github_id, at_ms = excluded.at_ms";

pub(super) const UNLINK: &str = "DELETE FROM links WHERE workspace = $1 AND member = $2";

pub(super) const LINKS: &str = "SELECT workspace, member, login, github_id, at_ms FROM links ORDER BY at_ms, workspace, member";

pub(super) const FOLLOW: &str = "\
    INSERT INTO followers (workspace, who, kep, is_channel) VALUES ($1, $2, $3, $4)
    ON CONFLICT (workspace, who, kep) DO NOTHING";

pub(super) const UNFOLLOW: &str =
    "DELETE FROM followers WHERE workspace = $1 AND who = $2 AND kep = $3";

pub(super) const FOLLOWERS: &str =
    "SELECT workspace, who, is_channel, kep FROM followers ORDER BY kep, workspace, who";

pub(super) const SET_NOTE: &str = "\
    INSERT INTO notes (key, value) VALUES ($1, $2)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value";
