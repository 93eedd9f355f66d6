//! The SQL of the outbox. The columns are explained in the second migration.

pub(in crate::store) const PUT_CAUSE: &str = "\
    INSERT INTO causes (cause, at_ms) VALUES ($1, $2) ON CONFLICT (cause) DO NOTHING";

/// Of one lane only the first that is open has its turn.
pub(in crate::store) const PUT_EFFECT: &str = "\
    INSERT INTO effects (key, lane, place, name, writes, state, has_turn, queued_ms, due_ms,
        attempt, failures, doc, follows)
    VALUES ($1, $2, $3, $4, $5, 'waiting',
        CASE WHEN EXISTS (SELECT 1 FROM effects WHERE lane = $2 AND settled_ms IS NULL)
            THEN 0 ELSE 1 END,
        $6, $7, 0, 0, $8,
        (SELECT COALESCE(follows, id) FROM effects WHERE id = $9 AND lane = $2))
    ON CONFLICT (key) DO NOTHING";

/// What is next in the places, and is due, by the moment since which it is.
pub(in crate::store) const NEXT_IN_PLACES: &str = "\
    SELECT due_ms, effect, place FROM places WHERE due_ms <= $1
    ORDER BY due_ms, effect LIMIT $2";

pub(in crate::store) const DUE_IN_PLACE: &str = "\
    SELECT due_ms, id FROM effects WHERE has_turn = 1 AND place = $1 AND due_ms <= $2
    ORDER BY due_ms, id LIMIT $3";

/// A lease that ran out leaves it unclear whether the effect was done.
pub(in crate::store) const LEASE: &str = "\
    UPDATE effects SET
        unclear_ms = CASE WHEN state = 'leased' THEN COALESCE(unclear_ms, leased_ms)
            ELSE unclear_ms END,
        state = 'leased', leased_ms = $2, due_ms = $3, attempt = attempt + 1
    WHERE id = $1
    RETURNING id, key, lane, doc, attempt, failures, unclear_ms, queued_ms";

/// What was put off at a moment that is still to come was so by a clock that was set back since.
pub(in crate::store) const SET_BACK: &str = "\
    UPDATE effects SET due_ms = $1,
        queued_ms = CASE WHEN queued_ms > $1 THEN $1 ELSE queued_ms END
    WHERE settled_ms IS NULL AND due_ms > $1 AND (queued_ms > $1 OR leased_ms > $1)
    RETURNING place";

/// The same for what was done: it counts among what was written lately.
pub(in crate::store) const SET_BACK_DONE: &str =
    "UPDATE effects SET settled_ms = $1 WHERE state = 'done' AND settled_ms > $1";

pub(in crate::store) const PUT_OFF: &str =
    "UPDATE effects SET state = 'waiting', due_ms = $2 WHERE id = $1";

pub(in crate::store) const DUE: &str =
    "SELECT due_ms, place FROM places ORDER BY due_ms, effect LIMIT $1";

pub(in crate::store) const SETTLE_DONE: &str = "\
    UPDATE effects SET state = 'done', has_turn = 0, settled_ms = $3, unclear_ms = NULL, why = NULL
    WHERE id = $1 AND attempt = $2 AND state = 'leased' RETURNING lane, place";

pub(in crate::store) const SETTLE_AGAIN: &str = "\
    UPDATE effects SET state = 'waiting', has_turn = 0, due_ms = $3, failures = failures + $4,
        unclear_ms = CASE WHEN $5 = 1 THEN COALESCE(unclear_ms, leased_ms) ELSE unclear_ms END,
        why = $6
    WHERE id = $1 AND attempt = $2 AND state = 'leased' RETURNING lane, place";

pub(in crate::store) const SETTLE_DEAD: &str = "\
    UPDATE effects SET state = 'dead', has_turn = 0, settled_ms = $3, why = $4
    WHERE id = $1 AND attempt = $2 AND state = 'leased' RETURNING lane, place";

pub(in crate::store) const RETRY: &str = "\
    UPDATE effects SET state = 'waiting', settled_ms = NULL, queued_ms = $2, due_ms = $2,
        failures = 0, why = NULL
    WHERE id = $1 AND state = 'dead' RETURNING lane, place";

/// The same for what follows anew, which may say something else by now, and elsewhere.
pub(in crate::store) const REVIVE: &str = "\
    UPDATE effects SET state = 'waiting', settled_ms = NULL, queued_ms = $2, due_ms = $3,
        failures = 0, why = NULL, lane = $4, place = $5, name = $6, writes = $7, doc = $8,
        follows = CASE WHEN lane = $4 THEN follows END
    WHERE key = $1 AND state = 'dead' RETURNING lane, place";

/// What is leased keeps its turn until it is settled.
pub(in crate::store) const TAKE_TURN: &str = "\
    UPDATE effects SET has_turn = 0
    WHERE lane = $1 AND has_turn = 1 AND state = 'waiting' RETURNING place";

pub(in crate::store) const GIVE_TURN: &str = "\
    UPDATE effects SET has_turn = 1
    WHERE id = (SELECT id FROM effects WHERE lane = $1 AND settled_ms IS NULL
            ORDER BY COALESCE(follows, id), id LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM effects WHERE lane = $1 AND has_turn = 1)
    RETURNING place";

/// To be followed by [`PUT_PLACE`].
pub(in crate::store) const CLEAR_PLACE: &str = "DELETE FROM places WHERE place = $1";

pub(in crate::store) const PUT_PLACE: &str = "\
    INSERT INTO places (place, due_ms, effect)
    SELECT place, due_ms, id FROM effects WHERE has_turn = 1 AND place = $1
    ORDER BY due_ms, id LIMIT 1";

macro_rules! queued {
    () => {
        "SELECT key, doc, state, settled_ms FROM effects "
    };
}

pub(in crate::store) const QUEUED: &str = concat!(queued!(), "WHERE key = $1");

/// `0` comes after `/`, which is what follows a key that goes on.
pub(in crate::store) const COMMENTS_BELOW: &str = concat!(
    queued!(),
    "WHERE key > $1 || '/' AND key < $1 || '0' AND name = 'comment' AND state <> 'dead'
    ORDER BY id"
);

/// Like [`COMMENTS_BELOW`].
pub(in crate::store) const EDITS_BELOW: &str = concat!(
    queued!(),
    "WHERE key > $1 || '/' AND key < $1 || '0' AND name = 'edit-comment' AND settled_ms IS NULL
    ORDER BY id"
);

/// `0` comes after `/`: the lanes whose names begin with the first.
pub(in crate::store) const OPEN_IN: &str = "\
    SELECT doc FROM effects
    WHERE (lane = $1 OR lane > $1 || '/' AND lane < $1 || '0') AND name = $2 AND settled_ms IS NULL
    ORDER BY COALESCE(follows, id), id";

pub(in crate::store) const DONE_SINCE: &str = "\
    SELECT CAST(COUNT(*) AS BIGINT) FROM effects
    WHERE lane = $1 AND state = 'done' AND writes = 1 AND settled_ms >= $2";

pub(in crate::store) const DEAD: &str = "\
    SELECT id, key, doc, settled_ms, COALESCE(why, '') FROM effects WHERE state = 'dead'
    ORDER BY settled_ms, id";

/// Buttons that go after a while, and small news, are put off on purpose.
pub(in crate::store) const LOAD: &str = "\
    SELECT CAST(COUNT(*) AS BIGINT),
        MIN(CASE WHEN name IN ('settle', 'news') THEN NULL ELSE queued_ms END),
        (SELECT CAST(COUNT(*) AS BIGINT) FROM effects WHERE state = 'dead'),
        CAST(COUNT(CASE WHEN has_turn = 1 AND state = 'waiting' AND why LIKE $1 || '%' THEN 1 END)
            AS BIGINT)
    FROM effects WHERE settled_ms IS NULL";

pub(in crate::store) const HURRY: &str = "\
    UPDATE effects SET due_ms = $2
    WHERE lane = $1 AND has_turn = 1 AND state = 'waiting' AND due_ms > $2 RETURNING place";

pub(in crate::store) const FORGET_EFFECTS: &str =
    "DELETE FROM effects WHERE settled_ms IS NOT NULL AND settled_ms < $1";

pub(in crate::store) const FORGET_CAUSES: &str = "DELETE FROM causes WHERE at_ms < $1";

/// Nobody reads them any more, however new they are.
pub(in crate::store) const FORGET_NEWS: &str =
    "DELETE FROM comment_news WHERE id <= (SELECT comment FROM looked WHERE id = 1)";

pub(in crate::store) const PUT_WRITTEN: &str = "\
    INSERT INTO written (key, kind, at_ms, repository, issue, comment, url, workspace, channel, ts,
        doc)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (key) DO UPDATE SET
        kind = excluded.kind, at_ms = excluded.at_ms, repository = excluded.repository,
        issue = excluded.issue, comment = excluded.comment, url = excluded.url,
        workspace = excluded.workspace, channel = excluded.channel, ts = excluded.ts,
        doc = excluded.doc, edited_by = NULL";

pub(in crate::store) const EDIT_WRITTEN: &str =
    "UPDATE written SET at_ms = $2, doc = $3, edited_by = $4 WHERE key = $1";

/// Whether what was written was edited last by an effect that comes after this one.
pub(in crate::store) const IS_SUPERSEDED: &str = "\
    SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM effects AS early, effects AS late
        WHERE early.id = $2 AND late.id = written.edited_by
            AND (COALESCE(late.follows, late.id), late.id)
                > (COALESCE(early.follows, early.id), early.id))
    FROM written WHERE key = $1";

pub(in crate::store) const LAST: &str = "\
    SELECT key, doc FROM written
    WHERE key = COALESCE((SELECT key FROM aliases WHERE alias = $1), $1)";

pub(in crate::store) const PUT_ALIAS: &str = "\
    INSERT INTO aliases (alias, key) VALUES ($1, $2)
    ON CONFLICT (alias) DO UPDATE SET key = excluded.key";

pub(in crate::store) const ERASE_ALIASES: &str = "DELETE FROM aliases WHERE key = $1";

/// What was written stays; people's words do not.
pub(in crate::store) const FORGET_WORDS: &str =
    "UPDATE written SET doc = NULL WHERE at_ms < $1 AND doc IS NOT NULL";

pub(in crate::store) const WRITTEN: &str = "\
    SELECT repository, issue, comment, url, workspace, channel, ts FROM written
    WHERE key = COALESCE((SELECT key FROM aliases WHERE alias = $1), $1)";

/// What was written last, where a place has several.
pub(in crate::store) const KEY_OF_COMMENT: &str = "\
    SELECT key FROM written WHERE kind = 'comment' AND repository = $1 AND comment = $2
    ORDER BY at_ms DESC, key LIMIT 1";

/// Like [`KEY_OF_COMMENT`].
pub(in crate::store) const KEY_OF_MESSAGE: &str = "\
    SELECT key FROM written
    WHERE kind = 'message' AND workspace = $1 AND channel = $2 AND ts = $3
    ORDER BY at_ms DESC, key LIMIT 1";

pub(in crate::store) const ERASE: &str = "DELETE FROM written WHERE key = $1";

macro_rules! thread {
    () => {
        "SELECT workspace, channel, kep, root, root_key, latest_key, latest_ms
        FROM threads "
    };
}

pub(in crate::store) const PUT_THREAD: &str = "\
    INSERT INTO threads (workspace, channel, kep, root, root_key, latest_key, latest_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (workspace, channel, kep) DO UPDATE SET
        root = excluded.root, root_key = excluded.root_key, latest_key = excluded.latest_key,
        latest_ms = excluded.latest_ms";

pub(in crate::store) const END_THREAD: &str =
    "DELETE FROM threads WHERE workspace = $1 AND channel = $2 AND kep = $3";

pub(in crate::store) const THREAD_OF: &str = concat!(
    thread!(),
    "WHERE workspace = $1 AND channel = $2 AND kep = $3"
);

pub(in crate::store) const THREAD_AT: &str = concat!(
    thread!(),
    "WHERE workspace = $1 AND channel = $2 AND root = $3 ORDER BY kep LIMIT 1"
);

pub(in crate::store) const THREADS: &str = concat!(thread!(), "ORDER BY workspace, channel, kep");

pub(in crate::store) const PUT_TIE: &str = "\
    INSERT INTO ties (workspace, channel, root, kep, since_ms) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (workspace, channel, root)
    DO UPDATE SET kep = excluded.kep, since_ms = excluded.since_ms";

pub(in crate::store) const END_TIE: &str =
    "DELETE FROM ties WHERE workspace = $1 AND channel = $2 AND root = $3";

pub(in crate::store) const TIE_AT: &str =
    "SELECT kep, since_ms FROM ties WHERE workspace = $1 AND channel = $2 AND root = $3";

pub(in crate::store) const PUT_RECORD: &str = "\
    INSERT INTO records (at_ms, what, target, asked, outcome) VALUES ($1, $2, $3, $4, $5)";

pub(in crate::store) const RECORDS: &str = "\
    SELECT at_ms, what, target, asked, outcome FROM records WHERE at_ms >= $1 ORDER BY at_ms, id";

/// The newest of one person's, who has all these names.
pub(in crate::store) const PREFERENCES: &str = "\
    SELECT doc, at_ms FROM preferences WHERE who IN (SELECT value FROM json_each($1))
    ORDER BY at_ms DESC, who LIMIT 1";

pub(in crate::store) const SET_PREFERENCES: &str = "\
    INSERT INTO preferences (who, doc, at_ms) SELECT value, $2, $3 FROM json_each($1) WHERE true
    ON CONFLICT (who) DO UPDATE SET doc = excluded.doc, at_ms = excluded.at_ms";

pub(in crate::store) const LOOKED: &str = "SELECT change, comment FROM looked WHERE id = 1";

/// Touches nothing where it would go back, or nowhere.
pub(in crate::store) const LOOK: &str = "\
    INSERT INTO looked (id, change, comment) VALUES (1, $1, $2)
    ON CONFLICT (id) DO UPDATE SET change = excluded.change, comment = excluded.comment
    WHERE excluded.change >= looked.change AND excluded.comment >= looked.comment
        AND (excluded.change > looked.change OR excluded.comment > looked.comment)";

/// What was looked at and is gone since counts as well.
pub(in crate::store) const LATEST: &str = "\
    SELECT
        COALESCE((SELECT MAX(id) FROM changes), 0),
        COALESCE((SELECT MAX(id) FROM comment_news), 0),
        COALESCE((SELECT change FROM looked WHERE id = 1), 0),
        COALESCE((SELECT comment FROM looked WHERE id = 1), 0)";

pub(in crate::store) const UNTOLD_CHANGES: &str = "\
    SELECT id, doc FROM changes
    WHERE id > COALESCE((SELECT change FROM looked WHERE id = 1), 0) ORDER BY id LIMIT $1";

pub(in crate::store) const UNTOLD_COMMENTS: &str = "\
    SELECT news.id, news.repository, news.kind, news.comment, news.was, comments.doc
    FROM comment_news AS news LEFT JOIN comments
        ON comments.repository = news.repository AND comments.kind = news.kind
            AND comments.id = news.comment
    WHERE news.id > COALESCE((SELECT comment FROM looked WHERE id = 1), 0)
    ORDER BY news.id LIMIT $1";

pub(in crate::store) const UNTOLD_UNTIL: &str = "\
    SELECT COUNT(*) FROM comment_news
    WHERE id > COALESCE((SELECT comment FROM looked WHERE id = 1), 0) AND id <= $1";

/// To be followed by [`PUT_NEWS`], which gives the entry a new number. Says whether nobody has looked at
/// it, and its text before.
pub(in crate::store) const CLEAR_NEWS: &str = "\
    DELETE FROM comment_news WHERE repository = $1 AND kind = $2 AND comment = $3
    RETURNING id > COALESCE((SELECT comment FROM looked WHERE id = 1), 0), was";

/// Like [`CLEAR_NEWS`], of a comment that nothing had been known of.
pub(in crate::store) const CLEAR_NEWS_OF_UNKNOWN: &str = "\
    DELETE FROM comment_news
    WHERE repository = $1 AND kind = $2 AND comment = $3 AND gone = 0 AND was IS NULL";

pub(in crate::store) const PUT_NEWS: &str =
    "INSERT INTO comment_news (repository, kind, comment, gone, was) VALUES ($1, $2, $3, $4, $5)";

/// A comment that is too old to be kept, or whose issue is gone, is no news, and was not deleted.
pub(in crate::store) const PRUNE_NEWS: &str = "\
    DELETE FROM comment_news WHERE gone = 0 AND NOT EXISTS (SELECT 1 FROM comments
        WHERE comments.repository = comment_news.repository
            AND comments.kind = comment_news.kind AND comments.id = comment_news.comment)";
