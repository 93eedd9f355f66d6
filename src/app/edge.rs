//! The listener for Slack and GitHub, on a thread of its own: an answer waits neither for a sync nor
//! for a delivery, and is given by the thread that read the question.

use std::{io, thread};

use axum::Router;
use tokio::{
    net::TcpListener,
    runtime,
    sync::oneshot,
    task::{JoinHandle, spawn},
};

use crate::web::serve::{Limits, serve};

/// Serves on a new thread until `stop`; what it gives is over when the last connection is, or when
/// the thread broke off.
pub(super) fn serve_apart(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    // A listener belongs to the runtime that it was made in.
    let listener = listener.into_std()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let listener = {
        let _entered = runtime.enter();
        TcpListener::from_std(listener)?
    };
    let (over, until_over) = oneshot::channel::<()>();
    thread::Builder::new()
        .name("http".to_owned())
        .spawn(move || {
            runtime.block_on(serve(listener, router, limits, stop));
            drop(over);
        })?;
    Ok(spawn(async { drop(until_over.await) }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_thread_that_breaks_off_is_noticed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let breaks = async { panic!("as this test wants it") };
        let limits = Limits::default();
        let over = serve_apart(listener, Router::new(), limits, breaks).unwrap();
        let noticed = timeout(Duration::from_secs(30), over).await;
        noticed.expect("it is noticed").unwrap();
    }
}
