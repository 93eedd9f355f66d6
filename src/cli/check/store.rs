//! What `check` says of the store.

use super::{Level, Lines};
use crate::{
    app,
    config::Config,
    ports::{Store as _, store::Version},
    store::Mode,
};

/// What is in it, and what could not be read.
pub(super) async fn store(config: &Config, lines: &mut Lines) {
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
