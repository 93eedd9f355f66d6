//! `kep-liaison run`: serves until it is told to stop.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, Global};
use crate::{
    app::{
        SystemClock, SystemDice,
        bot::{Bot, Outside, StartError},
    },
    config::{DEFAULT_FILE, environment},
    telemetry::metrics::Metrics,
};

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Settings(why) => Self::Usage(why),
            StartError::Failed(why) => Self::Failed(why),
        }
    }
}

/// Serves.
pub(super) fn run(global: &Global) -> Result<(), Failure> {
    if global.names_files() {
        return Err(Failure::Usage(
            "run follows GitHub; `kep-liaison sync` with the same options fills the store from files"
                .to_owned(),
        ));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(format!("cannot start: {error}")))?;
    let served = runtime.block_on(serve(global));
    // Whatever is left had its time.
    runtime.shutdown_background();
    served
}

async fn serve(global: &Global) -> Result<(), Failure> {
    let loaded = global.settings()?;
    if loaded.file.is_none() {
        return Err(Failure::Usage(format!(
            "run needs settings, and there is no {DEFAULT_FILE} in this folder; --config FILE names another place, \
             deploy/kep-liaison.example.toml is an example, and `kep-liaison sandbox` tries the bot without any"
        )));
    }
    let config = loaded.config;
    let failed =
        |error: std::io::Error| Failure::Failed(format!("cannot wait for signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let metrics = Metrics::install();
    let metrics = metrics.map_err(|error| Failure::Failed(format!("no metrics: {error}")))?;
    let outside = Outside {
        env: &environment,
        clock: Arc::new(SystemClock),
        dice: Arc::new(SystemDice),
        metrics,
    };
    let mut bot = Bot::start(&config, outside).await?;
    tracing::info!(http = %bot.address(), admin = %bot.admin_address(), "serving");
    let broke = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        what = bot.broken() => Some(what),
    };
    tracing::info!(
        "stopping: what is under way is finished first; a second signal ends it at once"
    );
    let at_once = || Failure::Failed("ended at once, by a second signal".to_owned());
    tokio::select! {
        () = bot.stop() => {}
        _ = terminate.recv() => return Err(at_once()),
        _ = interrupt.recv() => return Err(at_once()),
    }
    match broke {
        Some(what) => Err(Failure::Failed(format!(
            "{what} broke off; the log says why"
        ))),
        None => Ok(()),
    }
}
