//! The command line: one subcommand, one file.

mod audit;
mod check;
mod digest;
mod load;
mod local;
mod manifest;
mod outbox;
mod render;
mod run;
mod sandbox;
mod status;
mod sync;
mod tip;

use std::{ffi::OsString, io::Write as _, path::PathBuf, process::ExitCode};

use chrono::{DateTime, Utc};
use clap::{ArgAction, CommandFactory as _, Parser, Subcommand, error::ErrorKind};
use clap_complete::Shell;

use crate::{
    app,
    config::{Config, ConfigError, Loaded, StoreUrl, environment},
    ports::StoreError,
    store::{Mode, SqliteStore},
    telemetry::logs::{BadFilter, Format, Logs, RUST_LOG, Speaker},
};

/// Follows Kubernetes Enhancement Proposals (KEPs) through a container runtime: who shepherds
/// them, what ships where, what is missing.
#[derive(Debug, Parser)]
#[command(
    name = "kep-liaison",
    version,
    max_term_width = 100,
    after_help = "Example: kep-liaison status 5825"
)]
struct Args {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every subcommand.
#[derive(Debug, clap::Args)]
struct Global {
    /// Settings file [default: kep-liaison.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read KEPs from a local checkout of kubernetes/enhancements
    #[arg(long, global = true, value_name = "DIR")]
    enhancements_dir: Option<PathBuf>,
    /// Read tracking issues from a JSON array of GitHub issue objects
    #[arg(long, global = true, value_name = "FILE")]
    tracking_file: Option<PathBuf>,
    /// Read release pages from a folder: release-1.37.md, containerd-RELEASES.md
    #[arg(long, global = true, value_name = "DIR")]
    release_dir: Option<PathBuf>,
    /// Where facts are kept [default: sqlite:kep-liaison.db, or what the settings say]
    #[arg(long, global = true, value_name = "URL", value_parser = store_url)]
    store: Option<StoreUrl>,
    /// Log more: -v what this program does, -vv every step and what its libraries do
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// How the log on stderr is written
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value_t
    )]
    log_format: Format,
    /// Answer as if it were this moment, such as 2026-07-06T09:00:00Z
    #[arg(long, global = true, value_name = "RFC3339", value_parser = moment)]
    now: Option<DateTime<Utc>>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve: answer in Slack, follow GitHub, until told to stop
    #[command(after_help = "Example: kep-liaison run --config /etc/kep-liaison.toml")]
    Run,
    /// Try the whole bot on this machine: models of Slack and GitHub, and a page like a channel
    Sandbox(sandbox::Args),
    /// Where KEPs stand in Kubernetes and in the runtime, who shepherds them, what is missing
    Status(status::Args),
    /// The digest that would be posted now: what needs somebody, what moved, what ships where
    Digest(digest::Args),
    /// Fetch what is new from GitHub into the store, and say what changed
    Sync(sync::Args),
    /// Is everything in order: settings, store, GitHub, Slack, tokens and rights, the clock
    #[command(after_help = "Example: kep-liaison check")]
    Check,
    /// What the bot wrote to GitHub: who asked for it, where and when, and what came of it
    Audit(audit::Args),
    /// What waits to be written, what could not be and why, and trying that again
    Outbox(outbox::Args),
    /// The Slack app that the settings need, to paste where Slack makes apps
    Manifest(manifest::Args),
    /// Print a script that completes commands in a shell
    #[command(
        after_help = "Example: kep-liaison completions bash > /etc/bash_completion.d/kep-liaison"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Wrong usage or configuration: exit status 2.
    #[error("{0}")]
    Usage(String),
    /// It failed: exit status 1.
    #[error("{0}")]
    Failed(String),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<BadFilter> for Failure {
    fn from(error: BadFilter) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let read = DateTime::parse_from_rfc3339(text).map(|moment| moment.with_timezone(&Utc));
    read.map_err(|_| "want a moment such as 2026-07-06T09:00:00Z".to_owned())
}

fn store_url(text: &str) -> Result<StoreUrl, String> {
    StoreUrl::parse(text).ok_or_else(|| "want an address such as sqlite:kep-liaison.db".to_owned())
}

/// Runs what waits for a network or a store, on this thread.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(format!("cannot start: {error}")))?;
    runtime.block_on(work)
}

/// JSON as people like to read it.
fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let mut text =
        serde_json::to_string_pretty(value).map_err(|error| Failure::Failed(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// Runs one command line and says how it went: 0 done, 1 failed, 2 wrong usage or configuration.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = args.collect();
    let args = match Args::try_parse_from(&words) {
        Ok(args) => args,
        Err(mut error) => {
            tip::add(&mut error, &words);
            // Help and version are answers; everything else is wrong usage. When even the
            // message cannot be written, nobody listens.
            let _ = error.print();
            let asked = matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            );
            return ExitCode::from(if asked { 0 } else { 2 });
        }
    };
    match args.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            anstream::eprintln!("{}", failure.to_string().trim_end());
            ExitCode::from(if matches!(failure, Failure::Usage(_)) {
                2
            } else {
                1
            })
        }
    }
}

impl Args {
    fn run(self) -> Result<(), Failure> {
        self.global.logs(self.command.speaker()).install()?;
        match self.command {
            Command::Run => run::run(&self.global),
            Command::Sandbox(sandbox) => sandbox::run(&sandbox, &self.global),
            Command::Status(status) => status::run(&status, &self.global),
            Command::Digest(digest) => digest::run(&digest, &self.global),
            Command::Sync(sync) => sync::run(&sync, &self.global),
            Command::Check => check::run(&self.global),
            Command::Audit(audit) => audit::run(&audit, &self.global),
            Command::Outbox(outbox) => outbox::run(&outbox, &self.global),
            Command::Manifest(manifest) => manifest::run(&manifest, &self.global),
            Command::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut Self::command(), "kep-liaison", &mut script);
                print(&String::from_utf8_lossy(&script))
            }
        }
    }
}

impl Command {
    /// Whether what it does is told by the log alone.
    fn speaker(&self) -> Speaker {
        match self {
            Self::Run => Speaker::Service,
            Self::Sandbox(_)
            | Self::Status(_)
            | Self::Digest(_)
            | Self::Sync(_)
            | Self::Check
            | Self::Audit(_)
            | Self::Outbox(_)
            | Self::Manifest(_)
            | Self::Completions { .. } => Speaker::Command,
        }
    }
}

/// Writes an answer to stdout, with colours where a terminal shows them. A reader that went away
/// (`| head`) is no failure.
fn print(answer: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    let written = stdout
        .write_all(answer.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("cannot write the answer: {error}")))
        }
        _ => Ok(()),
    }
}

impl Global {
    fn config(&self) -> Result<Config, Failure> {
        Ok(self.settings()?.config)
    }

    /// The settings, and the file that they stand in.
    fn settings(&self) -> Result<Loaded, Failure> {
        let mut loaded = Config::load(self.config.as_deref(), environment)?;
        if let Some(note) = &loaded.note {
            anstream::eprintln!("{note}");
        }
        if let Some(url) = &self.store {
            loaded.config.store.url = url.clone();
        }
        Ok(loaded)
    }

    /// The store of a bot, for those who look after it: by looking none is made. `what` follows where
    /// there is none.
    async fn made_store(
        &self,
        url: &StoreUrl,
        mode: Mode,
        what: &str,
    ) -> Result<SqliteStore, Failure> {
        if app::is_made(url) {
            return Ok(app::store(url, mode).await?);
        }
        let place = app::sqlite_file(url).map(|file| file.display().to_string());
        let place = place.unwrap_or_else(|| url.to_string());
        let next = if self.config.is_some() || self.store.is_some() {
            "The bot makes it when it starts."
        } else {
            "Name the bot's settings with --config /etc/kep-liaison/kep-liaison.toml"
        };
        Err(Failure::Failed(format!(
            "There is no store at {place}, so {what}. {next}"
        )))
    }

    fn logs(&self, speaker: Speaker) -> Logs {
        let colour = anstream::AutoStream::choice(&std::io::stderr());
        Logs {
            format: self.log_format,
            verbosity: self.verbose,
            speaker,
            filter: environment(RUST_LOG),
            colour: colour != anstream::ColorChoice::Never,
        }
    }

    /// Whether local files take the place of GitHub.
    fn names_files(&self) -> bool {
        self.enhancements_dir.is_some()
            || self.tracking_file.is_some()
            || self.release_dir.is_some()
    }
}
