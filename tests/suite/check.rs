//! What `check` says of Slack: each thing that can be wrong, with what mends it.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use kep_liaison::{
    app::SystemClock,
    domain::Secret,
    sandbox::{
        clock::ManualClock,
        github::GitHub,
        slack::{ChannelKind, Fault, On, Slack, Workspace},
    },
    slack::{
        manifest::{self, Use},
        probe::Probe,
    },
};

use crate::terminal::{Folder, ran};

/// A workspace on the model of Slack, whose app has what the manifest asks for, and the program.
struct Desk {
    slack: Slack,
    workspace: Workspace,
    github: GitHub,
    mode: &'static str,
    bridge: &'static str,
    digest: bool,
    secrets: [(&'static str, String); 3],
}

impl Desk {
    async fn new(mode: &'static str) -> Self {
        let slack = Slack::start(Arc::new(SystemClock)).await;
        let workspace = slack.workspace("kubernetes");
        let scopes: Vec<&str> = manifest::scopes(&[]).map(|(name, _)| name).collect();
        workspace.set_scopes(&scopes);
        let secrets = [
            ("BOT", workspace.bot_token()),
            ("APP", workspace.app_token()),
            ("SIGNING", workspace.signing_secret()),
        ];
        Self {
            slack,
            workspace,
            github: GitHub::start(Arc::new(SystemClock)).await,
            mode,
            bridge: "off",
            digest: false,
            secrets,
        }
    }

    /// With the one channel bridged, and the scopes for that.
    async fn bridged() -> Self {
        let desk = Self::new("socket").await;
        let uses = [Use::Public, Use::Relay];
        let scopes: Vec<&str> = manifest::scopes(&uses).map(|(name, _)| name).collect();
        desk.workspace.set_scopes(&scopes);
        Self {
            bridge: "both",
            ..desk
        }
    }

    /// Puts another secret where the settings say.
    fn with(mut self, name: &str, secret: &str) -> Self {
        for (own, value) in &mut self.secrets {
            if *own == name {
                secret.clone_into(value);
            }
        }
        self
    }

    /// The lines on Slack.
    async fn check(&self) -> Vec<String> {
        let folder = Folder::new();
        let settings = format!(
            r#"
            github = {{ api_url = "{github}" }}
            slack = {{ api_url = "{slack}" }}
            [[workspaces]]
            name = "kubernetes"
            mode = "{mode}"
            bot_token = "env:BOT"
            app_token = "env:APP"
            signing_secret = "env:SIGNING"
            [[channels]]
            workspace = "kubernetes"
            id = "C0BP8PW9G"
            runtime = "containerd"
            bridge = "{bridge}"
            {digest}
            "#,
            github = self.github.url(),
            slack = self.slack.api_url(),
            mode = self.mode,
            bridge = self.bridge,
            digest = if self.digest { "digest = {}" } else { "" },
        );
        folder.file("kep-liaison.toml", &settings);
        let secrets = self.secrets.clone();
        let run = move || {
            let mut program = folder.program();
            ran(program.arg("check").envs(secrets))
        };
        let ran = tokio::task::spawn_blocking(run).await.expect("no panic");
        for (_, secret) in &self.secrets {
            let is_shown = !secret.is_empty() && format!("{ran:?}").contains(secret);
            assert!(!is_shown, "a secret is shown: {ran:?}");
        }
        let lines = ran.stdout.lines();
        let on_slack =
            lines.filter(|line| line.contains(" of kubernetes: ") || line.contains("Slack's"));
        on_slack.map(str::to_owned).collect()
    }

    async fn says(&self, wanted: &[&str]) {
        let lines = self.check().await;
        let is_said = |wanted: &&&str| lines.iter().any(|line| line.starts_with(**wanted));
        let missing: Vec<_> = wanted.iter().filter(|wanted| !is_said(wanted)).collect();
        assert!(missing.is_empty(), "{missing:#?} of\n{}", lines.join("\n"));
    }
}

#[tokio::test]
async fn all_is_well() {
    for (mode, delivery) in [
        (
            "socket",
            "ok    Socket Mode of kubernetes: a connection may be opened",
        ),
        ("http", "ok    signing secret of kubernetes: it is there"),
    ] {
        let desk = Desk::new(mode).await;
        let lines = desk.check().await;
        assert_eq!(lines.len(), 5, "{lines:#?}");
        assert!(
            lines.iter().all(|line| line.starts_with("ok  ")),
            "{lines:#?}"
        );
        desk.says(&[
            "ok    bot token of kubernetes: kep-liaison in the workspace kubernetes (T",
            "ok    scopes of kubernetes: those that the manifest asks for",
            delivery,
            "ok    channels of kubernetes: 1 not checked, for nothing is bridged there; /invite the bot to each",
        ])
        .await;
        assert_eq!(desk.workspace.connections(), 0);
        desk.slack.nothing_was_wrong();
    }
}

#[tokio::test]
async fn scopes_that_are_missing_and_scopes_too_many() {
    let desk = Desk::new("socket").await;
    desk.workspace.without_scope("im:history");
    desk.workspace.with_scope("channels:join");
    desk.says(&[
        "fail  scopes of kubernetes: im:history is missing, with which the bot hears a direct message to the bot; add it in the app's settings under OAuth & Permissions and reinstall",
        "warn  scopes of kubernetes: 1 more than the bot needs: channels:join; ",
    ])
    .await;
}

#[tokio::test]
async fn a_bridge_needs_scopes_and_the_bot_in_its_channels() {
    let place = "channel C0BP8PW9G of kubernetes";
    let desk = Desk::bridged().await;
    desk.says(&[
        "ok    scopes of kubernetes: those that the manifest asks for",
        &format!("fail  {place}: Slack refuses: channel_not_found; see that the id is right"),
    ])
    .await;
    let kind = ChannelKind::Public;
    let channel = desk
        .workspace
        .channel_with_id("C0BP8PW9G", "sig-node", kind);
    desk.says(&[&format!("ok    {place}: the bot is in it")])
        .await;
    channel.remove_bot();
    desk.says(&[&format!(
        "fail  {place}: Slack refuses: not_in_channel; /invite the bot there"
    )])
    .await;
    desk.workspace.without_scope("reactions:read");
    desk.workspace.without_scope("channels:history");
    desk.says(&[
        "fail  scopes of kubernetes: reactions:read is missing, with which the bot hears the reaction with which a message is relayed; ",
        &format!("fail  {place}: not checked, for "),
    ])
    .await;
}

#[tokio::test]
async fn a_digest_can_do_without_its_chart() {
    let desk = Desk {
        digest: true,
        ..Desk::new("socket").await
    };
    let uses = [Use::Public, Use::Digest];
    let scopes: Vec<&str> = manifest::scopes(&uses).map(|(name, _)| name).collect();
    desk.workspace.set_scopes(&scopes);
    let kind = ChannelKind::Public;
    desk.workspace
        .channel_with_id("C0BP8PW9G", "sig-node", kind);
    desk.says(&[
        "ok    scopes of kubernetes: those that the manifest asks for",
        "ok    channel C0BP8PW9G of kubernetes: the bot is in it",
    ])
    .await;
    desk.workspace.without_scope("files:write");
    desk.says(&["warn  scopes of kubernetes: files:write is missing, so digests go without their chart; add it in the app's settings under OAuth & Permissions and reinstall"])
        .await;
}

#[tokio::test]
async fn links_can_do_without_previews() {
    for scope in ["links:read", "links:write"] {
        let desk = Desk::new("socket").await;
        desk.workspace.without_scope(scope);
        desk.says(&[&format!("warn  scopes of kubernetes: {scope} is missing, so links to KEPs get no preview; add it in the app's settings under OAuth & Permissions and reinstall")])
            .await;
    }
}

#[tokio::test]
async fn a_private_channel_needs_a_scope_of_its_own() {
    let desk = Desk::bridged().await;
    let kind = ChannelKind::Private;
    desk.workspace
        .channel_with_id("C0BP8PW9G", "steering", kind);
    desk.says(&["fail  channel C0BP8PW9G of kubernetes: it is private, and groups:history is missing; make the manifest with --private-channels"])
        .await;
    desk.workspace.with_scope("groups:history");
    desk.says(&[
        "ok    channel C0BP8PW9G of kubernetes: the bot is in it",
        "ok    scopes of kubernetes: those that the manifest asks for",
    ])
    .await;
    desk.slack.take_violations();
}

#[tokio::test]
async fn tokens_that_slack_refuses() {
    let desk = Desk::new("socket").await.with("BOT", "xoxb-another");
    desk.workspace
        .set_app_token_scopes(&["authorizations:read"]);
    desk.says(&[
        "fail  bot token of kubernetes: Slack refuses: invalid_auth; copy the Bot User OAuth Token, xoxb-…, ",
        "fail  Socket Mode of kubernetes: Slack refuses: missing_scope; switch Socket Mode on in the app's settings, make an app-level token, xapp-…, with the scope connections:write ",
    ])
    .await;
    let desk = Desk::new("http").await;
    desk.workspace.uninstall();
    desk.says(&[
        "fail  bot token of kubernetes: Slack refuses: account_inactive; it is good no more; reinstall the app",
        "ok    signing secret of kubernetes",
    ])
    .await;
}

#[tokio::test]
async fn secrets_that_are_not_there_or_look_wrong() {
    let desk = Desk::new("socket")
        .await
        .with("BOT", "")
        .with("APP", "two\nlines");
    desk.says(&[
        "fail  bot token of kubernetes: env:BOT",
        "fail  Socket Mode of kubernetes: Slack refuses: invalid_auth",
    ])
    .await;
    let desk = Desk::new("http").await.with("SIGNING", "");
    desk.says(&["fail  signing secret of kubernetes: env:SIGNING"])
        .await;
    let desk = desk.with("SIGNING", "a client secret by mistake");
    desk.says(&["warn  signing secret of kubernetes: it is not 32 hexadecimal digits"])
        .await;
}

#[tokio::test]
async fn a_slack_that_is_gone_limits_or_talks_nonsense() {
    let desk = Desk::new("socket").await;
    for (fault, wanted) in [
        (Fault::Status(503), "no clear answer from Slack: 503 "),
        (
            Fault::Cut,
            "no clear answer from Slack: the connection could not be made, or broke; see that http",
        ),
        (
            Fault::Html,
            "no clear answer from Slack: the answer cannot be understood",
        ),
        (
            Fault::WrongShape,
            "no clear answer from Slack: the answer cannot be understood",
        ),
        (
            Fault::TooManyRequests(7),
            "Slack's rate limit is used up for 7 s; check again later",
        ),
    ] {
        desk.slack.fault(On::method("auth.test"), fault);
        desk.says(&[&format!("fail  bot token of kubernetes: {wanted}")])
            .await;
    }
    let open = On::method("apps.connections.open");
    desk.slack.fault(open, Fault::TooManyRequests(60));
    desk.says(&["warn  Socket Mode of kubernetes: Slack's rate limit is used up"])
        .await;
    desk.slack.stop();
    desk.says(&[
        "fail  bot token of kubernetes: no clear answer from Slack",
        "fail  Socket Mode of kubernetes: no clear answer from Slack",
    ])
    .await;
}

/// Whoever reads that something fails wants to know what to do.
#[test]
fn every_failure_says_what_mends_it() {
    let folder = Folder::new();
    let settings = r#"
        github = { api_url = "http://127.0.0.1:9", token = "file:none" }
        slack = { api_url = "http://127.0.0.1:9" }
        [[workspaces]]
        name = "kubernetes"
        bot_token = "file:none"
        app_token = "env:APP"
    "#;
    folder.file("kep-liaison.toml", settings);
    folder.file("kep-liaison.db", "no database, and longer than a header");
    let with_secret = ran(folder.program().arg("check").env("APP", "xapp-1"));
    let settings = settings.replacen("file:none", "env:GITHUB_TOKEN", 1);
    folder.file("kep-liaison.toml", &settings);
    let asked = ran(folder.program().arg("check").env("GITHUB_TOKEN", "ghp_1"));
    let all = [with_secret.stdout, asked.stdout].concat();
    let failures: Vec<_> = all
        .lines()
        .filter(|line| line.starts_with("fail"))
        .collect();
    assert!(failures.len() >= 8, "{failures:#?}");
    let says_what_to_do = |line: &&&str| line.contains("; ") || line.contains(": see that ");
    let bare: Vec<_> = failures
        .iter()
        .filter(|line| !says_what_to_do(line))
        .collect();
    assert!(bare.is_empty(), "{bare:#?}");
}

#[tokio::test]
async fn our_clock_is_held_against_slacks() {
    let slack = Slack::start(Arc::new(SystemClock)).await;
    let token = Secret::new(&slack.workspace("kubernetes").bot_token());
    for minutes in [-6, 0, 3] {
        let clock = ManualClock::at(Utc::now() + TimeDelta::minutes(minutes));
        let probe = Probe::new(&slack.api_url(), Arc::new(clock)).expect("a probe");
        let standing = probe.bot(&token).await.expect("a standing");
        let ahead = standing.clock_ahead.expect("Slack's time");
        let error = (ahead - TimeDelta::minutes(minutes)).abs();
        assert!(error < TimeDelta::seconds(20), "{ahead}");
    }
}

#[test]
fn without_a_workspace_only_the_command_line_works() {
    let folder = Folder::new();
    // Nobody listens there.
    let settings = "[github]\napi_url = \"http://127.0.0.1:9\"\n";
    folder.file("kep-liaison.toml", settings);
    let ran = folder.run(&["check"]);
    let line = "warn  Slack: no workspace is configured: only the command line works";
    assert!(ran.stdout.contains(line), "{ran:?}");
}

/// At three in the morning, the unit does not start, and somebody wants to know why.
#[test]
fn a_units_secrets_while_it_is_stopped() {
    let folder = Folder::new();
    let of_a_unit = "file:/run/credentials/kep-liaison-of-a-test.service/";
    let settings = format!(
        "github = {{ api_url = \"http://127.0.0.1:9\", token = \"{of_a_unit}github-token\" }}\n"
    );
    folder.file("kep-liaison.toml", &settings);
    let said = folder.run(&["check"]).stdout;
    let how = "/run/credentials/kep-liaison-of-a-test.service is there only while the unit runs, and only for root: start it, or check as root with: sed 's|/run/credentials/kep-liaison-of-a-test.service|/etc/kep-liaison/secrets|' kep-liaison.toml | kep-liaison check --config /dev/stdin";
    assert!(said.contains(&format!("warn  secrets: {how}\n")), "{said}");
    assert!(
        said.contains("LoadCredential= of the unit puts it there"),
        "{said}"
    );
    // What is advised works: settings are taken from a pipe, and the secrets from the other folder.
    let secret = folder.file("secrets/github-token", "ghp_1\n");
    let secrets = secret.parent().expect("a folder").display();
    let piped = settings.replace(
        "/run/credentials/kep-liaison-of-a-test.service",
        &secrets.to_string(),
    );
    let mut check = folder.program();
    check
        .args(["check", "--config", "/dev/stdin"])
        .write_stdin(piped);
    let said = ran(&mut check).stdout;
    assert!(said.starts_with("ok    settings: "), "{said}");
    assert!(
        !said.contains("secret from") && !said.contains("LoadCredential"),
        "{said}"
    );
}

#[tokio::test]
async fn whether_people_can_sign_in() {
    let github = GitHub::start(Arc::new(SystemClock)).await;
    let (url, client_id) = (github.url().to_owned(), github.oauth_app());
    let says = async |web: &str, client_id: &str| {
        let settings = format!(
            "github = {{ api_url = \"{url}\", web_url = \"{web}\", oauth_client_id = \"{client_id}\" }}"
        );
        let run = move || {
            let folder = Folder::new();
            folder.file("kep-liaison.toml", &settings);
            folder.run(&["check"]).stdout
        };
        let said = tokio::task::spawn_blocking(run).await.expect("no panic");
        let mut lines = said
            .lines()
            .filter(|line| line.contains("signing in at GitHub"));
        lines.next().expect(&said).to_owned()
    };
    assert_eq!(
        says(&url, &client_id).await,
        "ok    signing in at GitHub: people prove who they are by /kep link"
    );
    assert_eq!(
        says(&url, "Iv23liAbCdEf").await,
        "warn  signing in at GitHub: GitHub knows no App with the client id of the settings; copy github.oauth_client_id from the App's page"
    );
    github.allow_device_flow(&client_id, false);
    assert_eq!(
        says(&url, &client_id).await,
        "warn  signing in at GitHub: GitHub's App of the settings does not allow the device flow; enable the device flow on the App's page"
    );
    let away = says("http://127.0.0.1:9", &client_id).await;
    assert!(
        away.starts_with("warn  signing in at GitHub: GitHub does not answer"),
        "{away}"
    );
}

#[test]
fn when_digests_come() {
    let folder = Folder::new();
    let settings = r#"
        github = { api_url = "http://127.0.0.1:9" }
        slack = { api_url = "http://127.0.0.1:9" }
        [[workspaces]]
        name = "kubernetes"
        [[channels]]
        id = "C0BP8PW9G"
        digest = {}
    "#;
    folder.file("kep-liaison.toml", settings);
    let said = folder
        .run(&["check", "--now", "2026-07-06T09:00:00Z"])
        .stdout;
    let line = "ok    digest of kubernetes/C0BP8PW9G: the next comes on Mon 6 Jul 2026, 08:00 (America/Los_Angeles)";
    assert!(said.contains(line), "{said}");
}
