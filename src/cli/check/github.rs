//! What `check` says of GitHub: who the bot is there, what it may do, and how news comes.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};

use super::{Level, Lines};
use crate::{
    app,
    config::{Config, environment},
    domain::Repository,
    github::{AccountKind, GitHub},
    ports::{Clock, ForgeError, sign_in::SignInError},
};

/// What mends it that GitHub did not say what it was asked.
fn mend(config: &Config, error: &ForgeError) -> String {
    let url = &config.github.api_url;
    match error {
        ForgeError::Limited { .. } => "check again then; a token or an App has more".to_owned(),
        ForgeError::Unauthorized(_) => {
            "a new token, or key of the App, goes where the settings say".to_owned()
        }
        ForgeError::Forbidden(_) => {
            "give the token or the App the right to read there, and to write issues".to_owned()
        }
        ForgeError::NotFound(_) | ForgeError::Gone(_) | ForgeError::Moved(_) => {
            "write its name into the settings as GitHub shows it, and give the token or the App access".to_owned()
        }
        ForgeError::Unavailable(_) => format!("see that {url} can be reached from here"),
        ForgeError::Invalid(_)
        | ForgeError::Partly(_)
        | ForgeError::Unclear(_)
        | ForgeError::Unreadable(_) => {
            format!("see that github.api_url, {url}, is that of GitHub's API")
        }
    }
}

fn failed(config: &Config, what: &str, error: &ForgeError, lines: &mut Lines) {
    let how = format!("{error}; {}", mend(config, error));
    lines.say(Level::Fail, what, &how);
}

/// Whether people can sign in by `/kep link`: a code is asked for, which nobody enters.
pub(super) async fn sign_in(config: &Config, clock: &Arc<dyn Clock>, lines: &mut Lines) {
    const WHAT: &str = "signing in at GitHub";
    let github = match app::sign_in(config, clock) {
        Ok(Some(github)) => github,
        Ok(None) => return,
        Err(error) => return lines.say(Level::Warn, WHAT, &error.to_string()),
    };
    let Err(error) = github.begin().await else {
        return lines.say(Level::Ok, WHAT, "people prove who they are by /kep link");
    };
    let mend = match error {
        SignInError::Disabled => "enable the device flow on the App's page",
        SignInError::NoApp => "copy github.oauth_client_id from the App's page",
        _ => "see that github.web_url is where people see GitHub, and can be reached from here",
    };
    lines.say(Level::Warn, WHAT, &format!("{error}; {mend}"));
}

/// Asks GitHub.
pub(super) async fn github(config: &Config, clock: &Arc<dyn Clock>, lines: &mut Lines) {
    match app::github(config, environment, clock) {
        Ok(github) => {
            let github = github.for_a_person();
            account(config, &github, lines).await;
            repositories(config, &github, lines).await;
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
}

async fn account(config: &Config, github: &GitHub, lines: &mut Lines) {
    let repository = &config.kubernetes.enhancements_repository;
    let account = match github.account(repository, Utc::now()).await {
        Ok(account) => account,
        Err(error) => return failed(config, "GitHub", &error, lines),
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
        access(config, github, repository, false, lines).await;
    }
    for runtime in &config.runtimes {
        access(config, github, &runtime.repository, true, lines).await;
    }
}

async fn access(
    config: &Config,
    github: &GitHub,
    repository: &Repository,
    writes: bool,
    lines: &mut Lines,
) {
    let what = repository.to_string();
    let access = match github.access(repository).await {
        Ok(access) => access,
        Err(error) => return failed(config, &what, &error, lines),
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
            "has no issues; write the repository that has the tracking issues into runtimes.repository",
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
