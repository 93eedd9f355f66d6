//! `kep-liaison digest`: the digest that would be posted now, in the terminal; or that it is posted.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::ValueEnum;
use tokio::sync::watch;

use super::{Failure, Global, json, load::Loaded, print, render};
use crate::{
    app::painter::drawing,
    config::Config,
    domain::{
        Settings, Zone,
        board::Board,
        bridge::{Key, Saying},
        digest::{Digest, Material, Plan, Scope, Sheet},
        origin::Origin,
        text::each_once,
    },
    jobs::digest::{Digests, Moment, pages},
    ports::chat::Speech,
    slack::{Message, blocks::bridge::message},
    store::{Mode, SqliteStore},
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kep-liaison digest\n  kep-liaison digest --channel C0BP8PW9G --since 2026-07-01\n  kep-liaison digest --format blocks\n  kep-liaison digest --chart keps.png\n  kep-liaison digest --channel C0BP8PW9G --post"
)]
pub(super) struct Args {
    /// Of which channel, by its id in the settings [default: the first that gets a digest]
    #[arg(long, value_name = "ID")]
    channel: Option<String>,
    /// Tell what changed since then, such as 2026-07-01, whatever was told before
    #[arg(long, value_name = "DAY|RFC3339", value_parser = since, conflicts_with = "post")]
    since: Option<DateTime<Utc>>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the chart to a PNG file, too
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// Have it posted; a bot that runs takes it up within minutes
    #[arg(long)]
    post: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object
    Json,
    /// An array of Slack messages: the first in the channel, the others below it
    Blocks,
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    let day = text.parse::<NaiveDate>();
    let day = day.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let moment = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    day.or(moment)
        .map_err(|_| "want a day or a moment: 2026-07-01 or 2026-07-01T08:00:00Z".to_owned())
}

/// A channel's digest: when it comes, and of what.
struct Of {
    /// The first of them is shown: a channel may have one for each runtime.
    plans: Vec<Plan>,
    scope: Scope,
    zone: Zone,
}

/// Composes it, and prints it or has it posted.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let config = global.config()?;
    let settings = config.settings();
    let of = of(args, &config, &settings)?;
    let Loaded { facts, now, origin } = global.load(&config, &settings)?;
    let board = Board::build(facts, &settings);
    let material = Material {
        board: &board,
        settings: &settings,
        now,
        since: None,
        changes: &[],
        updates: &[],
        before: None,
    };
    let digest = match origin {
        Origin::Store(synced_at) => {
            let at = Moment {
                board: &board,
                synced_at,
                now,
            };
            if args.post {
                return super::block_on(post(&of, global, &config, at));
            }
            super::block_on(from_store(args, &of, global, &config, at))?
        }
        Origin::Sample | Origin::Files if args.post || args.chart.is_some() => {
            return Err(Failure::Failed(
                "That takes a store, in which the bot keeps what it told and how each day was; `kep-liaison sync` makes one.".to_owned(),
            ));
        }
        Origin::Sample | Origin::Files => Digest::compose(material, &of.scope),
    };
    if let Some(note) = render::origin_that_matters(origin, now) {
        anstream::eprintln!("{note}");
    }
    let sheets = digest.sheets(&of.scope, &of.zone);
    print(&match args.format {
        Format::Text => text(&sheets, render::width()),
        Format::Json => json(&digest)?,
        Format::Blocks => json(&messages(&digest, sheets))?,
    })
}

fn of(args: &Args, config: &Config, settings: &Settings) -> Result<Of, Failure> {
    let mut plans = config.digests();
    let named = |plans: &[Plan]| match plans {
        [] => "no channel gets one; say so with digest = {} under [[channels]]".to_owned(),
        plans => {
            let ids: Vec<&str> = plans.iter().map(|plan| &*plan.at.id).collect();
            format!("those that get one: {}", ids.join(", "))
        }
    };
    if let Some(id) = &args.channel {
        let all = named(&plans);
        plans.retain(|plan| *plan.at.id == **id);
        if plans.is_empty() {
            let why = format!("--channel {id}: that channel gets no digest; {all}");
            return Err(Failure::Usage(why));
        }
    }
    if args.post && plans.is_empty() {
        return Err(Failure::Usage(format!("--post: {}", named(&plans))));
    }
    // One channel, unless several are called so.
    if args.channel.is_none()
        && let Some(at) = plans.first().map(|plan| plan.at.clone())
    {
        plans.retain(|plan| plan.at == at);
    }
    let first = plans.first().cloned();
    let scope = || {
        Scope::of(
            settings
                .runtimes
                .first()
                .map_or("", |runtime| &*runtime.name),
        )
    };
    Ok(Of {
        scope: first.as_ref().map_or_else(scope, |plan| plan.scope.clone()),
        zone: first.map(|plan| plan.zone).unwrap_or_default(),
        plans,
    })
}

async fn digests(
    global: &Global,
    config: &Config,
    mode: Mode,
) -> Result<Digests<SqliteStore>, Failure> {
    let none = "there is nothing to tell";
    let store = global.made_store(&config.store.url, mode, none).await?;
    Ok(Digests {
        store: store.into(),
        settings: config.settings().into(),
        people: watch::channel(config.people().into()).1,
    })
}

async fn from_store(
    args: &Args,
    of: &Of,
    global: &Global,
    config: &Config,
    at: Moment<'_>,
) -> Result<Digest, Failure> {
    let digests = digests(global, config, Mode::Read).await?;
    let digest = match (args.since, of.plans.first()) {
        (Some(since), _) => digests.compose_since(&of.scope, since, at).await?,
        (None, plan) => {
            let mark = match plan {
                Some(plan) => digests.stored(plan).await?,
                None => None,
            };
            let told = mark.and_then(|mark| mark.told);
            digests.compose(&of.scope, told, at).await?.digest
        }
    };
    if let Some(file) = &args.chart {
        let drawn = drawing(&*digests.store, at.board, &digests.settings, at.now).await?;
        let Some(drawn) = drawn else {
            return Err(Failure::Failed(
                "There is too little to draw yet: a chart needs days of two weeks, and each day with a sync is kept.".to_owned(),
            ));
        };
        let place = file.display();
        let written = std::fs::write(file, drawn.png);
        written.map_err(|error| Failure::Failed(format!("{place}: cannot write it: {error}")))?;
        anstream::eprintln!("{place}: {}", drawn.alt);
    }
    digests.store.close().await;
    Ok(digest)
}

async fn post(of: &Of, global: &Global, config: &Config, at: Moment<'_>) -> Result<(), Failure> {
    let digests = digests(global, config, Mode::Write).await?;
    let key = Key::of(["digest", "now", &at.now.to_rfc3339()]);
    for plan in &of.plans {
        let key = key.then(&plan.note());
        digests.post_now(plan, &key, at).await?;
    }
    digests.store.close().await;
    let places = of.plans.iter().map(|plan| plan.at.to_string());
    let places = each_once(places).join(" and ");
    print(&format!(
        "It is queued for {places}. A bot that runs posts it within minutes, else the next that is started.\n"
    ))
}

/// The messages as lines of a terminal.
fn text(sheets: &[Sheet], width: usize) -> String {
    let mut text = String::new();
    for sheet in sheets {
        if !text.is_empty() {
            text.push('\n');
        }
        if let Some(title) = &sheet.title {
            text.extend([title.as_str(), "\n\n"]);
        }
        for (at, part) in sheet.parts.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            for line in part.text().lines() {
                let options = textwrap::Options::new(width).subsequent_indent("  ");
                text.push_str(&textwrap::fill(line, options));
                text.push('\n');
            }
        }
    }
    text
}

fn messages(digest: &Digest, sheets: Vec<Sheet>) -> Vec<Message> {
    let pages = pages(digest, sheets, Vec::new()).into_iter();
    let messages = pages.map(|page| {
        message(&Speech {
            saying: &Saying::Digest(Box::new(page)),
            card: None,
            url: None,
            picture: None,
        })
    });
    messages.collect()
}
