//! Whom one asks for a review.

use super::Repository;
use crate::sandbox::github::acts::Reviewer;

impl Repository {
    /// Asks somebody for a review of a pull request.
    pub fn ask_for_review(&self, number: u64, login: &str) {
        self.act(|state, id, by| {
            let user = state.user(login);
            state.set_asked_for_review(id, by, number, &Reviewer::User(user), true);
        });
    }

    /// Takes that back.
    pub fn unask_for_review(&self, number: u64, login: &str) {
        self.act(|state, id, by| {
            let user = state.user(login);
            state.set_asked_for_review(id, by, number, &Reviewer::User(user), false);
        });
    }

    /// Asks a team of the repository's organisation, by its short name.
    pub fn ask_team_for_review(&self, number: u64, team: &str) {
        self.act(|state, id, by| {
            let team = Reviewer::Team(team.to_lowercase());
            state.set_asked_for_review(id, by, number, &team, true);
        });
    }
}
