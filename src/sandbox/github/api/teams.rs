//! Who is in an organisation's teams.

use super::{Call, Caller, Outcome, Refusal, State, Token, not_for_apps};
use crate::sandbox::github::answer::page;

impl State {
    /// "These endpoints are only available to authenticated members of the team's organization", and to
    /// an App's installation that may read its members.
    /// <https://docs.github.com/en/rest/teams/members#list-team-members>
    pub(super) fn team_members(
        &self,
        call: &Call,
        token: &Token,
        organisation: &str,
        team: &str,
    ) -> Outcome {
        let organisation = self
            .find_user(organisation)
            .ok_or_else(Refusal::not_found)?;
        match token.caller {
            Caller::Anonymous => return Err(Refusal::unauthorized("Requires authentication")),
            Caller::App(_) => return Err(not_for_apps()),
            Caller::User(user) if !self.is_member(user, organisation) => {
                return Err(Refusal::not_found());
            }
            Caller::User(_) => {}
            Caller::Installation(id) => {
                let installation = &self.installations[&id];
                if installation.account != organisation || !installation.reads_members {
                    return Err(not_for_apps());
                }
            }
        }
        let key = (organisation, team.to_lowercase());
        let team = self.teams.get(&key).ok_or_else(Refusal::not_found)?;
        Ok(page(call, &self.base, &team.members, |user| {
            self.show_user(*user)
        }))
    }

    /// Members of an organisation are here those of its teams, and the organisation's own account.
    fn is_member(&self, user: u64, organisation: u64) -> bool {
        let mut teams = self.teams.iter().filter(|((of, _), _)| *of == organisation);
        user == organisation || teams.any(|(_, team)| team.members.contains(&user))
    }
}
