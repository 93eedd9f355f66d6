//! `auth.*` and `apps.*`: who one is, and where to connect.

use serde_json::{Value, json};

use super::Call;
use crate::sandbox::slack::state::State;

pub(super) fn test(state: &mut State, call: &Call) -> Value {
    let team = state.team(&call.team);
    let app = &team.app;
    json!({
        "url": format!("https://{}.slack.com/", team.domain),
        "team": team.domain,
        "user": team.users[&app.bot_user].name,
        "team_id": team.id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": false,
    })
}

pub(super) fn open_connection(state: &mut State, call: &Call) -> Value {
    let ticket = state.new_id("ticket-");
    let team = state.team(&call.team);
    let host = state.origin.trim_start_matches("http://");
    let url = format!("ws://{host}/link/?ticket={ticket}&app_id={}", team.app.id);
    state.sockets.issue(ticket, &call.team);
    json!({"url": url})
}
