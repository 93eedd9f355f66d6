//! Answers are laid out once a minute, and everybody gets their own all the same: in each workspace,
//! with each role, alone and before others.

use kep_liaison::sandbox::slack::{Channel, Person, Shown, Workspace};

use super::{Scene, Transport};

/// Another workspace of the same bot, where the same people have other member ids.
struct Elsewhere {
    workspace: Workspace,
    channel: Channel,
    sam: Person,
    mike: Person,
}

/// Two workspaces; Sam looks after the bot, Mike does not.
async fn two_workspaces(settings: &str) -> (Scene, Elsewhere) {
    let mut scene = Scene::before_start(Transport::Socket).await;
    let workspace = scene.slack.workspace("cncf");
    let (sam, mike) = (workspace.person("sam"), workspace.person("mike"));
    let channel = workspace.channel("containerd-dev").with(&[&sam, &mike]);
    let (people, _) = scene.settings.split_once("[[people]]").expect("people");
    scene.settings = format!(
        r#"
        {people}
        [[workspaces]]
        name = "cncf"
        mode = "socket"
        bot_token = "env:CNCF_BOT"
        app_token = "env:CNCF_APP"
        [[people]]
        github = "samuelkarp"
        slack = {{ kubernetes = "{}", cncf = "{}" }}
        roles = ["admin"]
        [[people]]
        github = "mikebrow"
        slack = {{ kubernetes = "{}", cncf = "{}" }}
        "#,
        scene.sam.id(),
        sam.id(),
        scene.mike.id(),
        mike.id(),
    )
    .replace(
        "slack = { api_url",
        &format!("slack = {{ {settings}, api_url"),
    );
    scene.tokens.extend([
        ("CNCF_BOT".to_owned(), workspace.bot_token()),
        ("CNCF_APP".to_owned(), workspace.app_token()),
    ]);
    scene.start().await;
    workspace.connected(2).await;
    scene.synced().await;
    let elsewhere = Elsewhere {
        workspace,
        channel,
        sam,
        mike,
    };
    (scene, elsewhere)
}

/// Whether an answer is alone for the asker, or for everybody, as it was asked for.
fn is_seen(shown: &Shown, by_all: bool) {
    assert_eq!(shown.said().is_ephemeral(), !by_all, "{}", shown.words());
}

#[tokio::test]
async fn everybody_gets_their_own_answer() {
    // What one person asks here for the first time, and help, which is laid out each time.
    let (scene, elsewhere) = two_workspaces("commands_per_minute = 6").await;
    let (here, there) = (&scene.sig_node, &elsewhere.channel);
    let everybody = [
        (&scene.sam, here, "samuelkarp", scene.sam.id()),
        (&scene.mike, here, "mikebrow", scene.sam.id()),
        (&elsewhere.mike, there, "mikebrow", elsewhere.sam.id()),
        (&elsewhere.sam, there, "samuelkarp", elsewhere.sam.id()),
    ];
    for _ in 0..2 {
        for (person, channel, login, sam) in everybody {
            let whose = format!("person:{login}");
            for by_all in [false, true] {
                let end = if by_all { " here" } else { "" };
                // KEP-5825's shepherd is Sam, whose name Slack shows to one who reads it alone.
                let who = format!("/kep who 5825{end}");
                let shown = person.types(channel, &who).await;
                is_seen(&shown, by_all);
                let words = shown.words();
                assert_eq!(words.contains(&format!("<@{sam}>")), !by_all, "{words}");
                assert_eq!(words.contains("<@"), !by_all, "{words}");
                let mine = format!("/kep mine{end}");
                let shown = person.types(channel, &mine).await;
                is_seen(&shown, by_all);
                assert!(shown.words().contains(&whose), "{}", shown.words());
            }
            let shown = person.types(channel, "/kep help").await;
            is_seen(&shown, false);
            let offers = shown.words().contains("/kep outbox");
            assert_eq!(offers, login == "samuelkarp", "{}", shown.words());
        }
    }
    elsewhere.workspace.nothing_more_was_said();
    scene.end().await;
}
