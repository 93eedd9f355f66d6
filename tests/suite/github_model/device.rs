//! The device flow: a code for a client, its entry by a person, and a token once.

use std::sync::Arc;

use http::{HeaderValue, header};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use kep_liaison::sandbox::github::{Fault, On};
use octocrab::{
    AuthState, OctoBody, OctocrabBuilder,
    auth::{Continue, TokenResponse},
    service::middleware::{base_uri::BaseUriLayer, extra_headers::ExtraHeadersLayer},
};
use serde_json::{Value, json};

use super::{
    World,
    http::{Http, Reply},
    world,
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A client of one App.
struct Device {
    http: Http,
    id: String,
}

impl World {
    fn client(&self) -> Device {
        Device {
            http: self.anonymous().with("accept", "application/json"),
            id: self.github.oauth_app(),
        }
    }
}

impl Device {
    async fn begin(&self) -> Value {
        let body = json!({"client_id": self.id, "scope": ""});
        let begun = self.http.post("/login/device/code", body).await;
        assert_eq!(begun.status, 200, "{begun:?}");
        begun.json()
    }

    async fn ask(&self, codes: &Value) -> Value {
        let body = json!({
            "client_id": self.id,
            "device_code": codes["device_code"],
            "grant_type": GRANT,
        });
        let reply = self.http.post("/login/oauth/access_token", body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    async fn error(&self, codes: &Value) -> String {
        error(&self.ask(codes).await)
    }
}

fn error(answer: &Value) -> String {
    answer["error"].as_str().unwrap_or_default().to_owned()
}

fn code(codes: &Value) -> &str {
    codes["user_code"].as_str().expect("a code")
}

#[tokio::test]
async fn who_enters_the_code_is_whom_the_token_reads() {
    let world = world().await;
    let client = world.client();
    let codes = client.begin().await;
    assert_eq!(
        (&codes["expires_in"], &codes["interval"]),
        (&900.into(), &5.into())
    );
    assert_eq!(codes["device_code"].as_str().map(str::len), Some(40));
    assert_eq!(code(&codes).find('-'), Some(4));
    assert_eq!(code(&codes).len(), 9);
    let page = format!("{}/login/device", world.github.url());
    assert_eq!(codes["verification_uri"], page);
    assert_eq!(client.error(&codes).await, "authorization_pending");
    let typed = code(&codes).replace('-', "").to_lowercase();
    world
        .github
        .enter_code("Shepherd", &typed, true)
        .expect("a code");
    assert!(
        world
            .github
            .enter_code("stranger", code(&codes), true)
            .is_err()
    );
    world.advance(5);
    let given = client.ask(&codes).await;
    assert_eq!(
        (&given["token_type"], &given["scope"]),
        (&"bearer".into(), &"".into())
    );
    let token = given["access_token"].as_str().expect("a token");
    let shepherd = world.bearing(token);
    assert_eq!(shepherd.get("/user").await.json()["login"], "Shepherd");
    // Without a scope it changes nothing.
    let write = shepherd.post("/repos/containerd/containerd/labels", json!({"name": "a"}));
    assert!(write.await.status >= 400);
    // It is given once.
    world.advance(5);
    assert_eq!(client.error(&codes).await, "incorrect_device_code");
}

#[tokio::test]
async fn who_asks_too_soon_waits_five_seconds_longer() {
    let world = world().await;
    let client = world.client();
    let codes = client.begin().await;
    assert_eq!(client.error(&codes).await, "authorization_pending");
    world.advance(4);
    let slow = client.ask(&codes).await;
    assert_eq!(
        (error(&slow).as_str(), &slow["interval"]),
        ("slow_down", &10.into())
    );
    world.advance(9);
    let slow = client.ask(&codes).await;
    assert_eq!(
        (error(&slow).as_str(), &slow["interval"]),
        ("slow_down", &15.into())
    );
    world.advance(15);
    assert_eq!(client.error(&codes).await, "authorization_pending");
}

#[tokio::test]
async fn a_code_is_denied_or_too_old() {
    let world = world().await;
    let client = world.client();
    let (denied, late) = (client.begin().await, client.begin().await);
    world
        .github
        .enter_code("shepherd", code(&denied), false)
        .expect("a code");
    assert_eq!(client.error(&denied).await, "access_denied");
    assert!(
        world
            .github
            .enter_code("shepherd", code(&denied), true)
            .is_err()
    );
    world.advance(899);
    assert_eq!(client.error(&late).await, "authorization_pending");
    world.advance(1);
    assert_eq!(client.error(&late).await, "expired_token");
    assert!(
        world
            .github
            .enter_code("shepherd", code(&late), true)
            .is_err()
    );
    assert!(
        world
            .github
            .enter_code("shepherd", "ABCD-EFGH", true)
            .is_err()
    );
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_by_name() {
    let world = world().await;
    let client = world.client();
    let codes = client.begin().await;
    let ask = async |key: &str, value: &str| {
        let mut body = json!({
            "client_id": client.id,
            "device_code": codes["device_code"],
            "grant_type": GRANT,
        });
        body[key] = value.into();
        let reply = client.http.post("/login/oauth/access_token", body).await;
        (reply.status, error(&reply.json()))
    };
    let refused = |name: &str| (200, name.to_owned());
    assert_eq!(
        ask("grant_type", "password").await,
        refused("unsupported_grant_type")
    );
    assert_eq!(
        ask("client_id", "nobody").await,
        refused("incorrect_client_credentials")
    );
    assert_eq!(
        ask("device_code", "none").await,
        refused("incorrect_device_code")
    );
    let other = world.github.oauth_app();
    assert_eq!(
        ask("client_id", &other).await,
        refused("incorrect_device_code")
    );
    let begin = async |body: Value| client.http.post("/login/device/code", body).await;
    for nobody in [json!({}), json!({"client_id": "nobody"})] {
        let reply: Reply = begin(nobody).await;
        assert_eq!(
            (reply.status, error(&reply.json())),
            (404, "Not Found".to_owned())
        );
    }
    world.github.allow_device_flow(&client.id, false);
    let reply = begin(json!({"client_id": client.id})).await;
    assert_eq!(
        (reply.status, error(&reply.json())),
        (400, "device_flow_disabled".to_owned())
    );
    assert_eq!(client.http.get("/login/device/code").await.status, 404);
    assert_eq!(
        client.http.post("/login/other", json!({})).await.status,
        404
    );
}

#[tokio::test]
async fn without_asking_for_json_it_is_a_form() {
    let world = world().await;
    let id = world.github.oauth_app();
    let path = format!("/login/device/code?client_id={id}");
    let begun = world.anonymous().post_text(&path, "").await;
    let body = String::from_utf8_lossy(&begun.body).into_owned();
    assert!(body.starts_with("device_code="), "{body}");
    assert!(body.contains("&interval=5&user_code="), "{body}");
    let (http, form) = (world.anonymous(), format!("client_id={id}"));
    let begun = http.post_text("/login/device/code", &form).await;
    assert_eq!(begun.status, 200);
}

#[tokio::test]
async fn it_is_no_part_of_the_api_and_fails_by_script() {
    let world = world().await;
    world.github.set_anonymous_budget(0);
    let client = world.client();
    client.begin().await;
    world
        .github
        .fault(On::post("/login/device/code"), Fault::Status(502));
    let body = json!({"client_id": client.id});
    assert_eq!(
        client.http.post("/login/device/code", body).await.status,
        502
    );
    let requests = world.github.requests();
    let statuses = requests.iter().map(|request| request.status);
    assert_eq!(statuses.collect::<Vec<_>>(), [Some(200), Some(502)]);
}

#[tokio::test]
async fn an_account_keeps_its_number_when_it_is_renamed() {
    let world = world().await;
    let before = world.bearing(&world.github.token("shepherd", &[]));
    let number = before.get("/user").await.json()["id"].clone();
    world.github.rename_account("shepherd", "herder");
    let renamed = before.get("/user").await.json();
    assert_eq!(
        (&renamed["login"], &renamed["id"]),
        (&"herder".into(), &number)
    );
    // The old login is free for others.
    let other = world.bearing(&world.github.token("shepherd", &[]));
    assert_ne!(other.get("/user").await.json()["id"], number);
}

#[tokio::test]
async fn an_account_is_found_by_its_number_until_it_is_gone() {
    let world = world().await;
    let theirs = world.bearing(&world.github.token("shepherd", &[]));
    let path = format!("/user/{}", theirs.get("/user").await.json()["id"]);
    world.github.rename_account("shepherd", "herder");
    for asker in [world.anonymous(), world.anybody()] {
        assert_eq!(asker.get(&path).await.json()["login"], "herder");
    }
    // Neither a login nor a number of something else leads to one.
    for wrong in ["/user/herder", "/user/1", "/user/-1", "/user/0x1"] {
        assert_eq!(world.anybody().get(wrong).await.status, 404, "{wrong}");
    }
    world.github.delete_account("herder");
    assert_eq!(world.anybody().get(&path).await.status, 404);
}

#[tokio::test]
async fn octocrab_signs_somebody_in() {
    let world = world().await;
    let id = world.github.oauth_app();
    let base: http::Uri = world.github.url().parse().expect("an address");
    let headers = [
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (header::USER_AGENT, HeaderValue::from_static("octocrab")),
    ];
    let http = Client::builder(TokioExecutor::new()).build_http::<OctoBody>();
    let Ok(octocrab) = OctocrabBuilder::new_empty()
        .with_service(http)
        .with_layer(&BaseUriLayer::new(base))
        .with_layer(&ExtraHeadersLayer::new(Arc::new(headers.into())))
        .with_auth(AuthState::None)
        .build();
    let id = id.into();
    let begun = octocrab.authenticate_as_device(&id, ["read:user"]).await;
    let codes = begun.expect("codes");
    let asked = codes.poll_once(&octocrab, &id).await.expect("an answer");
    let TokenResponse::Continue { error } = asked else {
        panic!("nobody entered the code");
    };
    assert!(matches!(error, Continue::AuthorizationPending));
    world
        .github
        .enter_code("shepherd", &codes.user_code, true)
        .expect("a code");
    world.advance(5);
    let asked = codes.poll_once(&octocrab, &id).await.expect("an answer");
    let TokenResponse::Ok(given) = asked else {
        panic!("somebody entered the code");
    };
    let theirs = octocrab.user_access_token(given.access_token);
    let user = theirs.expect("a client").current().user().await;
    assert_eq!(user.expect("an account").login, "shepherd");
}
