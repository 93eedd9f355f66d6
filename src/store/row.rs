//! Between the domain's values and those that a column holds.

mod outbox;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Serialize, de::DeserializeOwned};

pub(super) use self::outbox::*;
use crate::{
    domain::{Milestone, digest::Often},
    ports::{
        forge::{NumberedMilestone, Validator},
        store::Position,
    },
};

/// A number that GitHub gives, which always fits.
pub(super) fn number(number: u64) -> sqlx::Result<i64> {
    i64::try_from(number).map_err(|error| sqlx::Error::Encode(error.into()))
}

pub(super) fn read_number(number: i64) -> sqlx::Result<u64> {
    u64::try_from(number).map_err(|error| sqlx::Error::Decode(error.into()))
}

pub(super) fn document<T: Serialize>(value: &T) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

pub(super) fn read_document<T: DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The first whole second that is not before a moment: what is less than it is before the moment.
pub(super) fn seconds_from(at: DateTime<Utc>) -> i64 {
    at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0)
}

pub(super) fn read_seconds(seconds: i64) -> sqlx::Result<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| out_of_range("moment", seconds))
}

pub(super) fn read_millis(millis: i64) -> sqlx::Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| out_of_range("moment", millis))
}

/// The day's number, counted from 1970-01-01.
pub(super) fn day(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

pub(super) fn read_day(day: i64) -> sqlx::Result<NaiveDate> {
    TimeDelta::try_days(day)
        .and_then(|since| NaiveDate::default().checked_add_signed(since))
        .ok_or_else(|| out_of_range("day", day))
}

pub(super) fn read_often(word: &str) -> sqlx::Result<Often> {
    Often::parse(word).ok_or_else(|| sqlx::Error::Decode(format!("{word:?} is no pace").into()))
}

fn out_of_range(what: &str, value: i64) -> sqlx::Error {
    sqlx::Error::Decode(format!("{value} is no {what}").into())
}

/// The columns of [`super::sql::POSITION`].
pub(super) type PositionRow = (
    Option<i64>,
    Option<i64>,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
);

pub(super) fn read_position(row: PositionRow) -> sqlx::Result<Position> {
    let (since, page, broken, tag, identity, tree, settled) = row;
    Ok(Position {
        since: since.map(read_seconds).transpose()?,
        page: page
            .map(u32::try_from)
            .transpose()
            .map_err(|error| sqlx::Error::Decode(error.into()))?,
        broken: u32::try_from(broken).map_err(|error| sqlx::Error::Decode(error.into()))?,
        validator: tag.zip(identity).map(|(tag, identity)| Validator {
            tag: tag.into(),
            identity: identity.into(),
        }),
        tree: tree.map(Into::into),
        settled: settled != 0,
    })
}

/// The columns of [`super::sql::MILESTONES`].
pub(super) type MilestoneRow = (i64, String, i64, Option<i64>);

pub(super) fn read_milestone(row: MilestoneRow) -> sqlx::Result<NumberedMilestone> {
    let (number, title, is_open, due_day) = row;
    Ok(NumberedMilestone {
        number: read_number(number)?,
        milestone: Milestone {
            title: title.into(),
            open: is_open != 0,
            due: due_day.map(read_day).transpose()?,
        },
    })
}
