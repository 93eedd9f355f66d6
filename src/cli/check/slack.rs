//! What `check` says of Slack, workspace by workspace: the tokens, what they may do, how Slack
//! delivers, and whether both clocks agree. Nothing is written there.

use std::{collections::BTreeSet, sync::Arc};

use chrono::TimeDelta;

use super::{Level, Lines};
use crate::{
    app::uses,
    config::{Bridge, Channel, Config, SecretRef, Workspace, WorkspaceMode, environment},
    domain::Secret,
    ports::Clock,
    slack::{
        api::ApiError,
        manifest::{self, Use},
        probe::{NoEntry, Probe, Standing},
    },
};

/// Asks Slack.
pub(super) async fn slack(config: &Config, clock: &Arc<dyn Clock>, lines: &mut Lines) {
    if config.workspaces.is_empty() {
        let how = "no workspace is configured: only the command line works; want a [[workspaces]] section for each";
        return lines.say(Level::Warn, "Slack", how);
    }
    let probe = match Probe::new(config.slack.api_url.as_str(), clock.clone()) {
        Ok(probe) => probe,
        Err(error) => {
            let how =
                format!("no certificates to check Slack's with ({error}); install ca-certificates");
            return lines.say(Level::Fail, "Slack", &how);
        }
    };
    let mut clock_ahead = None;
    for workspace in &config.workspaces {
        let standing = bot_token(config, workspace, &probe, lines).await;
        let ahead = standing.as_ref().and_then(|standing| standing.clock_ahead);
        clock_ahead = clock_ahead.or(ahead);
        match workspace.mode {
            WorkspaceMode::Socket => socket_mode(config, workspace, &probe, lines).await,
            WorkspaceMode::Http => signing_secret(workspace, lines),
        }
        channels(config, workspace, &probe, standing.as_ref(), lines).await;
    }
    if let Some(ahead) = clock_ahead {
        let (level, how) = clocks(ahead);
        lines.say(level, "clock", &how);
    }
}

/// The secret at a place of the settings; where it is not there, that is said.
fn secret(what: &str, at: Option<&SecretRef>, lines: &mut Lines) -> Option<Secret> {
    match at?.resolve(environment) {
        Ok(secret) => Some(secret),
        Err(error) => {
            lines.say(Level::Fail, what, &error.to_string());
            None
        }
    }
}

async fn bot_token(
    config: &Config,
    workspace: &Workspace,
    probe: &Probe,
    lines: &mut Lines,
) -> Option<Standing> {
    let what = format!("bot token of {}", workspace.name);
    let at = &workspace.bot_token;
    let token = secret(&what, Some(at), lines)?;
    let standing = match probe.bot(&token).await {
        Ok(standing) => standing,
        Err(error) => {
            let mend = match &error {
                ApiError::Refused(name) => match &**name {
                    "account_inactive" | "token_revoked" | "token_expired" => format!(
                        "it is good no more; reinstall the app, and copy its Bot User OAuth Token from OAuth & Permissions to {at}"
                    ),
                    _ => format!(
                        "copy the Bot User OAuth Token, xoxb-…, from OAuth & Permissions in the app's settings to {at}"
                    ),
                },
                ApiError::Limited(_) => "check again later".to_owned(),
                ApiError::Unreachable(_)
                | ApiError::Unclear(_)
                | ApiError::NoPicture
                | ApiError::NotSlack => {
                    format!("see that {} can be reached from here", config.slack.api_url)
                }
            };
            lines.say(Level::Fail, &what, &format!("{error}; {mend}"));
            return None;
        }
    };
    let identity = &standing.identity;
    if !standing.is_bot {
        let how = format!(
            "it is {}'s own; copy the Bot User OAuth Token, xoxb-…, from OAuth & Permissions to {at}",
            standing.name
        );
        lines.say(Level::Fail, &what, &how);
        return Some(standing);
    }
    let how = format!(
        "{} in the workspace {} ({})",
        standing.name, identity.team, identity.team_id
    );
    lines.say(Level::Ok, &what, &how);
    let uses = uses(config, Some(&workspace.name));
    scopes(workspace, &uses, standing.scopes.as_ref(), lines);
    Some(standing)
}

/// Compares what the token may do with what the manifest asks for.
fn scopes(
    workspace: &Workspace,
    uses: &[Use],
    has: Option<&BTreeSet<Box<str>>>,
    lines: &mut Lines,
) {
    let what = format!("scopes of {}", workspace.name);
    let Some(has) = has else {
        let how = "Slack does not say which; compare OAuth & Permissions in the app's settings with `kep-liaison manifest`";
        return lines.say(Level::Warn, &what, how);
    };
    let missing = manifest::scopes(uses).filter(|(name, _)| !has.contains(*name));
    let mut is_complete = true;
    for (name, why) in missing {
        is_complete = false;
        let (level, then) = match manifest::without(name) {
            Some(then) => (Level::Warn, format!("so {then}")),
            None => (Level::Fail, format!("with which the bot {why}")),
        };
        let how = format!(
            "{name} is missing, {then}; add it in the app's settings under OAuth & Permissions and reinstall"
        );
        lines.say(level, &what, &how);
    }
    // A channel with a bridge or a digest may be private.
    let private = (!uses.is_empty()).then_some(Use::Private);
    let uses: Vec<Use> = uses.iter().copied().chain(private).collect();
    let is_needed = |name: &str| manifest::scopes(&uses).any(|(needed, _)| needed == name);
    let more = has.iter().map(|name| &**name);
    let more: Vec<&str> = more.filter(|name| !is_needed(name)).collect();
    if !more.is_empty() {
        let how = format!(
            "{} more than the bot needs: {}; take away in the app's settings under OAuth & Permissions and reinstall",
            more.len(),
            more.join(", ")
        );
        lines.say(Level::Warn, &what, &how);
    } else if is_complete {
        lines.say(Level::Ok, &what, "those that the manifest asks for");
    }
}

async fn socket_mode(config: &Config, workspace: &Workspace, probe: &Probe, lines: &mut Lines) {
    let what = format!("Socket Mode of {}", workspace.name);
    let Some(at) = &workspace.app_token else {
        return;
    };
    let Some(token) = secret(&what, Some(at), lines) else {
        return;
    };
    match probe.app(&token).await {
        Ok(()) => lines.say(Level::Ok, &what, "a connection may be opened"),
        // Slack allows few of them, and the bot that runs opens some, too.
        Err(error @ ApiError::Limited(_)) => {
            lines.say(Level::Warn, &what, &format!("{error}; check again later"));
        }
        Err(error @ ApiError::Refused(_)) => {
            let how = format!(
                "{error}; switch Socket Mode on in the app's settings, make an app-level token, xapp-…, with the scope connections:write under Basic Information, and put it at {at}"
            );
            lines.say(Level::Fail, &what, &how);
        }
        Err(error) => {
            let how = format!(
                "{error}; whether the token has connections:write is not known: see that {} can be reached from here",
                config.slack.api_url
            );
            lines.say(Level::Fail, &what, &how);
        }
    }
}

fn signing_secret(workspace: &Workspace, lines: &mut Lines) {
    let what = format!("signing secret of {}", workspace.name);
    let Some(secret) = secret(&what, workspace.signing_secret.as_ref(), lines) else {
        return;
    };
    let secret = secret.expose();
    if secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        lines.say(Level::Ok, &what, "it is there");
    } else {
        let how = "it is not 32 hexadecimal digits, as Slack's are; compare it with the Signing Secret under Basic Information in the app's settings";
        lines.say(Level::Warn, &what, how);
    }
}

/// Whether the bot is in a channel can be told where it may read its history, which only a bridge and
/// a digest need: the bot asks for no more than it uses.
async fn channels(
    config: &Config,
    workspace: &Workspace,
    probe: &Probe,
    standing: Option<&Standing>,
    lines: &mut Lines,
) {
    let of_it = |channel: &&Channel| channel.workspace == workspace.name;
    let all = config.channels.iter().filter(of_it);
    let is_quiet = |one: &&Channel| one.bridge == Bridge::Off && one.digest.is_none();
    let (quiet, spoken_in): (Vec<_>, Vec<_>) = all.partition(is_quiet);
    if !quiet.is_empty() {
        let what = format!("channels of {}", workspace.name);
        let how = format!(
            "{} not checked, for nothing is bridged there; /invite the bot to each",
            quiet.len()
        );
        lines.say(Level::Ok, &what, &how);
    }
    let token = workspace.bot_token.resolve(environment).ok();
    let Some(token) = token.filter(|_| standing.is_some_and(|standing| standing.is_bot)) else {
        return;
    };
    for channel in spoken_in {
        let what = format!("channel {} of {}", channel.id, workspace.name);
        let (level, how) = match probe.channel(&token, channel.id.as_str()).await {
            Ok(()) => (Level::Ok, "the bot is in it".to_owned()),
            Err(NoEntry::Scope(scope)) => (
                Level::Fail,
                match &*scope {
                    "groups:history" => "it is private, and groups:history is missing; make the manifest with --private-channels, paste it into the app's settings and reinstall".to_owned(),
                    scope => format!("not checked, for {scope} is missing; add it in the app's settings under OAuth & Permissions and reinstall"),
                },
            ),
            Err(NoEntry::Failed(ApiError::Refused(error))) => {
                let mend = match &*error {
                    "not_in_channel" => "/invite the bot there",
                    "channel_not_found" => {
                        "see that the id is right; to a private channel /invite the bot first"
                    }
                    "is_archived" => "unarchive it, or take it out of the settings",
                    _ => "see that the id is right",
                };
                (Level::Fail, format!("Slack refuses: {error}; {mend}"))
            }
            Err(NoEntry::Failed(error)) => (Level::Warn, format!("{error}; check again later")),
        };
        lines.say(level, &what, &how);
    }
}

/// What is to be said of our clock, which is so far ahead of Slack's. Slack's requests are refused
/// when they seem more than five minutes old, or that much too new.
fn clocks(ahead: TimeDelta) -> (Level, String) {
    let off = ahead.abs();
    let how = format!("{} s off Slack's", off.num_seconds());
    if off > TimeDelta::minutes(5) {
        let mend = "signatures will be refused; set it, by NTP best";
        (Level::Fail, format!("{how}: {mend}"))
    } else if off > TimeDelta::minutes(2) {
        (Level::Warn, format!("{how}; set it, by NTP best"))
    } else {
        (Level::Ok, how)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_told_before_signatures_are_refused() {
        for (seconds, level) in [
            (0, Level::Ok),
            (120, Level::Ok),
            (-121, Level::Warn),
            (300, Level::Warn),
            (301, Level::Fail),
            (-301, Level::Fail),
        ] {
            let (told, how) = clocks(TimeDelta::seconds(seconds));
            assert_eq!(told, level, "{seconds}");
            assert!(
                how.starts_with(&format!("{} s off", seconds.abs())),
                "{how}"
            );
            let is_refused = how.contains("signatures will be refused");
            assert_eq!(is_refused, level == Level::Fail, "{how}");
        }
    }
}
