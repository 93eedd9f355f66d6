//! Who is known as whom: what the settings say, several workspaces, other logins, and restarts.

use kep_liaison::sandbox::github::Right;

use super::{Scene, Transport, set_up, unstarted};

#[tokio::test]
async fn what_the_settings_say_stays() {
    let scene = set_up(Transport::Socket).await;
    let (sam, mike) = (scene.sam.clone(), scene.mike.clone());
    let ask = |person: &str| {
        format!(
            "ask who looks after this bot (samuelkarp, liaison) to add you, with your login and your Slack member id {person}"
        )
    };
    let add = ask(sam.id());
    let told = scene.is_answered(&sam, "/kep link").await;
    assert_eq!(
        told,
        format!(
            "My settings say that you are samuelkarp on GitHub, so there is nothing to link. If that is wrong, {add}."
        )
    );
    let told = scene.is_answered(&sam, "/kep unlink").await;
    assert_eq!(
        told,
        format!(
            "My settings say that you are samuelkarp on GitHub, and that cannot be taken back here. If that is wrong, {add}."
        )
    );
    assert_eq!(scene.known_as(&sam).await.as_deref(), Some("samuelkarp"));
    // Somebody who signs in as whom the settings know as another gets nothing by it.
    let told = scene.links(&mike, "SamuelKarp").await;
    let add = ask(mike.id());
    assert_eq!(
        told,
        format!(
            "You signed in as SamuelKarp, and my settings say that this is somebody else here. What they say counts, so nothing was linked. If that is you, {add}."
        )
    );
    assert_eq!(scene.known_as(&mike).await, None);
    assert_eq!(
        scene
            .github
            .requests()
            .iter()
            .filter(|it| it.path == "/login/device/code")
            .count(),
        1
    );
    scene.end().await;
}

#[tokio::test]
async fn what_somebody_may_comes_with_the_login() {
    let scene = set_up(Transport::Socket).await;
    let mike = scene.mike.clone();
    let refused = scene.is_answered(&mike, "/kep outbox").await;
    assert!(
        refused.starts_with("That is for those who look after this bot"),
        "{refused}"
    );
    scene.links(&mike, "liaison").await;
    let answer = scene.is_answered(&mike, "/kep outbox").await;
    assert!(!answer.starts_with("That is for"), "{answer}");
    // And goes with it.
    let told = scene.is_answered(&mike, "/kep unlink").await;
    assert_eq!(
        told,
        "I do not know you as liaison on GitHub any more. /kep link begins anew."
    );
    assert_eq!(scene.is_answered(&mike, "/kep outbox").await, refused);
    let told = scene.is_answered(&mike, "/kep unlink").await;
    assert_eq!(
        told,
        "You are linked to nobody on GitHub, so there is nothing to take back."
    );
    scene.end().await;
}

#[tokio::test]
async fn answers_name_who_linked_at_once() {
    let scene = set_up(Transport::Socket).await;
    let mike = scene.mike.clone();
    let shows = async || {
        let shown = mike.types(&scene.sig_node, "/kep who 5825").await;
        let blocks = serde_json::to_string(&shown.said().blocks).expect("JSON");
        blocks.contains(&format!("<@{}>", mike.id()))
    };
    assert!(!shows().await);
    scene.links(&mike, "bitoku").await;
    assert!(shows().await);
    scene.is_answered(&mike, "/kep unlink").await;
    assert!(!shows().await);
    scene.end().await;
}

#[tokio::test]
async fn linking_again_replaces_and_a_restart_forgets_nothing() {
    let mut scene = set_up(Transport::Http).await;
    let mike = scene.mike.clone();
    scene.links(&mike, "stranger").await;
    assert_eq!(
        scene.links(&mike, "stranger").await,
        "I knew you as stranger on GitHub already. It stays so."
    );
    let told = scene.links(&mike, "mikebrow").await;
    assert_eq!(
        told,
        "I know you as mikebrow on GitHub now, and no more as stranger."
    );
    scene.code(&mike).await;
    scene.stop().await;
    scene.start().await;
    assert_eq!(scene.known_as(&mike).await.as_deref(), Some("mikebrow"));
    // The sign-in that was under way is begun anew.
    assert!(scene.links(&mike, "mikebrow").await.contains("already"));
    scene.end().await;
}

#[tokio::test]
async fn an_account_is_one_member_of_a_workspace_whatever_its_login() {
    let scene = set_up(Transport::Socket).await;
    let (mike, other) = (scene.mike.clone(), scene.person("other"));
    scene.links(&mike, "shepherd").await;
    scene.github.rename_account("shepherd", "herder");
    let told = scene.links(&mike, "herder").await;
    assert_eq!(
        told,
        "I know you as herder on GitHub now, and no more as shepherd."
    );
    // The login that was given up is somebody else's.
    scene.links(&other, "shepherd").await;
    assert_eq!(scene.known_as(&other).await.as_deref(), Some("shepherd"));
    // The same account from another member of the workspace.
    scene.links(&other, "herder").await;
    assert_eq!(scene.known_as(&other).await.as_deref(), Some("herder"));
    assert_eq!(scene.known_as(&mike).await, None);
    scene.end().await;
}

#[tokio::test]
async fn a_login_that_another_account_has_now_is_nobodys_link() {
    let scene = set_up(Transport::Socket).await;
    let (mike, other) = (scene.mike.clone(), scene.person("other"));
    scene.links(&mike, "shepherd").await;
    scene.github.rename_account("shepherd", "herder");
    scene
        .github
        .token("shepherd", &[("containerd/containerd", Right::Read)]);
    scene.links(&other, "shepherd").await;
    assert_eq!(scene.known_as(&other).await.as_deref(), Some("shepherd"));
    assert_eq!(scene.known_as(&mike).await, None);
    scene.end().await;
}

#[tokio::test]
async fn one_person_is_on_several_workspaces() {
    let mut scene = unstarted(Transport::Socket).await;
    let workspace = scene.cncf();
    let sam = workspace.person("sam");
    let channel = workspace.channel("containerd-dev").with(&[&sam]);
    scene.start().await;
    workspace.connected(2).await;
    scene.synced().await;
    let refused = sam.types(&channel, "/kep outbox").await.words();
    assert!(
        refused.starts_with("That is for those who look after"),
        "{refused}"
    );
    // They are in the settings for the other one, whose roles come along.
    sam.types(&channel, "/kep link").await;
    scene
        .until("a code", || !workspace.unseen().is_empty())
        .await;
    let code = super::code_in(&channel.next().await.words());
    scene
        .github
        .enter_code("samuelkarp", &code, true)
        .expect("a code");
    scene
        .until("an end", || !workspace.unseen().is_empty())
        .await;
    let told = channel.next().await.words();
    assert!(
        told.starts_with("I know you as samuelkarp on GitHub now."),
        "{told}"
    );
    let answer = sam.types(&channel, "/kep outbox").await.words();
    assert!(!answer.starts_with("That is for"), "{answer}");
    // Each is taken back where it was linked.
    let told = scene.is_answered(&scene.sam, "/kep unlink").await;
    assert!(
        told.starts_with("My settings say that you are samuelkarp"),
        "{told}"
    );
    let told = sam.types(&channel, "/kep unlink").await.words();
    assert!(
        told.starts_with("I do not know you as samuelkarp on GitHub any more."),
        "{told}"
    );
    workspace.nothing_more_was_said();
    scene.end().await;
}

#[tokio::test]
async fn where_it_is_not_set_up_it_says_whom_to_ask() {
    let scene = Scene::new(Transport::Socket).await;
    let mike = scene.mike.clone();
    let told = scene.is_answered(&mike, "/kep link").await;
    let id = mike.id();
    assert_eq!(
        told,
        format!(
            "Signing in at GitHub is not set up here. For me to know who you are there, ask whoever runs this bot to add you, with your login and your Slack member id {id}."
        )
    );
    let told = scene.is_answered(&mike, "/kep link @mikebrow").await;
    assert_eq!(
        told,
        "Type /kep link alone: who you are you prove by signing in at GitHub, so no login is needed here."
    );
    scene.end().await;
}
