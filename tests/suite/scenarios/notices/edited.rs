//! Who is told by an edit of what the bot has not heard, or has forgotten, and of what has no time of its
//! own.

use std::time::Duration;

use kep_liaison::sandbox::github::ReviewState;

use super::{begin, begun};
use crate::scenarios::{
    Transport,
    bridge::{ISSUE, unstarted},
};

#[tokio::test]
async fn an_edit_of_what_was_said_before_the_bot_came_tells_the_newly_named() {
    let scene = unstarted(Transport::Socket, "").await;
    let containerd = scene.containerd();
    let pull = containerd.open_pull("author", "List streaming", "Part of #1.");
    let old = "@samuelkarp, an old question.";
    let comment = containerd.comment("author", ISSUE, old);
    let line = containerd.comment("author", pull, old);
    let review = containerd.review("author", pull, ReviewState::Commented, old);
    scene.clock.advance(Duration::from_mins(1));
    let scene = begin(scene).await;
    scene.nobody_is_told().await;
    let new = "@samuelkarp and @shepherd, an old question.";
    let edits: [&dyn Fn(&str); 3] = [
        &|text| containerd.edit_comment(comment, text),
        &|text| containerd.edit_comment(line, text),
        &|text| containerd.edit_review(review, text),
    ];
    for (edit, id) in edits.into_iter().zip([comment, line, review]) {
        scene.pass(Duration::from_mins(5)).await;
        edit(new);
        let deliveries = scene.github.take_deliveries();
        for delivery in deliveries.iter().chain(&deliveries) {
            assert_eq!(scene.github.deliver(delivery).await, Some(200));
        }
        scene.taken_in(id, new).await;
        scene.poll().await;
        assert_eq!(scene.all_told().await, ["shepherd"]);
    }
    scene.end().await;
}

#[tokio::test]
async fn an_edit_of_what_is_kept_no_more_tells_nobody_who_was_named() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    for person in [&scene.sam, &shepherd] {
        scene.answers(person, "/kep notify freezes off").await;
    }
    let mut comments = Vec::new();
    for text in ["@samuelkarp, look.", "@samuelkarp, look there."] {
        comments.push(scene.comments_on_it("author", text).await);
        scene.told_once(&scene.sam).await;
        scene.pass(Duration::from_mins(2)).await;
    }
    scene.pass(Duration::from_hours(31 * 24)).await;
    scene.poll().await;
    scene.nobody_is_told().await;
    let named = "@samuelkarp and @shepherd, look here.";
    // By a poll nobody knows whom it names newly.
    scene.containerd().edit_comment(comments[0], named);
    scene.github.take_deliveries();
    scene.poll().await;
    scene.taken_in(comments[0], named).await;
    scene.nobody_is_told().await;
    scene.pass(Duration::from_mins(2)).await;
    scene.containerd().edit_comment(comments[1], named);
    scene.deliver().await;
    scene.taken_in(comments[1], named).await;
    let told = scene.told_once(&shepherd).await;
    assert!(told.words().contains("look here."), "{}", told.words());
    scene.end().await;
}

/// Of a review nothing says when it was edited.
#[tokio::test]
async fn a_review_says_what_it_says_by_now_in_whatever_order_one_hears_of_it() {
    for backwards in [false, true] {
        let scene = begun().await;
        let containerd = scene.containerd();
        let pull = containerd.open_pull("author", "List streaming", "Part of #1.");
        scene.deliver().await;
        scene.poll().await;
        let review = containerd.review("author", pull, ReviewState::Commented, "@samuelkarp, hm.");
        let first = scene.github.take_deliveries();
        let new = "@shepherd, hm.";
        containerd.edit_review(review, new);
        let mut deliveries = [first.clone(), scene.github.take_deliveries()];
        if backwards {
            deliveries.reverse();
        }
        for delivery in deliveries.iter().flatten().chain(&first) {
            assert_eq!(scene.github.deliver(delivery).await, Some(200));
            scene.rest().await;
        }
        scene.taken_in(review, new).await;
        assert_eq!(scene.all_told().await, ["shepherd"], "{backwards}");
        scene.poll().await;
        scene.nobody_is_told().await;
        scene.end().await;
    }
}

#[tokio::test]
async fn a_review_that_was_edited_tells_whom_it_names_by_now() {
    let scene = begun().await;
    let containerd = scene.containerd();
    let pull = containerd.open_pull("author", "List streaming", "Part of #1.");
    scene.deliver().await;
    scene.poll().await;
    let old = "@samuelkarp, a secret.";
    let review = containerd.review("author", pull, ReviewState::Commented, old);
    let first = scene.github.take_deliveries();
    for delivery in &first {
        assert_eq!(scene.github.deliver(delivery).await, Some(200));
    }
    scene.taken_in(review, old).await;
    let told = scene.told_once(&scene.sam).await;
    for (text, names) in [
        ("@shepherd, nothing.", &["samuelkarp", "shepherd"][..]),
        ("", &["shepherd"]),
    ] {
        scene.pass(Duration::from_mins(2)).await;
        containerd.edit_review(review, text);
        scene.deliver().await;
        let said = Some(text).filter(|text| !text.is_empty());
        scene.until_stored(review, |stored| stored == said).await;
        assert_eq!(scene.all_told().await, names);
        // What is told once more is older.
        for delivery in &first {
            assert_eq!(scene.github.deliver(delivery).await, Some(200));
        }
        scene.nobody_is_told().await;
    }
    let now = scene.sam.direct().message(&told.ts).expect("it stands");
    assert!(!now.words().contains("secret"), "{}", now.words());
    scene.end().await;
}
