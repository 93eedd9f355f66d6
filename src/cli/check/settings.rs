//! What `check` says of the settings themselves, and of the secrets that are there only now and then.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Level, Lines};
use crate::config::{Config, Credentials, SecretRef, environment};

/// They were read.
pub(super) fn settings(lines: &mut Lines) {
    lines.say(Level::Ok, "settings", "every key and value is understood");
}

/// When each channel's digest comes.
pub(super) fn digests(config: &Config, now: DateTime<Utc>, lines: &mut Lines) {
    for plan in config.digests() {
        if let Some(slot) = plan.next(now) {
            let how = format!("the next comes on {}", slot.in_words(&plan.zone));
            lines.say(Level::Ok, &format!("digest of {}", plan.at), &how);
        }
    }
}

/// A unit's secrets are there while it runs, and whoever checks because it does not run needs another
/// way.
pub(super) fn secrets(config: &Config, file: &Path, lines: &mut Lines) {
    let is_missing =
        |secret: &&SecretRef| secret.is_of_a_unit() && secret.resolve(environment).is_err();
    let Some(SecretRef::File(path)) = all(config).find(is_missing) else {
        return;
    };
    let folder = path.parent().unwrap_or(path).display();
    let file = file.display();
    let how = format!(
        "{folder} is there only while the unit runs, and only for root: start it, or check as root with: sed 's|{folder}|/etc/kep-liaison/secrets|' {file} | kep-liaison check --config /dev/stdin"
    );
    lines.say(Level::Warn, "secrets", &how);
}

fn all(config: &Config) -> impl Iterator<Item = &SecretRef> {
    let workspaces = config.workspaces.iter().flat_map(|workspace| {
        let more = workspace.app_token.iter().chain(&workspace.signing_secret);
        more.chain([&workspace.bot_token])
    });
    let runtimes = config.runtimes.iter().filter_map(|one| one.github.as_ref());
    let credentials = runtimes.chain([&config.github.credentials]);
    let credentials = credentials.map(|credentials| match credentials {
        Credentials::Token(secret) => secret,
        Credentials::App { private_key, .. } => private_key,
    });
    workspaces
        .chain(credentials)
        .chain([&config.github.webhook_secret])
}
