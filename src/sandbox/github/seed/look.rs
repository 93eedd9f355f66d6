//! What one reads on a repository's pages.

use serde_json::Value;

use super::Repository;
use crate::sandbox::github::people::Right;

impl Repository {
    /// An issue's comments as the API shows them, oldest first; none where there is no such issue.
    pub fn comments(&self, number: u64) -> Vec<Value> {
        let state = self.github.lock();
        let repository = state.at(self.id);
        let comments = repository.comments_on(number);
        comments
            .map(|comment| state.show_comment(repository, comment))
            .collect()
    }

    /// The names of all labels, oldest first.
    pub fn labels(&self) -> Vec<String> {
        let state = self.github.lock();
        let labels = state.at(self.id).labels.values();
        labels.map(|label| label.name.clone()).collect()
    }

    /// What somebody may do in it.
    pub fn right_of(&self, login: &str) -> Right {
        let state = self.github.lock();
        let repository = state.at(self.id);
        let user = state.find_user(login);
        let granted = user.and_then(|user| {
            if user == repository.owner {
                return Some(Right::Write);
            }
            repository.rights.get(&user).copied()
        });
        granted.unwrap_or(Right::Read)
    }
}
