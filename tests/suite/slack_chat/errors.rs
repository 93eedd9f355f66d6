//! What goes wrong, and what that means for whoever wrote: whether it was done, and whether to come
//! again.

use std::time::Duration;

use kep_liaison::{
    ports::chat::{Chat as _, ChatError},
    sandbox::slack::{Fault, On},
};
use tokio::net::TcpListener;

use super::{World, at, chat, chat_at, key, plain, speech, world};

async fn post(world: &World) -> Result<Box<str>, ChatError> {
    let said = plain("news");
    let chat = chat(world);
    chat.post(at(world.sig_node.id(), None), &speech(&said), &key("a"))
        .await
}

#[tokio::test]
async fn whether_a_write_was_done() {
    let world = world().await;
    world.slack.without_limits();
    for (fault, is_clear, happened) in [
        (Fault::Status(503), false, 0),
        (Fault::StatusAfter(502), false, 1),
        (Fault::Drop, false, 1),
        (Fault::DropAfter, false, 2),
        (Fault::Cut, false, 3),
        (Fault::Garbage, false, 4),
        (Fault::WrongShape, false, 5),
        (Fault::Html, false, 6),
        (Fault::Error("internal_error"), false, 6),
        (Fault::Error("invalid_blocks"), true, 6),
    ] {
        world
            .slack
            .fault(On::method("chat.postMessage"), fault.clone());
        let error = post(&world).await.expect_err("it went wrong");
        let is_unclear = matches!(error, ChatError::Unclear(_));
        assert_eq!(is_unclear, !is_clear, "{fault:?}: {error:?}");
        assert_eq!(world.sig_node.messages().len(), happened, "{fault:?}");
    }
}

/// What answers with a page instead of Slack, or with neither a yes nor a no, has done nothing that
/// one could rely on.
#[tokio::test]
async fn an_answer_of_another_shape_is_no_yes() {
    let world = world().await;
    world.slack.without_limits();
    let chat = chat(&world);
    let said = world.sam.says(&world.sig_node, "hello").await;
    let channel = world.sig_node.id();
    let own = post(&world).await.expect("it is posted");
    for fault in [Fault::Html, Fault::WrongShape] {
        let speak = plain("other news");
        let mut outcomes = Vec::new();
        world.slack.fault(On::any(), fault.clone());
        outcomes.push(chat.edit(channel, &own, &speech(&speak), &key("a")).await);
        world.slack.fault(On::any(), fault.clone());
        outcomes.push(chat.react(channel, &said.ts, "eyes").await);
        world.slack.fault(On::any(), fault.clone());
        outcomes.push(chat.unreact(channel, &said.ts, "eyes").await);
        world.slack.fault(On::any(), fault.clone());
        let sam = world.sam.id();
        outcomes.push(chat.whisper(channel, sam, None, &speech(&speak)).await);
        for outcome in outcomes {
            assert!(
                matches!(outcome, Err(ChatError::Unclear(_))),
                "{fault:?} {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_limit_is_told_at_once() {
    let world = world().await;
    let too_many = Fault::TooManyRequests(7);
    world.slack.fault(On::method("chat.postMessage"), too_many);
    let limited = post(&world).await;
    assert_eq!(limited, Err(ChatError::Limited(Duration::from_secs(7))));
    assert_eq!(world.slack.calls_of("chat.postMessage").len(), 1);
    world.advance(7);
    post(&world).await.expect("it is posted");
    // As many at once as the channel takes, and one more.
    for _ in 0..4 {
        post(&world).await.expect("it is posted");
    }
    assert_eq!(
        post(&world).await,
        Err(ChatError::Limited(Duration::from_secs(1)))
    );
}

#[tokio::test]
async fn what_cannot_be_reached_was_not_asked() {
    let world = world().await;
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let chat = chat_at(&world, &format!("http://{address}/api"), "xoxb-1");
    let outcome = chat.react("C1", "1.000001", "eyes").await;
    assert!(
        matches!(outcome, Err(ChatError::Unavailable(_))),
        "{outcome:?}"
    );
    let nowhere = chat_at(&world, "http://slack.invalid/api", "xoxb-1");
    let outcome = nowhere.react("C1", "1.000001", "eyes").await;
    assert!(
        matches!(outcome, Err(ChatError::Unavailable(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_slack_that_never_answers_may_have_done_it() {
    let world = world().await;
    world
        .slack
        .fault(On::method("chat.postMessage"), Fault::Hang);
    let posting = post(&world);
    let expiring = async {
        let mut changed = world.slack.changed();
        while world.slack.calls_of("chat.postMessage").is_empty() {
            changed.changed().await.expect("Slack runs");
        }
        world.clock.expire_all();
        world.advance(10);
    };
    let (posted, ()) = tokio::join!(posting, expiring);
    assert_eq!(posted, Err(ChatError::Unclear("it took too long".into())));
}

#[tokio::test]
async fn what_the_model_refuses_by_itself() {
    let world = world().await;
    world.slack.without_limits();
    let chat = chat(&world);
    let said = plain("news");
    let speech = speech(&said);
    let post = async |channel: &str, thread: Option<&str>| {
        let posted = chat.post(at(channel, thread), &speech, &key("a")).await;
        posted.expect_err("it is refused")
    };
    let no_channel = |name: &str| ChatError::NoChannel(name.into());
    let no_message = |name: &str| ChatError::NoMessage(name.into());
    let elsewhere = world.workspace.channel("elsewhere");
    elsewhere.remove_bot();
    let archived = world.workspace.channel("archived");
    archived.archive();
    assert_eq!(post("C0", None).await, no_channel("channel_not_found"));
    assert_eq!(
        post(elsewhere.id(), None).await,
        no_channel("not_in_channel")
    );
    assert_eq!(post(archived.id(), None).await, no_channel("is_archived"));
    let channel = world.sig_node.id();
    assert_eq!(
        post(channel, Some("1.000001")).await,
        no_message("thread_not_found")
    );
    let theirs = world.sam.says(&world.sig_node, "mine").await;
    let edit = async |ts: &str| {
        let edited = chat.edit(channel, ts, &speech, &key("a")).await;
        edited.expect_err("it is refused")
    };
    assert_eq!(edit(&theirs.ts).await, no_message("cant_update_message"));
    assert_eq!(edit("1.000001").await, no_message("message_not_found"));
    let emoji = chat.react(channel, &theirs.ts, "no_such_emoji").await;
    assert_eq!(emoji, Err(ChatError::Refused("invalid_name".into())));
    world.workspace.without_scope("reactions:write");
    let scope = chat.react(channel, &theirs.ts, "eyes").await;
    assert_eq!(scope, Err(ChatError::Unauthorized("missing_scope".into())));
    world.workspace.uninstall();
    let gone = chat.react(channel, &theirs.ts, "eyes").await;
    assert_eq!(
        gone,
        Err(ChatError::Unauthorized("account_inactive".into()))
    );
    let other = chat_at(&world, &world.slack.api_url(), "xoxb-other");
    let wrong = other.find(channel, None, &key("a"), "0").await;
    assert_eq!(wrong, Err(ChatError::Unauthorized("invalid_auth".into())));
}
