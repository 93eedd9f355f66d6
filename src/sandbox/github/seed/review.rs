//! Whom one asks for a review.

use super::Repository;
use crate::sandbox::github::acts::Reviewer;

impl Repository {
    /// Asks somebody for a review of a pull request.
    pub fn ask_for_review(&self, number: u64, login: &str) {
        self.act(|state, id, by| {
            let user = state.user(login);
            state.ask_for_review(id, by, number, &Reviewer::User(user));
        });
    }

    /// Takes that back.
    pub fn unask_for_review(&self, number: u64, login: &str) {
        self.act(|state, id, by| {
            let user = state.user(login);
            state.unask_for_review(id, by, number, &Reviewer::User(user));
        });
    }

    /// Asks a team of the repository's organisation, by its short name.
    pub fn ask_team_for_review(&self, number: u64, team: &str) {
        self.act(|state, id, by| {
            state.ask_for_review(id, by, number, &Reviewer::Team(team.to_lowercase()));
        });
    }
}
