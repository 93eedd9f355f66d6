//! Messages, whispers, reactions: what Slack shows of them.

use kep_liaison::ports::chat::{Chat as _, ChatError, PostAt};

use super::{at, chat, key, only_refused, plain, speech, world};

#[tokio::test]
async fn a_message_is_posted_edited_and_found() {
    let world = world().await;
    let chat = chat(&world);
    let channel = world.sig_node.id();
    let said = plain("KEP-5825 is merged.");
    let key = key("news/5825/1");
    let ts = chat.post(at(channel, None), &speech(&said), &key).await;
    let ts = ts.expect("it is posted");
    let seen = world.sig_node.next().await;
    assert_eq!((&*seen.ts, &*seen.text), (&*ts, "KEP-5825 is merged."));

    let edited = plain("KEP-5825 is merged and documented.");
    let done = chat.edit(channel, &ts, &speech(&edited), &key).await;
    assert_eq!(done, Ok(()));
    let seen = world.sig_node.next().await;
    assert_eq!(seen.text, "KEP-5825 is merged and documented.");
    assert!(seen.words().ends_with("and documented."), "{seen:?}");

    let found = chat.find(channel, None, &key, &ts).await;
    assert_eq!(found, Ok(Some(ts)));
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn a_reply_stands_in_its_thread_and_where_wanted_in_the_channel() {
    let world = world().await;
    let chat = chat(&world);
    let channel = world.sig_node.id();
    let root = world.sam.says(&world.sig_node, "KEP-5825?").await;
    let below = at(channel, Some(&root.ts));
    let quiet = plain("quiet");
    let ts = chat.post(below, &speech(&quiet), &key("a")).await;
    let ts = ts.expect("it is posted");
    let loud = PostAt {
        broadcast: true,
        ..below
    };
    let said = plain("loud");
    chat.post(loud, &speech(&said), &key("b"))
        .await
        .expect("it is posted");
    let thread = world.sig_node.thread(&root.ts);
    let texts: Vec<&str> = thread.iter().map(|said| &*said.text).collect();
    assert_eq!(texts, ["KEP-5825?", "quiet", "loud"]);
    let history = chat.history(channel, "0", None).await.expect("a history");
    assert_eq!(history.messages.len(), 2);
    assert_eq!(history.messages[0].key, Some(key("b")));

    let found = chat
        .find(channel, Some(&root.ts), &key("a"), &root.ts)
        .await;
    assert_eq!(found, Ok(Some(ts.clone())));
    // A reply stands in no history, and nothing older than since counts.
    assert_eq!(chat.find(channel, None, &key("a"), "0").await, Ok(None));
    let later = "9999999999.000000";
    let found = chat.find(channel, Some(&root.ts), &key("a"), later).await;
    assert_eq!(found, Ok(None));
    world.sig_node.look_at_all();
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn one_member_alone_hears_a_whisper() {
    let world = world().await;
    let chat = chat(&world);
    let said = plain("Only a liaison may do that.");
    let channel = world.sig_node.id();
    let done = chat
        .whisper(channel, world.sam.id(), None, &speech(&said))
        .await;
    assert_eq!(done, Ok(()));
    let seen = world.sig_node.seen_by(&world.sam);
    assert_eq!(seen[0].only_for.as_deref(), Some(world.sam.id()));
    assert_eq!(world.sig_node.seen_by(&world.mike), []);
    let stranger = world.workspace.person("stranger");
    let done = chat
        .whisper(channel, stranger.id(), None, &speech(&said))
        .await;
    assert_eq!(
        done,
        Err(ChatError::NoChannel("user_not_in_channel".into()))
    );
    only_refused(&world);
}

#[tokio::test]
async fn a_reaction_that_is_there_or_gone_already_is_as_good() {
    let world = world().await;
    let chat = chat(&world);
    let said = world.sam.says(&world.sig_node, "KEP-5825 is merged").await;
    let channel = world.sig_node.id();
    let mark = "white_check_mark";
    for _ in 0..2 {
        assert_eq!(chat.react(channel, &said.ts, mark).await, Ok(()));
    }
    let reactions = |said: &kep_liaison::sandbox::slack::Said| said.reactions.clone();
    let seen = world.sig_node.message(&said.ts).expect("it is there");
    assert_eq!(reactions(&seen).len(), 1, "{seen:?}");
    for _ in 0..2 {
        assert_eq!(chat.unreact(channel, &said.ts, mark).await, Ok(()));
    }
    let seen = world.sig_node.message(&said.ts).expect("it is there");
    assert_eq!(reactions(&seen).len(), 0, "{seen:?}");
    let nothing = chat.react(channel, "1.000001", mark).await;
    assert_eq!(
        nothing,
        Err(ChatError::NoMessage("message_not_found".into()))
    );
    only_refused(&world);
}

#[tokio::test]
async fn addresses_and_direct_conversations() {
    let world = world().await;
    let chat = chat(&world);
    let said = world.sam.says(&world.sig_node, "KEP-5825 is merged").await;
    let channel = world.sig_node.id();
    let link = chat.permalink(channel, &said.ts).await.expect("a link");
    let place = said.ts.replace('.', "");
    let wanted = format!("https://kubernetes.slack.com/archives/{channel}/p{place}");
    assert_eq!(&*link, wanted);
    let direct = chat.direct(world.sam.id()).await.expect("a conversation");
    assert_eq!(&*direct, world.sam.direct().id());
    let said = plain("Your KEP has news.");
    chat.post(at(&direct, None), &speech(&said), &key("a"))
        .await
        .expect("it is posted");
    assert_eq!(world.sam.direct().next().await.text, "Your KEP has news.");
    let nobody = chat.direct("U000000").await;
    assert_eq!(nobody, Err(ChatError::NoChannel("user_not_found".into())));
    only_refused(&world);
}
