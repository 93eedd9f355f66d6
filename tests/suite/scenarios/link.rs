//! Who is who: people prove it by signing in at GitHub, and take it back.

mod ends;
mod people;
mod renamed;
mod wishes;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kep_liaison::sandbox::slack::{Channel, Person, Said};
use tracing::{Dispatch, Level, subscriber::DefaultGuard};

use super::{BOTH, Scene, Transport};

/// A bot with an App that people sign in by. The settings know Sam, who looks after it, and a login
/// without a member.
async fn set_up(transport: Transport) -> Scene {
    let mut scene = unstarted(transport).await;
    scene.start().await;
    scene.synced().await;
    scene
}

async fn unstarted(transport: Transport) -> Scene {
    let mut scene = Scene::before_start(transport).await;
    let (url, client_id) = (scene.github.url().to_owned(), scene.github.oauth_app());
    let keys = format!("github = {{ web_url = \"{url}\", oauth_client_id = \"{client_id}\", api");
    scene.settings = scene.settings.replacen("github = { api", &keys, 1);
    scene.settings += r#"
        roles = ["admin"]
        [[people]]
        github = "liaison"
        roles = ["liaison", "admin"]
        "#;
    scene.github.keep_bodies();
    scene
}

impl Scene {
    /// What somebody alone is answered.
    pub(super) async fn is_answered(&self, person: &Person, typed: &str) -> String {
        let shown = person.types(&self.sig_node, typed).await;
        assert!(shown.said().is_ephemeral());
        shown.words()
    }

    /// What somebody alone is told next.
    async fn hears_alone(&self, person: &Person, at: &Channel) -> Said {
        let unseen = || !self.workspace.unseen().is_empty();
        self.until("something is told", unseen).await;
        let said = at.next().await;
        assert_eq!(
            said.only_for.as_deref(),
            Some(person.id()),
            "{}",
            said.words()
        );
        said
    }

    /// The code that somebody is given who wants to sign in.
    async fn code(&self, person: &Person) -> String {
        let shown = self.is_answered(person, "/kep link").await;
        assert_eq!(shown, "I ask GitHub for a code, which you see in a moment.");
        code_in(&self.hears_alone(person, &self.sig_node).await.words())
    }

    /// Somebody signs in by a login; what they are told of it.
    async fn links(&self, person: &Person, login: &str) -> String {
        let code = self.code(person).await;
        self.github.enter_code(login, &code, true).expect("a code");
        self.hears_alone(person, &self.sig_node).await.words()
    }

    /// As whom the bot knows somebody.
    async fn known_as(&self, person: &Person) -> Option<String> {
        let answer = self.is_answered(person, "/kep mine").await;
        if answer.contains("I do not know who you are on GitHub") {
            assert!(
                answer.contains("type /kep link to sign in there."),
                "{answer}"
            );
            return None;
        }
        let (_, login) = answer.split_once("person:").expect(&answer);
        let login: String = login.chars().take_while(|c| c.is_alphanumeric()).collect();
        Some(login)
    }
}

/// Everything that is logged on this thread, at any level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

struct Logging {
    log: Log,
    guard: DefaultGuard,
    /// While there is but one, what another thread says first is thought to interest nobody.
    _second: Dispatch,
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn begin() -> Logging {
        let log = Self::default();
        let out = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_writer(move || out.clone())
            .finish();
        let second = Dispatch::new(tracing_subscriber::registry());
        let guard = tracing::subscriber::set_default(subscriber);
        Logging {
            log,
            guard,
            _second: second,
        }
    }
}

impl Logging {
    fn has(&self, words: &str) -> bool {
        let log = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&log).contains(words)
    }

    fn end(self) -> String {
        drop(self.guard);
        let log = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&log).into_owned()
    }
}

fn code_in(words: &str) -> String {
    let (_, rest) = words.split_once("who you are there: `").expect(words);
    rest.chars().take(9).collect()
}

#[tokio::test]
async fn who_signs_in_is_known_from_then_on() {
    for transport in BOTH {
        let scene = set_up(transport).await;
        let mike = scene.mike.clone();
        assert_eq!(scene.known_as(&mike).await, None);
        let shown = scene.is_answered(&mike, "/kep link").await;
        assert_eq!(shown, "I ask GitHub for a code, which you see in a moment.");
        let said = scene.hears_alone(&mike, &scene.sig_node).await;
        let code = code_in(&said.words());
        let button = &said.blocks[1]["elements"][0];
        assert_eq!(
            button["url"],
            format!("{}/login/device", scene.github.url())
        );
        assert_eq!(
            said.words().replace(&code, "XXXX-XXXX"),
            format!(
                "Enter this code on GitHub, to prove who you are there: `XXXX-XXXX`\nOpen GitHub\nThe code is yours alone, and good for 15 minutes. I read your login and nothing else, and keep no access. Enter no code on GitHub that somebody else gave you."
            )
        );
        // The page is opened, of which the bot is told, too.
        mike.clicks(&said, "kep_sign_in").await;
        assert_eq!(scene.known_as(&mike).await, None);
        scene
            .github
            .enter_code("mikebrow", &code, true)
            .expect("a code");
        let told = scene.hears_alone(&mike, &scene.sig_node).await.words();
        assert_eq!(
            told,
            "I know you as mikebrow on GitHub now. /kep status mine shows your KEPs; /kep unlink takes it back."
        );
        assert_eq!(scene.known_as(&mike).await.as_deref(), Some("mikebrow"));
        scene.end().await;
    }
}
