//! The log: to stderr, for people or as JSON, from which level on.

use std::io;

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer as _, Registry,
    fmt::{self, MakeWriter, format::JsonFields},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use super::{json::Json, line::Guarded};

/// The environment variable that says exactly what is logged, where the command line says nothing.
/// Its form: <https://docs.rs/tracing-subscriber/latest/tracing_subscriber/filter/struct.EnvFilter.html#directives>
pub const RUST_LOG: &str = "RUST_LOG";

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Pretty,
    /// One object on a line
    Json,
}

/// What kind of command speaks, and so how much it says unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// It runs for long, and its log is all that it says.
    Service,
    /// It does one thing and reports on it itself.
    Command,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Logs {
    /// How events are written.
    pub format: Format,
    /// How often `-v` was given.
    pub verbosity: u8,
    /// Who speaks.
    pub speaker: Speaker,
    /// What the environment's [`RUST_LOG`] says.
    pub filter: Option<String>,
    /// Whether stderr shows colours.
    pub colour: bool,
}

/// [`RUST_LOG`] cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error(
    "{RUST_LOG}: read {read:?} ({why}); want levels such as \"info\" or \"warn,kep_liaison=debug\""
)]
pub struct BadFilter {
    read: String,
    why: String,
}

impl Logs {
    /// From now on events are written to stderr. Who has installed something else before keeps it.
    pub fn install(&self) -> Result<(), BadFilter> {
        let _ = self.subscriber(io::stderr)?.try_init();
        Ok(())
    }

    fn subscriber<W>(&self, out: W) -> Result<impl Subscriber + Send + Sync + use<W>, BadFilter>
    where
        W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    {
        let filter = self.filter()?;
        let out = Out(out);
        let lines = match self.format {
            Format::Pretty => fmt::layer().with_ansi(self.colour).with_writer(out).boxed(),
            Format::Json => fmt::layer()
                .fmt_fields(JsonFields::new())
                .event_format(Json)
                .with_ansi(false)
                .with_writer(out)
                .boxed(),
        };
        Ok(Registry::default().with(lines.with_filter(filter)))
    }

    /// The flag comes before the environment, as `--store` comes before `DATABASE_URL`.
    fn filter(&self) -> Result<EnvFilter, BadFilter> {
        let fixed = match (self.verbosity, self.speaker) {
            (0, speaker) => {
                if let Some(read) = self.filter.as_ref().filter(|read| !read.trim().is_empty()) {
                    return EnvFilter::builder().parse(read).map_err(|error| BadFilter {
                        read: read.clone(),
                        why: error.to_string(),
                    });
                }
                match speaker {
                    Speaker::Service => "warn,kep_liaison=info",
                    // What a job could not do stands in the command's own report.
                    Speaker::Command => "warn,kep_liaison::jobs=error",
                }
            }
            (1, _) => "warn,kep_liaison=debug",
            _ => "debug,kep_liaison=trace",
        };
        Ok(EnvFilter::new(fixed))
    }
}

/// Where lines go, each [`Guarded`].
struct Out<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Out<W> {
    type Writer = Guarded<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Guarded(self.0.make_writer())
    }
}

#[cfg(test)]
mod tests;
