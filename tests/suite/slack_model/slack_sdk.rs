//! The model under slack_sdk, whose authors never heard of it.

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Command, Stdio},
    time::Duration,
};

use kep_liaison::ports::Clock as _;
use serde_json::{Map, Value, json};

use tokio::time::timeout;

use super::{World, app::Endpoint, world};

/// How long the script and the person may take with one another.
const PATIENCE: Duration = Duration::from_mins(1);

/// A Python that has a module. Without one the test is left out, and a line on stderr says so.
pub(crate) fn python_with(module: &str, what: &str) -> Option<String> {
    let python = env::var("KEP_LIAISON_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let asked = Command::new(&python)
        .args(["-c", &format!("import {module}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if asked.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    // Not eprintln!, whose words cargo swallows when a test passes.
    let _ = writeln!(
        std::io::stderr(),
        "LEFT OUT: {what}: {python} cannot import {module}; \
         KEP_LIAISON_PYTHON names another interpreter"
    );
    None
}

/// One signed request of each kind, as the script takes them.
async fn signed(world: &World) -> String {
    let app = Endpoint::start(|_| (200, vec![], String::new())).await;
    world.workspace.deliver_to(&app.url);
    world.sam.types(&world.sig_node, "/kep status ü & ñ").await;
    world.sam.says(&world.sig_node, "hello").await;
    world.workspace.shortcut("relay");
    world.sam.global_shortcut("relay").await;
    let lines = app.heard().into_iter().map(|heard| {
        let headers: Map<String, Value> = heard
            .headers
            .keys()
            .map(|name| (name.to_string(), heard.header(name.as_str()).into()))
            .collect();
        let line = json!({
            "secret": world.workspace.signing_secret(),
            "now": world.clock.now().timestamp(),
            "headers": headers,
            "body": heard.body,
        });
        format!("{line}\n")
    });
    lines.collect()
}

#[tokio::test]
async fn slack_sdk_finds_what_it_expects_of_slack() {
    let Some(python) = python_with("slack_sdk", "the model of Slack under slack_sdk") else {
        return;
    };
    let world = world().await;
    world.workspace.channel("sig-release");
    let requests = signed(&world).await;
    world.workspace.socket_mode();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/slack_sdk_check.py"
    );
    let mut child = Command::new(python)
        .args([script, &world.slack.api_url()])
        .args([world.workspace.bot_token(), world.workspace.app_token()])
        .args([world.sig_node.id(), world.sam.id()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the script runs");
    let mut said = BufReader::new(child.stdout.take().expect("its words"));
    // The model answers on this thread meanwhile.
    let line = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        said.read_line(&mut line).expect("a line");
        line
    });
    if line.await.expect("no panic") == "connected\n"
        && timeout(PATIENCE, converse(&world)).await.is_err()
    {
        child.kill().expect("an end");
    }
    let mut input = child.stdin.take().expect("its ear");
    let ended = tokio::task::spawn_blocking(move || {
        // A script that failed already does not listen; its words say why.
        let _ = input.write_all(requests.as_bytes());
        drop(input);
        let mut words = String::new();
        let errors = child.stderr.as_mut().expect("its complaints");
        errors.read_to_string(&mut words).expect("text");
        (child.wait().expect("an end").success(), words)
    });
    let (succeeded, words) = ended.await.expect("no panic");
    assert!(succeeded, "{words}");
    assert_eq!(world.sam.home().expect("a home").words(), "Yours");
}

/// What the person of the script does once the app is there.
async fn converse(world: &World) {
    world.workspace.connected(1).await;
    let shown = world.sam.types(&world.sig_node, "/kep").await;
    assert_eq!(shown.words(), "at once");
    let later = |said: &kep_liaison::sandbox::slack::Said| said.text == "later";
    let sees_later = |_: &_| world.sig_node.seen_by(&world.sam).iter().any(later);
    world.workspace.until("the later answer", sees_later).await;
    let posted = world
        .sig_node
        .messages()
        .into_iter()
        .find(|said| said.text == "KEP-5825");
    let shown = world
        .sam
        .clicks(&posted.expect("the message"), "Follow")
        .await;
    assert_eq!(shown.error, None);
    world
        .workspace
        .until("a modal", |_| world.sam.modal().is_some())
        .await;
    world.sam.says(&world.sig_node, "@kep-liaison hello").await;
}
