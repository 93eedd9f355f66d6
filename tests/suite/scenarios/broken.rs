//! What panics costs itself: an answer, or the bot that cannot go on and says so.

use std::{sync::Arc, time::Duration};

use kep_liaison::{
    app::bot::{Bot, Outside},
    config::Config,
    ports::Dice,
};

use super::{BOTH, Scene, Transport, metrics};

/// Whoever throws them falls.
struct Fatal;

impl Dice for Fatal {
    fn roll(&self) -> f64 {
        panic!("as this test wants it")
    }
}

#[tokio::test]
async fn a_panic_is_answered_and_what_broke_off_is_told() {
    for transport in BOTH {
        let mut scene = Scene::before_start(transport).await;
        let config = Config::parse(&scene.settings, "settings").expect("settings");
        let env = |name: &str| {
            let mut tokens = scene.tokens.iter();
            let found = tokens.find(|(known, _)| known == name);
            found.map(|(_, token)| token.clone())
        };
        let outside = Outside {
            env: &env,
            clock: Arc::new(scene.clock.clone()),
            dice: Arc::new(Fatal),
            metrics: metrics(),
        };
        let mut bot = Bot::start(&config, outside).await.expect("the bot starts");
        match transport {
            Transport::Http => scene
                .workspace
                .deliver_to(&format!("http://{}", bot.address())),
            Transport::Socket => scene.workspace.connected(2).await,
        }
        // More often than there are connections.
        for _ in 0..3 {
            let shown = scene.sam.types(&scene.sig_node, "/kep status 5825").await;
            assert_eq!(shown.error, None);
            let words = shown.words();
            assert!(words.contains("broke something inside"), "{words}");
            assert!(shown.said().is_ephemeral());
        }
        let broken = tokio::time::timeout(Duration::from_secs(20), bot.broken()).await;
        broken.expect("following GitHub broke off");
        scene.bot = Some(bot);
        scene.end().await;
    }
}
