//! `kep-liaison outbox`: what waits to be written, what was given up and why, and trying that again.

use chrono::Utc;
use clap::Subcommand;

use super::{Failure, Global, print};
use crate::{command::OutboxAsk, handlers::outbox::Queue, store::Mode};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kep-liaison outbox --config /etc/kep-liaison/kep-liaison.toml\n  kep-liaison outbox retry 17\n  kep-liaison outbox retry all"
)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List it, which is what happens without a word, too
    List,
    /// Have something tried again that could not be written; a bot that runs takes it up within minutes
    #[command(after_help = "Example: kep-liaison outbox retry 17")]
    Retry {
        /// Its number, as the list gives it, or all
        #[arg(value_name = "ID|all", value_parser = which)]
        which: OutboxAsk,
    },
}

fn which(text: &str) -> Result<OutboxAsk, String> {
    if text.eq_ignore_ascii_case("all") {
        return Ok(OutboxAsk::RetryAll);
    }
    let id = text.trim_start_matches('#').parse();
    id.map(OutboxAsk::Retry)
        .map_err(|_| "want a number from the list, or all".to_owned())
}

/// Lists, or has tried again.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    super::block_on(outbox(args, global))
}

async fn outbox(args: &Args, global: &Global) -> Result<(), Failure> {
    let config = global.config()?;
    let ask = match &args.act {
        None | Some(Act::List) => OutboxAsk::List,
        Some(Act::Retry { which }) => which.clone(),
    };
    let (mode, none) = match ask {
        OutboxAsk::List => (Mode::Read, "there is nothing to list"),
        OutboxAsk::Retry(_) | OutboxAsk::RetryAll => (Mode::Write, "nothing can be tried again"),
    };
    let store = global.made_store(&config.store.url, mode, none).await?;
    let queue = Queue {
        outbox: &store,
        typed: "kep-liaison outbox",
        now: global.now.unwrap_or_else(Utc::now),
    };
    let said = match ask {
        OutboxAsk::List => queue.list(None).await.map(Ok),
        OutboxAsk::Retry(id) => queue.retry(id).await,
        OutboxAsk::RetryAll => queue.retry_all().await.map(Ok),
    };
    store.close().await;
    print(&(said?.map_err(Failure::Failed)? + "\n"))
}
