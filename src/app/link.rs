//! `/kep link` and `/kep unlink`.

use std::{collections::HashMap, sync::Arc};

use super::{bot::StartError, links::Links, renamed::Renamed, sign_in::SignIns};
use crate::{
    command::{LinkAsk, link},
    config::Config,
    domain::people::Asker,
    ports::{Accounts, Clock, StoreError},
    slack::{Message, api::Api, blocks},
    store::SqliteStore,
};

/// Takes in who says who they are.
pub(super) struct AskLink {
    pub(super) links: Arc<Links>,
    /// Where people sign in, if that is set up.
    pub(super) sign_ins: Option<Arc<SignIns>>,
}

/// Who is who, and what carries sign-ins through and keeps their logins right. `bots` are those of the
/// workspaces, by name.
pub(super) async fn set_up(
    config: &Config,
    store: &Arc<SqliteStore>,
    accounts: Arc<dyn Accounts>,
    bots: &HashMap<Box<str>, Api>,
    clock: &Arc<dyn Clock>,
) -> Result<(AskLink, impl Future<Output = ()> + use<>), StartError> {
    let github = super::sign_in(config, clock)?;
    let settings = match &github {
        Some(_) => config.people().who_can_link(),
        None => config.people(),
    };
    let links = Arc::new(Links::load(store.clone(), settings).await?);
    let (sign_ins, signing_in) = github
        .map(|github| SignIns::new(github, links.clone(), bots.clone(), clock.clone()))
        .unzip();
    let renamed = Renamed {
        github: accounts,
        store: store.clone(),
        links: links.clone(),
        clock: clock.clone(),
    };
    let carry_through = async {
        tokio::join!(renamed.run(), async {
            if let Some(signing_in) = signing_in {
                signing_in.await;
            }
        });
    };
    Ok((AskLink { links, sign_ins }, carry_through))
}

impl AskLink {
    /// `answer_to` is the address by which the asker alone is answered later.
    pub(super) async fn answer(
        &self,
        typed: &str,
        asker: Asker<'_>,
        answer_to: Option<&str>,
    ) -> Result<Message, StoreError> {
        let ask = match link(typed) {
            Ok(ask) => ask,
            Err(why) => return Ok(blocks::plain(&why)),
        };
        let settings = self.links.settings();
        let add = settings.ask_to_be_added(asker);
        if let Some(person) = settings.by_slack(asker.workspace, asker.user) {
            let login = &person.login;
            let why = match ask {
                LinkAsk::Link => "so there is nothing to link",
                LinkAsk::Unlink => "and that cannot be taken back here",
            };
            return Ok(blocks::plain(&format!(
                "My settings say that you are {login} on GitHub, {why}. If that is wrong, {add}."
            )));
        }
        if ask == LinkAsk::Unlink {
            return Ok(blocks::plain(&match self.links.unlink(asker).await? {
                Some(login) => format!(
                    "I do not know you as {login} on GitHub any more. /kep link begins anew."
                ),
                None => "You are linked to nobody on GitHub, so there is nothing to take back."
                    .to_owned(),
            }));
        }
        Ok(match (&self.sign_ins, answer_to) {
            (Some(sign_ins), Some(answer_to)) => sign_ins.begin(asker, answer_to),
            (Some(_), None) => blocks::plain("Slack gave me no way to answer you. Type it again."),
            (None, _) => blocks::plain(&format!(
                "Signing in at GitHub is not set up here. For me to know who you are there, {add}."
            )),
        })
    }
}
