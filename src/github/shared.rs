//! The one client that everything shares: who the bot is for which repository, and who waits.

use std::{collections::HashMap, sync::Arc};

use http::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{
    answer::{PER_PAGE, text_of},
    auth::Credentials,
    client::Client,
    exchange::{Answer, Ask, Counters, Counts},
    limits::Urgency,
    wire::read_items,
};
use crate::{
    domain::{Issue, Repository},
    ports::{
        Clock, Dice, ForgeError,
        forge::{Fetched, Validator},
    },
};

/// A list that is always read whole has few pages; one without end is none of GitHub's.
const MOST_PAGES: u32 = 50;

/// GitHub, for everything that ever speaks to it. Copies share connections, limits and tokens.
#[derive(Clone)]
pub struct GitHub {
    clients: Arc<Clients>,
    pub(super) urgency: Urgency,
}

struct Clients {
    default: Client,
    /// Repositories for which there are credentials of their own.
    own: HashMap<Repository, Client>,
    counters: Arc<Counters>,
}

impl GitHub {
    /// GitHub at an address, as somebody; `own` are repositories where the bot is somebody else.
    pub fn new(
        api_url: &str,
        credentials: Credentials,
        own: impl IntoIterator<Item = (Repository, Credentials)>,
        clock: &Arc<dyn Clock>,
        dice: &Arc<dyn Dice>,
    ) -> Result<Self, ForgeError> {
        let base = Url::parse(api_url)
            .map_err(|error| ForgeError::Invalid(format!("{api_url}: {error}")))?;
        let counters = Arc::<Counters>::default();
        let client = |credentials| {
            let (clock, dice) = (Arc::clone(clock), Arc::clone(dice));
            Client::new(&base, credentials, Arc::clone(&counters), clock, dice)
        };
        let own = own
            .into_iter()
            .map(|(repository, credentials)| Ok((repository, client(credentials)?)))
            .collect::<Result<_, ForgeError>>()?;
        Ok(Self {
            clients: Arc::new(Clients {
                default: client(credentials)?,
                own,
                counters: Arc::clone(&counters),
            }),
            urgency: Urgency::Background,
        })
    }

    /// The same, for somebody who waits.
    #[must_use]
    pub fn for_a_person(&self) -> Self {
        Self {
            clients: Arc::clone(&self.clients),
            urgency: Urgency::Person,
        }
    }

    /// What was asked so far.
    pub fn counts(&self) -> Counts {
        self.clients.counters.read()
    }

    /// What is left of this hour's requests for a repository, and of how many.
    pub fn remaining(&self, repository: &Repository) -> Option<(u32, u32)> {
        self.client(repository).budget().remaining()
    }

    pub(super) fn client(&self, repository: &Repository) -> &Client {
        let own = self.clients.own.get(repository);
        own.unwrap_or(&self.clients.default)
    }

    pub(super) fn credentials(&self, repository: &Repository) -> &Credentials {
        self.client(repository).credentials()
    }

    pub(super) async fn get(
        &self,
        repository: &Repository,
        ask: Ask,
    ) -> Result<Answer, ForgeError> {
        self.client(repository).send(&ask, self.urgency).await
    }

    /// What belongs to no repository.
    pub(super) async fn ask_anywhere(&self, ask: &Ask) -> Result<Answer, ForgeError> {
        self.clients.default.send(ask, self.urgency).await
    }

    pub(super) async fn write(
        &self,
        repository: &Repository,
        (method, endpoint): (Method, &'static str),
        path: String,
        body: Option<Value>,
    ) -> Result<Answer, ForgeError> {
        let ask = Ask::write(method, endpoint, path, body);
        let client = self.client(repository);
        let to = match client.send(&ask, self.urgency).await {
            Err(ForgeError::Moved(to)) => to,
            answered => return answered,
        };
        // What was sent elsewhere was not done, so it can be asked for once more.
        match self.renamed(repository, &ask.path, &to).await? {
            Some(path) => client.send(&Ask { path, ..ask }, self.urgency).await,
            None => Err(ForgeError::Moved(to)),
        }
    }

    /// The path by which a write that was sent elsewhere is asked for in the same repository, where
    /// that only has another name now; `None` where it would be another repository.
    async fn renamed(
        &self,
        repository: &Repository,
        path: &str,
        to: &str,
    ) -> Result<Option<String>, ForgeError> {
        let Some(rest) = path.strip_prefix(&format!("/repos/{repository}")) else {
            return Ok(None);
        };
        let now = self.access(repository).await?;
        let same = [
            format!("/repositories/{}{rest}", now.id),
            format!("/repos/{}{rest}", now.full_name),
        ];
        let client = self.client(repository);
        let leads_there = |path: &String| client.url(path).is_ok_and(|url| url.as_str() == to);
        Ok(same.into_iter().find(leads_there))
    }

    /// Whether an issue that was asked for still is in its repository. A link followed may have led
    /// to another repository, or to the same one under a new name.
    pub(super) async fn is_there(
        &self,
        issue: &Issue,
        repository: &Repository,
        number: u64,
    ) -> Result<bool, ForgeError> {
        let name = repository.to_string();
        if issue.number != number {
            return Ok(false);
        }
        if issue.repository.is_empty() || issue.repository.eq_ignore_ascii_case(&name) {
            return Ok(true);
        }
        let now = self.access(repository).await?.full_name;
        Ok(now.eq_ignore_ascii_case(&issue.repository))
    }

    /// A list of which every page is needed. Only its first page is asked for conditionally: it
    /// changes whenever anything does, because the newest stand first.
    pub(super) async fn whole_list<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        endpoint: &'static str,
        path: &str,
        known: Option<&Validator>,
    ) -> Result<Fetched<Vec<T>>, ForgeError> {
        let mut all = Vec::new();
        let mut validator = None;
        for page in 1..=MOST_PAGES {
            let joint = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{joint}per_page={PER_PAGE}&page={page}");
            let known = known.filter(|_| page == 1);
            let answer = self
                .get(repository, Ask::get(endpoint, path).known(known))
                .await?;
            if answer.is_same() {
                return Ok(Fetched::Same);
            }
            let take = |item: Result<T, _>| all.extend(item.ok());
            read_items(text_of(&answer)?, endpoint, take).map_err(ForgeError::Unreadable)?;
            if page == 1 && !answer.has_next() {
                validator = answer.validator();
            }
            if !answer.has_next() {
                return Ok(Fetched::New(all, validator));
            }
        }
        // What stands behind must not look as if it were gone.
        Err(ForgeError::Unreadable(format!(
            "{path} has more than {MOST_PAGES} pages"
        )))
    }
}
