//! Connections: who is slow, too many or under way when the program stops.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::StatusCode,
    routing::{get, post},
};
use kep_liaison::web::serve::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::{Notify, mpsc},
    time::{interval, timeout},
};

use super::{LONG, Served, ended};

const SHORT: Duration = Duration::from_millis(100);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";

/// Nothing here ends by itself.
const PATIENT: Limits = Limits {
    listener: "test",
    connections: 8,
    undisturbed: LONG,
    head_within: LONG,
    read_within: LONG,
    finish_within: LONG,
};

fn greeting() -> Router {
    Router::new().route("/", get(async || "hello"))
}

/// A router whose one answer begins, says so, and waits to be let go.
fn waiting() -> (Router, mpsc::Receiver<()>, Arc<Notify>) {
    let (begun, beginnings) = mpsc::channel(1);
    let go = Arc::new(Notify::new());
    let gone = Arc::clone(&go);
    let answer = async move || {
        begun.send(()).await.expect("the test waits");
        gone.notified().await;
        "done"
    };
    (Router::new().route("/", get(answer)), beginnings, go)
}

async fn connect(served: &Served) -> TcpStream {
    TcpStream::connect(served.address)
        .await
        .expect("a connection")
}

/// Sends bytes and reads all that comes until the other side ends.
async fn exchange(served: &Served, bytes: &[u8]) -> String {
    let mut stream = connect(served).await;
    stream.write_all(bytes).await.expect("it is taken");
    rest(stream).await
}

async fn rest(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    let read = timeout(LONG, stream.read_to_end(&mut all));
    // A reset is an end as well.
    let _ = read.await.expect("an end in time");
    String::from_utf8_lossy(&all).into_owned()
}

/// One answer on a connection that stays open.
async fn answer(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let read = timeout(LONG, stream.read(&mut piece));
        let length = read.await.expect("an answer in time").expect("an answer");
        all.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&all).into_owned();
        if length == 0 || text.ends_with("hello") {
            return text;
        }
    }
}

#[tokio::test]
async fn a_connection_serves_several_requests_and_closes_when_nobody_uses_it() {
    let limits = Limits {
        head_within: SHORT,
        ..PATIENT
    };
    let served = Served::start(greeting(), limits).await;
    let mut stream = connect(&served).await;
    for _ in 0..3 {
        stream.write_all(REQUEST).await.expect("it is taken");
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
    rest(stream).await;
    served.stop().await;
}

#[tokio::test]
async fn a_head_that_comes_drop_by_drop_is_cut() {
    let limits = Limits {
        head_within: SHORT,
        ..PATIENT
    };
    let served = Served::start(greeting(), limits).await;
    let stream = connect(&served).await;
    let (mut read, mut write) = stream.into_split();
    write
        .write_all(b"GET / HTTP/1.1\r\nx: ")
        .await
        .expect("it is taken");
    let drip = async {
        let mut often = interval(SHORT / 20);
        loop {
            often.tick().await;
            if write.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut all = Vec::new();
    tokio::select! {
        _ = timeout(LONG, read.read_to_end(&mut all)) => {}
        () = drip => {}
    }
    let said = String::from_utf8_lossy(&all);
    assert!(!said.contains("200"), "{said}");
    // Others are served as before.
    let other = exchange(
        &served,
        b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(other.ends_with("hello"), "{other}");
    served.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_long_or_none_is_refused() {
    let served = Served::start(greeting(), PATIENT).await;
    let long = format!(
        "GET / HTTP/1.1\r\nhost: here\r\nx: {}\r\n\r\n",
        "x".repeat(64 * 1024)
    );
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(100));
    for (bytes, status) in [
        (many.as_bytes(), "431"),
        (b"\x16\x03\x01\x02\x00\x01\xff\xff\r\n\r\n", "400"),
        (b"GET / HTTP/9.9\r\n\r\n", "400"),
    ] {
        let said = exchange(&served, bytes).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
    }
    // What is left unread of it may turn the answer into a reset.
    let said = exchange(&served, long.as_bytes()).await;
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 431 "),
        "{said}"
    );
    served.stop().await;
}

#[tokio::test]
async fn one_connection_too_many_waits_for_another_to_end() {
    let limits = Limits {
        connections: 2,
        ..PATIENT
    };
    let served = Served::start(greeting(), limits).await;
    let mut first = connect(&served).await;
    let mut second = connect(&served).await;
    for stream in [&mut first, &mut second] {
        stream.write_all(REQUEST).await.expect("it is taken");
        assert!(answer(stream).await.ends_with("hello"));
    }
    let mut third = connect(&served).await;
    third.write_all(REQUEST).await.expect("the system takes it");
    let early = timeout(SHORT, answer(&mut third)).await;
    assert!(early.is_err(), "{early:?}");
    drop(first);
    assert!(answer(&mut third).await.ends_with("hello"));
    served.stop().await;
}

/// Two places, and nobody has one for longer than others let them.
const CROWDED: Limits = Limits {
    connections: 2,
    undisturbed: Duration::ZERO,
    ..PATIENT
};

#[tokio::test]
async fn where_all_places_are_taken_the_one_that_is_idle_longest_makes_way() {
    let served = Served::start(greeting(), CROWDED).await;
    let mut first = connect(&served).await;
    let mut second = connect(&served).await;
    for stream in [&mut second, &mut first] {
        stream.write_all(REQUEST).await.expect("it is taken");
        assert!(answer(stream).await.ends_with("hello"));
    }
    let mut third = connect(&served).await;
    third.write_all(REQUEST).await.expect("it is taken");
    assert!(answer(&mut third).await.ends_with("hello"));
    assert_eq!(rest(second).await, "");
    first.write_all(REQUEST).await.expect("it is taken");
    assert!(answer(&mut first).await.ends_with("hello"));
    served.stop().await;
}

#[tokio::test]
async fn a_stranger_makes_way_before_one_that_is_known() {
    let served = Served::start(greeting(), CROWDED).await;
    let mut known = connect(&served).await;
    known.write_all(REQUEST).await.expect("it is taken");
    assert!(answer(&mut known).await.ends_with("hello"));
    for _ in 0..5 {
        // One place is left for all of them, and the last has it.
        let silent = connect(&served).await;
        let mut next = connect(&served).await;
        next.write_all(REQUEST[..9].as_ref()).await.expect("sent");
        assert_eq!(rest(silent).await, "");
    }
    known.write_all(REQUEST).await.expect("it is taken");
    assert!(answer(&mut known).await.ends_with("hello"));
    served.stop().await;
}

#[tokio::test]
async fn a_stranger_at_a_request_makes_way_and_one_that_is_known_does_not() {
    let (router, mut beginnings, go) = waiting();
    let router = router.route("/known", get(async || "hello"));
    let served = Served::start(router, CROWDED).await;
    let mut known = connect(&served).await;
    let greets = b"GET /known HTTP/1.1\r\nhost: here\r\n\r\n";
    known.write_all(greets).await.expect("it is taken");
    assert!(answer(&mut known).await.ends_with("hello"));
    known.write_all(REQUEST).await.expect("it is taken");
    beginnings.recv().await.expect("it begins");
    let mut stranger = connect(&served).await;
    stranger.write_all(REQUEST).await.expect("it is taken");
    beginnings.recv().await.expect("it begins");
    let mut next = connect(&served).await;
    next.write_all(greets).await.expect("it is taken");
    assert!(answer(&mut next).await.ends_with("hello"));
    assert_eq!(rest(stranger).await, "");
    go.notify_one();
    served.stop.send(()).expect("it serves");
    assert!(rest(known).await.ends_with("done"));
    ended(served.task).await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    // More than the system's buffers take.
    let router = greeting().route("/much", get(async || vec![b'x'; 64 << 20]));
    let limits = Limits {
        connections: 1,
        read_within: SHORT,
        ..PATIENT
    };
    let served = Served::start(router, limits).await;
    let mut deaf = connect(&served).await;
    let asks = b"GET /much HTTP/1.1\r\nhost: here\r\n\r\n";
    deaf.write_all(asks).await.expect("it is taken");
    deaf.readable().await.expect("the answer begins");
    let mut second = connect(&served).await;
    second.write_all(REQUEST).await.expect("it is taken");
    assert!(answer(&mut second).await.ends_with("hello"));
    let said = rest(deaf).await;
    assert!(said.len() < 64 << 20, "all of it came");
    served.stop().await;
}

#[tokio::test]
async fn strangers_are_told_to_close_and_others_are_not() {
    let statuses = [
        (StatusCode::OK, false),
        (StatusCode::BAD_REQUEST, false),
        (StatusCode::UNAUTHORIZED, true),
        (StatusCode::REQUEST_TIMEOUT, true),
        (StatusCode::PAYLOAD_TOO_LARGE, true),
        (StatusCode::SERVICE_UNAVAILABLE, false),
    ];
    let mut router = Router::new().route("/405", post(async || "hello"));
    for (status, _) in statuses {
        let path = format!("/{}", status.as_u16());
        router = router.route(&path, get(async move || (status, "hello")));
    }
    let served = Served::start(router, PATIENT).await;
    let paths = statuses.map(|(status, closes)| (status.as_u16(), closes));
    for (path, closes) in paths.into_iter().chain([(404, true), (405, true)]) {
        let mut stream = connect(&served).await;
        let asks = format!("GET /{path} HTTP/1.1\r\nhost: here\r\n\r\n");
        stream
            .write_all(asks.as_bytes())
            .await
            .expect("it is taken");
        let said = if closes {
            rest(stream).await
        } else {
            answer(&mut stream).await
        };
        assert!(said.starts_with(&format!("HTTP/1.1 {path} ")), "{said}");
        assert_eq!(said.contains("connection: close\r\n"), closes, "{said}");
    }
    served.stop().await;
}

#[tokio::test]
async fn what_is_under_way_at_the_stop_is_answered_and_nothing_new_is_taken() {
    let (router, mut beginnings, go) = waiting();
    let Served {
        address,
        stop,
        task,
    } = Served::start(router, PATIENT).await;
    let mut idle = TcpStream::connect(address).await.expect("a connection");
    let mut busy = TcpStream::connect(address).await.expect("a connection");
    busy.write_all(REQUEST).await.expect("it is taken");
    beginnings.recv().await.expect("it begins");
    stop.send(()).expect("it serves");
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, refused).await.expect("no new connection");
    // Nobody said anything here, so nobody is waited for.
    let idle = timeout(LONG, idle.read(&mut [0])).await;
    assert!(matches!(idle, Ok(Ok(0) | Err(_))), "{idle:?}");
    assert!(!task.is_finished());
    go.notify_one();
    let said = rest(busy).await;
    assert!(
        said.starts_with("HTTP/1.1 200 OK\r\n") && said.ends_with("done"),
        "{said}"
    );
    assert!(said.contains("connection: close\r\n"), "{said}");
    ended(task).await;
}

#[tokio::test]
async fn what_does_not_end_after_the_stop_is_cut() {
    let (router, mut beginnings, _go) = waiting();
    let limits = Limits {
        finish_within: SHORT,
        ..PATIENT
    };
    let served = Served::start(router, limits).await;
    let mut busy = connect(&served).await;
    busy.write_all(REQUEST).await.expect("it is taken");
    beginnings.recv().await.expect("it begins");
    served.stop.send(()).expect("it serves");
    ended(served.task).await;
    assert_eq!(rest(busy).await, "");
}
