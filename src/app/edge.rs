//! The listener for Slack and GitHub, on a thread of its own: an answer waits neither for a sync nor
//! for a delivery, and is given by the thread that read the question.

use std::{io, thread};

use axum::Router;
use tokio::{net::TcpListener, runtime, sync::oneshot};

use crate::web::serve::{Limits, serve};

/// Serves on a new thread until `stop`; what it gives is over when the last connection is.
pub(super) fn serve_apart(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<oneshot::Receiver<()>> {
    // A listener belongs to the runtime that it was made in.
    let listener = listener.into_std()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let listener = {
        let _entered = runtime.enter();
        TcpListener::from_std(listener)?
    };
    let (over, until_over) = oneshot::channel();
    thread::Builder::new()
        .name("http".to_owned())
        .spawn(move || {
            runtime.block_on(serve(listener, router, Limits::default(), stop));
            drop(over);
        })?;
    Ok(until_over)
}
