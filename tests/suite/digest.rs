//! Digests: what each kind of week looks like on a phone, that nothing is left out, and that each
//! transition of 40 real KEPs is told in just one.

mod replay;
mod terminal;
mod week;

use kep_liaison::{
    domain::{
        Zone,
        bridge::{Page, Saying},
        change::{Change, Direction, What},
        digest::{Digest, Left, Length, Scope, Section},
    },
    jobs::digest::pages,
    ports::chat::Speech,
    sandbox::slack::validate::message_blocks,
    slack::blocks::bridge::message,
};
use proptest::prelude::*;

use self::week::{Week, at};
use crate::{desk::phone::phone, world::number};

/// What a digest says, message by message, as a phone shows it and within Slack's limits.
fn shown(digest: &Digest, scope: &Scope) -> String {
    let pages = pages(digest, digest.sheets(scope, &Zone::default()), Vec::new());
    let shown = pages.iter().map(|page| {
        let saying = Saying::Digest(Box::new(page.clone()));
        let message = message(&Speech {
            saying: &saying,
            card: None,
            url: None,
            picture: None,
        });
        let message = serde_json::to_value(&message).expect("JSON");
        assert_eq!(message_blocks(&message["blocks"]), [], "{message}");
        assert!(!message.to_string().contains("are left out"), "{message}");
        assert!(
            message["text"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        phone(&message)
    });
    shown.collect::<Vec<_>>().join("\n\n———\n\n")
}

fn containerd() -> Scope {
    Scope::of("containerd")
}

#[test]
fn the_first_one_tells_what_there_is() {
    let week = Week::usual();
    let digest = week.digest("2026-06-29T15:00:00Z", None);
    insta::assert_snapshot!(shown(&digest, &containerd()));
}

#[test]
fn a_week_without_news_is_two_lines() {
    let week = Week::usual();
    let before = Some(Left { urgent: 6, of: 12 });
    let digest = week.digest("2026-07-06T15:00:00Z", before);
    insta::assert_snapshot!(shown(&digest, &containerd()));
}

#[test]
fn a_busy_week() {
    let week = Week::usual().goes_by();
    let before = Some(Left { urgent: 6, of: 12 });
    let digest = week.digest("2026-07-06T15:00:00Z", before);
    insta::assert_snapshot!(shown(&digest, &containerd()));
}

#[test]
fn the_week_of_a_freeze() {
    let week = Week::usual().goes_by();
    let before = Some(Left { urgent: 8, of: 12 });
    let digest = week.digest("2026-07-20T15:00:00Z", before);
    insta::assert_snapshot!(shown(&digest, &containerd()));
}

#[test]
fn a_thousand_keps_fold_into_the_thread_and_none_is_left_out() {
    let week = Week::of(1000).goes_by();
    let digest = week.digest("2026-07-06T15:00:00Z", Some(Left { urgent: 1, of: 1 }));
    let shown = shown(&digest, &containerd());
    for need in &digest.needs {
        let number = need.kep.number.to_string();
        assert!(shown.contains(&number), "{number} is left out");
    }
    let messages: Vec<&str> = shown.split("\n\n———\n\n").collect();
    assert!(messages.len() < 40, "{} messages", messages.len());
    insta::assert_snapshot!([messages[0], messages[1]].join("\n\n———\n\n"));
}

#[test]
fn a_channel_says_what_it_wants_to_know() {
    let week = Week::usual().goes_by();
    let scope = Scope {
        sections: vec![Section::Moved],
        length: Length::Short,
        ..containerd()
    };
    let digest = week.digest("2026-07-06T15:00:00Z", None);
    insta::assert_snapshot!(shown(&digest, &scope));
    let other = Scope {
        sigs: vec!["sig-storage".into()],
        ..containerd()
    };
    let none = week.digest_of("2026-07-06T15:00:00Z", None, &other);
    assert!(none.moved.is_empty() && none.needs.is_empty() && none.updates.is_empty());
}

#[test]
fn a_change_is_told_where_it_concerns_somebody_and_in_short() {
    let change = |kep, place: Option<(&str, u64)>, direction, what| Change {
        kep: number(kep),
        path: "".into(),
        issue: place.map(|(repository, number)| (repository.into(), number)),
        what,
        direction,
        by: None,
        shepherds: Vec::new(),
    };
    let (here, elsewhere) = ("containerd/containerd", "cri-o/cri-o");
    let to = |was: &str, is: &str| (Some(was.into()), Some(is.into()));
    let stage = |was, is| {
        let (was, is) = to(was, is);
        What::Stage(was, is)
    };
    let (was, is) = to("v1.37", "v1.38");
    let labels = ["target/kubernetes/v1.38", "kind/feature"].map(Into::into);
    let forward = Direction::Forward;
    let changes = [
        change(7001, Some((here, 900)), forward, What::PullOpened),
        change(7001, Some((elsewhere, 12)), forward, What::IssueOpened),
        change(7002, Some((here, 901)), forward, What::PullOpened),
        change(7002, Some((here, 901)), forward, What::PullMerged),
        change(7003, None, forward, stage("alpha", "beta")),
        change(7003, None, forward, What::LatestMilestone(was, is)),
        change(7003, None, forward, stage("beta", "stable")),
        change(
            7004,
            Some((here, 4)),
            Direction::Backward,
            What::IssueReopened,
        ),
        change(
            7005,
            Some((here, 5)),
            forward,
            What::Labels(labels.into(), Vec::new()),
        ),
        change(7007, None, Direction::Backward, stage("beta", "alpha")),
    ];
    let now = at("2026-07-06T15:00:00Z");
    let digest = Week::usual().digest_after(&changes, now, None, &containerd());
    let told = digest.moved.iter().map(|moved| {
        let steps = moved.steps.iter().map(|step| {
            let back = if step.back { " (back)" } else { "" };
            format!(
                "{} {}{back}",
                step.place.as_deref().unwrap_or("it"),
                step.words
            )
        });
        format!(
            "{}: {}",
            moved.kep.number,
            steps.collect::<Vec<_>>().join("; ")
        )
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "7003: it stage alpha → beta → stable; it latest milestone v1.37 → v1.38",
            "7004: #4 opened again",
            "7007: it stage beta → alpha (back)",
            "7002: pull request #901 merged",
            "7001: pull request #900 linked",
            "7005: #5 label added: target/kubernetes/v1.38",
        ]
    );
}

#[test]
fn words_without_end_hide_nothing_else() {
    let week = Week::usual().says(&"T".repeat(12_000), &"🄰".repeat(60_000));
    let digest = week.digest("2026-07-06T15:00:00Z", None);
    let shown = shown(&digest, &containerd());
    assert!(
        shown.contains("KEP-7011") && shown.contains("Ships with"),
        "{shown}"
    );
}

#[test]
fn its_form_is_the_same_once_it_was_stored() {
    let digest = Week::usual().goes_by().digest("2026-07-06T15:00:00Z", None);
    for page in pages(
        &digest,
        digest.sheets(&containerd(), &Zone::default()),
        Vec::new(),
    ) {
        let json = serde_json::to_string(&page).expect("JSON");
        assert_eq!(serde_json::from_str::<Page>(&json).expect("a page"), page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_people_write_is_shown_and_within_limits(title in "\\PC{0,200}", words in "\\PC{0,400}") {
        let week = Week::usual().says(&title, &words);
        let digest = week.digest("2026-07-06T15:00:00Z", None);
        let shown = shown(&digest, &containerd());
        prop_assert!(shown.contains("7001"));
    }
}
