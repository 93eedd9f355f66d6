//! `kep-liaison audit`: every write to GitHub, with who asked for it, where and when, and what came of
//! it.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::ValueEnum;
use serde::Serialize;

use super::{Failure, Global, json, print};
use crate::{
    domain::{bridge::Asked, people::People},
    ports::{Outbox as _, Store as _, outbox::Record},
    store::Mode,
};

/// How far back it goes where nothing is said.
const USUAL: TimeDelta = TimeDelta::days(30);

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kep-liaison audit\n  kep-liaison audit --since 2026-07-01\n  kep-liaison audit --since 2026-07-06T09:00:00Z --format json"
)]
pub(super) struct Args {
    /// From this day, or moment, on [default: 30 days ago]
    #[arg(long, value_name = "DATE|RFC3339", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each write
    Text,
    /// An array of objects
    Json,
}

/// What scripts get; the names are a promise.
#[derive(Serialize)]
struct Said<'a> {
    at: DateTime<Utc>,
    what: &'a str,
    on: &'a str,
    asked: Option<By<'a>>,
    outcome: &'a str,
}

/// Who asked, where and when.
#[derive(Serialize)]
struct By<'a> {
    login: Option<&'a str>,
    user: &'a str,
    workspace: &'a str,
    channel: &'a str,
    at: Option<DateTime<Utc>>,
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day = day
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map(|day| day.and_utc());
    day.ok_or(())
        .or_else(|()| super::moment(text))
        .map_err(|_| {
            "want a day such as 2026-07-01, or a moment such as 2026-07-06T09:00:00Z".to_owned()
        })
}

/// Prints the record.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    super::block_on(audit(args, global))
}

async fn audit(args: &Args, global: &Global) -> Result<(), Failure> {
    let config = global.config()?;
    let now = global.now.unwrap_or_else(Utc::now);
    let none = "there is nothing to list";
    let store = global
        .made_store(&config.store.url, Mode::Read, none)
        .await?;
    let records = store.records(args.since.unwrap_or(now - USUAL)).await;
    let links = store.links().await;
    store.close().await;
    let (records, people) = (records?, config.people().with_links(&links?));
    let said: Vec<Said<'_>> = records.iter().map(|it| said(it, &people)).collect();
    match args.format {
        Format::Json => print(&json(&said)?),
        Format::Text => print(&text(&said)),
    }
}

fn said<'a>(record: &'a Record, people: &'a People) -> Said<'a> {
    let asked = record.asked.as_ref().map(|asked| {
        let Asked {
            user,
            channel,
            at_ms,
        } = asked;
        let person = people.by_slack(&channel.workspace, user);
        By {
            login: person.map(|person| person.login.as_str()),
            user,
            workspace: &channel.workspace,
            channel: &channel.id,
            at: DateTime::from_timestamp_millis(*at_ms),
        }
    });
    Said {
        at: record.at,
        what: &record.what,
        on: &record.on,
        asked,
        outcome: &record.outcome,
    }
}

fn text(said: &[Said<'_>]) -> String {
    if said.is_empty() {
        return "Nothing was written to GitHub in this time.\n".to_owned();
    }
    let mut text = String::new();
    for Said {
        at,
        what,
        on,
        asked,
        outcome,
    } in said
    {
        let at = at.format("%Y-%m-%d %H:%M:%S UTC");
        let by = match asked {
            // It follows from an edit or a deletion of what was said.
            None => "the message was changed".to_owned(),
            Some(By {
                login,
                user,
                workspace,
                channel,
                at,
            }) => {
                let who = login.unwrap_or(user);
                let when =
                    at.map_or_else(String::new, |at| format!(" at {}", at.format("%H:%M:%S")));
                format!("{who} in {workspace}/{channel}{when}")
            }
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{at}  {what} on {on}  ({by})  {outcome}");
    }
    text
}
