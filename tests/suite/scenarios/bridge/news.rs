//! What happens on GitHub is told in the KEP's thread.

use std::{collections::BTreeSet, time::Duration};

use kep_liaison::{
    sample,
    sandbox::{github::Openness, slack::Said},
};

use super::{BOTH, ISSUE, OTHER, Scene, Transport, bridged};

const FILE: &str = "keps/sig-node/5825-cri-pagination/kep.yaml";

impl Scene {
    /// Changes the KEP's own file from what it is in the sample.
    pub(in super::super) fn pushes(&self, from: &str, to: &str) {
        let file = sample::file(FILE).expect("the KEP's file");
        assert!(file.contains(from));
        let enhancements = self.github.repository("kubernetes/enhancements");
        enhancements.push(&[(FILE, &file.replace(from, to))]);
    }

    /// Changes the tracking issue's references.
    pub(in super::super) fn rewrites(&self, from: &str, to: &str) {
        let issue = self.containerd().issue(ISSUE);
        let body = issue["body"].as_str().expect("a body");
        assert!(body.contains(from));
        self.containerd().edit_body(ISSUE, &body.replace(from, to));
    }

    /// What the next poll has told in the thread, as lines below the heading.
    async fn news(&self, root: &Said) -> String {
        self.poll().await;
        let said = self.all_said().await;
        let replies = said.iter().filter(|said| said.ts != root.ts);
        let lines = replies.map(|said| {
            assert_eq!(said.thread.as_deref(), Some(&*root.ts), "{}", said.words());
            let shown = self.shown(said);
            let lines = shown.lines().skip(1);
            lines.collect::<Vec<_>>().join("\n")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[tokio::test]
async fn a_comment_of_a_shepherd_begins_the_thread() {
    for transport in BOTH {
        let scene = bridged(transport, "").await;
        let containerd = scene.containerd();
        containerd.comment("stranger", ISSUE, "Any news?");
        containerd.comment("samuelkarp", ISSUE, "The CRI part is **merged**.");
        scene.poll().await;
        let story = scene.story().await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(story);
        }
        scene.end().await;
    }
}

#[tokio::test]
async fn comments_are_news_where_they_are_wanted() {
    let comments = [
        ("samuelkarp", "From the shepherd."),
        ("liaison", "From a liaison."),
        ("shepherd", "From another KEP's shepherd."),
        ("stranger", "From a stranger."),
        ("stranger", "/sig-node From a stranger, marked."),
        ("samuelkarp", "/sig-node From the shepherd, marked."),
    ];
    for (setting, told) in [
        (
            "people",
            &[
                "From the shepherd.",
                "From a liaison.",
                "From the shepherd, marked.",
            ][..],
        ),
        ("marked", &["From the shepherd, marked."]),
        (
            "all",
            &[
                "From the shepherd.",
                "From a liaison.",
                "From another KEP's shepherd.",
                "From a stranger.",
                "From a stranger, marked.",
                "From the shepherd, marked.",
            ],
        ),
    ] {
        let setting = format!("comments = \"{setting}\"");
        let scene = bridged(Transport::Socket, &setting).await;
        for (author, text) in comments {
            scene.containerd().comment(author, ISSUE, text);
        }
        scene.poll().await;
        let said = scene.all_said().await;
        assert_eq!(said.len(), 2, "{setting}");
        let words = said[1].words();
        let heard: Vec<&str> = words.lines().filter(|line| line.contains("From")).collect();
        assert_eq!(heard, told, "{setting}");
        scene.end().await;
    }
}

#[tokio::test]
async fn each_kind_of_change_is_told() {
    let scene = bridged(Transport::Socket, "").await;
    let containerd = scene.containerd();
    let root = scene.thread().await;
    let mut told = Vec::new();
    let mut tell = async |what: &str| {
        // More in an hour would be held back.
        scene.pass(Duration::from_mins(10)).await;
        let news = scene.news(&root).await;
        assert!(!news.is_empty(), "{what} is not told");
        told.push(format!("{what}:\n{news}"));
    };
    scene.pushes("stage: alpha", "stage: beta");
    tell("a stage").await;
    scene.pushes("stage: alpha", "stage: alpha");
    tell("a stage that goes back").await;
    scene.pushes("implementable", "implemented");
    tell("a status").await;
    scene.pushes("latest-milestone: \"v1.36\"", "latest-milestone: \"v1.37\"");
    tell("a status that goes back, and a milestone").await;
    scene.rewrites("stage: alpha", "stage: beta");
    tell("the issue's stage").await;
    scene.rewrites("@samuelkarp", "@samuelkarp, @mikebrow");
    tell("a shepherd").await;
    let milestone = containerd.milestone("2.4", None, Openness::Open);
    containerd.set_milestone(ISSUE, Some(milestone));
    tell("the issue's milestone").await;
    containerd.set_milestone(ISSUE, None);
    tell("the issue's milestone taken away").await;
    containerd.label(ISSUE, "target/kubernetes/v1.37");
    tell("a label of a release").await;
    containerd.close(ISSUE, "completed");
    tell("closed").await;
    containerd.reopen(ISSUE);
    tell("opened again").await;
    let pull = containerd.open_pull("author", "List streaming", "Part of #1");
    tell("a pull request").await;
    containerd.merge(pull);
    tell("merged").await;
    let pull = containerd.open_pull("author", "List streaming, again", "Part of #1");
    tell("another").await;
    containerd.close(pull, "");
    tell("given up").await;
    insta::assert_snapshot!(told.join("\n\n"));
    scene.end().await;
}

#[tokio::test]
async fn what_is_no_news_is_told_to_nobody() {
    let scene = bridged(Transport::Socket, "").await;
    let containerd = scene.containerd();
    scene.thread().await;
    containerd.label(ISSUE, "kind/feature");
    containerd.edit_title(ISSUE, "[SIG-Node]: KEP-5825 - CRI list streaming");
    scene.pushes("latest-milestone: \"v1.36\"", "latest-milestone: 1.36");
    containerd.comment("stranger", ISSUE, "+1");
    scene.poll().await;
    scene.end().await;
}

#[tokio::test]
async fn the_root_is_a_card_that_stays_true() {
    let scene = bridged(Transport::Socket, "").await;
    let root = scene.thread().await;
    assert!(root.words().contains("samuelkarp shepherds"));
    scene.rewrites("@samuelkarp", "@mikebrow");
    scene.poll().await;
    let said = scene.all_said().await;
    assert_eq!(said[0].ts, root.ts);
    assert!(said[0].words().contains("mikebrow shepherds"));
    assert!(said[0].thread.is_none() && said[1].thread.is_some());
    assert_eq!(
        scene
            .sig_node
            .messages()
            .iter()
            .filter(|it| it.thread.is_none())
            .count(),
        1
    );
    scene.end().await;
}

#[tokio::test]
async fn small_news_of_a_kep_without_a_thread_waits() {
    let scene = bridged(Transport::Socket, "").await;
    let containerd = scene.containerd();
    containerd.label(ISSUE, "target/kubernetes/v1.37");
    containerd.open_pull("author", "List streaming", "Part of #1");
    scene.rewrites("@samuelkarp", "@samuelkarp, @mikebrow");
    containerd.comment("samuelkarp", ISSUE, "/assign @mikebrow\n\nThanks!");
    // By mistake: the KEP is not generally available.
    containerd.close(ISSUE, "completed");
    scene.poll().await;
    containerd.reopen(ISSUE);
    // As it was planned.
    scene.pushes("stage: alpha", "stage: beta");
    scene.poll().await;
    assert!(scene.all_said().await.is_empty());
    // What changes a plan does not.
    scene.pushes("stage: alpha", "stage: alpha");
    scene.poll().await;
    let said = scene.all_said().await;
    assert_eq!(said.len(), 2);
    assert!(said[1].words().contains("stage beta → alpha"));
    assert!(!said[1].words().contains("label"));
    scene.end().await;
}

#[tokio::test]
async fn what_follows_within_a_minute_is_folded_into_it() {
    let scene = bridged(Transport::Socket, "").await;
    scene.hook();
    scene.deliver().await;
    let containerd = scene.containerd();
    containerd.comment("samuelkarp", ISSUE, "One.");
    scene.deliver().await;
    let first = scene.hears_all(2).await;
    containerd.comment("samuelkarp", ISSUE, "Two.");
    scene.deliver().await;
    let second = scene.hears_all(1).await;
    assert_eq!(second[0].ts, first[1].ts);
    let words = second[0].words();
    assert!(words.contains("One.") && words.contains("Two."), "{words}");
    scene.pass(Duration::from_mins(1)).await;
    containerd.comment("samuelkarp", ISSUE, "Three.");
    scene.deliver().await;
    let third = scene.hears_all(1).await;
    assert_ne!(third[0].ts, first[1].ts);
    let words = third[0].words();
    assert!(
        words.contains("Three.") && !words.contains("Two."),
        "{words}"
    );
    scene.end().await;
}

#[tokio::test]
async fn the_channel_sees_what_changes_a_plan_where_it_wants_to() {
    let scene = bridged(Transport::Socket, "broadcast = true").await;
    scene.thread().await;
    scene.pushes("stage: alpha", "stage: beta");
    scene.poll().await;
    let said = scene.hears_all(1).await;
    assert!(said[0].is_broadcast);
    scene.containerd().comment("samuelkarp", ISSUE, "In beta.");
    scene.poll().await;
    let said = scene.hears_all(1).await;
    assert!(!said[0].is_broadcast);
    scene.end().await;
}

#[tokio::test]
async fn each_kep_has_a_thread_of_its_own() {
    let scene = bridged(Transport::Socket, "").await;
    let containerd = scene.containerd();
    containerd.comment("samuelkarp", ISSUE, "It is merged.");
    containerd.comment("shepherd", OTHER, "It is not.");
    scene.poll().await;
    let said = scene.all_said().await;
    let (roots, replies): (Vec<&Said>, Vec<&Said>) =
        said.iter().partition(|said| said.thread.is_none());
    assert_eq!((roots.len(), replies.len()), (2, 2));
    for reply in replies {
        let root = roots
            .iter()
            .find(|root| Some(&root.ts) == reply.thread.as_ref());
        let root = root.expect("its root").words();
        let kep = if reply.words().contains("not") {
            "KEP-4680"
        } else {
            "KEP-5825"
        };
        assert!(root.contains(kep), "{root}");
    }
    scene.end().await;
}

#[tokio::test]
async fn two_comments_of_one_message_may_change_at_once() {
    let scene = bridged(Transport::Http, "").await;
    let root = scene.thread().await;
    scene.clock.advance(Duration::from_mins(2));
    let containerd = scene.containerd();
    let first = containerd.comment("samuelkarp", ISSUE, "It is in reveiw.");
    let second = containerd.comment("samuelkarp", ISSUE, "It ships in 2.3.");
    scene.poll().await;
    let mut told = scene.all_said().await;
    told.retain(|said| said.ts != root.ts);
    assert_eq!(told.len(), 1, "{told:#?}");

    containerd.edit_comment(first, "It is in review.");
    containerd.edit_comment(second, "It ships in 2.4.");
    scene.poll().await;
    let mut news = scene.all_said().await;
    // The card names the latest as well.
    news.retain(|said| said.ts != root.ts);
    assert_eq!(news.len(), 1, "{news:#?}");
    let words = news[0].words();
    assert_eq!(news[0].ts, told[0].ts);
    assert!(words.contains("It is in review."), "{words}");
    assert!(words.contains("It ships in 2.4."), "{words}");
    assert_eq!(news[0].thread.as_deref(), Some(&*root.ts));
    scene.end().await;
}

#[tokio::test]
async fn an_edit_and_a_new_comment_may_come_at_once() {
    let mut scene = bridged(Transport::Http, "").await;
    scene.thread().await;
    scene.hook();
    let containerd = scene.containerd();
    scene.clock.advance(Duration::from_mins(2));
    let first = containerd.comment("samuelkarp", ISSUE, "It is in reveiw.");
    scene.deliver().await;
    let told = scene.hears_all(1).await;
    // The bot is away for a moment, and finds both at once.
    scene.stop().await;
    containerd.edit_comment(first, "It is in review.");
    containerd.comment("samuelkarp", ISSUE, "It ships in 2.4.");
    scene.start().await;
    let words = || {
        let said = scene.sig_node.message(&told[0].ts);
        said.map(|said| said.words()).unwrap_or_default()
    };
    scene
        .until("both", || {
            words().contains("in review.") && words().contains("2.4")
        })
        .await;
    scene.all_said().await;
    scene.end().await;
}

#[tokio::test]
async fn no_more_than_five_threads_begin_in_a_day() {
    let scene = bridged(Transport::Http, "").await;
    let containerd = scene.containerd();
    let open = |kep: u32| {
        containerd.open_issue(
            "author",
            &format!("[SIG-Node]: KEP-{kep} - A feature"),
            &format!(
                "### References\n\nKEP(s): KEP-{kep}\nKEP Issue: https://github.com/kubernetes/enhancements/issues/{kep}\nKEP-Shepherd: @samuelkarp\n"
            ),
        )
    };
    let issues = [127, 753, 1287, 2371, 3619, 5474, 5855].map(open);
    scene.poll().await;
    let mut begun = BTreeSet::new();
    let mut begins = |said: Vec<Said>| {
        let in_channel = said.into_iter();
        let in_channel = in_channel.filter(|said| said.thread.is_none() && !said.is_ephemeral());
        in_channel
            .filter(|root| begun.insert(root.ts.clone()))
            .count()
    };
    assert_eq!(begins(scene.all_said().await), 5);
    // What somebody wants to be told waits for nothing.
    for kep in [127, 753, 1287, 2371, 3619, 5474, 5855] {
        let update = format!("/kep update {kep} merged");
        let shown = scene.sam.types(&scene.sig_node, &update).await;
        assert!(shown.words().contains("On its way"), "{}", shown.words());
    }
    scene.rest().await;
    // The news that waited goes first.
    let said = scene.all_said().await;
    let opened = said.iter().filter(|said| said.words().contains("opened"));
    assert!(opened.count() >= 2);
    assert_eq!(begins(said), 2);
    for issue in issues {
        assert_eq!(containerd.comments_on(issue).len(), 1);
    }
    scene.end().await;
}
