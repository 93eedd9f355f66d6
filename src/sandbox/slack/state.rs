//! Everything the model knows, behind one lock: workspaces, connections, limits, the logs.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::{
    channel::{Channel, Message},
    fault::Faults,
    limits::Limits,
    log::{ApiCall, Attempt, Kind, Outcome, Violation, Wrong},
    outgoing::Outgoing,
    socket::Sockets,
    team::{Team, Trigger},
    ts::Ts,
};
use crate::ports::Clock;

/// How long a `trigger_id` is good.
/// <https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses>
const TRIGGER_LIFE: TimeDelta = TimeDelta::seconds(3);

pub(super) struct State {
    clock: Arc<dyn Clock>,
    /// The address of the server, without a slash at its end.
    pub(super) origin: String,
    last_id: u64,
    last_ts: Ts,
    pub(super) teams: BTreeMap<String, Team>,
    pub(super) sockets: Sockets,
    pub(super) limits: Limits,
    pub(super) faults: Faults,
    /// How long a file takes from the end of its upload until messages can show it.
    pub(super) processing: TimeDelta,
    pub(super) calls: Vec<ApiCall>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) violations: Vec<Violation>,
    /// Events that wait to be sent.
    pub(super) outbox: Vec<Outgoing>,
    /// Counts the changes.
    pub(super) revision: watch::Sender<u64>,
}

impl State {
    pub(super) fn new(clock: Arc<dyn Clock>, origin: String) -> Self {
        Self {
            clock,
            origin,
            last_id: 0,
            last_ts: Ts(0),
            teams: BTreeMap::new(),
            sockets: Sockets::default(),
            limits: Limits::default(),
            faults: Faults::default(),
            processing: TimeDelta::zero(),
            calls: Vec::new(),
            attempts: Vec::new(),
            violations: Vec::new(),
            outbox: Vec::new(),
            revision: watch::Sender::new(0),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Tells those who watch that something is different now.
    pub(super) fn touch(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// A number no other thing has.
    pub(super) fn new_number(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// An id such as `C00000000A7`, no other thing's.
    pub(super) fn new_id(&mut self, letter: &str) -> String {
        let number = self.new_number();
        format!("{letter}{}", base36(number, 10))
    }

    /// A `ts` later than every other: "unique per channel", and here everywhere.
    /// <https://docs.slack.dev/messaging/retrieving-messages#individual_messages>
    pub(super) fn new_ts(&mut self) -> Ts {
        let now = Ts::at(self.now());
        self.last_ts = now.max(Ts(self.last_ts.0 + 1));
        self.last_ts
    }

    /// The workspace, which is certain to be there: handles name only those that are.
    pub(super) fn team(&self, id: &str) -> &Team {
        &self.teams[id]
    }

    pub(super) fn team_mut(&mut self, id: &str) -> &mut Team {
        self.teams
            .get_mut(id)
            .unwrap_or_else(|| panic!("no workspace {id}"))
    }

    pub(super) fn channel(&self, team: &str, id: &str) -> &Channel {
        &self.team(team).channels[id]
    }

    pub(super) fn channel_mut(&mut self, team: &str, id: &str) -> &mut Channel {
        let found = self.team_mut(team).channels.get_mut(id);
        found.unwrap_or_else(|| panic!("no channel {id}"))
    }

    pub(super) fn message_mut(&mut self, team: &str, channel: &str, ts: Ts) -> &mut Message {
        let found = self.channel_mut(team, channel).messages.get_mut(&ts);
        found.unwrap_or_else(|| panic!("no message {ts} in {channel}"))
    }

    /// A permit to open a modal for somebody.
    pub(super) fn new_trigger(&mut self, team: &str, user: &str, view: Option<&str>) -> String {
        let id = format!("{}.{}.{}", self.new_number(), self.new_number(), team);
        let trigger = Trigger {
            user: user.to_owned(),
            until: self.now() + TRIGGER_LIFE,
            is_used: false,
            view: view.map(str::to_owned),
        };
        let triggers = &mut self.team_mut(team).triggers;
        triggers.insert(id.clone(), trigger);
        id
    }

    pub(super) fn scold(
        &mut self,
        team: &str,
        what: Wrong,
        place: &str,
        detail: impl Into<String>,
    ) {
        self.violations.push(Violation {
            at: self.now(),
            team: team.to_owned(),
            what,
            place: place.to_owned(),
            detail: detail.into(),
        });
        self.touch();
    }

    pub(super) fn begin_attempt(&mut self, outgoing: &Outgoing, retry: u32) -> usize {
        self.attempts.push(Attempt {
            at: self.now(),
            team: outgoing.team.clone(),
            kind: outgoing.kind,
            payload: outgoing.payload.clone(),
            retry,
            outcome: None,
            took: None,
        });
        self.touch();
        self.attempts.len() - 1
    }

    pub(super) fn end_attempt(&mut self, place: usize, outcome: &Outcome) {
        let now = self.now();
        let attempt = &mut self.attempts[place];
        attempt.outcome = Some(outcome.clone());
        attempt.took = Some(now - attempt.at);
        let (team, kind) = (self.attempts[place].team.clone(), self.attempts[place].kind);
        let place = kind.envelope();
        match outcome {
            Outcome::Acked(_) => {}
            Outcome::TimedOut => {
                self.scold(&team, Wrong::NotAcked, place, "no answer in 3 seconds");
            }
            // An event comes again when the app is back.
            Outcome::NotConnected if kind == Kind::Event => {}
            Outcome::NotConnected => self.scold(&team, Wrong::NotAcked, place, "nobody is there"),
            Outcome::Status(status) => {
                self.scold(&team, Wrong::BadAck, place, format!("HTTP status {status}"));
            }
            Outcome::Junk(words) => self.scold(&team, Wrong::BadAck, place, words.clone()),
        }
        self.touch();
    }
}

/// A number in capital letters and digits, filled up with zeros.
fn base36(mut number: u64, width: usize) -> String {
    let mut digits = Vec::new();
    while number > 0 {
        let digit = u32::try_from(number % 36).unwrap_or_default();
        digits.extend(char::from_digit(digit, 36));
        number /= 36;
    }
    let digits: String = digits.iter().rev().collect();
    format!("{:0>width$}", digits.to_uppercase())
}

/// An object of the fields that are there.
pub(super) fn object(fields: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let fields = fields.into_iter();
    let present = fields.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}
