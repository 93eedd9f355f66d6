//! GitHub Apps: who they are, where they are installed, and their tokens.

use chrono::{SecondsFormat, TimeDelta};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, Call, Caller, Outcome, Refusal, State, Token};
use crate::sandbox::github::{
    answer::page,
    people::{Installation, Right},
    show::time,
};

impl State {
    /// The endpoints of an App itself: "You must use a JWT to access this endpoint."
    /// <https://docs.github.com/en/rest/apps/apps>
    pub(super) fn as_app(&mut self, call: &Call, token: &Token, rest: &[&str]) -> Outcome {
        let Caller::App(app) = token.caller else {
            return Err(no_web_token());
        };
        match (&call.method, rest) {
            (&Method::GET, []) => Ok(Answer::ok(&self.show_app(&self.apps[&app]))),
            (&Method::GET, ["installations"]) => {
                let mine = self.installations.iter().filter(|(_, one)| one.app == app);
                let mine: Vec<_> = mine.collect();
                Ok(page(call, &self.base, &mine, |(id, one)| {
                    self.show_installation(**id, one)
                }))
            }
            (&Method::GET, ["installations", id]) => {
                let id = self.own_installation(app, id)?;
                Ok(Answer::ok(
                    &self.show_installation(id, &self.installations[&id]),
                ))
            }
            (&Method::POST, ["installations", id, "access_tokens"]) => {
                let id = self.own_installation(app, id)?;
                self.mint(call, id)
            }
            _ => Err(Refusal::not_found()),
        }
    }

    fn own_installation(&self, app: u64, id: &str) -> Result<u64, Refusal> {
        let id: u64 = id.parse().map_err(|_| Refusal::not_found())?;
        let own = self.installations.get(&id).filter(|one| one.app == app);
        own.map(|_| id).ok_or_else(Refusal::not_found)
    }

    /// The App's installation on a repository.
    /// <https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app>
    pub(super) fn installation_on(&self, token: &Token, repository: u64) -> Outcome {
        let Caller::App(app) = token.caller else {
            return Err(no_web_token());
        };
        let here = self
            .installations
            .iter()
            .find(|(_, one)| one.app == app && one.repositories.contains_key(&repository));
        let (id, installation) = here.ok_or_else(Refusal::not_found)?;
        Ok(Answer::ok(&self.show_installation(*id, installation)))
    }

    /// "Installation tokens expire one hour from the time you create them." They can be asked for
    /// some of the installation's repositories, and for fewer permissions than it has.
    /// <https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app>
    fn mint(&mut self, call: &Call, id: u64) -> Outcome {
        let asked = call.json()?;
        let installation = &self.installations[&id];
        if installation.is_suspended {
            return Err(Refusal::forbidden("This installation has been suspended"));
        }
        let only = self.asked_repositories(&asked, installation)?;
        let may_write = installation
            .repositories
            .values()
            .any(|right| *right > Right::Read);
        let permission = asked["permissions"]["issues"].as_str();
        if permission == Some("write") && !may_write {
            return Err(Refusal::unprocessable(
                "The permissions requested are not granted to this installation.",
            ));
        }
        let reads_only = !may_write || permission.is_some_and(|permission| permission == "read");
        let expires = self.now() + TimeDelta::hours(1);
        let selection = if only.is_some() { "selected" } else { "all" };
        let issues = if reads_only { "read" } else { "write" };
        let bearer = format!("ghs_{:036}", self.new_id());
        let mut shown = json!({
            "token": bearer,
            "expires_at": time(expires),
            "permissions": {"contents": "read", "issues": issues, "metadata": "read", "pull_requests": issues},
            "repository_selection": selection,
        });
        if let Some(only) = &only {
            let repositories = only
                .iter()
                .map(|id| self.show_repository(self.at(*id), None));
            shown["repositories"] = repositories.collect();
        }
        let token = Token {
            caller: Caller::Installation(id),
            expires: Some(expires),
            only,
            at_most: if reads_only {
                Right::Read
            } else {
                Right::Write
            },
        };
        self.tokens.insert(bearer, token);
        Ok(Answer::created(&shown))
    }

    fn asked_repositories(
        &self,
        asked: &Value,
        installation: &Installation,
    ) -> Result<Option<Vec<u64>>, Refusal> {
        let names = asked["repositories"].as_array().into_iter().flatten();
        let numbers = asked["repository_ids"].as_array().into_iter().flatten();
        let all: Vec<_> = names.chain(numbers).collect();
        if all.is_empty() {
            return Ok(None);
        }
        let known = all.into_iter().map(|wanted| {
            let mut own = installation.repositories.keys();
            let known = own.find(|id| *wanted == self.at(**id).name || *wanted == **id);
            known.copied().ok_or_else(|| {
                Refusal::unprocessable(
                    "There is at least one repository that does not exist or is not accessible to \
                    the parent installation.",
                )
            })
        });
        known.collect::<Result<_, _>>().map(Some)
    }

    /// <https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation>
    pub(super) fn installation_repositories(&self, call: &Call, token: &Token) -> Outcome {
        let Caller::Installation(id) = token.caller else {
            let message = "You must authenticate with an installation access token in order to \
                list repositories for an installation.";
            return Err(Refusal::forbidden(message));
        };
        let mut ids: Vec<_> = self.installations[&id].repositories.keys().collect();
        ids.retain(|id| token.only.as_ref().is_none_or(|only| only.contains(id)));
        ids.sort_unstable();
        let mut answer = page(call, &self.base, &ids, |id| {
            self.show_repository(self.at(**id), self.right(token, **id))
        });
        let shown: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let body = json!({"total_count": ids.len(), "repositories": shown});
        answer.body = body.to_string().into();
        answer.status = StatusCode::OK;
        Ok(answer)
    }

    fn show_installation(&self, id: u64, installation: &Installation) -> Value {
        let app = &self.apps[&installation.app];
        let may_write = installation
            .repositories
            .values()
            .any(|right| *right > Right::Read);
        let issues = if may_write { "write" } else { "read" };
        let created_at = app.created_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        json!({
            "id": id,
            "account": self.show_user(installation.account),
            "repository_selection": "selected",
            "access_tokens_url": format!("{}/app/installations/{id}/access_tokens", self.base),
            "repositories_url": format!("{}/installation/repositories", self.base),
            "html_url": format!("https://github.com/settings/installations/{id}"),
            "app_id": app.id,
            "app_slug": app.slug,
            "target_id": installation.account,
            "target_type": "Organization",
            "permissions": {"contents": "read", "issues": issues, "metadata": "read", "pull_requests": issues},
            "events": [],
            "created_at": created_at,
            "updated_at": created_at,
            "single_file_name": null,
            "suspended_at": null,
            "suspended_by": null,
        })
    }
}

fn no_web_token() -> Refusal {
    Refusal::unauthorized("A JSON web token could not be decoded")
}
