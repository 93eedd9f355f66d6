//! Pressing and choosing, in messages and views; shortcuts.

use serde_json::{Map, Value, json};

use super::{
    Shown, Spot,
    element::{self, Element},
};
use crate::sandbox::slack::{
    deliver::is_empty,
    log::{Kind, Wrong},
    look::Said,
    seed::Person,
    show::show_view,
    state::State,
    ts::Ts,
    validate,
};

impl Person {
    /// Presses a button, by its `action_id` or what stands on it.
    pub async fn clicks(&self, on: impl Into<Spot>, what: &str) -> Shown {
        let spot = on.into();
        let element = element::find(&self.blocks(&spot), what);
        self.acts_on(&spot, &element, None).await
    }

    /// Chooses in a menu, by what an option says or its value, by the name of a person or channel,
    /// or by a date. Of what an external menu offers when one types the choice into it.
    pub async fn selects(&self, on: impl Into<Spot>, what: &str, choice: &str) -> Shown {
        let spot = on.into();
        let element = element::find(&self.blocks(&spot), what);
        let offered = if element.kind().ends_with("external_select") {
            self.offered(&spot, &element, choice).await
        } else {
            Vec::new()
        };
        let chosen = {
            let state = self.slack.lock();
            element::choice(state.team(&self.team), &element, choice, &offered)
        };
        self.acts_on(&spot, &element, Some(&chosen)).await
    }

    /// What an external menu offers when one types this into it.
    pub async fn is_offered(&self, on: impl Into<Spot>, what: &str, typed: &str) -> Vec<String> {
        let spot = on.into();
        let element = element::find(&self.blocks(&spot), what);
        let offered = self.offered(&spot, &element, typed).await;
        let text = |option: &Value| {
            option["text"]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        offered.iter().map(text).collect()
    }

    /// The blocks of what they press in; it must be there for them to see.
    pub(super) fn blocks(&self, spot: &Spot) -> Vec<Value> {
        match spot {
            Spot::Message { .. } => {
                let seen = self.sees(spot.clone());
                let seen = seen.unwrap_or_else(|| panic!("{} sees no {spot:?}", self.id));
                let previews = seen.previews.values();
                let previews = previews.filter_map(|preview| preview["blocks"].as_array());
                let previews = previews.flatten().cloned();
                seen.blocks.into_iter().chain(previews).collect()
            }
            Spot::View(id) => {
                let state = self.slack.lock();
                let view = state.team(&self.team).views.get(id);
                let view = view.filter(|view| view.user == self.id);
                let view = view.unwrap_or_else(|| panic!("{} sees no {spot:?}", self.id));
                view.sent["blocks"].as_array().cloned().unwrap_or_default()
            }
        }
    }

    /// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
    async fn acts_on(&self, spot: &Spot, element: &Element, chosen: Option<&Value>) -> Shown {
        let payload = {
            let mut state = self.slack.lock();
            if let Some(chosen) = chosen {
                self.hold(&mut state, spot, element, chosen);
            }
            let mut payload = self.placed(&mut state, "block_actions", spot);
            let ts = state.new_ts().to_string();
            payload["actions"] = json!([element::action(element, chosen, &ts)]);
            state.touch();
            payload
        };
        if element.is_quiet {
            return Shown::refused("an input without dispatch_action tells nobody".to_owned());
        }
        let (shown, _) = self.ask(Kind::Interaction, payload, false).await;
        self.slack.0.shared.flush_and_wait().await;
        shown
    }

    /// Keeps what was chosen where the app finds it: in the state of the message or view.
    pub(super) fn hold(&self, state: &mut State, spot: &Spot, element: &Element, chosen: &Value) {
        let Some(held) = element::held(element, chosen) else {
            return;
        };
        let values = match spot {
            Spot::Message { channel, ts } => {
                let ts: Ts = ts.parse().expect("the ts of a message");
                &mut state.message_mut(&self.team, channel, ts).values
            }
            Spot::View(id) => {
                let view = state.team_mut(&self.team).views.get_mut(id);
                &mut view.expect("a view that is open").values
            }
        };
        let block = values
            .entry(element.block_id.clone())
            .or_insert_with(|| Map::new().into());
        block[element.action_id()] = held;
    }

    /// An interaction and where it happened. That of an ephemeral message does not have the message
    /// in it.
    /// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
    fn placed(&self, state: &mut State, kind: &str, spot: &Spot) -> Value {
        let mut payload = self.interaction(state, kind);
        match spot {
            Spot::Message { channel, ts } => {
                let ts: Ts = ts.parse().expect("the ts of a message");
                self.add_place(state, &mut payload, (channel, Some(ts)));
                let trigger = state.new_trigger(&self.team, &self.id, None);
                payload["trigger_id"] = trigger.into();
                let team = state.team(&self.team);
                let place = &team.channels[channel];
                let message = &place.messages[&ts];
                let is_ephemeral = message.only_for.is_some();
                payload["container"] = json!({
                    "type": "message",
                    "message_ts": ts.to_string(),
                    "channel_id": channel,
                    "is_ephemeral": is_ephemeral,
                });
                if let Some(root) = message.thread {
                    payload["container"]["thread_ts"] = root.to_string().into();
                }
                payload["state"] = json!({"values": message.values});
                if !is_ephemeral {
                    payload["message"] = state.show_message(team, place, message, true);
                }
            }
            Spot::View(id) => {
                let trigger = state.new_trigger(&self.team, &self.id, Some(id));
                payload["trigger_id"] = trigger.into();
                payload["container"] = json!({"type": "view", "view_id": id});
                let team = state.team(&self.team);
                payload["view"] = show_view(team, &team.views[id]);
            }
        }
        payload
    }

    /// <https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload>
    pub(super) async fn offered(&self, spot: &Spot, element: &Element, typed: &str) -> Vec<Value> {
        let least = element.value["min_query_length"].as_u64().unwrap_or(3);
        if (typed.chars().count() as u64) < least {
            return Vec::new();
        }
        let payload = {
            let mut state = self.slack.lock();
            let mut payload = self.placed(&mut state, "block_suggestion", spot);
            let fields = payload.as_object_mut();
            let fields = fields.expect("an interaction is an object");
            fields.remove("trigger_id");
            fields.remove("response_url");
            payload["action_id"] = element.action_id().into();
            payload["block_id"] = element.block_id.clone().into();
            payload["value"] = typed.into();
            payload
        };
        let (shown, _) = self.ask(Kind::Interaction, payload, true).await;
        let problems = if is_empty(&shown.ack) {
            return Vec::new();
        } else {
            validate::suggestions(&shown.ack)
        };
        if let Some(problem) = problems.first() {
            let place = Kind::Interaction.envelope();
            let mut state = self.slack.lock();
            state.scold(&self.team, Wrong::BadAck, place, problem.to_string());
            return Vec::new();
        }
        element::options(&shown.ack)
    }

    /// Uses a message shortcut: `Relay to KEP issue` in the menu of a message.
    /// <https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload#message-shortcuts>
    pub async fn shortcut(&self, callback_id: &str, message: &Said) -> Shown {
        let payload = {
            let mut state = self.slack.lock();
            self.knows_shortcut(&state, callback_id);
            let ts: Ts = message.ts.parse().expect("the ts of a message");
            let mut payload = self.interaction(&state, "message_action");
            self.add_place(&mut state, &mut payload, (&message.channel, None));
            payload["trigger_id"] = state.new_trigger(&self.team, &self.id, None).into();
            payload["callback_id"] = callback_id.into();
            payload["action_ts"] = state.new_ts().to_string().into();
            payload["message_ts"] = message.ts.clone().into();
            payload["message"] = state.shown(&self.team, &message.channel, ts);
            payload
        };
        let (shown, _) = self.ask(Kind::Interaction, payload, false).await;
        self.slack.0.shared.flush_and_wait().await;
        shown
    }

    /// Uses a global shortcut.
    /// <https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload>
    pub async fn global_shortcut(&self, callback_id: &str) -> Shown {
        let payload = {
            let mut state = self.slack.lock();
            self.knows_shortcut(&state, callback_id);
            let mut payload = self.interaction(&state, "shortcut");
            payload["trigger_id"] = state.new_trigger(&self.team, &self.id, None).into();
            payload["callback_id"] = callback_id.into();
            payload["action_ts"] = state.new_ts().to_string().into();
            payload
        };
        let (shown, _) = self.ask(Kind::Interaction, payload, false).await;
        self.slack.0.shared.flush_and_wait().await;
        shown
    }

    fn knows_shortcut(&self, state: &State, callback_id: &str) {
        let app = &state.team(&self.team).app;
        assert!(
            app.shortcuts.contains(callback_id),
            "the app has no shortcut {callback_id:?}"
        );
    }
}
