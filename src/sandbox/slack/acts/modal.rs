//! Filling in a modal, and sending or closing it.
//!
//! <https://docs.slack.dev/surfaces/modals>

use serde_json::{Map, Value};

use super::{Shown, Spot, element};
use crate::sandbox::slack::{
    answer::Refusal,
    api::value_field,
    deliver::is_empty,
    log::{Kind, Wrong},
    look::OpenView,
    seed::Person,
    show::show_view,
    state::State,
};

impl Person {
    /// Fills in inputs of a view, each named by its label, `action_id` or `block_id`, and sends it.
    /// What Slack or the app finds wrong with them stands in the view's `errors` then.
    /// <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_submission>
    pub async fn submits(&self, view: &OpenView, values: &[(&str, &str)]) -> Shown {
        for (what, word) in values {
            self.fills(view, what, word).await;
        }
        let payload = {
            let mut state = self.slack.lock();
            self.is_on_top(&state, view);
            if let Some(error) = self.missing(&mut state, view) {
                return Shown::refused(error);
            }
            let mut payload = self.interaction(&state, "view_submission");
            let trigger = state.new_trigger(&self.team, &self.id, Some(&view.id));
            payload["trigger_id"] = trigger.into();
            let team = state.team(&self.team);
            payload["view"] = show_view(team, &team.views[&view.id]);
            payload["response_urls"] = Value::Array(Vec::new());
            payload
        };
        let (mut shown, _) = self.ask(Kind::Interaction, payload, true).await;
        if shown.error.is_none() {
            let mut state = self.slack.lock();
            if let Err(words) = self.respond_to_submission(&mut state, &view.id, &shown.ack) {
                let place = Kind::Interaction.envelope();
                state.scold(&self.team, Wrong::BadAck, place, words);
                shown.error = Some("invalid_response".to_owned());
            }
            state.touch();
        }
        self.slack.0.shared.flush_and_wait().await;
        shown
    }

    /// Fills in one input, without sending the view.
    pub async fn fills(&self, view: &OpenView, what: &str, word: &str) {
        let spot = Spot::from(view);
        let element = element::find(&self.blocks(&spot), what);
        let offered = if element.kind().ends_with("external_select") {
            self.offered(&spot, &element, word).await
        } else {
            Vec::new()
        };
        if !element.is_quiet {
            self.selects(spot, what, word).await;
            return;
        }
        let mut state = self.slack.lock();
        let chosen = element::choice(state.team(&self.team), &element, word, &offered);
        self.hold(&mut state, &spot, &element, &chosen);
        state.touch();
    }

    /// Closes the modal on top, without sending it.
    /// <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_closed>
    pub async fn closes(&self, view: &OpenView) {
        let payload = {
            let mut state = self.slack.lock();
            self.is_on_top(&state, view);
            let team = state.team(&self.team);
            let sent = &team.views[&view.id];
            let wants_to_know = sent.flag("notify_on_close");
            let all = sent.flag("clear_on_close");
            let mut payload = self.interaction(&state, "view_closed");
            payload["view"] = show_view(team, sent);
            payload["is_cleared"] = all.into();
            self.close(&mut state, all);
            wants_to_know.then_some(payload)
        };
        if let Some(payload) = payload {
            self.ask(Kind::Interaction, payload, false).await;
        }
        self.slack.0.shared.flush_and_wait().await;
    }

    fn is_on_top(&self, state: &State, view: &OpenView) {
        let modals = &state.team(&self.team).users[&self.id].modals;
        assert!(
            modals.last() == Some(&view.id),
            "{} is not what {} has before them",
            view.id,
            self.id
        );
    }

    /// Closes the modal on top, or all.
    fn close(&self, state: &mut State, all: bool) {
        let modals = &mut state.user_mut(&self.team, &self.id).modals;
        let keep = if all {
            0
        } else {
            modals.len().saturating_sub(1)
        };
        let closed = modals.split_off(keep);
        for id in closed {
            state.team_mut(&self.team).views.remove(&id);
        }
        state.touch();
    }

    /// "Please complete this required field": Slack itself does not send a modal without.
    fn missing(&self, state: &mut State, view: &OpenView) -> Option<String> {
        let view = state.team_mut(&self.team).views.get_mut(&view.id)?;
        let blocks = view.sent["blocks"].as_array().cloned().unwrap_or_default();
        let inputs = blocks.iter().filter(|block| block["type"] == "input");
        let inputs: Vec<Value> = inputs.cloned().collect();
        view.errors.clear();
        for element in element::elements(&inputs) {
            let held = view.values.get(&element.block_id);
            let held = held.and_then(|actions| actions.get(element.action_id()));
            let (name, _) = value_field(element.kind())?;
            let value = held.map_or(Value::Null, |held| held[name].clone());
            let problem = if is_blank(&value) {
                (!element.is_optional).then(|| "Please complete this required field.".to_owned())
            } else {
                length_problem(&element.value, &value)
            };
            if let Some(problem) = problem {
                view.errors.insert(element.block_id.clone(), problem.into());
            }
        }
        (!view.errors.is_empty()).then(|| "the modal says what is missing".to_owned())
    }

    /// What the app wants done with a modal that was sent: close it unless it says otherwise.
    /// <https://docs.slack.dev/surfaces/modals#updating_views>
    fn respond_to_submission(
        &self,
        state: &mut State,
        view: &str,
        ack: &Value,
    ) -> Result<(), String> {
        if is_empty(ack) {
            self.close(state, false);
            return Ok(());
        }
        let words = |refusal: Refusal| refusal.into_body().to_string();
        match ack["response_action"].as_str() {
            Some("clear") => self.close(state, true),
            Some("errors") => {
                let errors = ack["errors"].as_object().cloned().unwrap_or_default();
                self.set_errors(state, view, errors)?;
            }
            Some(action @ ("update" | "push")) => {
                let sent = state.checked_view(&self.team, ack["view"].clone(), "modal");
                let sent = sent.map_err(words)?;
                if action == "push" {
                    state.push_view(&self.team, &self.id, sent).map_err(words)?;
                } else {
                    state.replace_view(&self.team, view, sent).map_err(words)?;
                }
            }
            _ => return Err(format!("not a response_action: {ack}")),
        }
        Ok(())
    }

    /// Each error belongs to an input block of the view.
    /// <https://docs.slack.dev/surfaces/modals#displaying_errors>
    fn set_errors(
        &self,
        state: &mut State,
        view: &str,
        errors: Map<String, Value>,
    ) -> Result<(), String> {
        let views = &mut state.team_mut(&self.team).views;
        let view = views.get_mut(view).ok_or("the view is gone")?;
        let blocks = view.sent["blocks"].as_array().into_iter().flatten();
        let inputs = blocks.filter(|block| block["type"] == "input");
        let ids: Vec<&str> = inputs
            .filter_map(|block| block["block_id"].as_str())
            .collect();
        if errors.is_empty() || !errors.values().all(Value::is_string) {
            return Err("errors without a text for a block".to_owned());
        }
        if let Some(stray) = errors.keys().find(|id| !ids.contains(&id.as_str())) {
            return Err(format!(
                "an error for {stray}, which is no input block here"
            ));
        }
        view.errors = errors;
        Ok(())
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        value => value.is_null(),
    }
}

/// A text that is shorter or longer than its input takes.
/// <https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element>
fn length_problem(input: &Value, value: &Value) -> Option<String> {
    let length = value.as_str()?.chars().count() as u64;
    let least = input["min_length"].as_u64().unwrap_or(0);
    let most = input["max_length"].as_u64().unwrap_or(3000);
    if length < least {
        return Some(format!("Must be at least {least} characters."));
    }
    (length > most).then(|| format!("Must be less than {} characters.", most + 1))
}
