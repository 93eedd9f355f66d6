//! Deliveries to the app: over Socket Mode or to its request URLs, waited for three seconds, and
//! events again when they fail.

pub(super) mod http;

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{
    fault::Fault,
    log::{Kind, Outcome},
    outgoing::Outgoing,
    serve::Shared,
    socket::Frame,
    team::Transport,
};

/// "Your app should respond to the event request … within three seconds".
/// <https://docs.slack.dev/apis/events-api#responding>
const PATIENCE: Duration = Duration::from_secs(3);

/// "The first retry will be sent nearly immediately … the second after 1 minute, the third and final
/// after 5 minutes".
/// <https://docs.slack.dev/apis/events-api#retries>
const RETRIES: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_mins(1),
    Duration::from_mins(5),
];

/// A try that is over.
pub(super) struct Tried {
    pub(super) outcome: Outcome,
    /// The app said that it wants no more tries: `X-Slack-No-Retry: 1`.
    pub(super) no_retry: bool,
}

impl Shared {
    /// Sends off the events that wait, without waiting for them.
    pub(super) fn flush(self: &Arc<Self>) {
        drop(self.dispatch());
    }

    /// Sends off the events that wait; returns when each was tried once.
    pub(super) async fn flush_and_wait(self: &Arc<Self>) {
        for tried in self.dispatch() {
            // Ends early only when the server is stopped.
            let _ = tried.await;
        }
    }

    fn dispatch(self: &Arc<Self>) -> Vec<oneshot::Receiver<()>> {
        let outgoing = std::mem::take(&mut self.lock().outbox);
        let mut background = self
            .background
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while background.try_join_next().is_some() {}
        let mut receivers = Vec::new();
        for outgoing in outgoing {
            let (tried, receiver) = oneshot::channel();
            let shared = self.clone();
            background.spawn(async move { shared.deliver_event(outgoing, tried).await });
            receivers.push(receiver);
        }
        receivers
    }

    async fn deliver_event(self: Arc<Self>, outgoing: Outgoing, tried: oneshot::Sender<()>) {
        let mut last = self.deliver(&outgoing, 0, "").await;
        // Nobody may be waiting for it.
        let _ = tried.send(());
        for (retry, wait) in (1..).zip(RETRIES) {
            if last.no_retry || matches!(last.outcome, Outcome::Acked(_)) {
                return;
            }
            if !wait.is_zero() {
                self.clock.sleep(wait).await;
            }
            last = self.deliver(&outgoing, retry, reason(&last.outcome)).await;
        }
    }

    /// Tries to deliver once.
    pub(super) async fn deliver(&self, outgoing: &Outgoing, retry: u32, reason: &str) -> Tried {
        let (place, transport) = {
            let mut state = self.lock();
            let place = state.begin_attempt(outgoing, retry);
            (place, state.team(&outgoing.team).app.transport.clone())
        };
        let tried = match transport {
            Transport::Socket => Tried {
                outcome: self.over_socket(outgoing, retry, reason).await,
                no_retry: false,
            },
            Transport::Http {
                commands,
                interactions,
                events,
            } => {
                let url = match outgoing.kind {
                    Kind::Command => commands,
                    Kind::Interaction => interactions,
                    Kind::Event => events,
                };
                self.over_http(outgoing, &url, retry, reason).await
            }
        };
        self.lock().end_attempt(place, &tried.outcome);
        tried
    }

    /// <https://docs.slack.dev/apis/events-api/using-socket-mode#events>
    async fn over_socket(&self, outgoing: &Outgoing, retry: u32, reason: &str) -> Outcome {
        let kind = outgoing.kind.envelope();
        let fault = self.lock().faults.strike_delivery(kind);
        match &fault {
            Some(Fault::Held(gate)) => gate.pass().await,
            Some(Fault::Hang) => {
                self.clock.expire(PATIENCE).await;
                return Outcome::TimedOut;
            }
            _ => {}
        }
        let (envelope, acked) = {
            let mut state = self.lock();
            let Some(frames) = state.sockets.next(&outgoing.team) else {
                return Outcome::NotConnected;
            };
            let number = state.new_number();
            let envelope = format!("00000000-0000-4000-a000-{number:012x}");
            let mut text = json!({
                "envelope_id": envelope,
                "payload": outgoing.payload,
                "type": kind,
                "accepts_response_payload": outgoing.accepts_payload,
            });
            if outgoing.kind == Kind::Event {
                text["retry_attempt"] = retry.into();
                text["retry_reason"] = reason.into();
            }
            if matches!(fault, Some(Fault::Drop)) {
                // The connection may have ended meanwhile; then this is what was asked for.
                let _ = frames.send(Frame::Drop);
                return Outcome::NotConnected;
            }
            let acked = state
                .sockets
                .expect(&envelope, &outgoing.team, outgoing.accepts_payload);
            if frames.send(Frame::Text(text.to_string())).is_err() {
                state.sockets.forget(&envelope);
                return Outcome::NotConnected;
            }
            if matches!(fault, Some(Fault::DropAfter)) {
                let _ = frames.send(Frame::Drop);
            }
            (envelope, acked)
        };
        tokio::select! {
            acked = acked => acked.map_or(Outcome::TimedOut, Outcome::Acked),
            () = self.clock.expire(PATIENCE) => {
                self.lock().sockets.forget(&envelope);
                Outcome::TimedOut
            }
        }
    }
}

/// <https://docs.slack.dev/apis/events-api#retries>
fn reason(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::TimedOut => "http_timeout",
        Outcome::NotConnected => "connection_failed",
        Outcome::Status(_) => "http_error",
        Outcome::Acked(_) | Outcome::Junk(_) => "unknown_error",
    }
}

/// What a person sees of a command or a click that failed.
/// <https://docs.slack.dev/interactivity/implementing-slash-commands#responding_basic_receipt>
pub(super) fn failure(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Acked(_) => None,
        Outcome::TimedOut => Some("operation_timeout"),
        Outcome::NotConnected => Some("dispatch_failed"),
        Outcome::Status(400..=499) => Some("http_client_error"),
        Outcome::Status(_) => Some("http_service_error"),
        Outcome::Junk(_) => Some("invalid_command_response"),
    }
}

/// Whether an acknowledgement says nothing.
pub(super) fn is_empty(payload: &Value) -> bool {
    match payload {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
