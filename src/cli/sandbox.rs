//! `kep-liaison sandbox`: the whole bot on this machine, between models of Slack and GitHub, with a
//! page to try it on.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use serde_json::Value;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::{
    Failure, Global,
    load::{read_enhancements, read_pages, read_text},
    print,
};
use crate::{
    config::WorkspaceMode,
    sample,
    sandbox::{
        site,
        town::{Plan, Seed, Town, TownError},
    },
    telemetry::metrics::Metrics,
};

/// Where the page is, if that is free.
const PORT: u16 = 8000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: kep-liaison sandbox")]
pub(super) struct Args {
    /// Where on this machine the page is [default: 8000, or any that is free]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Let Slack deliver to request URLs instead of by Socket Mode
    #[arg(long)]
    http: bool,
}

impl From<TownError> for Failure {
    fn from(error: TownError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs until it is interrupted.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    if global.config.is_some() || global.store.is_some() {
        return Err(Failure::Usage(
            "the sandbox has settings and a store of its own; leave out --config and --store"
                .to_owned(),
        ));
    }
    let plan = Plan {
        seed: global.seed()?,
        now: match global.now {
            Some(now) => now,
            None if global.names_files() => chrono::Utc::now(),
            None => sample::as_of(),
        },
        mode: if args.http {
            WorkspaceMode::Http
        } else {
            WorkspaceMode::Socket
        },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(format!("cannot start: {error}")))?;
    runtime.block_on(live(&plan, args.port))
}

async fn live(plan: &Plan, port: Option<u16>) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::Failed(format!("cannot wait for signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let listener = listen(port).await?;
    let address = listener.local_addr();
    let address = address.map_err(|error| Failure::Failed(format!("cannot listen: {error}")))?;
    let metrics = Metrics::install();
    let metrics = metrics.map_err(|error| Failure::Failed(format!("no metrics: {error}")))?;
    let town = tokio::select! {
        town = Town::build(plan, metrics) => Arc::new(town?),
        _ = terminate.recv() => return Ok(()),
        _ = interrupt.recv() => return Ok(()),
    };
    for problem in &town.problems {
        anstream::eprintln!("{problem}");
    }
    let stop = CancellationToken::new();
    let serving = tokio::spawn(site::serve(listener, address, town.clone(), stop.clone()));
    print(&format!(
        "The sandbox is at http://{address} until you press Ctrl-C.\n"
    ))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stop.cancel();
    let _ = serving.await;
    if let Some(town) = Arc::into_inner(town) {
        town.stop().await;
    }
    Ok(())
}

/// The port that is asked for, or else the usual one, or else one that is free.
async fn listen(port: Option<u16>) -> Result<TcpListener, Failure> {
    let bind = async |port: u16| {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let bound = TcpListener::bind(address).await;
        bound.map_err(|error| {
            Failure::Failed(format!(
                "cannot listen on {address}: {error}; --port names another, and without it a free one is taken"
            ))
        })
    };
    match port {
        Some(port) => bind(port).await,
        None => match bind(PORT).await {
            Ok(listener) => Ok(listener),
            Err(_) => bind(0).await,
        },
    }
}

impl Global {
    /// What the options name, or else the sample.
    fn seed(&self) -> Result<Seed, Failure> {
        if !self.names_files() {
            return Ok(Seed::sample());
        }
        let mut seed = Seed::default();
        if let Some(dir) = &self.enhancements_dir {
            let owned = |path: &str, text: &str| (path.to_owned(), text.to_owned());
            let (files, problems) = read_enhancements(dir, owned)?;
            seed.enhancements = files;
            for (place, why) in problems {
                anstream::eprintln!("{place}: {why}");
            }
        }
        if let Some(file) = &self.tracking_file {
            let issues: Result<Vec<Value>, _> = serde_json::from_str(&read_text(file)?);
            seed.issues = issues.map_err(|error| {
                let place = file.display();
                Failure::Failed(format!(
                    "{place}: not a JSON array of GitHub issues: {error}"
                ))
            })?;
        }
        if let Some(dir) = &self.release_dir {
            seed.pages = read_pages(dir)?;
        }
        Ok(seed)
    }
}
