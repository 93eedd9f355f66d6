//! Strangers who take all places: Slack's requests are answered all the same.

use std::time::Duration;

use http::StatusCode;
use kep_liaison::web::serve::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::Route;

/// How long Slack waits.
const IN_TIME: Duration = Duration::from_secs(3);

/// As many as there are places, and the same again.
const PLACES: usize = 64;

/// Strangers go only when others come.
fn places() -> Limits {
    Limits {
        connections: PLACES,
        undisturbed: Duration::from_millis(10),
        head_within: Duration::from_mins(5),
        read_within: Duration::from_mins(5),
        ..Limits::default()
    }
}

/// Strangers who send this, and read nothing.
async fn strangers(route: &Route, words: &[u8]) -> Vec<TcpStream> {
    let address = route.base.trim_start_matches("http://");
    let mut all = Vec::new();
    for _ in 0..PLACES {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(words).await.expect("it is taken");
        all.push(stream);
    }
    all
}

/// Slack's command on a new connection.
async fn command(route: &Route) {
    let answer = timeout(IN_TIME, route.send(&route.command())).await;
    let (status, _, said) = answer.expect("an answer in time");
    assert_eq!((status, &*said), (StatusCode::OK, r#"{"text":"KEP-5825"}"#));
}

#[tokio::test]
async fn strangers_who_take_every_place_keep_nobody_waiting() {
    let route = Route::within(places()).await;
    let silent = strangers(&route, b"").await;
    let drops = strangers(&route, b"POST /slack/commands HTTP/1.1\r\nhost: ").await;
    command(&route).await;
    let unsigned = b"POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    // As often as the buffers take it.
    let deaf = strangers(&route, &unsigned.repeat(100)).await;
    command(&route).await;
    // Signed by nobody, and the body does not come.
    let at = super::now().timestamp();
    let head = format!(
        "POST /slack/events HTTP/1.1\r\nhost: x\r\nx-slack-signature: v0={}\r\n\
         x-slack-request-timestamp: {at}\r\ncontent-length: 9\r\n\r\n",
        "0".repeat(64)
    );
    let slow = strangers(&route, head.as_bytes()).await;
    // Slack's own connection has lasted.
    command(&route).await;
    assert_eq!(route.taken().len(), 3);
    drop((silent, drops, deaf, slow));
}

#[tokio::test]
async fn a_stranger_has_one_answer_on_a_connection() {
    let route = Route::start().await;
    let unsigned = b"POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    for mut stream in strangers(&route, unsigned).await {
        let mut said = Vec::new();
        let read = timeout(IN_TIME, stream.read_to_end(&mut said)).await;
        read.expect("an end in time").expect("no reset");
        assert!(said.starts_with(b"HTTP/1.1 401 "), "{said:?}");
    }
}
