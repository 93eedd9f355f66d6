//! Who is told because they are named: by an edit, by a team's name, and by being asked for a review.

use std::time::Duration;

use kep_liaison::sandbox::{
    github::{Fault, Gate, On, ReviewState},
    slack::Said,
};

use super::{begin, begun, shown};
use crate::scenarios::{
    Scene, Transport,
    bridge::{ISSUE, unstarted},
};

/// A bot whose account is a member of containerd, and a team of it.
async fn with_a_team() -> Scene {
    let scene = unstarted(Transport::Socket, "").await;
    scene.github.team("containerd/bots", &["kep-liaison-bot"]);
    let reviewers = ["samuelkarp", "shepherd", "stranger", "author"];
    scene.github.team("containerd/reviewers", &reviewers);
    begin(scene).await
}

impl Scene {
    /// Whoever was told, by login, of what they have not looked at.
    pub(super) async fn all_told(&self) -> Vec<String> {
        self.rest().await;
        let said = self.workspace.unseen();
        let people = ["samuelkarp", "shepherd", "mikebrow", "stranger", "author"];
        let mut told = Vec::new();
        for login in people {
            let direct = self.person(login).direct();
            told.extend(
                said.iter()
                    .filter(|it| it.channel == direct.id())
                    .map(|_| login.to_owned()),
            );
            direct.look_at_all();
        }
        assert_eq!(told.len(), said.len(), "something was said elsewhere");
        told
    }
}

#[tokio::test]
async fn an_edit_tells_nobody_who_was_named_before() {
    let scene = begun().await;
    scene.answers(&scene.sam, "/kep notify off").await;
    let comment = scene.comments_on_it("author", "@samuelkarp, look.").await;
    scene.nobody_is_told().await;
    scene.answers(&scene.sam, "/kep notify on").await;
    for (text, told) in [
        ("@samuelkarp, look here.", &[][..]),
        ("@samuelkarp and @shepherd, look here.", &["shepherd"]),
        ("Nobody need look.", &["shepherd"]),
        // Named again, by another edit.
        ("@samuelkarp, look after all.", &["samuelkarp"]),
    ] {
        scene.pass(Duration::from_mins(2)).await;
        scene.containerd().edit_comment(comment, text);
        scene.deliver().await;
        scene.taken_in(comment, text).await;
        assert_eq!(scene.all_told().await, told, "{text}");
    }
    scene.end().await;
}

#[tokio::test]
async fn two_edits_between_two_polls_are_one() {
    let scene = begun().await;
    let containerd = scene.containerd();
    let comment = containerd.comment("author", ISSUE, "Look, somebody.");
    scene.github.take_deliveries();
    scene.poll().await;
    scene.nobody_is_told().await;
    scene.pass(Duration::from_mins(2)).await;
    containerd.edit_comment(comment, "Look, @shepherd.");
    containerd.edit_comment(comment, "Look, @samuelkarp.");
    scene.github.take_deliveries();
    scene.poll().await;
    assert_eq!(scene.all_told().await, ["samuelkarp"]);
    scene.end().await;
}

#[tokio::test]
async fn a_team_is_its_members() {
    let scene = with_a_team().await;
    scene
        .comments_on_it("author", "@containerd/reviewers, who looks at this?")
        .await;
    let told = scene.workspace.unseen();
    let sams = told.iter().find(|it| it.channel == scene.sam.direct().id());
    insta::assert_snapshot!(shown(sams.expect("a word to Sam")));
    // Neither the author, nor who is known to nobody, nor anybody twice.
    assert_eq!(scene.all_told().await, ["samuelkarp", "shepherd"]);
    for text in [
        "@containerd/nobody, @kubernetes/reviewers: neither is a team here.",
        "`@containerd/reviewers`",
    ] {
        scene.pass(Duration::from_mins(2)).await;
        scene.comments_on_it("author", text).await;
        scene.nobody_is_told().await;
    }
    // Who is in it is not asked for each comment, but again after a while.
    scene.github.reset_log();
    let members = || {
        let requests = scene.github.requests();
        requests
            .iter()
            .filter(|it| it.path.contains("/teams/reviewers"))
            .count()
    };
    for (pass, asked) in [(2, 0), (11, 1), (2, 1)] {
        scene.pass(Duration::from_mins(pass)).await;
        scene
            .comments_on_it("author", "@containerd/reviewers @samuelkarp")
            .await;
        assert_eq!(scene.all_told().await, ["samuelkarp", "shepherd"]);
        assert_eq!(members(), asked);
    }
    scene.end().await;
}

#[tokio::test]
async fn a_team_whose_members_may_not_be_seen_is_nobody() {
    let scene = unstarted(Transport::Socket, "").await;
    scene.github.team("containerd/reviewers", &["samuelkarp"]);
    let scene = begin(scene).await;
    scene
        .comments_on_it("author", "@containerd/reviewers and @shepherd, look.")
        .await;
    assert_eq!(scene.all_told().await, ["shepherd"]);
    scene.end().await;
}

#[tokio::test]
async fn who_is_asked_for_a_review_hears_of_it_by_either_way() {
    let scene = with_a_team().await;
    let containerd = scene.containerd().acting_as("author");
    let pull = containerd.open_pull("author", "List streaming", "Part of #1.");
    scene.poll().await;
    scene.nobody_is_told().await;
    for polled in [false, true] {
        let hear = async || {
            if polled {
                scene.github.take_deliveries();
            } else {
                scene.deliver().await;
            }
            scene.poll().await;
        };
        scene.pass(Duration::from_mins(5)).await;
        containerd.ask_for_review(pull, "samuelkarp");
        hear().await;
        let told = scene.told_once(&scene.sam).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(&told).lines().take(2).collect::<Vec<_>>().join("\n"));
        }
        // What else happens to it tells nobody again.
        scene.pass(Duration::from_mins(2)).await;
        containerd.edit_title(pull, &format!("List streaming, polled: {polled}"));
        hear().await;
        scene.nobody_is_told().await;
        containerd.unask_for_review(pull, "samuelkarp");
        hear().await;
        let edited = scene.told_once(&scene.sam).await;
        assert_eq!(edited.ts, told.ts);
        assert!(
            edited.words().contains("is not asked for any more"),
            "{}",
            edited.words()
        );
    }
    scene.pass(Duration::from_mins(5)).await;
    containerd.ask_team_for_review(pull, "reviewers");
    scene.deliver().await;
    scene.poll().await;
    assert_eq!(scene.all_told().await, ["samuelkarp", "shepherd"]);
    // Who is asked by name as well is told once.
    scene.pass(Duration::from_mins(5)).await;
    let other = containerd.open_pull("author", "More of it", "Part of #1.");
    containerd.ask_team_for_review(other, "reviewers");
    containerd.ask_for_review(other, "samuelkarp");
    scene.github.take_deliveries();
    scene.poll().await;
    let said = scene.workspace.unseen();
    let asked: Vec<String> = said.iter().map(Said::words).collect();
    assert_eq!(
        asked.concat().matches(" for a review of ").count(),
        2,
        "{asked:#?}"
    );
    assert_eq!(
        asked.concat().matches(" asks you ").count(),
        1,
        "{asked:#?}"
    );
    assert_eq!(scene.all_told().await, ["samuelkarp", "shepherd"]);
    scene.end().await;
}

#[tokio::test]
async fn reviews_are_a_kind_and_none_is_asked_of_what_is_merged() {
    let scene = begun().await;
    let containerd = scene.containerd().acting_as("author");
    let pull = containerd.open_pull("author", "List streaming", "Part of #1.");
    scene.poll().await;
    scene.answers(&scene.sam, "/kep notify reviews off").await;
    containerd.ask_for_review(pull, "samuelkarp");
    scene.poll().await;
    scene.nobody_is_told().await;
    // One's own doing; and what is done with.
    scene
        .containerd()
        .acting_as("shepherd")
        .ask_for_review(pull, "shepherd");
    scene.poll().await;
    scene.nobody_is_told().await;
    containerd.ask_for_review(pull, "mikebrow");
    containerd.merge(pull);
    scene.github.take_deliveries();
    scene.poll().await;
    scene.nobody_is_told().await;
    scene.end().await;
}

#[tokio::test]
async fn what_is_deleted_on_an_enhancement_issue_is_missed_at_the_next_sweep() {
    let scene = begun().await;
    let enhancements = scene.enhancement_issue();
    let comment = enhancements.comment("author", 5825, "@samuelkarp, a secret.");
    scene.github.take_deliveries();
    scene.poll().await;
    scene.poll().await;
    let told = scene.told_once(&scene.sam).await;
    enhancements.delete_comment(comment);
    scene.github.take_deliveries();
    scene.pass(Duration::from_hours(7)).await;
    scene.poll().await;
    let edited = scene.told_once(&scene.sam).await;
    assert_eq!(edited.ts, told.ts);
    assert!(!edited.words().contains("secret"), "{}", edited.words());
    scene.end().await;
}

#[tokio::test]
async fn a_review_that_was_given_is_not_asked_for() {
    let scene = begun().await;
    let containerd = scene.containerd().acting_as("author");
    let pull = containerd.open_pull("author", "List streaming", "Part of nothing.");
    containerd.ask_for_review(pull, "samuelkarp");
    containerd.ask_for_review(pull, "shepherd");
    scene.clock.advance(Duration::from_secs(1));
    containerd.review("samuelkarp", pull, ReviewState::Approved, "");
    scene.github.take_deliveries();
    scene.poll().await;
    scene.nobody_is_told().await;
    // It is linked now, and one review is still to be given.
    containerd.edit_body(pull, "Part of #1.");
    scene.github.take_deliveries();
    scene.poll().await;
    assert_eq!(scene.all_told().await, ["shepherd"]);
    scene.clock.advance(Duration::from_secs(1));
    containerd.review("shepherd", pull, ReviewState::Commented, "");
    scene.deliver().await;
    scene.poll().await;
    let told = scene.told_once(&scene.person("shepherd")).await;
    assert!(
        told.words().contains("is not asked for any more"),
        "{}",
        told.words()
    );
    scene.end().await;
}

#[tokio::test]
async fn a_poll_that_is_cut_off_loses_no_request() {
    let mut scene = begun().await;
    let containerd = scene.containerd().acting_as("author");
    let first = containerd.open_pull("author", "List streaming", "Part of #1.");
    let second = containerd.open_pull("author", "More of it", "Part of #1.");
    scene.poll().await;
    containerd.ask_for_review(first, "samuelkarp");
    scene.clock.advance(Duration::from_secs(2));
    containerd.ask_for_review(second, "shepherd");
    scene.github.take_deliveries();
    let events = On::get(&format!(
        "/repos/containerd/containerd/issues/{first}/events"
    ));
    scene.github.fault(events.every(1), Fault::Status(502));
    scene.github.reset_log();
    let asked = || {
        let requests = scene.github.requests();
        requests
            .iter()
            .any(|it| it.path.contains(&format!("/issues/{first}/events")))
    };
    scene.next_poll().await;
    scene.until("a request in vain", asked).await;
    scene.stop().await;
    scene.github.clear_faults();
    scene.start().await;
    scene.synced().await;
    scene.rest().await;
    scene.poll().await;
    assert_eq!(scene.all_told().await, ["samuelkarp", "shepherd"]);
    scene.end().await;
}

#[tokio::test]
async fn a_lasting_no_of_github_holds_up_nobody() {
    let scene = with_a_team().await;
    for path in [
        "/repos/containerd/containerd/issues/1/events",
        "/orgs/containerd/teams/reviewers/members",
    ] {
        scene
            .github
            .fault(On::get(path).every(1), Fault::Status(451));
    }
    scene.containerd().close(ISSUE, "completed");
    scene
        .comments_on_it("author", "@containerd/reviewers and @shepherd, look.")
        .await;
    let said = scene.workspace.unseen();
    let direct = scene.person("shepherd").direct();
    let told = said.iter().find(|said| said.channel == direct.id());
    let told = told.expect("a word to the shepherd").words();
    assert!(told.contains("mentioned you"), "{told}");
    scene.all_said().await;
    scene.sam.direct().look_at_all();
    direct.look_at_all();
    scene.end().await;
}

#[tokio::test]
async fn what_is_deleted_while_github_is_asked_is_not_told() {
    let scene = begun().await;
    let gate = Gate::default();
    let asked = On::get("/repos/containerd/containerd").every(1);
    scene.github.fault(asked, Fault::HeldAfter(gate.clone()));
    let comment = scene
        .containerd()
        .comment("author", ISSUE, "@samuelkarp, a secret.");
    scene.deliver().await;
    gate.arrived(1).await;
    scene.containerd().delete_comment(comment);
    scene.deliver().await;
    scene.until_stored(comment, |said| said.is_none()).await;
    gate.open();
    scene.github.clear_faults();
    scene.nobody_is_told().await;
    scene.end().await;
}
