//! The methods of the Web API: who may call them, how often, and with what.
//!
//! <https://docs.slack.dev/reference/methods>

mod auth;
mod chat;
mod conversations;
mod files;
mod history;
mod reactions;
mod table;
mod unfurl;
mod users;
mod views;

use http::HeaderMap;
use serde_json::{Value, json};

use super::{
    answer::{Outcome, Refusal},
    arguments::Arguments,
    channel::{Channel, Message},
    limits::Tier,
    log::Wrong,
    state::State,
};

pub(super) use reactions::is_emoji;
pub(super) use table::method;
pub(super) use views::value_field;

/// Which token a method takes.
/// <https://docs.slack.dev/authentication/tokens>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Bot,
    App,
}

/// A method of the Web API.
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) tier: Tier,
    pub(super) token: TokenKind,
    /// One of these is needed.
    pub(super) scopes: &'static [&'static str],
    /// The arguments it has, `token` aside.
    pub(super) arguments: &'static [&'static str],
    pub(super) run: fn(&mut State, &Call) -> Outcome,
}

/// A call that may be made: the token is good, the scope is there, the limits hold.
pub(super) struct Call {
    pub(super) team: String,
    pub(super) method: &'static str,
    pub(super) arguments: Arguments,
}

/// Whom a call comes from: the workspace, and the token's scopes.
pub(super) struct Caller {
    pub(super) team: String,
    token: TokenKind,
    scopes: Vec<String>,
}

impl State {
    /// Whose token this is.
    /// <https://docs.slack.dev/authentication/tokens>
    pub(super) fn caller(
        &self,
        headers: &HeaderMap,
        argument: Option<&Value>,
    ) -> Result<Caller, Refusal> {
        let header = headers
            .get(http::header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let argument = argument.and_then(Value::as_str);
        let Some(token) = header.or(argument).filter(|token| !token.is_empty()) else {
            return Err(Refusal::of("not_authed").wrong(Wrong::Token));
        };
        for team in self.teams.values() {
            let app = &team.app;
            let (kind, scopes) = if app.bot_token == token {
                (TokenKind::Bot, &app.scopes)
            } else if app.own_token == token {
                (TokenKind::App, &app.own_scopes)
            } else {
                continue;
            };
            if !app.is_installed {
                return Err(Refusal::of("account_inactive").wrong(Wrong::Token));
            }
            return Ok(Caller {
                team: team.id.clone(),
                token: kind,
                scopes: scopes.iter().cloned().collect(),
            });
        }
        Err(Refusal::of("invalid_auth").wrong(Wrong::Token))
    }

    /// Makes a call, unless something forbids it.
    pub(super) fn call(
        &mut self,
        method: &'static Method,
        caller: &Caller,
        arguments: Arguments,
    ) -> Outcome {
        if caller.token != method.token {
            return Err(Refusal::of("not_allowed_token_type").wrong(Wrong::Token));
        }
        self.within_limits(&caller.team, method.name, method.tier)?;
        let has = |scope: &&str| caller.scopes.iter().any(|own| own == scope);
        if !method.scopes.is_empty() && !method.scopes.iter().any(has) {
            return Err(missing_scope(&method.scopes.join(","), &caller.scopes));
        }
        for name in arguments.0.keys() {
            if !method.arguments.contains(&name.as_str()) {
                let team = caller.team.clone();
                self.scold(&team, Wrong::UnknownArgument, method.name, name.clone());
            }
        }
        (method.run)(
            self,
            &Call {
                team: caller.team.clone(),
                method: method.name,
                arguments,
            },
        )
    }

    fn within_limits(&mut self, team: &str, method: &str, tier: Tier) -> Result<(), Refusal> {
        let now = self.now();
        let taken = self.limits.take(team, method, tier, now);
        taken.map_err(|limited| {
            let wrong = if limited.was_told {
                Wrong::DidNotWait
            } else {
                Wrong::TooFast
            };
            Refusal::limited(limited.retry_after).wrong(wrong)
        })
    }

    /// "Generally allows posting one message per second per channel".
    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    fn may_post(&mut self, team: &str, channel: &str) -> Result<(), Refusal> {
        let now = self.now();
        let taken = self.limits.post(team, channel, now);
        taken.map_err(|limited| {
            let wrong = if limited.was_told {
                Wrong::DidNotWait
            } else {
                Wrong::TooFast
            };
            Refusal::limited(limited.retry_after).wrong(wrong)
        })
    }

    /// The channel a call is about, as far as the app may know of it: a private one that it is not
    /// in is not there. The scope must be one for such channels.
    /// <https://docs.slack.dev/apis/web-api/using-the-conversations-api>
    fn channel_of(&self, call: &Call, scope: Option<&str>) -> Result<&Channel, Refusal> {
        let team = self.team(&call.team);
        let name = call.arguments.need("channel")?;
        let channel = team.find_channel(&name);
        let channel = channel.filter(|channel| {
            team.bot_is_in(channel) || channel.kind == super::channel::ChannelKind::Public
        });
        let channel = channel.ok_or_else(|| Refusal::of("channel_not_found"))?;
        if let Some(scope) = scope {
            let needed = format!("{}:{scope}", channel.kind.family());
            if !team.app.scopes.contains(&needed) {
                let provided: Vec<String> = team.app.scopes.iter().cloned().collect();
                return Err(missing_scope(&needed, &provided));
            }
        }
        Ok(channel)
    }
}

/// The message a call is about.
fn message_of<'a>(
    channel: &'a Channel,
    call: &Call,
    argument: &str,
) -> Result<&'a Message, Refusal> {
    let ts = call.arguments.ts(argument, "message_not_found")?;
    let ts = ts.ok_or_else(|| Refusal::missing(argument))?;
    let found = channel.messages.get(&ts);
    found
        .filter(|message| message.only_for.is_none())
        .ok_or_else(|| Refusal::of("message_not_found"))
}

/// <https://docs.slack.dev/reference/methods/auth.test#errors>
fn missing_scope(needed: &str, provided: &[String]) -> Refusal {
    let mut refusal = Refusal::of("missing_scope").wrong(Wrong::MissingScope);
    refusal.more.insert("needed".to_owned(), needed.into());
    let provided = provided.join(",");
    refusal.more.insert("provided".to_owned(), provided.into());
    refusal
}

impl Caller {
    pub(super) fn scopes(&self) -> String {
        self.scopes.join(",")
    }
}

/// A page of a list: `limit` of them from where `cursor` says.
/// <https://docs.slack.dev/apis/web-api/pagination>
fn page<T: Clone>(
    all: &[T],
    arguments: &Arguments,
    (default, most): (usize, usize),
) -> Result<(Vec<T>, Value), Refusal> {
    let limit = arguments.number("limit")?.unwrap_or(default);
    if limit == 0 || limit > most {
        return Err(Refusal::of("invalid_limit").wrong(Wrong::BadArgument));
    }
    let start = match arguments.text("cursor") {
        None => 0,
        Some(cursor) => cursor_place(&cursor)
            .filter(|place| *place <= all.len())
            .ok_or_else(|| Refusal::of("invalid_cursor").wrong(Wrong::BadArgument))?,
    };
    let end = all.len().min(start + limit);
    let next = if end < all.len() {
        cursor_at(end)
    } else {
        String::new()
    };
    Ok((all[start..end].to_vec(), json!({"next_cursor": next})))
}

fn cursor_at(place: usize) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("next:{place}"))
}

fn cursor_place(cursor: &str) -> Option<usize> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(cursor)
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.strip_prefix("next:")?.parse().ok()
}
