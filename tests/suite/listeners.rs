//! What listens: connections and their bounds, and the routes for those who look after the program.

mod admin;
mod connections;

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use kep_liaison::web::serve::{Limits, serve};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};

/// Long enough for anything that happens at all.
const LONG: Duration = Duration::from_secs(30);

/// A router behind a socket.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Served {
    async fn start(router: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            // Whoever drops the test stops the server, too.
            let _ = stopped.await;
        };
        let task = tokio::spawn(serve(listener, router, limits, stopped));
        Self {
            address,
            stop,
            task,
        }
    }

    /// Stops it, and waits for the end.
    async fn stop(self) {
        self.stop.send(()).expect("it serves");
        ended(self.task).await;
    }
}

async fn ended(task: JoinHandle<()>) {
    let ended = timeout(LONG, task).await.expect("it ends in time");
    ended.expect("no panic");
}
