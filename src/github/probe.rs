//! Who the bot is on GitHub and what it may do there, for `check`.

use chrono::{DateTime, TimeDelta, Utc};
use http::header;
use serde::Deserialize;

use super::{answer::read, auth::Credentials, exchange::Ask, shared::GitHub};
use crate::{domain::Repository, ports::ForgeError};

/// Who the bot is for a repository.
#[derive(Debug, Clone)]
pub struct Account {
    /// What kind of account.
    pub kind: AccountKind,
    /// Requests left of this hour, and of how many.
    pub remaining: Option<(u32, u32)>,
    /// How far this machine's clock is ahead of GitHub's.
    pub clock_ahead: Option<TimeDelta>,
}

/// What kind of account the bot is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountKind {
    /// None: it has no credentials.
    Nobody,
    /// An installed App.
    App,
    /// An account with a token.
    Token {
        /// Its login.
        login: String,
    },
}

/// What may be done in a repository.
#[derive(Debug, Clone)]
pub struct Access {
    /// Its number, which it keeps whatever it is called.
    pub id: u64,
    /// Its name now; another than the one asked for where it was renamed.
    pub full_name: String,
    /// Nothing can be written any more.
    pub archived: bool,
    /// Whether it has issues at all.
    pub has_issues: bool,
    /// Whether labels, assignees and milestones can be set.
    pub can_triage: bool,
}

#[derive(Deserialize)]
struct WireRepository {
    id: u64,
    full_name: String,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    has_issues: bool,
    #[serde(default)]
    permissions: WirePermissions,
}

#[derive(Deserialize, Default)]
struct WirePermissions {
    #[serde(default)]
    triage: bool,
    #[serde(default)]
    push: bool,
}

#[derive(Deserialize)]
struct WireUser {
    login: String,
}

impl GitHub {
    /// Who the bot is for a repository. Asks what costs nothing:
    /// <https://docs.github.com/en/rest/rate-limit/rate-limit>
    pub async fn account(
        &self,
        repository: &Repository,
        now: DateTime<Utc>,
    ) -> Result<Account, ForgeError> {
        let ask = Ask::get("GET /rate_limit", "/rate_limit".to_owned());
        let answer = self.get(repository, ask).await?;
        let date = answer.headers.get(header::DATE);
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        let kind = match self.credentials(repository) {
            Credentials::Nobody => AccountKind::Nobody,
            Credentials::App(_) => AccountKind::App,
            Credentials::Token(_) => {
                let ask = Ask::get("GET /user", "/user".to_owned());
                let answer = self.get(repository, ask).await?;
                let user: WireUser = read(&answer)?;
                AccountKind::Token { login: user.login }
            }
        };
        Ok(Account {
            kind,
            remaining: self.remaining(repository),
            clock_ahead: date.map(|date| now - date.with_timezone(&Utc)),
        })
    }

    /// What may be done in a repository:
    /// <https://docs.github.com/en/rest/repos/repos#get-a-repository>
    pub async fn access(&self, repository: &Repository) -> Result<Access, ForgeError> {
        let ask = Ask::get("GET /repos/{repo}", format!("/repos/{repository}"));
        let answer = self.get(repository, ask).await?;
        let found: WireRepository = read(&answer)?;
        Ok(Access {
            id: found.id,
            full_name: found.full_name,
            archived: found.archived,
            has_issues: found.has_issues,
            can_triage: found.permissions.triage || found.permissions.push,
        })
    }
}
