//! A picture on its way: uploaded, shown in a message, and what becomes of the message where that
//! goes wrong.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use kep_liaison::{
    domain::{Secret, bridge::Saying},
    ports::{
        Clock as _,
        chat::{Chat as _, ChatError, Picture, Shown, Speech},
    },
    sandbox::{
        clock::ManualClock,
        slack::{Fault, On, Wrong},
    },
    slack::{api, chat::SlackChat},
};
use serde_json::{Value, json};

use super::{World, at, chat, chat_at, key, plain, speech, world};
use crate::slack_model::Endpoint;

const ALT: &str = "12 KEPs are open & 3 done; the freeze is in 4 weeks.";

fn chart() -> Picture<'static> {
    Picture {
        name: "keps.png",
        title: "KEPs",
        alt: ALT,
        bytes: b"\x89PNG\r\n\x1a\n and so on",
    }
}

fn showing<'a>(said: &'a Saying, file: &'a str) -> Speech<'a> {
    let picture = Some(Shown { file, alt: ALT });
    Speech {
        picture,
        ..speech(said)
    }
}

fn block(file: &str) -> Value {
    json!({"type": "image", "slack_file": {"id": file}, "alt_text": ALT})
}

/// What a message's last block is, without the id that Slack gives it.
fn last_block(world: &World, ts: &str) -> Value {
    let message = world.sig_node.message(ts).expect("it is there");
    let mut last = message.blocks.last().expect("a block").clone();
    last.as_object_mut().expect("a block").remove("block_id");
    last
}

/// The chat in a world, on a clock that waits for nobody.
fn hasty(world: &World) -> (SlackChat, ManualClock) {
    let clock = ManualClock::skipping(world.clock.now());
    let client = api::client(&world.slack.api_url()).expect("a client");
    let token = Secret::new(&world.workspace.bot_token());
    let api = api::Api::new(client, &token, Arc::new(clock.clone()));
    (SlackChat::new(api, Arc::new(clock.clone())), clock)
}

#[tokio::test]
async fn a_picture_is_uploaded_and_stands_below_what_is_said() {
    let world = world().await;
    let chat = chat(&world);
    let channel = world.sig_node.id();
    let file = chat.upload(&chart()).await.expect("it is uploaded");
    // It is shown to nobody by that.
    assert_eq!(world.sig_node.messages(), []);
    let complete = &world.slack.calls_of("files.completeUploadExternal")[0];
    let files = json!([{"id": file, "title": "KEPs"}]);
    assert_eq!(complete.arguments, json!({ "files": files }));
    let answer = complete.answer.as_ref().expect("an answer");
    assert_eq!(answer["files"][0]["alt_txt"], ALT);

    let said = plain("The week");
    let speech = showing(&said, &file);
    let ts = chat.post(at(channel, None), &speech, &key("a")).await;
    let ts = ts.expect("it is posted");
    assert_eq!(last_block(&world, &ts), block(&file));
    let message = world.sig_node.message(&ts).expect("it is there");
    // Whoever sees no picture reads what it shows.
    let text = "The week\n12 KEPs are open &amp; 3 done; the freeze is in 4 weeks.";
    assert_eq!(message.text, text);

    let next = chat.upload(&chart()).await.expect("it is uploaded");
    let speech = showing(&said, &next);
    let edited = chat.edit(channel, &ts, &speech, &key("a")).await;
    assert_eq!((edited, last_block(&world, &ts)), (Ok(()), block(&next)));
    world.sig_node.look_at_all();
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn what_a_picture_shows_is_said_as_far_as_slack_takes_it() {
    let world = world().await;
    let chat = chat(&world);
    let alt = "𝄞".repeat(3_000);
    let long = Picture {
        alt: &alt,
        ..chart()
    };
    let file = chat.upload(&long).await.expect("it is uploaded");
    let said = plain("The week");
    let picture = Some(Shown {
        file: &file,
        alt: &alt,
    });
    let speech = Speech {
        picture,
        ..speech(&said)
    };
    let channel = at(world.sig_node.id(), None);
    chat.post(channel, &speech, &key("a"))
        .await
        .expect("it is posted");
    world.sig_node.look_at_all();
    world.slack.nothing_was_wrong();
}

/// A file is there some moments after it was uploaded, and the message waits for it.
#[tokio::test]
async fn a_message_waits_for_its_picture() {
    let world = world().await;
    world.slack.processing_takes(TimeDelta::seconds(3));
    let chat = chat(&world);
    let file = chat.upload(&chart()).await.expect("it is uploaded");
    let said = plain("The week");
    let speech = showing(&said, &file);
    let key = key("a");
    let posting = chat.post(at(world.sig_node.id(), None), &speech, &key);
    let waiting = async {
        for (tries, seconds) in [(1, 1), (2, 2)] {
            while world.slack.calls_of("chat.postMessage").len() < tries
                || world.clock.is_asking()
                || world.clock.next_wake().is_none()
            {
                tokio::task::yield_now().await;
            }
            world.advance(seconds);
        }
    };
    let (ts, ()) = tokio::join!(posting, waiting);
    let ts = ts.expect("it is posted");
    assert_eq!(last_block(&world, &ts), block(&file));
    assert_eq!(world.sig_node.messages().len(), 1);
    let wrong = world.slack.take_violations();
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}

/// What is to be said is more than its picture.
#[tokio::test]
async fn a_message_goes_without_a_picture_that_never_comes() {
    let world = world().await;
    world.slack.without_limits();
    world.slack.processing_takes(TimeDelta::days(1));
    let (chat, clock) = hasty(&world);
    let file = chat.upload(&chart()).await.expect("it is uploaded");
    let said = plain("The week");
    let channel = world.sig_node.id();
    // One that is still on its way, and one that never was.
    for (place, file) in [&*file, "F0000000000"].into_iter().enumerate() {
        let before = clock.now();
        let speech = showing(&said, file);
        let key = key("a");
        let ts = chat.post(at(channel, None), &speech, &key).await;
        let ts = ts.expect("it is posted");
        let waited = clock.now() - before;
        assert_eq!(waited, TimeDelta::seconds(7));
        assert_eq!(last_block(&world, &ts)["type"], "section");
        assert_eq!(world.sig_node.messages().len(), place + 1);
        assert_eq!(chat.edit(channel, &ts, &speech, &key).await, Ok(()));
    }
    let wrong = world.slack.take_violations();
    let wrong: Vec<Wrong> = wrong.iter().map(|one| one.what).collect();
    assert_eq!(wrong, [Wrong::InvalidBlocks; 16]);
}

/// Blocks that are refused for another reason are tried once.
#[tokio::test]
async fn only_its_picture_is_waited_for() {
    let world = world().await;
    let chat = chat(&world);
    let file = chat.upload(&chart()).await.expect("it is uploaded");
    let said = plain("The week");
    let speech = showing(&said, &file);
    let refused = Fault::Error("invalid_blocks");
    world.slack.fault(On::method("chat.postMessage"), refused);
    let channel = at(world.sig_node.id(), None);
    let posted = chat.post(channel, &speech, &key("a")).await;
    assert_eq!(posted, Err(ChatError::Refused("invalid_blocks".into())));
    assert_eq!(world.slack.calls_of("chat.postMessage").len(), 1);
}

#[tokio::test]
async fn without_the_scope_nothing_is_uploaded() {
    let world = world().await;
    world.workspace.without_scope("files:write");
    let uploaded = chat(&world).upload(&chart()).await;
    assert_eq!(uploaded, Err(ChatError::Refused("missing_scope".into())));
    assert_eq!(world.slack.calls().len(), 1);
}

#[tokio::test]
async fn an_upload_that_goes_wrong_says_how() {
    let world = world().await;
    world.slack.without_limits();
    let chat = chat(&world);
    let (ask, complete) = (
        On::method("files.getUploadURLExternal"),
        On::method("files.completeUploadExternal"),
    );
    for (on, fault, is_clear) in [
        (&ask, Fault::Status(503), false),
        (&ask, Fault::WrongShape, false),
        (&ask, Fault::Drop, false),
        (&ask, Fault::Error("file_uploads_disabled"), true),
        (&On::upload(), Fault::Status(500), false),
        (&On::upload(), Fault::Drop, false),
        (&On::upload(), Fault::DropAfter, false),
        (&On::upload(), Fault::Status(404), true),
        (&complete, Fault::DropAfter, false),
        (&complete, Fault::WrongShape, false),
        (&complete, Fault::Html, false),
    ] {
        world.slack.fault(on.clone(), fault.clone());
        let error = chat.upload(&chart()).await.expect_err("it went wrong");
        let wanted = if is_clear {
            matches!(error, ChatError::Refused(_))
        } else {
            matches!(error, ChatError::Unclear(_))
        };
        assert!(wanted, "{on:?} {fault:?}: {error:?}");
    }
    world.slack.fault(ask, Fault::TooManyRequests(7));
    let limited = chat.upload(&chart()).await;
    assert_eq!(limited, Err(ChatError::Limited(Duration::from_secs(7))));
    // Whatever came of these by halves, the next stands, and nobody saw any of it.
    world.advance(7);
    chat.upload(&chart()).await.expect("it is uploaded");
    assert_eq!(world.sig_node.messages(), []);
}

#[tokio::test]
async fn an_upload_that_hangs_ends() {
    let world = world().await;
    world.slack.fault(On::upload(), Fault::Hang);
    let chat = chat(&world);
    let picture = chart();
    let expiring = async {
        let mut changed = world.slack.changed();
        while world.slack.calls_of("upload").is_empty() {
            changed.changed().await.expect("Slack runs");
        }
        world.advance(10);
    };
    let (uploaded, ()) = tokio::join!(chat.upload(&picture), expiring);
    assert_eq!(uploaded, Err(ChatError::Unclear("it took too long".into())));
}

/// The bytes go where Slack says, in the clear to nobody but the stand-in itself, and no further; the
/// token goes nowhere with them.
#[tokio::test]
async fn an_address_for_bytes_is_trusted_with_them_alone() {
    let world = world().await;
    for (address, is_taken) in [
        ("http://API/upload", true),
        ("http://127.0.0.1:9/upload", false),
        ("ftp://API/upload", false),
        ("file:///tmp/upload", false),
        ("/upload", false),
        ("", false),
    ] {
        let api = Endpoint::start(move |heard| match &*heard.path {
            "/api/files.getUploadURLExternal" => {
                let url = address.replace("API", heard.header("host"));
                let answer = json!({"ok": true, "upload_url": url, "file_id": "F0000000001"});
                let json = ("content-type", "application/json");
                (200, vec![json], answer.to_string())
            }
            _ => (307, vec![("location", "/elsewhere")], String::new()),
        })
        .await;
        let chat = chat_at(&world, &format!("{}/api", api.url), "xoxb-secret");
        let picture = Picture {
            bytes: b"12345",
            ..chart()
        };
        let error = chat.upload(&picture).await.expect_err("it goes nowhere");
        let heard = api.heard();
        assert_eq!(heard[0].header("authorization"), "Bearer xoxb-secret");
        if is_taken {
            assert!(matches!(error, ChatError::Unclear(_)), "{error:?}");
            assert_eq!(heard.len(), 2, "it was sent on");
            let upload = &heard[1];
            assert_eq!((&*upload.path, &*upload.body), ("/upload", "12345"));
            assert_eq!(upload.header("authorization"), "");
        } else {
            assert!(
                matches!(error, ChatError::Refused(_)),
                "{address}: {error:?}"
            );
            assert_eq!(heard.len(), 1, "{address}");
        }
    }
}
