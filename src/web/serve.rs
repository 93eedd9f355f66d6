//! A listener's connections: HTTP/1, so many at a time, cut when a request's head is slow to come or
//! an answer slow to be read, and let finish what they are at when the program stops.
//!
//! `axum::serve` bounds neither, nor how many connections there are, and who holds one open without
//! saying anything costs nothing but its own patience.

mod patient;
mod places;

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, http::header, response::Response};
use http::{HeaderValue, Request, StatusCode};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

use self::{
    patient::Patient,
    places::{Guest, Places},
};

/// The most that one connection buffers. A head that is longer gets 431; a body is read in pieces.
const LARGEST_BUFFER: usize = 32 * 1024;
/// Slack and GitHub send some 15, a proxy in front adds some.
const MOST_HEADERS: usize = 64;
/// How long to wait where no connection can be taken, for want of file descriptors most likely.
const BREATH: Duration = Duration::from_millis(200);

/// What connections may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// What the listener is called in metrics.
    pub listener: &'static str,
    /// How many are open at a time. Where one more comes, one of them makes way: a stranger before
    /// one that a request was granted on, an idle one before one that is at a request, and of those
    /// the one that has been so for longest.
    pub connections: usize,
    /// How long a connection keeps its place, idle or at one request, though others wait for it.
    pub undisturbed: Duration,
    /// How long a request's head may take, counted from the end of the answer before it. So a
    /// connection that nobody uses is closed after this time, too.
    pub head_within: Duration,
    /// How long the other side may take to read an answer, once it does not take all of it at once.
    pub read_within: Duration,
    /// How long what is under way may go on after the stop.
    pub finish_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            listener: "http",
            connections: 512,
            undisturbed: Duration::from_millis(500),
            head_within: Duration::from_secs(10),
            read_within: Duration::from_secs(10),
            finish_within: Duration::from_secs(5),
        }
    }
}

/// Serves `router` until `stop`, and returns when the last connection has ended, or has been cut.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(());
    let http = http(limits.head_within);
    let mut places = Places::new(&limits);
    {
        let mut stop = pin!(stop);
        loop {
            let stream = tokio::select! {
                biased;
                () = &mut stop => break,
                () = places.ended() => continue,
                stream = next(&listener) => stream,
            };
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = places.make_room() => {}
            }
            let (http, router) = (http.clone(), router.clone());
            let stream = Patient::new(stream, limits.read_within);
            let stopped = stopped.clone();
            places.take(move |guest| connection(http, stream, router, guest, stopped));
        }
    }
    drop(listener);
    drop(stopping);
    if timeout(limits.finish_within, places.empty()).await.is_err() {
        tracing::warn!(
            connections = places.taken(),
            "connections are cut, for they did not end"
        );
    }
}

fn http(head_within: Duration) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(head_within)
        .max_buf_size(LARGEST_BUFFER)
        .max_headers(MOST_HEADERS);
    http
}

/// The next connection.
async fn next(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // It went away while it waited.
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                sleep(BREATH).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// One connection to its end, which comes after the request under way once `stopped` changes.
async fn connection(
    http: http1::Builder,
    stream: Patient<TcpStream>,
    router: Router,
    guest: Arc<Guest>,
    mut stopped: watch::Receiver<()>,
) {
    // An answer is one small write: nothing is worth waiting for to go with it. Where it cannot be
    // set, the connection is broken, and reading tells.
    let _ = stream.inner().set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        guest.begins();
        let (answering, guest) = (router.call(request), guest.clone());
        async move {
            let mut answer: Response<Body> = answering.await?;
            guest.ends(answer.status().is_success());
            if is_farewell(answer.status()) {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            Ok::<_, std::convert::Infallible>(answer)
        }
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Whether an answer is the last on its connection: Slack and GitHub do not get it, and strangers
/// shall keep none.
fn is_farewell(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED
            | StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::PAYLOAD_TOO_LARGE
    )
}
