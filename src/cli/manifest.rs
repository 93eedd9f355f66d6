//! `kep-liaison manifest`: the Slack app that a workspace needs for its settings.

use clap::ValueEnum;

use super::{Failure, Global, json, print};
use crate::{
    app::uses,
    command::usage_hint,
    config::{Config, HttpUrl, Workspace, WorkspaceMode},
    slack::manifest::{Delivery, Manifest, Use},
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kep-liaison manifest > manifest.yml\n  kep-liaison manifest --workspace cncf --format json\n  kep-liaison manifest --url https://bot.example.com"
)]
pub(super) struct Args {
    /// The workspace, where the settings have several
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    /// Where Slack reaches the bot, for mode "http" [default: http.public_url of the settings]
    #[arg(long, value_name = "URL", value_parser = public_url)]
    url: Option<HttpUrl>,
    /// Some of the bridged channels are private: their history needs a scope of its own
    #[arg(long)]
    private_channels: bool,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the reason for each scope
    Yaml,
    /// As Slack's API takes it
    Json,
}

fn public_url(text: &str) -> Result<HttpUrl, String> {
    HttpUrl::parse(text)
        .filter(is_secure)
        .ok_or_else(|| "want an https address such as https://bot.example.com".to_owned())
}

/// Slack sends to nothing else: <https://docs.slack.dev/apis/events-api/using-http-request-urls>
fn is_secure(url: &HttpUrl) -> bool {
    url.as_str().starts_with("https://")
}

/// Prints the manifest.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let config = global.config()?;
    let mode = mode(args, &config)?;
    let url = args.url.as_ref().or(config.http.public_url.as_ref());
    let delivery = match (mode, url) {
        (WorkspaceMode::Http, Some(url)) if is_secure(url) => Delivery::Http(url.as_str()),
        (WorkspaceMode::Http, Some(url)) => {
            return Err(Failure::Usage(format!(
                "http.public_url: read \"{url}\", want an https address: Slack sends to no other"
            )));
        }
        (WorkspaceMode::Http, None) => {
            let said = "mode \"http\" needs the address where Slack reaches the bot; add \
                        --url https://bot.example.com, or http.public_url to the settings";
            return Err(Failure::Usage(said.to_owned()));
        }
        (WorkspaceMode::Socket, _) if args.url.is_some() => {
            let said = "--url: the workspace has mode \"socket\", in which the bot connects to \
                        Slack; leave it out, or write mode = \"http\" in the settings";
            return Err(Failure::Usage(said.to_owned()));
        }
        (WorkspaceMode::Socket, _) => Delivery::Socket,
    };
    let named = config.workspaces.iter().map(|one| &one.name);
    let named = args
        .workspace
        .as_deref()
        .and_then(|name| named.clone().find(|one| one.as_str() == name));
    let mut uses = uses(&config, named);
    if args.private_channels {
        if uses.is_empty() {
            let said = "--private-channels: no channel is bridged or has a digest, and nothing \
                        else needs their history; leave it out, or write bridge = \"both\" in \
                        [[channels]]";
            return Err(Failure::Usage(said.to_owned()));
        }
        uses.push(Use::Private);
    }
    let manifest = Manifest::new(delivery, &usage_hint(), &uses);
    match args.format {
        Format::Json => print(&json(&manifest)?),
        Format::Yaml => {
            let failed = |error: serde_saphyr::ser::Error| Failure::Failed(error.to_string());
            let yaml = manifest.yaml().map_err(failed)?;
            print(&format!("{}{yaml}", first_lines(delivery)))
        }
    }
}

/// How the one workspace, or the one that is named, is served.
fn mode(args: &Args, config: &Config) -> Result<WorkspaceMode, Failure> {
    let names = || {
        let names = config.workspaces.iter().map(|one| one.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let wrong = |said: String| Err(Failure::Usage(said));
    match (&args.workspace, &config.workspaces[..]) {
        (Some(name), all) => match all.iter().find(|one| one.name.as_str() == name) {
            Some(workspace) => Ok(workspace.mode),
            None if all.is_empty() => wrong(format!(
                "--workspace: read \"{name}\", and the settings have no workspace; add [[workspaces]]"
            )),
            None => wrong(format!(
                "--workspace: read \"{name}\", want one of the settings': {}",
                names()
            )),
        },
        (None, []) if args.url.is_some() => Ok(WorkspaceMode::Http),
        (None, []) => Ok(WorkspaceMode::Socket),
        (None, [first, rest @ ..]) if rest.iter().all(|one: &Workspace| one.mode == first.mode) => {
            Ok(first.mode)
        }
        (None, _) => wrong(format!(
            "the workspaces are served in different ways, so say for which one: --workspace with \
             one of {}",
            names()
        )),
    }
}

fn first_lines(delivery: Delivery<'_>) -> String {
    let mut lines =
        "# The Slack app of kep-liaison, as `kep-liaison manifest` prints it. Paste it at\n\
                     # https://api.slack.com/apps?new_app=1 under \"From a manifest\".\n"
            .to_owned();
    if delivery == Delivery::Socket {
        lines.push_str(
            "# Socket Mode also needs an app-level token with the scope connections:write, which is\n\
             # made by hand: Basic Information, App-Level Tokens.\n",
        );
    }
    lines
}
