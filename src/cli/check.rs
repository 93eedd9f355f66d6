//! `kep-liaison check`: is everything in order, line by line, with what mends it.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};

use super::{Failure, Global, print, render::check as line};
use crate::{
    app::{self, SystemClock},
    config::{Config, environment},
    domain::Repository,
    github::{AccountKind, GitHub},
    ports::{Clock, Store as _, store::Version},
    store::Mode,
};

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
    let config = global.config()?;
    let lines = super::block_on(check(&config))?;
    print(&lines.text)?;
    match lines.failed {
        0 => Ok(()),
        1 => Err(Failure::Failed("1 check failed".to_owned())),
        many => Err(Failure::Failed(format!("{many} checks failed"))),
    }
}

async fn check(config: &Config) -> Result<Lines, Failure> {
    let mut lines = Lines::default();
    lines.say(Level::Ok, "settings", "every key and value is understood");
    store(config, &mut lines).await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match app::github(config, environment, &clock) {
        Ok(github) => {
            let github = github.for_a_person();
            account(config, &github, &mut lines).await;
            repositories(config, &github, &mut lines).await;
        }
        Err(error) => lines.say(Level::Fail, "GitHub", &error.to_string()),
    }
    if config.github.webhook_secret.resolve(environment).is_err() {
        let how = format!(
            "no secret at {}: news comes by asking every {} s; a webhook makes it quicker",
            config.github.webhook_secret,
            config.github.poll_interval.as_secs()
        );
        lines.say(Level::Warn, "webhook", &how);
    } else {
        lines.say(Level::Ok, "webhook", "its secret is there");
    }
    Ok(lines)
}

async fn store(config: &Config, lines: &mut Lines) {
    let what = "store";
    let is_new = app::sqlite_file(&config.store.url).is_some_and(|file| !file.exists());
    if is_new {
        let how = format!(
            "{} is not there yet; `kep-liaison sync` makes and fills it",
            config.store.url
        );
        return lines.say(Level::Warn, what, &how);
    }
    let stored = match app::store(&config.store.url, Mode::Read).await {
        Ok(store) => store.facts(Version::Now).await,
        Err(error) => Err(error),
    };
    match stored {
        Err(error) => lines.say(Level::Fail, what, &error.to_string()),
        Ok(stored) => match stored.synced_at {
            None => lines.say(
                Level::Warn,
                what,
                "nothing was synced yet; `kep-liaison sync`",
            ),
            Some(at) => {
                let how = format!(
                    "{} files and {} issues, synced {}",
                    stored.files.len(),
                    stored.issues.len(),
                    at.format("%-d %B %Y %H:%M UTC")
                );
                lines.say(Level::Ok, what, &how);
                for (place, why) in &stored.problems {
                    lines.say(Level::Warn, place, why);
                }
            }
        },
    }
}

async fn account(config: &Config, github: &GitHub, lines: &mut Lines) {
    let repository = &config.kubernetes.enhancements_repository;
    let account = match github.account(repository, Utc::now()).await {
        Ok(account) => account,
        Err(error) => return lines.say(Level::Fail, "GitHub", &error.to_string()),
    };
    match &account.kind {
        AccountKind::Nobody => lines.say(
            Level::Warn,
            "GitHub",
            "asked as nobody: 60 requests an hour, and nothing can be written; set GITHUB_TOKEN, or an App's key",
        ),
        AccountKind::App => lines.say(Level::Ok, "GitHub", "asked as an installed App"),
        AccountKind::Token { login } => lines.say(
            Level::Warn,
            "GitHub",
            &format!("asked with the token of {login}; an App, or an account of the bot's own, is better: what is written is written as {login}"),
        ),
    }
    if let Some((left, of)) = account.remaining {
        let level = if left > of / 20 {
            Level::Ok
        } else {
            Level::Warn
        };
        lines.say(
            level,
            "requests",
            &format!("{left} of {of} are left of this hour"),
        );
    }
    if let Some(ahead) = account.clock_ahead {
        let off = ahead.abs();
        let how = format!("{} s off GitHub's", off.num_seconds());
        // An App's proof of itself is refused beyond a minute or so; Slack's signatures beyond five.
        let level = match off {
            off if off < TimeDelta::seconds(30) => Level::Ok,
            off if off < TimeDelta::minutes(2) => Level::Warn,
            _ => Level::Fail,
        };
        let mend = if level == Level::Ok {
            ""
        } else {
            "; set it, by NTP best"
        };
        lines.say(level, "clock", &format!("{how}{mend}"));
    }
}

async fn repositories(config: &Config, github: &GitHub, lines: &mut Lines) {
    let read = [
        &config.kubernetes.enhancements_repository,
        &config.kubernetes.release_repository,
    ];
    for repository in read {
        access(github, repository, false, lines).await;
    }
    for runtime in &config.runtimes {
        access(github, &runtime.repository, true, lines).await;
    }
}

async fn access(github: &GitHub, repository: &Repository, writes: bool, lines: &mut Lines) {
    let what = repository.to_string();
    let access = match github.access(repository).await {
        Ok(access) => access,
        Err(error) => return lines.say(Level::Fail, &what, &error.to_string()),
    };
    if !access.full_name.eq_ignore_ascii_case(&what) {
        let how = format!(
            "is called {} now; write that into the settings",
            access.full_name
        );
        lines.say(Level::Warn, &what, &how);
    } else if access.archived {
        lines.say(
            Level::Warn,
            &what,
            "is archived: nothing can be written there",
        );
    } else if writes && !access.has_issues {
        lines.say(
            Level::Fail,
            &what,
            "has no issues; another repository is meant",
        );
    } else if writes && !access.can_triage {
        let how = "can be read; labels, assignees and milestones cannot be set: that needs the triage role, or an App with write access to issues";
        lines.say(Level::Warn, &what, how);
    } else {
        lines.say(
            Level::Ok,
            &what,
            if writes {
                "can be read and triaged"
            } else {
                "can be read"
            },
        );
    }
}
