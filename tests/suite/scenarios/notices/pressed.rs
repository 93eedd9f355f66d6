//! What somebody presses: what they answer stands in the dialog, and their home sets what they are told.

use kep_liaison::sandbox::slack::{OpenView, Person, Workspace};

use super::{super::Scene, begun};
use crate::scenarios::bridge::ISSUE;

impl Scene {
    pub(super) async fn dialog_of(&self, person: &Person) -> OpenView {
        let is_open = |_: &Workspace| person.modal().is_some();
        self.workspace.until("a dialog", is_open).await;
        person.modal().expect("it is open")
    }

    /// The home after somebody pressed a button of it.
    async fn presses(&self, label: &str) -> String {
        let before = self.sam.home().expect("a home");
        self.sam.clicks(&before, label).await;
        let is_other = || {
            self.sam
                .home()
                .is_some_and(|home| home.blocks != before.blocks)
        };
        self.until("another home", is_other).await;
        let home = self.sam.home().expect("a home");
        serde_json::to_string(&home.blocks).expect("JSON")
    }
}

fn first_words(dialog: &OpenView) -> &str {
    let first = &dialog.blocks[0]["elements"][0]["text"];
    first.as_str().expect("a quote")
}

#[tokio::test]
async fn the_dialog_shows_what_is_answered() {
    let scene = begun().await;
    scene
        .comments_on_it("author", "@samuelkarp, is `this` *the* place?")
        .await;
    let told = scene.told_once(&scene.sam).await;
    scene.sam.clicks(&told, "Reply").await;
    let dialog = scene.dialog_of(&scene.sam).await;
    insta::assert_snapshot!(first_words(&dialog), @"“@samuelkarp, is this the place?”");
    scene.sam.closes(&dialog).await;

    let long = "It is long. ".repeat(40);
    let typed = format!("/kep ping 5825 Is it ready? {long}");
    scene.mike.types(&scene.sig_node, &typed).await;
    scene.rest().await;
    scene.sig_node.look_at_all();
    let asked = scene.told_once(&scene.sam).await;
    scene.sam.clicks(&asked, "Answer").await;
    let dialog = scene.dialog_of(&scene.sam).await;
    let words = first_words(&dialog);
    assert!(words.starts_with("“Is it ready? It is long."), "{words}");
    assert!(words.ends_with("…”"), "{words}");
    assert!(words.chars().count() <= 302, "{words}");
    scene.end().await;
}

#[tokio::test]
async fn a_mention_can_be_answered_whatever_comes_after_it() {
    let scene = begun().await;
    scene
        .comments_on_it("author", "@samuelkarp, is it so?")
        .await;
    scene
        .containerd()
        .acting_as("mikebrow")
        .close(ISSUE, "completed");
    scene.learns(true).await;
    scene.sig_node.look_at_all();
    let told = scene.told_once(&scene.sam).await;
    assert!(told.words().contains("closed"), "{}", told.words());
    scene.sam.clicks(&told, "Reply").await;
    let dialog = scene.dialog_of(&scene.sam).await;
    assert_eq!(first_words(&dialog), "“@samuelkarp, is it so?”");
    scene.sam.closes(&dialog).await;
    scene.end().await;
}

#[tokio::test]
async fn the_home_sets_what_one_is_told() {
    let scene = begun().await;
    scene.answers(&scene.sam, "/kep notify mute 4680").await;
    scene.sam.opens_home().await;
    scene.until("a home", || scene.sam.home().is_some()).await;
    let home = scene.sam.home().expect("a home");
    let home = super::phone(&serde_json::json!({ "blocks": home.blocks }));
    insta::assert_snapshot!(home);

    let home = scene.presses("mentions off").await;
    assert!(home.contains("Not of: mentions."), "{home}");
    let home = scene.presses("Unmute KEP-4680").await;
    assert!(!home.contains("Muted:"), "{home}");
    scene.comments_on_it("author", "@samuelkarp, one.").await;
    scene.nobody_is_told().await;
    scene.presses("mentions on").await;
    scene.comments_on_it("author", "@samuelkarp, two.").await;
    scene.told_once(&scene.sam).await;
    let home = scene.presses("Tell me nothing").await;
    assert!(home.contains("until you type /kep notify on"), "{home}");
    scene.comments_on_it("author", "@samuelkarp, three.").await;
    scene.nobody_is_told().await;
    let home = scene.presses("Tell me again").await;
    assert!(!home.contains("I tell you nothing"), "{home}");
    scene.end().await;
}
