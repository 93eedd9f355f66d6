//! The queue of effects: each lane in its order, each place at its pace.
//!
//! Which effect has its lane's turn, and which comes next in a place, is kept up to date by every
//! write, so that a lease looks at as many rows as it takes, however many wait.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{SqliteConnection, SqlitePool};

use super::{begin_write, journal, traces};
use crate::{
    domain::bridge::{Effect, Key, NewEffect, Place, Step},
    ports::outbox::{Cause, Dead, HELD, Leased, Load, Outcome, Queued, Settled},
    store::{row, sql::outbox as sql},
};

/// How long an effect waits that cannot be read.
const UNREADABLE_FOR: TimeDelta = TimeDelta::hours(1);

pub(super) async fn accept(
    pool: &SqlitePool,
    now: DateTime<Utc>,
    cause: Cause<'_>,
    effects: &[NewEffect],
) -> sqlx::Result<bool> {
    let mut tx = begin_write(pool).await?;
    let is_new = match cause {
        Cause::Came(cause) => put_cause(&mut tx, now, cause).await?,
        Cause::Digest { due, note, was, is } => {
            let noted: Option<String> = sqlx::query_scalar(crate::store::sql::NOTE)
                .bind(note)
                .fetch_optional(&mut *tx)
                .await?;
            let is_new = noted.as_deref() == was && put_cause(&mut tx, now, due).await?;
            if is_new {
                sqlx::query(crate::store::sql::SET_NOTE)
                    .bind(note)
                    .bind(is)
                    .execute(&mut *tx)
                    .await?;
            }
            is_new
        }
        Cause::News {
            change,
            comment,
            comments,
        } => {
            journal::has_still(&mut tx, comment, comments).await?
                && journal::look(&mut tx, change, comment).await?
        }
    };
    if is_new {
        let mut places = BTreeSet::new();
        put_effects(&mut tx, now, effects, None, &mut places).await?;
        set_next(&mut tx, &places).await?;
        tx.commit().await?;
    }
    Ok(is_new)
}

/// Whether that is a new one.
async fn put_cause(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    cause: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query(sql::PUT_CAUSE)
        .bind(cause)
        .bind(now.timestamp_millis())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Queues effects, those that follow from one (`after`) before what is behind it in its lane. Adds
/// the places where something else may come next to `places`.
async fn put_effects(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    effects: &[NewEffect],
    after: Option<i64>,
    places: &mut BTreeSet<String>,
) -> sqlx::Result<()> {
    for new in effects {
        let place = new.effect.place().to_string();
        sqlx::query(sql::PUT_EFFECT)
            .bind(row::key(&new.key)?)
            .bind(new.lane.to_string())
            .bind(&place)
            .bind(new.effect.name())
            .bind(i64::from(new.effect.is_read()))
            .bind(now.timestamp_millis())
            .bind(row::millis_after(now, new.delay_ms))
            .bind(row::document(&new.effect)?)
            .bind(after)
            .execute(&mut *tx)
            .await?;
        places.insert(place);
        if matches!(new.effect, Effect::Step(Step::Tell { .. })) {
            // News that waits for room to begin the thread waits no more.
            places.extend(hurry_in(tx, &new.lane.to_string(), now).await?);
        }
    }
    Ok(())
}

/// Works out anew what comes next in places.
async fn set_next(tx: &mut SqliteConnection, places: &BTreeSet<String>) -> sqlx::Result<()> {
    for place in places {
        for statement in [sql::CLEAR_PLACE, sql::PUT_PLACE] {
            sqlx::query(statement).bind(place).execute(&mut *tx).await?;
        }
    }
    Ok(())
}

pub(super) async fn lease(
    pool: &SqlitePool,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    busy: &[String],
    most: usize,
) -> sqlx::Result<Vec<Leased>> {
    let mut tx = begin_write(pool).await?;
    let due = due(&mut tx, now, busy, most).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let mut leased = Vec::new();
    let mut places = BTreeSet::new();
    for (_, id, place) in due {
        let found: row::LeasedRow = sqlx::query_as(sql::LEASE)
            .bind(id)
            .bind(now.timestamp_millis())
            .bind(until.timestamp_millis())
            .fetch_one(&mut *tx)
            .await?;
        match row::read_leased(found) {
            Ok(found) => leased.push(found),
            // A newer version wrote it, and may come back. Until then it holds up its lane alone.
            Err(error) => {
                tracing::error!(id, %error, "an effect cannot be read: it waits");
                let later = (now + UNREADABLE_FOR).timestamp_millis();
                sqlx::query(sql::PUT_OFF)
                    .bind(id)
                    .bind(later)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        places.insert(place);
    }
    set_next(&mut tx, &places).await?;
    tx.commit().await?;
    Ok(leased)
}

/// What may be leased: since when it is due, its number, its place.
async fn due(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    busy: &[String],
    most: usize,
) -> sqlx::Result<Vec<(i64, i64, String)>> {
    let now = now.timestamp_millis();
    // A place has one row there, so enough are left when the busy ones are taken out.
    let mut due: Vec<(i64, i64, String)> = sqlx::query_as(sql::NEXT_IN_PLACES)
        .bind(now)
        .bind(row::limit(most.saturating_add(busy.len())))
        .fetch_all(&mut *tx)
        .await?;
    due.retain(|(_, _, place)| !busy.contains(place));
    let here = Place::Here.to_string();
    if due.iter().any(|(_, _, place)| *place == here) {
        due.retain(|(_, _, place)| *place != here);
        let found: Vec<(i64, i64)> = sqlx::query_as(sql::DUE_IN_PLACE)
            .bind(&here)
            .bind(now)
            .bind(row::limit(most))
            .fetch_all(tx)
            .await?;
        due.extend(found.into_iter().map(|(at, id)| (at, id, here.clone())));
        due.sort_unstable();
    }
    due.truncate(most);
    Ok(due)
}

pub(super) async fn clock_set_back(pool: &SqlitePool, now: DateTime<Utc>) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let now = now.timestamp_millis();
    let places: Vec<String> = sqlx::query_scalar(sql::SET_BACK)
        .bind(now)
        .fetch_all(&mut *tx)
        .await?;
    set_next(&mut tx, &places.into_iter().collect()).await?;
    sqlx::query(sql::SET_BACK_DONE)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

pub(super) async fn next_due(
    pool: &SqlitePool,
    busy: &[String],
) -> sqlx::Result<Option<DateTime<Utc>>> {
    let next: Vec<(i64, String)> = sqlx::query_as(sql::DUE)
        .bind(row::limit(busy.len().saturating_add(1)))
        .fetch_all(pool)
        .await?;
    let mut free = next.iter().filter(|(_, place)| !busy.contains(place));
    free.next().map(|(at, _)| row::read_millis(*at)).transpose()
}

pub(super) async fn settle(
    pool: &SqlitePool,
    now: DateTime<Utc>,
    leased: &Leased,
    outcome: &Outcome,
    settled: &Settled,
) -> sqlx::Result<bool> {
    let mut tx = begin_write(pool).await?;
    let Some((lane, place)) = end_lease(&mut tx, now, leased, outcome).await? else {
        return Ok(false);
    };
    let mut places = BTreeSet::from([place]);
    for follows in [&settled.anew, &settled.then] {
        put_effects(&mut tx, now, follows, Some(leased.id), &mut places).await?;
    }
    give_turn(&mut tx, &lane, &mut places).await?;
    for new in &settled.anew {
        revive(&mut tx, now, new, &mut places).await?;
    }
    set_next(&mut tx, &places).await?;
    traces::put(&mut tx, now, leased, *outcome == Outcome::Done, settled).await?;
    tx.commit().await?;
    Ok(true)
}

/// The lane and place of what was leased; `None` where the lease is another's.
async fn end_lease(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    leased: &Leased,
    outcome: &Outcome,
) -> sqlx::Result<Option<(String, String)>> {
    let statement = match outcome {
        Outcome::Done => sql::SETTLE_DONE,
        Outcome::Again { .. } => sql::SETTLE_AGAIN,
        Outcome::Dead { .. } => sql::SETTLE_DEAD,
    };
    let query = sqlx::query_as(statement)
        .bind(leased.id)
        .bind(leased.attempt);
    let query = match outcome {
        Outcome::Done => query.bind(now.timestamp_millis()),
        Outcome::Again {
            at,
            unclear,
            failed,
            why,
        } => query
            .bind(at.timestamp_millis())
            .bind(i64::from(*failed))
            .bind(i64::from(*unclear))
            .bind(why),
        Outcome::Dead { why } => query.bind(now.timestamp_millis()).bind(why),
    };
    query.fetch_optional(tx).await
}

/// Gives a lane's turn to its first effect, unless one has it.
async fn give_turn(
    tx: &mut SqliteConnection,
    lane: &str,
    places: &mut BTreeSet<String>,
) -> sqlx::Result<()> {
    let place: Option<String> = sqlx::query_scalar(sql::GIVE_TURN)
        .bind(lane)
        .fetch_optional(tx)
        .await?;
    places.extend(place);
    Ok(())
}

pub(super) async fn retry(pool: &SqlitePool, id: i64, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let mut tx = begin_write(pool).await?;
    let found: Option<(String, String)> = sqlx::query_as(sql::RETRY)
        .bind(id)
        .bind(now.timestamp_millis())
        .fetch_optional(&mut *tx)
        .await?;
    let Some((lane, place)) = found else {
        return Ok(false);
    };
    let mut places = BTreeSet::from([place]);
    turn_anew(&mut tx, &lane, &mut places).await?;
    set_next(&mut tx, &places).await?;
    tx.commit().await?;
    Ok(true)
}

/// Has an effect tried again, where it was given up.
async fn revive(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    new: &NewEffect,
    places: &mut BTreeSet<String>,
) -> sqlx::Result<()> {
    let found: Option<(String, String)> = sqlx::query_as(sql::REVIVE)
        .bind(new.key.as_str())
        .bind(now.timestamp_millis())
        .bind(row::millis_after(now, new.delay_ms))
        .bind(new.lane.to_string())
        .bind(new.effect.place().to_string())
        .bind(new.effect.name())
        .bind(i64::from(new.effect.is_read()))
        .bind(row::document(&new.effect)?)
        .fetch_optional(&mut *tx)
        .await?;
    if let Some((lane, place)) = found {
        places.insert(place);
        turn_anew(tx, &lane, places).await?;
    }
    Ok(())
}

/// Gives a lane's turn to its first effect, also where another one waits with it.
async fn turn_anew(
    tx: &mut SqliteConnection,
    lane: &str,
    places: &mut BTreeSet<String>,
) -> sqlx::Result<()> {
    let taken: Option<String> = sqlx::query_scalar(sql::TAKE_TURN)
        .bind(lane)
        .fetch_optional(&mut *tx)
        .await?;
    places.extend(taken);
    give_turn(tx, lane, places).await
}

pub(super) async fn queued(pool: &SqlitePool, key: &Key) -> sqlx::Result<Option<Queued>> {
    let found: Option<row::QueuedRow> = sqlx::query_as(sql::QUEUED)
        .bind(key.as_str())
        .fetch_optional(pool)
        .await?;
    let found = found.map(row::read_queued).transpose()?;
    Ok(found.map(|(_, queued)| queued))
}

pub(super) async fn comments_below(
    pool: &SqlitePool,
    key: &Key,
) -> sqlx::Result<Vec<(Key, Queued)>> {
    below(pool, sql::COMMENTS_BELOW, key).await
}

pub(super) async fn edits_below(pool: &SqlitePool, key: &Key) -> sqlx::Result<Vec<(Key, Queued)>> {
    below(pool, sql::EDITS_BELOW, key).await
}

async fn below(
    pool: &SqlitePool,
    statement: &'static str,
    key: &Key,
) -> sqlx::Result<Vec<(Key, Queued)>> {
    let rows: Vec<row::QueuedRow> = sqlx::query_as(statement)
        .bind(key.as_str())
        .fetch_all(pool)
        .await?;
    rows.into_iter().map(row::read_queued).collect()
}

pub(super) async fn open_in(
    pool: &SqlitePool,
    lane: &str,
    name: &str,
) -> sqlx::Result<Vec<Effect>> {
    let docs: Vec<String> = sqlx::query_scalar(sql::OPEN_IN)
        .bind(lane)
        .bind(name)
        .fetch_all(pool)
        .await?;
    docs.iter().map(|doc| row::read_document(doc)).collect()
}

pub(super) async fn done_since(
    pool: &SqlitePool,
    lane: &str,
    since: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done: i64 = sqlx::query_scalar(sql::DONE_SINCE)
        .bind(lane)
        .bind(since.timestamp_millis())
        .fetch_one(pool)
        .await?;
    row::read_number(done)
}

pub(super) async fn dead(pool: &SqlitePool) -> sqlx::Result<Vec<Dead>> {
    let rows: Vec<row::DeadRow> = sqlx::query_as(sql::DEAD).fetch_all(pool).await?;
    let mut dead = Vec::new();
    for row in rows {
        let mut one = row::read_dead(row)?;
        one.is_superseded = traces::is_superseded(pool, one.id, &one.effect).await?;
        dead.push(one);
    }
    Ok(dead)
}

pub(super) async fn hurry(pool: &SqlitePool, lane: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    let place = hurry_in(&mut tx, lane, now).await?;
    set_next(&mut tx, &place.into_iter().collect()).await?;
    tx.commit().await
}

/// The place where something else may come next by it.
async fn hurry_in(
    tx: &mut SqliteConnection,
    lane: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(sql::HURRY)
        .bind(lane)
        .bind(now.timestamp_millis())
        .fetch_optional(tx)
        .await
}

pub(super) async fn load(pool: &SqlitePool) -> sqlx::Result<Load> {
    let (waiting, oldest, dead, held): (i64, Option<i64>, i64, i64) =
        sqlx::query_as(sql::LOAD).bind(HELD).fetch_one(pool).await?;
    Ok(Load {
        waiting: row::read_number(waiting)?,
        dead: row::read_number(dead)?,
        oldest: oldest.map(row::read_millis).transpose()?,
        held: row::read_number(held)?,
    })
}

pub(super) async fn forget(pool: &SqlitePool, before: DateTime<Utc>) -> sqlx::Result<u64> {
    let mut tx = begin_write(pool).await?;
    let mut forgotten = 0;
    for statement in [sql::FORGET_EFFECTS, sql::FORGET_CAUSES] {
        forgotten += sqlx::query(statement)
            .bind(before.timestamp_millis())
            .execute(&mut *tx)
            .await?
            .rows_affected();
    }
    sqlx::query(sql::FORGET_WORDS)
        .bind(before.timestamp_millis())
        .execute(&mut *tx)
        .await?;
    forgotten += sqlx::query(sql::FORGET_NEWS)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    tx.commit().await?;
    Ok(forgotten)
}
