//! Whom the texts of issues and pull requests name, which people edit as they like.

use std::time::Duration;

use kep_liaison::sandbox::slack::Said;

use super::{begin, begun};
use crate::scenarios::{
    Scene, Transport,
    bridge::{ISSUE, OTHER, unstarted},
};

const DAY: Duration = Duration::from_hours(24);

impl Scene {
    /// Somebody puts words at the end of the tracking issue of KEP-5825.
    fn adds(&self, login: &str, words: &str) {
        let issue = self.containerd().issue(ISSUE);
        let body = issue["body"].as_str().expect("a body");
        let body = format!("{body}\n\n{words}\n");
        self.containerd().acting_as(login).edit_body(ISSUE, &body);
    }
}

#[tokio::test]
async fn an_edit_that_names_a_shepherd_tells_them() {
    for by_webhook in [true, false] {
        let scene = begun().await;
        // Who shepherds it by being assigned is named nowhere in it.
        scene.rewrites("@samuelkarp", "");
        scene.containerd().assign(ISSUE, "shepherd");
        scene.learns(by_webhook).await;
        scene.all_told().await;
        scene.pass(Duration::from_mins(5)).await;
        scene.adds("mikebrow", "Open question: @shepherd, please decide.");
        scene.learns(by_webhook).await;
        assert_eq!(scene.all_told().await, ["shepherd"], "{by_webhook}");
        scene.end().await;
    }
}

#[tokio::test]
async fn an_edit_that_names_the_author_tells_them_where_it_is_another_s() {
    for (editor, told) in [("mikebrow", &["shepherd"][..]), ("shepherd", &[])] {
        let scene = begun().await;
        let containerd = scene.containerd();
        let body = format!("Part of #{ISSUE}");
        let pull = containerd.open_pull("shepherd", "Streaming", &body);
        scene.learns(true).await;
        scene.pass(Duration::from_mins(5)).await;
        scene.poll().await;
        let body = format!("{body}. What of @shepherd?");
        containerd.acting_as(editor).edit_body(pull, &body);
        scene.deliver().await;
        if !told.is_empty() {
            let unseen = || !scene.workspace.unseen().is_empty();
            scene.until("a word", unseen).await;
        }
        scene.poll().await;
        assert_eq!(scene.all_told().await, told, "{editor}");
        scene.end().await;
    }
}

#[tokio::test]
async fn a_pull_request_that_is_linked_late_tells_of_no_old_words() {
    let scene = begun().await;
    let containerd = scene.containerd();
    let old = containerd.open_pull("author", "Streaming", "@shepherd, please review.");
    scene.learns(true).await;
    scene.nobody_is_told().await;
    scene.pass(DAY * 3).await;
    scene.poll().await;
    let new = containerd.open_pull("author", "More streaming", "@shepherd, this as well.");
    scene.learns(true).await;
    scene.nobody_is_told().await;
    scene.pass(Duration::from_mins(5)).await;
    for pull in [old, new] {
        let body = containerd.issue(pull)["body"]
            .as_str()
            .expect("a body")
            .to_owned();
        containerd
            .acting_as("author")
            .edit_body(pull, &format!("{body}\n\nPart of #{ISSUE}"));
    }
    scene.learns(true).await;
    let shepherd = scene.person("shepherd");
    let told = scene.told_once(&shepherd).await;
    assert!(told.words().contains("this as well"), "{}", told.words());
    scene.end().await;
}

#[tokio::test]
async fn an_edit_that_links_an_old_pull_request_tells_whom_it_names() {
    let scene = begun().await;
    let containerd = scene.containerd();
    let pull = containerd.open_pull("author", "Streaming", "@samuelkarp knows of it.");
    scene.learns(true).await;
    scene.pass(DAY * 3).await;
    scene.poll().await;
    let body = format!("@samuelkarp knows of it. Part of #{ISSUE}. @shepherd, PTAL.");
    containerd.acting_as("author").edit_body(pull, &body);
    scene.deliver().await;
    let unseen = || !scene.workspace.unseen().is_empty();
    scene.until("a word", unseen).await;
    scene.poll().await;
    assert_eq!(scene.all_told().await, ["shepherd"]);
    scene.end().await;
}

#[tokio::test]
async fn what_is_said_in_a_private_repository_is_not_repeated_in_a_channel() {
    let scene = begin(unstarted(Transport::Socket, "digest = {}").await).await;
    let liaison = scene.person("liaison");
    scene.answers(&liaison, "/kep digest now").await;
    scene.all_said().await;
    scene.pass(Duration::from_mins(5)).await;
    scene.containerd().set_private(true);
    scene
        .containerd()
        .comment("shepherd", OTHER, "The embargo ends on Tuesday.");
    scene.learns(true).await;
    scene.rest().await;
    let said = scene.all_said().await;
    assert!(!said.is_empty());
    for said in &said {
        assert!(
            !said.json.to_string().contains("embargo"),
            "{}",
            said.words()
        );
    }
    assert!(
        said.iter()
            .any(|said| said.words().contains("The repository is private")),
        "{said:#?}"
    );
    // Nor in a digest, once all that was said by then has arrived.
    scene.pass(Duration::from_hours(2)).await;
    scene.poll().await;
    scene.answers(&liaison, "/kep digest now").await;
    let said = scene.all_said().await;
    let words: Vec<String> = said.iter().map(Said::words).collect();
    let words = words.join("\n");
    assert!(words.contains("The repository is private"), "{words}");
    assert!(!words.contains("embargo"), "{words}");
    scene.end().await;
}
