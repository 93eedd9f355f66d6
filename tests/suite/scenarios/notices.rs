//! What somebody is told by direct message because it concerns them: once, where and when they want it,
//! and nobody else.

mod followers;
mod named;
mod own;
mod places;
mod pressed;
mod settings;
mod texts;
mod theirs;
mod webhooks;

use std::time::Duration;

use kep_liaison::sandbox::{
    github::{Repository, ReviewState},
    slack::{Person, Said},
};
use serde_json::json;

use super::{
    Scene, Transport,
    bridge::{ISSUE, unstarted},
};
use crate::desk::phone::phone;

/// A bot that has taken in what was there before, and hears of what happens from then on.
async fn begun() -> Scene {
    begin(unstarted(Transport::Socket, "").await).await
}

async fn begin(mut scene: Scene) -> Scene {
    scene.tells_people = true;
    scene.start().await;
    scene.synced().await;
    scene.rest().await;
    scene.hook();
    scene.deliver().await;
    scene
}

impl Scene {
    /// The repository of the enhancements, with the issue of KEP-5825.
    fn enhancement_issue(&self) -> Repository {
        let enhancements = self.github.repository("kubernetes/enhancements");
        let issue = json!({
            "number": 5825, "title": "CRI List Streaming", "state": "open",
            "user": {"login": "author"}, "body": "", "labels": [], "assignees": [],
            "created_at": "2026-01-05T12:00:00Z", "updated_at": "2026-01-05T12:00:00Z",
        });
        enhancements.take_in(&issue).expect("an issue");
        enhancements
    }

    /// Somebody comments on the tracking issue of KEP-5825, and the bot hears of it.
    async fn comments_on_it(&self, login: &str, text: &str) -> u64 {
        let comment = self.containerd().comment(login, ISSUE, text);
        self.deliver().await;
        self.taken_in(comment, text).await;
        comment
    }

    /// Waits until the bot has taken in that a comment says something, and has done what follows.
    async fn taken_in(&self, comment: u64, text: &str) {
        self.until_stored(comment, |said| said == Some(text)).await;
        self.rest().await;
    }

    /// Waits until what is stored of a comment's text is this; none where it is gone.
    async fn until_stored(&self, comment: u64, is_it: impl Fn(Option<&str>) -> bool) {
        let mut store = self.store().await;
        let began = std::time::Instant::now();
        loop {
            let doc: Option<String> = sqlx::query_scalar("SELECT doc FROM comments WHERE id = $1")
                .bind(i64::try_from(comment).expect("a number"))
                .fetch_optional(&mut store)
                .await
                .expect("a row");
            let doc: Option<serde_json::Value> =
                doc.map(|doc| serde_json::from_str(&doc).expect("JSON"));
            if is_it(doc.as_ref().and_then(|doc| doc["body"].as_str())) {
                return;
            }
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "it is not taken in"
            );
            self.nudge().await;
        }
    }

    /// What was said to somebody alone and that they have not looked at; nothing was said elsewhere.
    async fn told(&self, person: &Person) -> Vec<Said> {
        self.rest().await;
        let direct = person.direct();
        let said = self.workspace.unseen();
        let words: Vec<String> = said.iter().map(Said::words).collect();
        assert!(
            said.iter().all(|it| it.channel == direct.id()),
            "{words:#?}"
        );
        direct.look_at_all();
        said
    }

    /// The one thing that was said to somebody alone.
    async fn told_once(&self, person: &Person) -> Said {
        let mut said = self.told(person).await;
        let words: Vec<String> = said.iter().map(Said::words).collect();
        assert_eq!(said.len(), 1, "{words:#?}");
        said.remove(0)
    }

    /// Nothing was said to anybody.
    async fn nobody_is_told(&self) {
        self.rest().await;
        let words: Vec<String> = self.workspace.unseen().iter().map(Said::words).collect();
        assert!(words.is_empty(), "{words:#?}");
    }
}

fn shown(said: &Said) -> String {
    phone(&json!({ "blocks": said.blocks }))
}

#[tokio::test]
async fn a_mention_comes_by_direct_message() {
    let scene = begun().await;
    scene
        .comments_on_it(
            "author",
            "Rebased.\n\n@samuelkarp, is `RuntimeConfig` <b>the</b> place for *this*? It pings <!channel> & @everyone.",
        )
        .await;
    let said = scene.told_once(&scene.sam).await;
    insta::assert_snapshot!(shown(&said));
    // The first says how to stop it, and no other does.
    scene.pass(Duration::from_mins(2)).await;
    scene.comments_on_it("author", "@samuelkarp PTAL.").await;
    let second = scene.told_once(&scene.sam).await;
    insta::assert_snapshot!(shown(&second));
    assert_eq!(second.thread.as_deref(), Some(&*said.ts));
    scene.end().await;
}

#[tokio::test]
async fn what_mentions_nobody_tells_nobody() {
    let scene = begun().await;
    let quoted = "> @samuelkarp said so\n\n`@samuelkarp` in code, <!-- @samuelkarp --> mail@samuelkarp.example";
    for (login, text) in [
        // One's own doing.
        ("samuelkarp", "/assign @samuelkarp"),
        // Known to nobody here.
        ("author", "@stranger, and @author themselves"),
        ("author", quoted),
    ] {
        scene.comments_on_it(login, text).await;
        scene.nobody_is_told().await;
    }
    scene.end().await;
}

#[tokio::test]
async fn a_burst_is_one_message() {
    let scene = begun().await;
    scene.comments_on_it("author", "@samuelkarp one.").await;
    let first = scene.told_once(&scene.sam).await;
    scene.pass(Duration::from_secs(20)).await;
    scene.comments_on_it("stranger", "@samuelkarp two.").await;
    scene.pass(Duration::from_secs(20)).await;
    scene.comments_on_it("author", "@samuelkarp three.").await;
    let folded = scene.told(&scene.sam).await;
    assert!(folded.iter().all(|said| said.ts == first.ts));
    let now = scene.sam.direct().message(&first.ts).expect("it stands");
    insta::assert_snapshot!(shown(&now));
    scene.end().await;
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back_with_what_is_folded_in() {
    let scene = begun().await;
    let first = scene
        .comments_on_it("author", "@samuelkarp, a secret.")
        .await;
    scene.told_once(&scene.sam).await;
    let containerd = scene.containerd();
    containerd.edit_comment(first, "@samuelkarp, nothing.");
    containerd.comment("author", ISSUE, "@samuelkarp, more.");
    scene.github.take_deliveries();
    scene.clock.advance(Duration::from_secs(1));
    scene.deliver().await;
    scene.poll().await;
    let told = scene.sam.direct_messages();
    let words: Vec<String> = told.iter().map(Said::words).collect();
    assert!(!words.concat().contains("a secret"), "{words:#?}");
    assert!(words.concat().contains("nothing.") && words.concat().contains("more."));
    scene.sam.direct().look_at_all();
    scene.end().await;
}

#[tokio::test]
async fn an_edit_tells_those_who_are_named_by_it() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    let comment = scene
        .comments_on_it("author", "@samuelkarp can decide that.")
        .await;
    let first = scene.told_once(&scene.sam).await;
    scene.pass(Duration::from_mins(5)).await;
    let new = "@samuelkarp or @shepherd can decide that.";
    scene.containerd().edit_comment(comment, new);
    scene.deliver().await;
    scene.taken_in(comment, new).await;
    let said = scene.workspace.unseen();
    scene.sam.direct().look_at_all();
    shepherd.direct().look_at_all();
    // What one was told says what it says now, and pings nobody again.
    let (edited, told): (Vec<Said>, Vec<Said>) =
        said.into_iter().partition(|said| said.ts == first.ts);
    assert_eq!((edited.len(), told.len()), (1, 1));
    assert!(edited[0].words().contains("or @shepherd can decide"));
    assert_eq!(told[0].channel, shepherd.direct().id());

    scene.containerd().delete_comment(comment);
    scene.deliver().await;
    scene
        .until("both are told", || scene.workspace.unseen().len() > 1)
        .await;
    scene.rest().await;
    let said = scene.workspace.unseen();
    scene.sam.direct().look_at_all();
    shepherd.direct().look_at_all();
    assert_eq!(said.len(), 2);
    insta::assert_snapshot!(shown(&said[0]));
    assert!(!said.iter().any(|said| said.words().contains("decide")));
    scene.end().await;
}

#[tokio::test]
async fn one_answers_by_a_button() {
    let scene = begun().await;
    scene
        .comments_on_it("author", "@samuelkarp may I merge?")
        .await;
    let said = scene.told_once(&scene.sam).await;
    scene.sam.clicks(&said, "Reply").await;
    scene
        .until("a dialog", || scene.sam.modal().is_some())
        .await;
    let dialog = scene.sam.modal().expect("it is open");
    let shown = scene
        .sam
        .submits(&dialog, &[("text", "Yes. @everyone else: #1 is *done*.")])
        .await;
    assert_eq!(shown.error, None);
    let holds = |comment: &String| comment.contains("Yes.");
    let comments = || scene.containerd().comments_on(ISSUE);
    scene
        .until("a comment", || comments().iter().any(holds))
        .await;
    scene.rest().await;
    let comment = comments().into_iter().find(holds).expect("it is there");
    let (text, _) = comment.rsplit_once("\n\n").expect("a mark");
    insta::assert_snapshot!(text);
    // It is Sam's word as a shepherd, so the KEP's thread has it, and Sam a receipt.
    let said = scene.all_said().await;
    scene.sam.direct().look_at_all();
    let words: Vec<String> = said.iter().map(Said::words).collect();
    assert!(
        words.iter().any(|words| words.contains("✅ Posted as")),
        "{words:#?}"
    );
    assert!(
        words
            .iter()
            .any(|words| words.contains(" on KEP-5825\nYes.")),
        "{words:#?}"
    );
    // What the bot wrote concerns nobody.
    scene.poll().await;
    scene.nobody_is_told().await;
    scene.end().await;
}

#[tokio::test]
async fn who_is_made_a_shepherd_is_told_and_who_is_one_no_more() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    scene.rewrites("@samuelkarp", "@samuelkarp, @shepherd");
    scene.poll().await;
    let told = scene.told_once(&shepherd).await;
    insta::assert_snapshot!(shown(&told));
    scene.pass(Duration::from_mins(5)).await;
    scene.rewrites("@samuelkarp, @shepherd", "@samuelkarp");
    scene.poll().await;
    let told = scene.told_once(&shepherd).await;
    assert!(
        told.words().contains("You do not shepherd"),
        "{}",
        told.words()
    );
    scene.end().await;
}

#[tokio::test]
async fn a_shepherd_is_told_where_their_kep_moves() {
    let scene = begun().await;
    scene.pushes("stage: alpha", "stage: beta");
    scene.poll().await;
    let told = scene.told_once(&scene.sam).await;
    insta::assert_snapshot!(shown(&told));
    scene.end().await;
}

#[tokio::test]
async fn a_shepherd_hears_of_the_enhancement_issue_as_well() {
    let scene = begun().await;
    let enhancements = scene.enhancement_issue();
    let text = "@samuelkarp @shepherd @mikebrow: is the runtime ready?";
    enhancements.comment("author", 5825, text);
    scene.deliver().await;
    let unseen = || !scene.workspace.unseen().is_empty();
    scene.until("a word to Sam", unseen).await;
    let told = scene.told_once(&scene.sam).await;
    insta::assert_snapshot!(shown(&told));
    // By polling it is found at the second poll at the latest, which asks no more often for it.
    scene.github.take_deliveries();
    scene.pass(Duration::from_mins(2)).await;
    scene.poll().await;
    scene.github.reset_log();
    scene.poll().await;
    let quiet = scene.github.requests().len();
    enhancements.comment("author", 5825, "@samuelkarp: and by now?");
    scene.github.take_deliveries();
    scene.poll().await;
    scene.poll().await;
    let told = scene.told_once(&scene.sam).await;
    assert!(told.words().contains("and by now?"), "{}", told.words());
    for _ in 0..4 {
        scene.github.reset_log();
        scene.poll().await;
        assert_eq!(scene.github.requests().len(), quiet);
    }
    scene.end().await;
}

#[tokio::test]
async fn a_review_of_a_linked_pull_request_is_heard_of_by_either_way() {
    let scene = begun().await;
    let containerd = scene.containerd();
    let pull = containerd.open_pull("author", "List streaming", "Part of #1, @shepherd");
    scene.poll().await;
    let shepherd = scene.person("shepherd");
    let told = scene.told_once(&shepherd).await;
    assert!(told.words().contains("Part of #1"), "{}", told.words());
    for polled in [false, true] {
        scene.pass(Duration::from_mins(5)).await;
        let words = format!("Fine with me, but @samuelkarp has the last word, {polled}.");
        containerd.review("mikebrow", pull, ReviewState::Approved, &words);
        if polled {
            scene.github.take_deliveries();
        } else {
            scene.deliver().await;
        }
        scene.poll().await;
        let told = scene.told_once(&scene.sam).await;
        assert!(told.words().contains(&words), "{}", told.words());
        scene.poll().await;
        scene.nobody_is_told().await;
    }
    containerd.review_comment("author", pull, "api.proto", "Like this, @samuelkarp?");
    scene.github.take_deliveries();
    scene.poll().await;
    let told = scene.told_once(&scene.sam).await;
    assert!(told.words().contains("Like this"), "{}", told.words());
    scene.end().await;
}

#[tokio::test]
async fn what_is_said_in_a_private_repository_is_not_repeated() {
    let scene = begun().await;
    // It was public when the bot first looked.
    scene.comments_on_it("author", "@samuelkarp, look.").await;
    scene.told_once(&scene.sam).await;
    scene.containerd().set_private(true);
    scene.pass(Duration::from_mins(11)).await;
    scene
        .comments_on_it("author", "@samuelkarp, this is secret.")
        .await;
    let told = scene.told_once(&scene.sam).await;
    assert!(told.words().contains("mentioned you"), "{}", told.words());
    assert!(
        !told.json.to_string().contains("secret"),
        "{}",
        told.words()
    );
    scene.end().await;
}

#[tokio::test]
async fn a_first_start_tells_nobody_of_what_was_said_before() {
    let mut scene = unstarted(Transport::Socket, "").await;
    let containerd = scene.containerd();
    containerd.comment("author", ISSUE, "@samuelkarp, an old question.");
    scene.clock.advance(Duration::from_mins(1));
    scene.tells_people = true;
    scene.start().await;
    scene.synced().await;
    scene.nobody_is_told().await;
    scene.poll().await;
    scene.nobody_is_told().await;
    scene.end().await;
}

#[tokio::test]
async fn two_hundred_names_are_told_in_part_and_said_to_be() {
    let mut scene = unstarted(Transport::Socket, "").await;
    let known: Vec<Person> = (0..60)
        .map(|nth| scene.person(&format!("known-{nth}")))
        .collect();
    for (nth, person) in known.iter().enumerate() {
        let section = format!(
            "[[people]]\ngithub = \"known-{nth}\"\nslack = {{ kubernetes = \"{}\" }}\n",
            person.id()
        );
        scene.settings.push_str(&section);
    }
    let scene = begin(scene).await;
    let names: Vec<String> = (0..200).map(|nth| format!("@known-{nth}")).collect();
    let comment = scene
        .containerd()
        .comment("author", ISSUE, &names.join(" "));
    scene.deliver().await;
    scene.taken_in(comment, &names.join(" ")).await;
    let told: Vec<Said> = known.iter().flat_map(Person::direct_messages).collect();
    assert_eq!(told.len(), 50);
    for said in &told {
        assert!(said.words().contains("and 199 others"), "{}", said.words());
        assert!(said.words().len() < 1_500);
    }
    for person in &known {
        person.direct().look_at_all();
    }
    scene.end().await;
}

#[tokio::test]
async fn a_freeze_that_a_kep_is_not_ready_for_is_told_a_week_and_two_days_before() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    // The code freeze of 1.37 ends with 22 July Anywhere on Earth, and 15:00 is a time for all.
    for (pass, is_told) in [
        (Duration::from_hours(9 * 24 + 2), false),
        (Duration::from_mins(80), true),
        (Duration::from_hours(2), false),
        (Duration::from_hours(4 * 24 + 20), false),
        (Duration::from_hours(3), true),
        (Duration::from_hours(24), false),
    ] {
        scene.pass(pass).await;
        scene.poll().await;
        if is_told {
            let told = scene.told_once(&shepherd).await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(told.words().lines().take(3).collect::<Vec<_>>().join(" "));
            }
        } else {
            scene.nobody_is_told().await;
        }
    }
    scene.end().await;
}
