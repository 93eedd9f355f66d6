//! Socket Mode: tickets, connections, envelopes and their acknowledgements.
//!
//! <https://docs.slack.dev/apis/events-api/using-socket-mode>

use std::{collections::HashMap, sync::Arc};

use axum::extract::ws::{Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::{log::Wrong, serve::Shared, state::State, team::Transport};

/// "Your app can maintain up to 10 open WebSocket connections at the same time".
const MOST: usize = 10;

/// What goes to a client.
#[derive(Debug)]
pub(super) enum Frame {
    Text(String),
    Ping,
    /// The connection ends as it should.
    Close,
    /// The connection ends without a word.
    Drop,
}

#[derive(Debug)]
pub(super) struct Connection {
    id: u64,
    team: String,
    frames: mpsc::UnboundedSender<Frame>,
    /// Told to go away: nothing new is sent to it.
    is_leaving: bool,
}

/// An envelope that waits for its acknowledgement.
#[derive(Debug)]
struct Waiting {
    team: String,
    accepts_payload: bool,
    acked: oneshot::Sender<Value>,
}

#[derive(Debug, Default)]
pub(super) struct Sockets {
    tickets: HashMap<String, String>,
    connections: Vec<Connection>,
    waiting: HashMap<String, Waiting>,
    turn: usize,
}

impl Sockets {
    pub(super) fn issue(&mut self, ticket: String, team: &str) {
        self.tickets.insert(ticket, team.to_owned());
    }

    /// The workspace a ticket is for. It is good once.
    pub(super) fn redeem(&mut self, ticket: &str) -> Option<String> {
        self.tickets.remove(ticket)
    }

    pub(super) fn count(&self, team: &str) -> usize {
        self.of(team).count()
    }

    fn of(&self, team: &str) -> impl Iterator<Item = &Connection> {
        self.connections
            .iter()
            .filter(move |connection| connection.team == team && !connection.is_leaving)
    }

    /// The connection whose turn it is: "only one of them" gets each payload.
    pub(super) fn next(&mut self, team: &str) -> Option<mpsc::UnboundedSender<Frame>> {
        let count = self.count(team);
        let turn = self.turn.checked_rem(count)?;
        self.turn += 1;
        self.of(team)
            .nth(turn)
            .map(|connection| connection.frames.clone())
    }

    /// Sends the same to all connections of a workspace.
    pub(super) fn send_all(&self, team: &str, frame: impl Fn() -> Frame) {
        for connection in self.of(team) {
            // A client that is just going away misses it.
            let _ = connection.frames.send(frame());
        }
    }

    /// From now on nothing is sent to the connections that a workspace has.
    pub(super) fn let_go(&mut self, team: &str) {
        for connection in &mut self.connections {
            connection.is_leaving |= connection.team == team;
        }
    }

    /// Ends all connections without a word.
    pub(super) fn drop_all(&mut self) {
        for connection in self.connections.drain(..) {
            // One that ended meanwhile is what is wanted.
            let _ = connection.frames.send(Frame::Drop);
        }
    }

    pub(super) fn expect(
        &mut self,
        envelope: &str,
        team: &str,
        accepts_payload: bool,
    ) -> oneshot::Receiver<Value> {
        let (acked, receiver) = oneshot::channel();
        let waiting = Waiting {
            team: team.to_owned(),
            accepts_payload,
            acked,
        };
        self.waiting.insert(envelope.to_owned(), waiting);
        receiver
    }

    /// An acknowledgement comes too late from now on.
    pub(super) fn forget(&mut self, envelope: &str) {
        self.waiting.remove(envelope);
    }
}

impl State {
    /// Takes what a client sent: an acknowledgement, or something that is none.
    fn take_frame(&mut self, team: &str, text: &str) {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        let Some(envelope) = frame["envelope_id"].as_str() else {
            return self.scold(
                team,
                Wrong::StrayAck,
                "socket",
                format!("no envelope_id: {text}"),
            );
        };
        let Some(waiting) = self.sockets.waiting.remove(envelope) else {
            let detail = format!("{envelope} does not wait, or no longer");
            return self.scold(team, Wrong::StrayAck, "socket", detail);
        };
        let payload = frame.get("payload").cloned().unwrap_or_default();
        if !payload.is_null() && !waiting.accepts_payload {
            let team = waiting.team.clone();
            let detail = format!("{envelope} does not accept a payload");
            self.scold(&team, Wrong::BadAck, "socket", detail);
        }
        // Whoever waited may have given up just now.
        let _ = waiting.acked.send(payload);
    }

    fn open_socket(&mut self, team: &str) -> Result<(u64, mpsc::UnboundedReceiver<Frame>), &str> {
        if !matches!(self.team(team).app.transport, Transport::Socket) {
            return Err("link_disabled");
        }
        if self.sockets.count(team) >= MOST {
            self.scold(team, Wrong::TooManyConnections, "socket", "more than ten");
            return Err("too_many_websockets");
        }
        let (frames, receiver) = mpsc::unbounded_channel();
        let id = self.new_number();
        self.sockets.connections.push(Connection {
            id,
            team: team.to_owned(),
            frames,
            is_leaving: false,
        });
        Ok((id, receiver))
    }

    fn close_socket(&mut self, id: u64) {
        self.sockets
            .connections
            .retain(|connection| connection.id != id);
        self.touch();
    }
}

/// What a client is told before its connection ends.
pub(super) fn disconnect(reason: &str) -> String {
    json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}).to_string()
}

/// Serves one connection until one of the two ends it.
pub(super) async fn link(shared: Arc<Shared>, mut socket: WebSocket, team: String) {
    let opened = {
        let mut state = shared.lock();
        let opened = state.open_socket(&team);
        opened.map_err(str::to_owned)
    };
    let (id, mut frames) = match opened {
        Ok(opened) => opened,
        Err(reason) => {
            // The client is turned away, whether or not it hears why.
            let _ = socket.send(Message::Text(disconnect(&reason).into())).await;
            let _ = socket.send(Message::Close(None)).await;
            return;
        }
    };
    let hello = {
        let state = shared.lock();
        json!({
            "type": "hello",
            "num_connections": state.sockets.count(&team),
            "debug_info": {
                "host": "applink-1",
                "build_number": 10,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": state.team(&team).app.id},
        })
    };
    let mut is_alive = socket
        .send(Message::Text(hello.to_string().into()))
        .await
        .is_ok();
    shared.lock().touch();
    while is_alive {
        tokio::select! {
            frame = frames.recv() => {
                is_alive = match frame {
                    Some(Frame::Text(text)) => socket.send(Message::Text(text.into())).await.is_ok(),
                    Some(Frame::Ping) => {
                        let payload = bytes::Bytes::from_static(b"Ping from applink-1");
                        socket.send(Message::Ping(payload)).await.is_ok()
                    }
                    Some(Frame::Close) => {
                        // The client may have closed it already.
                        let _ = socket.send(Message::Close(None)).await;
                        false
                    }
                    Some(Frame::Drop) | None => false,
                };
            }
            message = socket.recv() => {
                match message {
                    Some(Ok(Message::Text(text))) => shared.lock().take_frame(&team, &text),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => is_alive = false,
                    Some(Ok(_)) => {}
                }
            }
        }
    }
    shared.lock().close_socket(id);
}
