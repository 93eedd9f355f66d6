//! What the deliverer does about each thing that can go wrong, and the pace that it keeps.

use std::sync::Arc;

use kep_liaison::ports::Outbox as _;
use kep_liaison::sandbox::{
    github::{Fault as Broken, On as Request},
    slack::{Fault, Gate, On},
};

use super::stage::{Mortals, Stage, at_least};
use crate::sync::mortal::{Fate, Side};

/// A stage on which so much is queued for two issues and two channels.
async fn stage(
    effects: impl FnOnce(&Stage) -> Vec<kep_liaison::domain::bridge::NewEffect>,
) -> Stage {
    let stage = Stage::new(2, 2).await;
    stage.github.reset_log();
    let effects = effects(&stage);
    stage.accept(&*stage.store, "all of it", &effects).await;
    stage
}

fn words(stage: &Stage, channel: usize) -> Vec<String> {
    let messages = stage.channels[channel].messages();
    let own = messages.iter().filter(|said| said.is_app);
    own.map(kep_liaison::sandbox::slack::Said::words).collect()
}

fn comments(stage: &Stage, issue: u64) -> Vec<String> {
    let comments = stage.containerd.comments_on(issue);
    let first = |body: String| body.lines().next().unwrap_or_default().to_owned();
    comments.into_iter().map(first).collect()
}

#[tokio::test]
async fn the_more_often_it_fails_the_longer_it_waits() {
    let stage = stage(|it| vec![it.comment("a", 1), it.comment("b", 1)]).await;
    stage
        .github
        .fault(Request::post("").first(5), Broken::Status(502));
    stage.deliver_all().await;
    // Nothing is repeated before the far side had its ten seconds.
    at_least(&stage.commented(), &[10, 10, 10, 16, 32, 0]);
    assert_eq!(comments(&stage, 1), ["a", "b"]);
}

#[tokio::test]
async fn what_was_done_without_an_answer_is_adopted() {
    for fault in [Broken::StatusAfter(500), Broken::DropAfter, Broken::Garbage] {
        let stage = stage(|it| vec![it.comment("a", 1), it.comment("b", 1)]).await;
        stage.github.fault(Request::post(""), fault);
        stage.deliver_all().await;
        assert_eq!(comments(&stage, 1), ["a", "b"]);
        at_least(&stage.commented(), &[10]);
    }
    for fault in [
        Fault::StatusAfter(500),
        Fault::DropAfter,
        Fault::Html,
        Fault::Cut,
    ] {
        let stage = stage(|it| vec![it.post("a", 0, "x"), it.post("b", 0, "x")]).await;
        stage.slack.fault(On::method("chat.postMessage"), fault);
        stage.deliver_all().await;
        assert_eq!(words(&stage, 0), ["a", "b"]);
    }
}

#[tokio::test]
async fn what_hangs_is_given_up_for_now() {
    let stage = stage(|it| vec![it.post("a", 0, "x"), it.comment("b", 1)]).await;
    stage
        .slack
        .fault(On::method("chat.postMessage"), Fault::Hang);
    stage.github.fault(Request::post(""), Broken::Hang);
    stage.deliver_all().await;
    let said = words(&stage, 0);
    assert_eq!(said.iter().filter(|words| *words == "a").count(), 1);
    assert_eq!(comments(&stage, 1), ["b"]);
}

#[tokio::test]
async fn a_place_that_is_limited_rests_and_the_others_go_on() {
    let stage = stage(|it| {
        vec![
            it.post("a", 0, "x"),
            it.post("b", 0, "y"),
            it.post("c", 1, "x"),
            it.comment("d", 1),
        ]
    })
    .await;
    let limit = Fault::TooManyRequests(90);
    let post = On::method("chat.postMessage");
    stage.slack.without_limits();
    stage.slack.fault(post, limit);
    stage.deliver_all().await;
    let posts = stage.called("chat.postMessage");
    let mut seconds: Vec<f64> = posts.iter().map(|at| Stage::seconds(*at)).collect();
    seconds.sort_by(f64::total_cmp);
    // The limited one, the other channel's, which hears of the comment as well, and those of the
    // channel that rested; between these somebody is told there of the comment.
    assert_eq!(seconds, [0.0, 0.0, 1.0, 2.0, 90.0, 92.0, 93.0, 94.0]);
    assert_eq!(words(&stage, 0).len(), 4);
    at_least(&stage.commented(), &[]);
}

#[tokio::test]
async fn a_limit_of_the_forge_stops_only_the_forge() {
    let stage =
        stage(|it| vec![it.comment("a", 1), it.comment("b", 2), it.post("c", 1, "x")]).await;
    stage
        .github
        .fault(Request::post(""), Broken::SecondaryLimit(Some(300)));
    stage.deliver_all().await;
    let commented = stage.commented();
    at_least(&commented, &[300, 0]);
    assert_eq!(stage.github.violations(), 0);
    assert!(stage.called("chat.postMessage")[0] < commented[1]);
}

#[tokio::test]
async fn a_channel_gets_one_message_a_second() {
    let stage = stage(|it| {
        let in_first = (0..6).map(|nth| it.post(&nth.to_string(), 0, "x"));
        let in_second = (6..9).map(|nth| it.post(&nth.to_string(), 1, &nth.to_string()));
        in_first.chain(in_second).collect()
    })
    .await;
    stage.deliver_all().await;
    for nth in [0, 1] {
        let id = stage.channels[nth].id();
        let calls = stage.slack.calls_of("chat.postMessage");
        let calls = calls.iter().filter(|call| call.arguments["channel"] == *id);
        let calls: Vec<_> = calls.map(|call| call.at).collect();
        at_least(&calls, &vec![1; if nth == 0 { 5 } else { 2 }]);
        // And no less often than that.
        assert!(Stage::seconds(calls[2]) < 3.0);
    }
    assert_eq!(words(&stage, 0), ["0", "1", "2", "3", "4", "5"]);
    stage.slack.nothing_was_wrong();
}

#[tokio::test]
async fn a_lane_with_too_many_writes_is_held_and_no_other() {
    let stage = stage(|it| {
        let much = (0..23).map(|nth| it.comment(&format!("{nth:02}"), 1));
        much.chain([it.comment("other", 2)]).collect()
    })
    .await;
    stage.deliver_all().await;
    let commented = stage.commented();
    let hour = commented.iter().filter(|at| Stage::seconds(**at) < 3600.0);
    assert_eq!(hour.count(), 21);
    let expected: Vec<String> = (0..23).map(|nth| format!("{nth:02}")).collect();
    assert_eq!(comments(&stage, 1), expected);
}

#[tokio::test]
async fn what_is_under_way_is_finished_on_the_way_out() {
    let stage = stage(|it| vec![it.post("a", 0, "x"), it.post("b", 0, "x")]).await;
    let gate = Gate::default();
    let held = Fault::HeldAfter(gate.clone());
    stage.slack.fault(On::method("chat.postMessage"), held);
    let deliver = stage.deliver(&Arc::new(Fate::none()), Mortals::FarSides);
    let stopped = stage.deliver_beside(deliver, gate.arrived(1));
    let mut stopped = std::pin::pin!(stopped);
    tokio::select! {
        () = &mut stopped => panic!("it stopped in the middle of a message"),
        () = async { gate.arrived(1).await; for _ in 0..200 { tokio::task::yield_now().await; } } => {}
    }
    gate.open();
    stopped.await;
    let load = stage.store.load().await.unwrap();
    assert_eq!(load.waiting, 1, "the second was not begun");
    stage.deliver_all().await;
    assert_eq!(words(&stage, 0), ["a", "b"]);
}

#[tokio::test]
async fn what_breaks_inside_is_tried_again_and_holds_up_nobody() {
    let effects = |it: &Stage| {
        vec![
            it.post("a", 0, "x"),
            it.comment("b", 1),
            it.post("c", 0, "y"),
        ]
    };
    let whole = stage(effects).await;
    let fate = Arc::new(Fate::none());
    let deliver = whole.deliver(&fate, Mortals::FarSides);
    whole.deliver_beside(deliver, whole.until_empty()).await;
    // The others tell of the comment: who said it, the receipt, and a thread in each channel.
    assert_eq!(fate.calls(), 9);
    for nth in 1..=9 {
        let stage = stage(effects).await;
        let deliver = stage.deliver(&Arc::new(Fate::new(nth, Side::Panic)), Mortals::FarSides);
        stage.deliver_beside(deliver, stage.until_empty()).await;
        let mut said = words(&stage, 0);
        said.sort();
        let all = said.len();
        said.retain(|words| ["a", "c"].contains(&&**words));
        assert_eq!((&*said, all), (&["a".to_owned(), "c".to_owned()][..], 4));
        assert_eq!(comments(&stage, 1), ["b"]);
    }
}
