//! GitHub Apps: the signed token, and the hour's token got by it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use kep_liaison::sandbox::github::{App, Right};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use serde_json::{Value, json};

use super::{CONTAINERD, World, http::Http, moment, world};

fn key() -> RsaKeyPair {
    let pem = include_bytes!("../../fixtures/github_app_key.pem");
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem).expect("a key in PEM");
    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("an RSA key")
}

fn signed(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let key = key();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .expect("a signature");
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

impl World {
    pub(super) fn app(&self) -> App {
        self.github.app(7, "liaison", key().public().as_ref())
    }

    /// The claims of a good token.
    fn claims() -> Value {
        let now = moment("2026-03-02T09:00:00Z").timestamp();
        json!({"iss": "7", "iat": now - 60, "exp": now + 540})
    }

    fn as_app(&self) -> Http {
        self.bearing(&signed(
            &json!({"alg": "RS256", "typ": "JWT"}),
            &Self::claims(),
        ))
    }

    pub(super) async fn installed(&self, installation: u64, asked: Value) -> Http {
        let path = format!("/app/installations/{installation}/access_tokens");
        let minted = self.as_app().post(&path, asked).await;
        assert_eq!(minted.status, 201, "{minted:?}");
        self.bearing(minted.json()["token"].as_str().expect("a token"))
    }
}

const HERE: &str = "containerd/containerd";

#[tokio::test]
async fn an_app_says_who_it_is_by_a_signed_token() {
    let world = world().await;
    world.app();
    assert_eq!(world.as_app().get("/app").await.json()["slug"], "liaison");
    let undecodable = (401, "A JSON web token could not be decoded".to_owned());
    assert_eq!(world.anonymous().get("/app").await.refusal(), undecodable);
    assert_eq!(world.anybody().get("/app").await.refusal(), undecodable);
    assert_eq!(world.as_app().get(CONTAINERD).await.status, 403);
}

#[tokio::test]
async fn a_signed_token_is_checked() {
    let world = world().await;
    world.app();
    let now = moment("2026-03-02T09:00:00Z").timestamp();
    let rs256 = json!({"alg": "RS256", "typ": "JWT"});
    let refusal = async |header: &Value, change: Value| {
        let mut claims = World::claims();
        for (name, value) in change.as_object().expect("claims") {
            claims[name] = value.clone();
        }
        world
            .bearing(&signed(header, &claims))
            .get("/app")
            .await
            .refusal()
    };
    let late = "'Expiration time' claim ('exp') must be a numeric value representing the future \
        time at which the assertion expires";
    let far = "'Expiration time' claim ('exp') is too far in the future";
    let early = "'Issued at' claim ('iat') must be an Integer representing the time that the \
        assertion was issued";
    for (change, status, message) in [
        (json!({"exp": now}), 401, late),
        (json!({"exp": "soon"}), 401, late),
        (json!({"exp": now + 601}), 401, far),
        (json!({"iat": now + 1}), 401, early),
        (json!({"iss": "8"}), 404, "Integration not found"),
        (
            json!({"iss": null}),
            401,
            "'Issuer' claim ('iss') must be an Integer",
        ),
    ] {
        assert_eq!(
            refusal(&rs256, change.clone()).await,
            (status, message.into()),
            "{change}"
        );
    }
    let undecodable = "A JSON web token could not be decoded";
    assert_eq!(
        refusal(&json!({"alg": "none"}), json!({})).await,
        (401, undecodable.into())
    );
    let good = signed(&rs256, &World::claims());
    let (text, signature) = good.rsplit_once('.').expect("a signature");
    let forged = format!("{text}.{}", signature.chars().rev().collect::<String>());
    for token in ["a.b.c", &forged] {
        assert_eq!(
            world.bearing(token).get("/app").await.refusal(),
            (401, undecodable.into())
        );
    }
    // Both forms of `iss`, and the last moment of `exp`.
    for change in [json!({"iss": 7}), json!({"exp": now + 600})] {
        assert_eq!(refusal(&rs256, change).await.0, 200);
    }
}

#[tokio::test]
async fn an_installations_token_lives_an_hour() {
    let world = world().await;
    let installation = world.app().install("containerd", &[(HERE, Right::Write)]);
    let path = format!("/app/installations/{installation}/access_tokens");
    let minted = world.as_app().post(&path, json!({})).await.json();
    assert_eq!(minted["expires_at"], "2026-03-02T10:00:00Z");
    let token = minted["token"].as_str().expect("a token");
    assert!(token.starts_with("ghs_"), "{token}");
    let http = world.bearing(token);
    world.advance(3_599);
    assert_eq!(
        http.get(CONTAINERD).await.header("x-ratelimit-limit"),
        "5000"
    );
    world.advance(1);
    assert_eq!(
        http.get(CONTAINERD).await.refusal(),
        (401, "Bad credentials".into())
    );

    assert_eq!(world.anybody().post(&path, json!({})).await.status, 401);
}

#[tokio::test]
async fn an_app_writes_under_its_own_name() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let installation = world.app().install("containerd", &[(HERE, Right::Write)]);
    let http = world.installed(installation, json!({})).await;
    let path = format!("{CONTAINERD}/issues/1/comments");
    let comment = http.post(&path, json!({"body": "hello"})).await.json();
    assert_eq!(comment["user"]["login"], "liaison[bot]");
    assert_eq!(comment["user"]["type"], "Bot");
    assert_eq!(comment["performed_via_github_app"]["slug"], "liaison");
    let user = http.get("/user").await;
    assert_eq!(
        user.refusal(),
        (403, "Resource not accessible by integration".into())
    );
    let log = world.github.requests();
    assert_eq!(log[1].login.as_deref(), Some("liaison[bot]"));
}

#[tokio::test]
async fn an_app_may_what_its_installation_and_its_token_may() {
    let world = world().await;
    world.containerd.open_issue("dims", "KEP-1", "");
    let nri = world.github.repository("containerd/nri");
    nri.set_private(true);
    let app = world.app();
    let both = [(HERE, Right::Write), ("containerd/nri", Right::Write)];
    let installation = app.install("containerd", &both);
    let refused = (403, "Resource not accessible by integration".to_owned());
    let path = format!("{CONTAINERD}/issues/1/comments");
    let comment = json!({"body": "hello"});

    let reading = app.install("other", &[(HERE, Right::Read)]);
    let http = world.installed(reading, json!({})).await;
    assert_eq!(http.post(&path, comment.clone()).await.refusal(), refused);
    let asked = json!({"permissions": {"issues": "read"}});
    let http = world.installed(installation, asked).await;
    assert_eq!(http.post(&path, comment.clone()).await.refusal(), refused);
    let http = world
        .installed(installation, json!({"repositories": ["nri"]}))
        .await;
    assert_eq!(http.post(&path, comment).await.refusal(), refused);
    assert_eq!(http.get("/repos/containerd/nri").await.status, 200);
    let all = http.get("/installation/repositories").await.json();
    assert_eq!(
        (&all["total_count"], &all["repositories"][0]["name"]),
        (&json!(1), &json!("nri"))
    );
    let http = world
        .installed(installation, json!({"repositories": ["containerd"]}))
        .await;
    assert_eq!(http.get("/repos/containerd/nri").await.status, 404);

    let path = format!("/app/installations/{reading}/access_tokens");
    for asked in [
        json!({"permissions": {"issues": "write"}}),
        json!({"repositories": ["nri"]}),
    ] {
        assert_eq!(world.as_app().post(&path, asked).await.status, 422);
    }
}

#[tokio::test]
async fn an_app_finds_its_installations() {
    let world = world().await;
    let app = world.app();
    let installation = app.install("containerd", &[(HERE, Right::Write)]);
    let http = world.as_app();
    let here = http.get(&format!("{CONTAINERD}/installation")).await.json();
    assert_eq!(here["id"], installation);
    assert_eq!(
        http.get("/app/installations").await.each("id"),
        [installation]
    );
    world.github.repository("containerd/nri");
    assert_eq!(
        http.get("/repos/containerd/nri/installation").await.status,
        404
    );

    let token = world.installed(installation, json!({})).await;
    app.suspend(installation, true);
    let suspended = (403, "This installation has been suspended".to_owned());
    assert_eq!(token.get(CONTAINERD).await.refusal(), suspended);
    let path = format!("/app/installations/{installation}/access_tokens");
    assert_eq!(http.post(&path, json!({})).await.refusal(), suspended);
    app.suspend(installation, false);
    assert_eq!(token.get(CONTAINERD).await.status, 200);
    app.uninstall(installation);
    assert_eq!(token.get(CONTAINERD).await.status, 401);
    assert_eq!(
        http.post(&path, json!({})).await.refusal(),
        (404, "Not Found".into())
    );
}
