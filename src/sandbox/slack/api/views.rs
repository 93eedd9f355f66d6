//! `views.*`: modals and Home tabs.

use serde_json::{Map, Value, json};

use super::Call;
use crate::sandbox::slack::{
    answer::{Outcome, Refusal},
    log::Wrong,
    show::show_view,
    state::State,
    validate,
    view::View,
};

/// "A stack of up to three views": <https://docs.slack.dev/surfaces/modals#view_stack>
const MOST_MODALS: usize = 3;

/// <https://docs.slack.dev/reference/methods/views.open>
pub(super) fn open(state: &mut State, call: &Call) -> Outcome {
    let sent = state.view_of(call, "modal")?;
    let (user, _) = state.use_trigger(call)?;
    let modals = std::mem::take(&mut state.user_mut(&call.team, &user).modals);
    for modal in modals {
        state.team_mut(&call.team).views.remove(&modal);
    }
    let id = state.put_view(&call.team, &user, sent, None)?;
    Ok(state.answer_view(call, &id))
}

/// <https://docs.slack.dev/reference/methods/views.push>
pub(super) fn push(state: &mut State, call: &Call) -> Outcome {
    let sent = state.view_of(call, "modal")?;
    let (user, view) = state.use_trigger(call)?;
    if view.is_none() {
        return Err(Refusal::of("no_view_to_push_on").wrong(Wrong::BadArgument));
    }
    let id = state.push_view(&call.team, &user, sent)?;
    Ok(state.answer_view(call, &id))
}

/// <https://docs.slack.dev/reference/methods/views.update>
pub(super) fn update(state: &mut State, call: &Call) -> Outcome {
    let sent = state.view_of(call, "modal")?;
    let external = call.arguments.text("external_id");
    let views = &state.team(&call.team).views;
    let found = match (call.arguments.text("view_id"), external) {
        (Some(id), _) => views.get(&id),
        (None, Some(external)) => views.values().find(|v| v.text("external_id") == external),
        (None, None) => return Err(Refusal::missing("view_id")),
    };
    let view = found.ok_or_else(|| Refusal::of("not_found"))?;
    holds_hash(call, view)?;
    let id = view.id.clone();
    state.replace_view(&call.team, &id, sent)?;
    Ok(state.answer_view(call, &id))
}

/// <https://docs.slack.dev/reference/methods/views.publish>
pub(super) fn publish(state: &mut State, call: &Call) -> Outcome {
    let user = call.arguments.need("user_id")?;
    let sent = state.view_of(call, "home")?;
    let known = state.team(&call.team).users.get(&user);
    let known = known.filter(|user| !user.is_bot && !user.is_deleted);
    let Some(known) = known else {
        return Err(Refusal::of("invalid_arguments").wrong(Wrong::BadArgument));
    };
    let id = match known.home.clone() {
        Some(home) => {
            holds_hash(call, &state.team(&call.team).views[&home])?;
            state.replace_view(&call.team, &home, sent)?;
            home
        }
        None => {
            let id = state.put_view(&call.team, &user, sent, None)?;
            state.user_mut(&call.team, &user).home = Some(id.clone());
            id
        }
    };
    Ok(state.answer_view(call, &id))
}

impl State {
    fn view_of(&mut self, call: &Call, kind: &str) -> Result<Value, Refusal> {
        let view = call.arguments.json("view");
        let view = view.map_err(|()| Refusal::missing("view"))?;
        let view = view.ok_or_else(|| Refusal::missing("view"))?;
        self.checked_view(&call.team, view, kind)
    }

    /// A view that keeps the rules, with all its ids.
    /// <https://docs.slack.dev/reference/views>
    pub(in crate::sandbox::slack) fn checked_view(
        &mut self,
        team: &str,
        mut view: Value,
        kind: &str,
    ) -> Result<Value, Refusal> {
        let mut problems = validate::view(&view);
        problems.extend(self.pictures(team, &view, "/view"));
        if !problems.is_empty() {
            return Err(Refusal::blocks("invalid_arguments", &problems));
        }
        if view["type"] != kind {
            return Err(Refusal::of("invalid_arguments").wrong(Wrong::BadArgument));
        }
        self.complete(&mut view["blocks"]);
        Ok(view)
    }

    /// "Trigger IDs expire in three seconds" and are used once.
    /// <https://docs.slack.dev/reference/methods/views.open#errors>
    fn use_trigger(&mut self, call: &Call) -> Result<(String, Option<String>), Refusal> {
        let id = call.arguments.need("trigger_id")?;
        let now = self.now();
        let trigger = self.team_mut(&call.team).triggers.get_mut(&id);
        let trigger =
            trigger.ok_or_else(|| Refusal::of("invalid_trigger_id").wrong(Wrong::BadArgument))?;
        let error = if trigger.is_used {
            "exchanged_trigger_id"
        } else if trigger.until < now {
            "expired_trigger_id"
        } else {
            trigger.is_used = true;
            return Ok((trigger.user.clone(), trigger.view.clone()));
        };
        Err(Refusal::of(error).wrong(Wrong::TriggerSpent))
    }

    /// "duplicate_external_id": <https://docs.slack.dev/reference/methods/views.open#errors>
    fn is_external_id_free(&self, team: &str, view: &Value, own: &str) -> Result<(), Refusal> {
        let external = view["external_id"].as_str().unwrap_or_default();
        let mut views = self.team(team).views.values();
        let is_taken = !external.is_empty()
            && views.any(|view| view.id != own && view.text("external_id") == external);
        if is_taken {
            Err(Refusal::of("duplicate_external_id").wrong(Wrong::BadArgument))
        } else {
            Ok(())
        }
    }

    /// Puts a new view before somebody.
    fn put_view(
        &mut self,
        team: &str,
        user: &str,
        sent: Value,
        below: Option<&View>,
    ) -> Result<String, Refusal> {
        self.is_external_id_free(team, &sent, "")?;
        let id = self.new_id("V");
        let view = View {
            id: id.clone(),
            user: user.to_owned(),
            hash: format!("{}.h{}", self.now().timestamp(), self.new_number()),
            root: below.map_or_else(|| id.clone(), |view| view.root.clone()),
            previous: below.map(|view| view.id.clone()),
            values: initial_values(&sent),
            errors: Map::new(),
            sent,
        };
        if view.is_modal() {
            self.user_mut(team, user).modals.push(id.clone());
        }
        self.team_mut(team).views.insert(id.clone(), view);
        self.touch();
        Ok(id)
    }

    /// Puts a modal on top of the one that is open.
    pub(in crate::sandbox::slack) fn push_view(
        &mut self,
        team: &str,
        user: &str,
        sent: Value,
    ) -> Result<String, Refusal> {
        let modals = &self.team(team).users[user].modals;
        if modals.len() >= MOST_MODALS {
            return Err(Refusal::of("push_limit_reached"));
        }
        let top = modals.last().ok_or_else(|| Refusal::of("not_found"))?;
        let below = self.team(team).views[top].clone();
        self.put_view(team, user, sent, Some(&below))
    }

    /// Shows something else in a view. What was filled in stays where block and action are the same.
    /// <https://docs.slack.dev/surfaces/modals#updating_views>
    pub(in crate::sandbox::slack) fn replace_view(
        &mut self,
        team: &str,
        id: &str,
        sent: Value,
    ) -> Result<(), Refusal> {
        self.is_external_id_free(team, &sent, id)?;
        let hash = format!("{}.h{}", self.now().timestamp(), self.new_number());
        let mut values = initial_values(&sent);
        let views = &mut self.team_mut(team).views;
        let view = views.get_mut(id).ok_or_else(|| Refusal::of("not_found"))?;
        for (block, actions) in &mut values {
            for (action, value) in actions.as_object_mut().into_iter().flatten() {
                let before = view
                    .values
                    .get(block)
                    .and_then(|actions| actions.get(action));
                if let Some(before) = before {
                    value.clone_from(before);
                }
            }
        }
        view.values = values;
        view.errors.clear();
        view.sent = sent;
        view.hash = hash;
        self.touch();
        Ok(())
    }

    pub(in crate::sandbox::slack) fn user_mut(
        &mut self,
        team: &str,
        user: &str,
    ) -> &mut crate::sandbox::slack::team::User {
        let found = self.team_mut(team).users.get_mut(user);
        found.unwrap_or_else(|| panic!("no person {user}"))
    }

    fn answer_view(&self, call: &Call, id: &str) -> Value {
        let team = self.team(&call.team);
        json!({"view": show_view(team, &team.views[id])})
    }
}

/// "hash_conflict": <https://docs.slack.dev/reference/methods/views.update#errors>
fn holds_hash(call: &Call, view: &View) -> Result<(), Refusal> {
    match call.arguments.text("hash") {
        Some(hash) if hash != view.hash => Err(Refusal::of("hash_conflict")),
        _ => Ok(()),
    }
}

/// What the inputs of a view, and of its actions, hold before anybody filled them in.
/// <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_submission_fields>
fn initial_values(view: &Value) -> Map<String, Value> {
    let mut values = Map::new();
    for block in view["blocks"].as_array().into_iter().flatten() {
        let one = [block.get("element"), block.get("accessory")];
        let elements = block["elements"].as_array().into_iter().flatten();
        let mut actions = Map::new();
        for element in one.into_iter().flatten().chain(elements) {
            let Some(action) = element["action_id"].as_str() else {
                continue;
            };
            let Some((name, initial)) = value_field(element["type"].as_str().unwrap_or_default())
            else {
                continue;
            };
            let mut value = json!({"type": element["type"]});
            let empty = if name.ends_with('s') {
                json!([])
            } else {
                Value::Null
            };
            value[name] = element.get(initial).cloned().unwrap_or(empty);
            actions.insert(action.to_owned(), value);
        }
        if let Some(id) = block["block_id"].as_str().filter(|_| !actions.is_empty()) {
            values.insert(id.to_owned(), actions.into());
        }
    }
    values
}

/// Under which name a kind of element says what was chosen, and what is chosen at first.
pub(in crate::sandbox::slack) fn value_field(kind: &str) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => {
            ("value", "initial_value")
        }
        "static_select" | "external_select" | "radio_buttons" => {
            ("selected_option", "initial_option")
        }
        "multi_static_select" | "multi_external_select" | "checkboxes" => {
            ("selected_options", "initial_options")
        }
        "users_select" => ("selected_user", "initial_user"),
        "multi_users_select" => ("selected_users", "initial_users"),
        "conversations_select" => ("selected_conversation", "initial_conversation"),
        "multi_conversations_select" => ("selected_conversations", "initial_conversations"),
        "channels_select" => ("selected_channel", "initial_channel"),
        "multi_channels_select" => ("selected_channels", "initial_channels"),
        "datepicker" => ("selected_date", "initial_date"),
        "timepicker" => ("selected_time", "initial_time"),
        "datetimepicker" => ("selected_date_time", "initial_date_time"),
        "rich_text_input" => ("rich_text_value", "initial_value"),
        _ => return None,
    })
}
