//! `kep-liaison sync`: fetches what is new into the store, once.

use std::{sync::Arc, time::Instant};

use clap::ValueEnum;
use serde::Serialize;

use super::{Failure, Global, json, print, render};
use crate::{
    app::{self, SystemClock},
    config::environment,
    domain::change::Change,
    github::Counts,
    jobs::sync::{Report, Sync},
    ports::Clock,
    store::Mode,
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kep-liaison sync\n  kep-liaison sync --format json\n  kep-liaison sync --enhancements-dir enhancements --tracking-file issues.json"
)]
pub(super) struct Args {
    /// Look also for what asking for news cannot see: deleted comments, moved issues
    #[arg(long)]
    sweep: bool,
    /// How it says what it did
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object
    Json,
}

/// What scripts get; the names are a promise.
#[derive(Serialize)]
struct Said<'a> {
    requests: u64,
    not_modified: u64,
    bytes: u64,
    keps: usize,
    issues: usize,
    changed: &'a [Change],
    errors: &'a [String],
}

/// Syncs once.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    super::block_on(sync(args, global))
}

async fn sync(args: &Args, global: &Global) -> Result<(), Failure> {
    let config = global.config()?;
    let settings = config.settings();
    let sources = config.sources();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let began = Instant::now();
    let store = app::store(&config.store.url, Mode::Write).await?;
    let github = app::github(&config, environment, &clock)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let outcome = async {
        let sync = Sync::new(&github, &store, &*clock, &sources, &settings);
        if global.names_files() {
            let local = global.local_files(&sources, &settings)?;
            return Ok(sync.take_in(&local).await?);
        }
        let mut report = sync.run().await?;
        if args.sweep && report.limited_until.is_none() {
            report.add(sync.sweep().await?);
        }
        Ok::<Report, Failure>(report)
    }
    .await;
    store.close().await;
    let report = outcome?;
    let counts = github.counts();
    let text = match args.format {
        Format::Json => json(&said(&report, counts))?,
        Format::Text => render::sync(&report, counts, began.elapsed(), render::width()),
    };
    print(&text)?;
    if report.failed {
        return Err(Failure::Failed(report.errors.join("\n")));
    }
    Ok(())
}

fn said(report: &Report, counts: Counts) -> Said<'_> {
    Said {
        requests: counts.requests,
        not_modified: counts.not_modified,
        bytes: counts.bytes,
        keps: report.keps,
        issues: report.issues,
        changed: &report.changed,
        errors: &report.errors,
    }
}
