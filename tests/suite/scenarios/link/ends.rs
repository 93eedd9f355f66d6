//! How a sign-in ends: it is denied, nobody enters the code, GitHub refuses or does not answer.

use kep_liaison::sandbox::github::{Fault, Logged, On};
use serde_json::{Value, json};

use super::{BOTH, Duration, Person, Scene, Transport, set_up, unstarted};
use crate::github_model::http::Http;

const TOKEN: &str = "/login/oauth/access_token";

impl Scene {
    /// What somebody is told of a sign-in that never gets a code.
    async fn gets_no_code(&self, person: &Person) -> String {
        self.is_answered(person, "/kep link").await;
        self.hears_alone(person, &self.sig_node).await.words()
    }

    /// The questions whether a code was entered.
    fn asked(&self) -> Vec<Logged> {
        let mut asked = self.github.requests();
        asked.retain(|request| request.path == TOKEN);
        asked
    }
}

#[tokio::test]
async fn who_says_no_is_linked_to_nobody() {
    for transport in BOTH {
        let scene = set_up(transport).await;
        let mike = scene.mike.clone();
        let code = scene.code(&mike).await;
        scene
            .github
            .enter_code("mikebrow", &code, false)
            .expect("a code");
        let told = scene.hears_alone(&mike, &scene.sig_node).await.words();
        assert_eq!(
            told,
            "You said no on GitHub, so nothing was linked. /kep link begins anew."
        );
        assert_eq!(scene.known_as(&mike).await, None);
        scene.end().await;
    }
}

#[tokio::test]
async fn a_code_that_nobody_enters_ends_after_a_quarter_of_an_hour() {
    let scene = set_up(Transport::Socket).await;
    let mike = scene.mike.clone();
    let code = scene.code(&mike).await;
    // The same one is shown until then, and there is no second sign-in.
    scene.clock.advance(Duration::from_secs(5));
    let again = scene.is_answered(&mike, "/kep link").await;
    assert!(
        again.contains(&code) && again.contains("good for 14 minutes"),
        "{again}"
    );
    let told = scene.hears_alone(&mike, &scene.sig_node).await.words();
    assert_eq!(
        told,
        "Nobody entered your code on GitHub in time, so nothing was linked. /kep link gives you another."
    );
    let began = scene.github.requests();
    let began = began
        .iter()
        .filter(|request| request.path == "/login/device/code");
    assert_eq!(began.count(), 1);
    assert!(scene.asked().len() > 20, "{}", scene.asked().len());
    assert_ne!(scene.code(&mike).await, code);
    scene.end().await;
}

#[tokio::test]
async fn who_is_told_to_slow_down_asks_less_often() {
    let scene = set_up(Transport::Socket).await;
    let mike = scene.mike.clone();
    let code = scene.code(&mike).await;
    scene.until("a question", || scene.asked().len() == 1).await;
    // Somebody else asks with the same code, so that the bot is too early.
    let asked: Value = serde_json::from_slice(&scene.asked()[0].request).expect("JSON");
    let http = Http::new(scene.github.url(), None).with("accept", "application/json");
    scene.clock.advance(Duration::from_secs(1));
    let slow = http.post(TOKEN, asked).await.json();
    assert_eq!(slow["error"], "slow_down", "{slow}");
    let before = scene.asked().len();
    let asked_more = || scene.asked().len() >= before + 3;
    scene.until("three more", asked_more).await;
    let asked = scene.asked();
    let answer = |logged: &Logged| serde_json::from_slice::<Value>(&logged.answer).expect("JSON");
    let foreign = asked
        .iter()
        .position(|one| answer(one)["error"] == "slow_down");
    let own = &asked[foreign.expect("it was told to slow down") + 1..];
    assert_eq!(answer(&own[0])["error"], "slow_down");
    assert_eq!(answer(&own[0])["interval"], 15);
    assert_eq!(answer(&own[1])["error"], "authorization_pending");
    let apart = |two: &[Logged]| (two[1].at - two[0].at).num_seconds();
    assert!(own.windows(2).all(|two| apart(two) >= 15), "{own:?}");
    scene
        .github
        .enter_code("mikebrow", &code, true)
        .expect("a code");
    let told = scene.hears_alone(&mike, &scene.sig_node).await.words();
    assert!(told.starts_with("I know you as mikebrow"), "{told}");
    scene.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_the_app_is_told_at_once() {
    let mut scene = unstarted(Transport::Http).await;
    let client_id = scene.settings.split("oauth_client_id = \"").nth(1);
    let client_id = client_id.and_then(|rest| rest.split('"').next());
    let client_id = client_id.expect("a key").to_owned();
    scene.github.allow_device_flow(&client_id, false);
    scene.start().await;
    scene.synced().await;
    let mike = scene.mike.clone();
    let told = scene.gets_no_code(&mike).await;
    assert_eq!(
        told,
        "GitHub does not let me sign people in: whoever runs this bot has to enable the device flow in its App there. Nothing was linked."
    );
    scene.stop().await;
    scene.settings = scene.settings.replace(&client_id, "Iv23liNobody");
    scene.start().await;
    let told = scene.gets_no_code(&mike).await;
    assert_eq!(
        told,
        "GitHub does not know my App, so nothing was linked: whoever runs this bot finds its client id in the App's settings."
    );
    scene.end().await;
}

#[tokio::test]
async fn a_github_that_does_not_answer_is_asked_again_until_the_end() {
    let scene = set_up(Transport::Socket).await;
    let mike = scene.mike.clone();
    let away = "GitHub does not answer just now, so nothing was linked. Type /kep link again in some minutes.";
    for fault in [Fault::Status(502), Fault::Drop, Fault::TooManyRequests(60)] {
        scene.github.fault(On::post("/login/device/code"), fault);
        assert_eq!(scene.gets_no_code(&mike).await, away);
        scene.clock.advance(Duration::from_mins(1));
    }
    for fault in [Fault::Garbage, Fault::Html, Fault::WrongShape] {
        scene.github.fault(On::post("/login/device/code"), fault);
        let told = scene.gets_no_code(&mike).await;
        assert!(told.starts_with("GitHub refuses the sign-in"), "{told}");
    }
    // For a while, and then it goes on.
    let code = scene.code(&mike).await;
    for fault in [Fault::Status(503), Fault::Drop] {
        let before = scene.asked().len();
        scene.github.fault(On::post(TOKEN), fault);
        scene
            .until("a question", || scene.asked().len() > before)
            .await;
    }
    scene
        .github
        .enter_code("mikebrow", &code, true)
        .expect("a code");
    // The account is asked for again: the token is given once.
    scene.github.fault(On::get("/user"), Fault::Status(500));
    let told = scene.hears_alone(&mike, &scene.sig_node).await.words();
    assert!(told.starts_with("I know you as mikebrow"), "{told}");
    // Until the end.
    scene.is_answered(&mike, "/kep unlink").await;
    scene.code(&mike).await;
    scene
        .github
        .fault(On::post(TOKEN).every(1), Fault::Status(503));
    let told = scene.hears_alone(&mike, &scene.sig_node).await.words();
    assert_eq!(told, away);
    scene.github.clear_faults();
    // Who said yes and is not named is nobody.
    scene
        .github
        .fault(On::get("/user").every(1), Fault::Garbage);
    let told = scene.links(&mike, "mikebrow").await;
    assert_eq!(
        told,
        "You said yes on GitHub, but it did not tell me who you are, so nothing was linked. Type /kep link again."
    );
    assert_eq!(scene.known_as(&mike).await, None);
    scene.end().await;
}

#[tokio::test]
async fn only_so_many_sign_in_at_once() {
    let scene = set_up(Transport::Socket).await;
    let people: Vec<Person> = (0..50)
        .map(|nth| scene.person(&format!("member-{nth}")))
        .collect();
    for person in &people {
        scene.is_answered(person, "/kep link").await;
    }
    let refused = scene.is_answered(&scene.mike, "/kep link").await;
    assert_eq!(
        refused,
        "Too many people sign in at this moment. Type /kep link again in some minutes."
    );
    scene
        .until("fifty codes", || scene.workspace.unseen().len() == 50)
        .await;
    scene.sig_node.look_at_all();
    // Each of them ends.
    scene
        .until("fifty ends", || scene.workspace.unseen().len() == 50)
        .await;
    let words = scene.workspace.unseen().remove(0).words();
    assert!(words.starts_with("Nobody entered your code"), "{words}");
    scene.sig_node.look_at_all();
    scene.code(&scene.mike).await;
    scene.end().await;
}

#[tokio::test]
async fn nothing_of_the_token_or_the_codes_is_kept_or_logged() {
    let log = super::Log::begin();
    let mut scene = set_up(Transport::Socket).await;
    let mike = scene.mike.clone();
    let code = scene.code(&mike).await;
    scene.until("a question", || scene.asked().len() == 1).await;
    scene
        .github
        .enter_code("mikebrow", &code, true)
        .expect("a code");
    scene.hears_alone(&mike, &scene.sig_node).await;
    let text = |bytes: &[u8]| -> Value { serde_json::from_slice(bytes).unwrap_or(json!({})) };
    let asked = scene.asked();
    let device = text(&asked[0].request)["device_code"].clone();
    let given = text(&asked.last().expect("a question").answer)["access_token"].clone();
    scene.stop().await;
    let logged = log.end();
    assert!(logged.contains("somebody signed in at GitHub"), "{logged}");
    let mut store = Vec::new();
    for file in std::fs::read_dir(scene.folder.path()).expect("a folder") {
        store.extend(std::fs::read(file.expect("a file").path()).expect("its content"));
    }
    let store = String::from_utf8_lossy(&store).into_owned();
    assert!(store.contains("mikebrow"));
    for secret in [device.as_str(), given.as_str(), Some(code.as_str())] {
        let secret = secret.expect("a secret");
        assert!(secret.len() >= 9, "{secret}");
        assert!(!logged.contains(secret), "{secret} is logged");
        assert!(!store.contains(secret), "{secret} is kept");
    }
    scene.end().await;
}
