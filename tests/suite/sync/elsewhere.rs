//! Other GitHubs, and other ways to be somebody there.

use std::sync::Arc;

use kep_liaison::{
    domain::{Repository, Secret},
    github::{App, Credentials, GitHub},
    ports::{Clock, Dice, Forge as _, ForgeError},
    sandbox::github::Right,
};

use super::world::{NoChance, World};

#[tokio::test]
async fn a_stand_in_without_etags_tells_the_same() {
    let world = World::with_keps(3).await;
    world.model.without_etags();
    world.settle().await;
    world.pass(60);
    let (report, cost) = world.sync_well().await;
    assert_eq!(report.changed, []);
    assert!(cost.requests <= 8 && cost.not_modified == 0, "{cost:?}");
    world.containerd.label(1, "target/kubernetes/v1.38");
    assert_eq!(world.sync_well().await.0.changed.len(), 1);
}

#[tokio::test]
async fn an_enterprise_server_has_its_api_below_a_path() {
    let world = World::at("/api/v3", 3).await;
    let (report, _) = world.sync_well().await;
    assert_eq!((report.keps, report.issues), (3, 3));
}

#[tokio::test]
async fn a_renamed_repository_is_followed() {
    let world = World::with_keps(3).await;
    world.settle().await;
    world.containerd.rename("containerd-next");
    world.pass(60);
    world.track(9);
    let (report, _) = world.sync_well().await;
    assert!(!report.changed.is_empty());
    assert_eq!(report.issues, 4);
}

#[tokio::test]
async fn a_write_to_a_renamed_repository_is_done_once() {
    let world = World::with_keps(1).await;
    world.containerd.rename("containerd-next");
    let repository = Repository::parse("containerd/containerd").expect("a repository");
    let github = &world.github;
    let comment = github.comment(&repository, 1, "Hello.").await;
    let id = comment.expect("a comment").id;
    assert_eq!(world.containerd.comments_on(1), ["Hello."]);
    let edited = github.edit_comment(&repository, id, "Bye.").await;
    edited.expect("an edit");
    assert_eq!(world.containerd.comments_on(1), ["Bye."]);
    let deleted = github.delete_comment(&repository, id).await;
    deleted.expect("a deletion");
    assert!(world.containerd.comments_on(1).is_empty());
}

#[tokio::test]
async fn a_write_that_is_sent_elsewhere_was_not_done_and_says_where() {
    let world = World::with_keps(1).await;
    let elsewhere = world.model.repository("containerd/project");
    world.containerd.transfer(1, &elsewhere);
    let repository = Repository::parse("containerd/containerd").expect("a repository");
    let written = world.github.comment(&repository, 1, "Hello.").await;
    let Err(error @ ForgeError::Moved(_)) = written else {
        panic!("{written:?}");
    };
    assert!(error.is_certain());
    assert!(
        error.to_string().starts_with("it was moved to http"),
        "{error}"
    );
    assert!(world.containerd.comments_on(1).is_empty());
}

#[tokio::test]
async fn a_list_without_end_is_no_list() {
    let world = World::with_keps(1).await;
    for number in 0..5_001 {
        world.containerd.create_label(&format!("label {number}"));
    }
    let repository = Repository::parse("containerd/containerd").expect("a repository");
    let labels = world.github.labels(&repository, None).await;
    let why = labels.expect_err("too many").to_string();
    assert!(why.contains("has more than 50 pages"), "{why}");
}

/// An RSA key of 2048 bits that is used for nothing but this test.
const KEY: &str = include_str!("../../fixtures/github_app_key.pem");

#[tokio::test]
async fn however_many_ask_an_app_gets_one_token_an_hour() {
    let world = World::with_keps(3).await;
    let public = public_key(KEY);
    let app = world.model.app(7, "kep-liaison", &public);
    let installation = app.install("containerd", &[("containerd/containerd", Right::Triage)]);
    let app = App::new(7, installation, &Secret::new(KEY)).expect("a key");
    let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
    let dice: Arc<dyn Dice> = Arc::new(NoChance);
    let credentials = Credentials::App(Arc::new(app));
    let github = GitHub::new(world.model.url(), credentials, [], &clock, &dice).expect("a client");
    let repository = Repository::parse("containerd/containerd").expect("a repository");
    let minted = || {
        let requests = world.model.requests();
        let minting = requests
            .iter()
            .filter(|request| request.path.ends_with("/access_tokens"));
        minting.count()
    };
    let ask = async || {
        let all = (0..10).map(|_| github.issue(&repository, 1, None));
        for answer in futures::future::join_all(all).await {
            answer.expect("an issue");
        }
    };
    ask().await;
    assert_eq!(minted(), 1);
    world.pass(50 * 60);
    ask().await;
    assert_eq!(minted(), 1);
    // Shortly before its hour is over it is replaced.
    world.pass(6 * 60);
    ask().await;
    assert_eq!(minted(), 2);
}

#[test]
fn a_key_that_is_none_is_refused_and_not_shown() {
    for text in ["", "secret", "-----BEGIN RSA PRIVATE KEY-----\nsecret\n"] {
        let error = App::new(7, 1, &Secret::new(text)).expect_err("no key");
        assert!(error.contains("want the file that GitHub gave"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

/// The public half of a private key, as the model wants it (PKCS #1).
fn public_key(pem: &str) -> Vec<u8> {
    use ring::signature::KeyPair as _;
    use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("PEM");
    let pair = match &key {
        PrivateKeyDer::Pkcs8(der) => {
            ring::signature::RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())
        }
        PrivateKeyDer::Pkcs1(der) => ring::signature::RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => panic!("an RSA key"),
    };
    pair.expect("an RSA key").public_key().as_ref().to_vec()
}
