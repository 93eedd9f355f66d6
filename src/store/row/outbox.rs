//! The rows of the outbox.

use chrono::{DateTime, TimeDelta, Utc};

use super::{number, read_document, read_millis, read_number};
use crate::{
    domain::{
        CommentKind, KepNumber,
        bridge::{ChannelAt, CommentAt, IssueAt, Key, MessageAt, Written},
    },
    ports::outbox::{CommentNews, Dead, LatestNews, Leased, Queued, Record, Thread, Tie},
};

/// How many rows at most.
pub(in crate::store) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// A key, unless it is one that could not be read back.
pub(in crate::store) fn key(key: &Key) -> sqlx::Result<&str> {
    match Key::parse(key.as_str()) {
        Some(_) => Ok(key.as_str()),
        None => Err(sqlx::Error::Encode(
            format!("{key} is too long for a key, or blank").into(),
        )),
    }
}

pub(in crate::store) fn read_key(text: &str) -> sqlx::Result<Key> {
    Key::parse(text).ok_or_else(|| sqlx::Error::Decode(format!("{text} is no key").into()))
}

/// So long after a moment, and no later than can be said.
pub(in crate::store) fn millis_after(now: DateTime<Utc>, delay_ms: i64) -> i64 {
    TimeDelta::try_milliseconds(delay_ms)
        .and_then(|delay| now.checked_add_signed(delay))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
        .timestamp_millis()
}

/// What a lease returns.
pub(in crate::store) type LeasedRow = (i64, String, String, String, i64, i64, Option<i64>, i64);

pub(in crate::store) fn read_leased(row: LeasedRow) -> sqlx::Result<Leased> {
    let (id, key, lane, document, attempt, failures, unclear, queued) = row;
    Ok(Leased {
        id,
        key: read_key(&key)?,
        effect: read_document(&document)?,
        lane: lane.into(),
        attempt,
        failures,
        unclear_since: unclear.map(read_millis).transpose()?,
        queued_at: read_millis(queued)?,
    })
}

/// The columns of what was given up.
pub(in crate::store) type DeadRow = (i64, String, String, i64, String);

pub(in crate::store) fn read_dead(row: DeadRow) -> sqlx::Result<Dead> {
    let (id, key, document, at, why) = row;
    Ok(Dead {
        id,
        key: read_key(&key)?,
        effect: read_document(&document)?,
        at: read_millis(at)?,
        why,
        is_superseded: false,
    })
}

/// The columns of what was written: a comment's, then a message's.
pub(in crate::store) type WrittenRow = (
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

pub(in crate::store) fn written(written: &Written) -> sqlx::Result<WrittenRow> {
    let text = |text: &str| Some(text.to_owned());
    Ok(match written {
        Written::Comment { at, url } => (
            text(&at.issue.repository),
            Some(number(at.issue.number)?),
            Some(number(at.id)?),
            text(url),
            None,
            None,
            None,
        ),
        Written::Message(MessageAt { channel, ts }) => (
            None,
            None,
            None,
            None,
            text(&channel.workspace),
            text(&channel.id),
            text(ts),
        ),
    })
}

pub(in crate::store) fn read_written(row: WrittenRow) -> sqlx::Result<Written> {
    match row {
        (Some(repository), Some(issue), Some(comment), Some(url), None, None, None) => {
            Ok(Written::Comment {
                at: CommentAt {
                    issue: IssueAt {
                        repository: repository.into(),
                        number: read_number(issue)?,
                    },
                    id: read_number(comment)?,
                },
                url: url.into(),
            })
        }
        (None, None, None, None, Some(workspace), Some(channel), Some(ts)) => {
            Ok(Written::Message(MessageAt::new(&workspace, &channel, &ts)))
        }
        _ => Err(sqlx::Error::Decode(
            "neither a comment nor a message was written".into(),
        )),
    }
}

/// The columns of a thread.
pub(in crate::store) type ThreadRow = (
    String,
    String,
    i64,
    String,
    String,
    Option<String>,
    Option<i64>,
);

/// The columns of a thread's latest news.
pub(in crate::store) type LatestRow = (Option<String>, Option<i64>);

pub(in crate::store) fn latest(latest: Option<&LatestNews>) -> sqlx::Result<LatestRow> {
    let Some(latest) = latest else {
        return Ok((None, None));
    };
    Ok((
        Some(key(&latest.key)?.to_owned()),
        Some(latest.at.timestamp_millis()),
    ))
}

pub(in crate::store) fn read_thread(row: ThreadRow) -> sqlx::Result<Thread> {
    let (workspace, channel, kep, root, root_key, key, at) = row;
    let latest = match (key, at) {
        (Some(key), Some(at)) => Some(LatestNews {
            key: read_key(&key)?,
            at: read_millis(at)?,
        }),
        _ => None,
    };
    Ok(Thread {
        channel: ChannelAt::new(&workspace, &channel),
        kep: read_kep(kep)?,
        root: root.into(),
        root_key: read_key(&root_key)?,
        latest,
    })
}

pub(in crate::store) fn read_kep(kep: i64) -> sqlx::Result<KepNumber> {
    u32::try_from(kep)
        .ok()
        .and_then(KepNumber::new)
        .ok_or_else(|| sqlx::Error::Decode(format!("{kep} is no KEP").into()))
}

/// A key, what was queued with it, how that stands, and since when, if it is over.
pub(in crate::store) type QueuedRow = (String, String, String, Option<i64>);

pub(in crate::store) fn read_queued(row: QueuedRow) -> sqlx::Result<(Key, Queued)> {
    let (key, document, state, settled_ms) = row;
    let is_dead = state == "dead";
    let queued = Queued {
        effect: read_document(&document)?,
        is_dead,
        over_at: settled_ms.map(read_millis).transpose()?,
    };
    Ok((read_key(&key)?, queued))
}

/// To which KEP a thread is tied, and since when.
pub(in crate::store) type TieRow = (i64, i64);

pub(in crate::store) fn read_tie((kep, since_ms): TieRow) -> sqlx::Result<Tie> {
    Ok(Tie {
        kep: read_kep(kep)?,
        since: read_millis(since_ms)?,
    })
}

/// The columns of a record.
pub(in crate::store) type RecordRow = (i64, String, String, Option<String>, String);

pub(in crate::store) fn read_record(row: RecordRow) -> sqlx::Result<Record> {
    let (at, what, on, asked, outcome) = row;
    Ok(Record {
        at: read_millis(at)?,
        asked: asked.as_deref().map(read_document).transpose()?,
        what: what.into(),
        on: on.into(),
        outcome,
    })
}

/// The columns of an entry of the journal of comments.
pub(in crate::store) type NewsRow = (i64, String, String, i64, Option<String>, Option<String>);

pub(in crate::store) fn read_news(row: NewsRow) -> sqlx::Result<CommentNews> {
    let (id, repository, kind, comment, was, document) = row;
    let kinds = [
        CommentKind::Issue,
        CommentKind::Review,
        CommentKind::Summary,
        CommentKind::Request,
        CommentKind::Text,
    ];
    let kind = kinds
        .into_iter()
        .find(|known| known.as_str() == kind)
        .ok_or_else(|| sqlx::Error::Decode(format!("{kind} is no kind of comment").into()))?;
    Ok(CommentNews {
        id,
        repository: repository.into(),
        kind,
        comment: read_number(comment)?,
        was: was.map(Into::into),
        now: document.as_deref().map(read_document).transpose()?,
    })
}
