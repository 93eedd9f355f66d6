//! The model under the code that production runs: its Web API, its Socket Mode, its routes.

use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use bytes::Bytes;
use kep_liaison::{
    domain::Secret,
    slack::{
        api::{Api, client},
        inbound::Inbound,
        receive::{NotTaken, Receive},
        signature::SigningKey,
        socket::Socket,
    },
    web::slack::{Signatory, router},
};
use serde_json::json;
use tokio::net::TcpListener;

use super::{World, world};

/// Answers every command, and notes what else comes.
#[derive(Default)]
struct Bot(Mutex<Vec<Inbound>>);

#[async_trait]
impl Receive for Bot {
    async fn receive(
        &self,
        _workspace: &str,
        inbound: Inbound,
        _again: bool,
    ) -> Result<Option<Bytes>, NotTaken> {
        let is_command = matches!(inbound, Inbound::Command(_));
        self.0.lock().expect("nobody panicked").push(inbound);
        Ok(is_command.then(|| Bytes::from_static(br#"{"text":"KEP-5825"}"#)))
    }
}

fn team(world: &World) -> Arc<OnceLock<Box<str>>> {
    Arc::new(OnceLock::from(Box::from(world.workspace.id())))
}

/// A person asks, says something and looks at the Home tab: the same over both transports.
async fn converse(world: &World, bot: &Bot) {
    let shown = world.sam.types(&world.sig_node, "/kep status 5825").await;
    assert_eq!(
        (shown.error.as_deref(), shown.words().as_str()),
        (None, "KEP-5825")
    );
    let said = world.sam.says(&world.sig_node, "@kep-liaison hello").await;
    world.mike.reacts(&said, "eyes").await;
    world.sam.edits(&said, "@kep-liaison hello!").await;
    world.workspace.shortcut("relay");
    world.mike.shortcut("relay", &said).await;
    world.sam.deletes(&said).await;
    world.sam.says(&world.sam.direct(), "hello").await;
    world.sam.opens_home().await;
    let heard = bot.0.lock().expect("nobody panicked");
    assert!(matches!(heard[0], Inbound::Command(_)), "{heard:?}");
    let kinds: Vec<&str> = heard.iter().map(Inbound::kind).collect();
    let wanted = [
        "command", "mention", "message", "reaction", "message", "shortcut", "message", "direct",
        "home",
    ];
    assert_eq!(kinds, wanted);
    let identities = heard
        .iter()
        .filter_map(|it| it.content_identity("kubernetes"));
    let mut identities: Vec<String> = identities.map(|key| key.to_string()).collect();
    identities.dedup();
    assert_eq!(identities.len(), 6, "{identities:?}");
    drop(heard);
    world.slack.nothing_was_wrong();
}

#[tokio::test]
async fn over_socket_mode() {
    let world = world().await;
    let bot = Arc::new(Bot::default());
    let client = client(&world.slack.api_url()).expect("a client");
    let token = Secret::new(&world.workspace.app_token());
    let clock = Arc::new(world.clock.clone());
    let team = team(&world);
    let socket = Socket::open(&client, &token, "kubernetes", team, bot.clone(), clock).await;
    world.workspace.connected(2).await;
    converse(&world, &bot).await;
    world.workspace.ask_to_reconnect("refresh_requested");
    world.workspace.connected(2).await;
    let shown = world.sam.types(&world.sig_node, "/kep").await;
    assert_eq!(shown.words(), "KEP-5825");
    socket.close().await;
    world.workspace.connected(0).await;
}

#[tokio::test]
async fn over_http() {
    let world = world().await;
    let bot = Arc::new(Bot::default());
    let signatory = Signatory {
        workspace: "kubernetes".into(),
        key: SigningKey::new(&Secret::new(&world.workspace.signing_secret())).expect("a secret"),
        team: team(&world),
    };
    let router = router(vec![signatory], bot.clone(), Arc::new(world.clock.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    world.workspace.deliver_to(&base);
    assert!(world.workspace.verify_request_url().await);
    converse(&world, &bot).await;
    server.abort();
}

#[tokio::test]
async fn the_web_api() {
    let world = world().await;
    let client = client(&world.slack.api_url()).expect("a client");
    let token = Secret::new(&world.workspace.bot_token());
    let api = Api::new(client, &token, Arc::new(world.clock.clone()));
    let identity = api.identity().await.expect("an identity");
    assert_eq!(&*identity.team_id, world.workspace.id());
    assert_eq!(&*identity.user_id, world.workspace.bot_user());
    let home = json!({"type": "home", "blocks": [{"type": "divider"}]});
    api.publish_home(world.sam.id(), &home)
        .await
        .expect("a home");
    assert!(world.sam.home().is_some());
    world.slack.nothing_was_wrong();
}
