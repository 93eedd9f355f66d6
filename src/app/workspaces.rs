//! The Slack workspaces that are served, with their secrets in hand: each one's bot, chat, socket or
//! signature.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{bot::StartError, inlet::Chats};
use crate::{
    config::{Config, HttpUrl, SecretRef, Workspace, WorkspaceMode},
    domain::Secret,
    ports::{Chat, Clock},
    slack::{
        api::{self, Api, ApiError},
        chat::SlackChat,
        receive::Receive,
        signature::SigningKey,
        socket::Socket,
    },
    web::slack::Signatory,
};

/// How long after Slack did not say who the bot is it is asked again, at first and at most.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(2));

/// A workspace with its secrets in hand.
pub(super) struct Connected {
    pub(super) name: Box<str>,
    mode: WorkspaceMode,
    pub(super) bot: Api,
    team: Arc<OnceLock<Box<str>>>,
    app_token: Option<Secret>,
    signing_secret: Option<Secret>,
}

/// Those that the settings name.
pub(super) fn workspaces(
    config: &Config,
    env: &dyn Fn(&str) -> Option<String>,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<Connected>, StartError> {
    if config.workspaces.is_empty() {
        return Err(StartError::Settings(
            "workspaces: none; want a [[workspaces]] section for each Slack workspace that is served"
                .to_owned(),
        ));
    }
    let client = client(&config.slack.api_url)?;
    let connect = |workspace: &Workspace| {
        let secret = |key: &str, at: &SecretRef| {
            at.resolve(env).map_err(|error| {
                StartError::Settings(format!("workspaces.{key} of {}: {error}", workspace.name))
            })
        };
        let needed = |key: &str, at: Option<&SecretRef>, mode: WorkspaceMode| {
            let at = at.filter(|_| workspace.mode == mode);
            at.map(|at| secret(key, at)).transpose()
        };
        let bot_token = secret("bot_token", &workspace.bot_token)?;
        Ok(Connected {
            name: workspace.name.as_str().into(),
            mode: workspace.mode,
            bot: Api::new(client.clone(), &bot_token, clock.clone()),
            team: Arc::default(),
            app_token: needed(
                "app_token",
                workspace.app_token.as_ref(),
                WorkspaceMode::Socket,
            )?,
            signing_secret: needed(
                "signing_secret",
                workspace.signing_secret.as_ref(),
                WorkspaceMode::Http,
            )?,
        })
    };
    config.workspaces.iter().map(connect).collect()
}

fn client(url: &HttpUrl) -> Result<api::Client, StartError> {
    api::client(url.as_str()).map_err(|error| {
        StartError::Failed(format!(
            "no certificates to check Slack's with ({error}); install ca-certificates"
        ))
    })
}

/// Each workspace's bot.
pub(super) fn bots(workspaces: &[Connected]) -> HashMap<Box<str>, Api> {
    let bot = |one: &Connected| (one.name.clone(), one.bot.clone());
    workspaces.iter().map(bot).collect()
}

/// Each workspace's chat.
pub(super) fn chats(workspaces: &[Connected], clock: &Arc<dyn Clock>) -> Chats {
    let chat = |one: &Connected| {
        let chat = SlackChat::new(one.bot.clone(), clock.clone());
        (one.name.clone(), Arc::new(chat) as Arc<dyn Chat>)
    };
    Arc::new(workspaces.iter().map(chat).collect())
}

/// Connects those that are served by Socket Mode.
pub(super) async fn open_sockets(
    workspaces: &[Connected],
    desk: &Arc<dyn Receive>,
    clock: &Arc<dyn Clock>,
) -> HashMap<Box<str>, Socket> {
    let mut sockets = HashMap::new();
    for workspace in workspaces {
        if let (WorkspaceMode::Socket, Some(token)) = (workspace.mode, &workspace.app_token) {
            let opened = Socket::open(
                workspace.bot.client(),
                token,
                &workspace.name,
                workspace.team.clone(),
                desk.clone(),
                clock.clone(),
            );
            sockets.insert(workspace.name.clone(), opened.await);
        }
    }
    sockets
}

/// Those that are served by HTTP.
pub(super) fn signatories(workspaces: &[Connected]) -> Result<Vec<Signatory>, StartError> {
    let by_http = workspaces
        .iter()
        .filter_map(|one| Some((one, one.signing_secret.as_ref()?)));
    by_http
        .map(|(workspace, secret)| {
            let key = SigningKey::new(secret).ok_or_else(|| {
                let name = &workspace.name;
                StartError::Settings(format!("workspaces.signing_secret of {name}: it is empty"))
            })?;
            Ok(Signatory {
                workspace: workspace.name.clone(),
                key,
                team: workspace.team.clone(),
            })
        })
        .collect()
}

/// Asks Slack who the bot is, until it says so.
pub(super) async fn greet(workspace: Connected, clock: Arc<dyn Clock>) {
    let Connected {
        name, bot, team, ..
    } = workspace;
    let mut pause = ASK_AGAIN.0;
    loop {
        match bot.identity().await {
            Ok(identity) => {
                let _ = team.set(identity.tenant().into());
                tracing::info!(
                    workspace = %name, team = %identity.team_id, bot = %identity.user_id,
                    "Slack knows the bot"
                );
                return;
            }
            Err(ApiError::Refused(error)) => {
                tracing::error!(workspace = %name, %error, "Slack refuses the bot's token");
                pause = ASK_AGAIN.1;
            }
            Err(error) => tracing::warn!(workspace = %name, %error, "Slack does not answer"),
        }
        clock.sleep(pause).await;
        pause = (pause * 2).min(ASK_AGAIN.1);
    }
}
