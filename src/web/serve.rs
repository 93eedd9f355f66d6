//! A listener's connections: HTTP/1, so many at a time, cut when a request's head is slow to come,
//! and let finish what they are at when the program stops.
//!
//! `axum::serve` bounds neither how long a head may take nor how many connections there are, and
//! who holds one open without saying anything costs nothing but its own patience.

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
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
    /// How many are open at a time; more wait in the system's queue until one closes.
    pub connections: usize,
    /// How long a request's head may take, counted from the end of the answer before it. So a
    /// connection that nobody uses is closed after this time, too.
    pub head_within: Duration,
    /// How long what is under way may go on after the stop.
    pub finish_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head_within: Duration::from_secs(10),
            finish_within: Duration::from_secs(10),
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
    let room = Arc::new(Semaphore::new(limits.connections));
    let http = http(limits.head_within);
    let mut connections = JoinSet::new();
    {
        let mut stop = pin!(stop);
        loop {
            let (stream, permit) = tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = connections.join_next() => continue,
                next = next(&listener, &room) => next,
            };
            let connection = connection(http.clone(), stream, router.clone(), stopped.clone());
            connections.spawn(async move {
                connection.await;
                drop(permit);
            });
        }
    }
    drop(listener);
    drop(stopping);
    let finish = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.finish_within, finish).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
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

/// The next connection, when there is room for it.
async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        // Never closed, so it is there in the end.
        let Ok(permit) = Arc::clone(room).acquire_owned().await else {
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
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
    stream: TcpStream,
    router: Router,
    mut stopped: watch::Receiver<()>,
) {
    // An answer is one small write: nothing is worth waiting for to go with it. Where it cannot be
    // set, the connection is broken, and reading tells.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
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
