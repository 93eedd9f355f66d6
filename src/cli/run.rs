//! `kep-liaison run`: serves until it is told to stop.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, Global};
use crate::{
    app::{
        SystemClock, SystemDice,
        bot::{Bot, Outside, StartError},
    },
    config::environment,
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
    runtime.block_on(serve(global))
}

async fn serve(global: &Global) -> Result<(), Failure> {
    let config = global.config()?;
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
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
        () = bot.broken() => true,
    };
    tracing::info!("stopping: what is under way is finished first");
    bot.stop().await;
    if broke {
        return Err(Failure::Failed(
            "following GitHub broke off; the log says why".to_owned(),
        ));
    }
    Ok(())
}
