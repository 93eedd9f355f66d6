//! `kep-liaison check`: is everything in order, line by line, with what mends it.

mod github;
mod settings;
mod slack;
mod store;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Failure, Global, print, render::check as line};
use crate::{app::SystemClock, config::Loaded, ports::Clock};

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// In order.
    Ok,
    /// It works, and could be better.
    Warn,
    /// It does not work.
    Fail,
}

/// The lines so far.
#[derive(Default)]
struct Lines {
    text: String,
    failed: usize,
}

impl Lines {
    fn say(&mut self, level: Level, what: &str, how: &str) {
        self.failed += usize::from(level == Level::Fail);
        self.text.push_str(&line(level, what, how));
    }
}

/// Checks everything.
pub(super) fn run(global: &Global) -> Result<(), Failure> {
    let loaded = global.settings()?;
    let now = global.now.unwrap_or_else(Utc::now);
    let lines = super::block_on(check(&loaded, now))?;
    print(&lines.text)?;
    match lines.failed {
        0 => Ok(()),
        1 => Err(Failure::Failed("1 check failed".to_owned())),
        many => Err(Failure::Failed(format!("{many} checks failed"))),
    }
}

async fn check(loaded: &Loaded, now: DateTime<Utc>) -> Result<Lines, Failure> {
    let mut lines = Lines::default();
    let config = &loaded.config;
    settings::settings(&mut lines);
    settings::digests(config, now, &mut lines);
    if let Some(file) = &loaded.file {
        settings::secrets(config, file, &mut lines);
    }
    store::store(config, &mut lines).await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    github::github(config, &clock, &mut lines).await;
    github::sign_in(config, &clock, &mut lines).await;
    slack::slack(config, &clock, &mut lines).await;
    Ok(lines)
}
