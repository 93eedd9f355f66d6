//! A repository as people use it in the browser: the words tests speak.

mod app;
mod issue;
mod look;
mod review;

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    GitHub,
    acts::By,
    git::Edit,
    people::Right,
    repository::{Openness, ReviewState},
    state::State,
};

pub use app::App;

/// A repository on the model. What is done through it is done by its owner, unless the method names
/// an author or [`Repository::acting_as`] another person. Whoever is named exists from then on.
///
/// Numbers must be those of issues that exist here: these methods panic at what no button on GitHub
/// could do.
#[derive(Debug, Clone)]
pub struct Repository {
    pub(super) github: GitHub,
    pub(super) id: u64,
    pub(super) actor: Option<String>,
}

impl Repository {
    fn act<T>(&self, act: impl FnOnce(&mut State, u64, By) -> T) -> T {
        let mut state = self.github.lock();
        let user = match &self.actor {
            Some(login) => state.user(login),
            None => state.at(self.id).owner,
        };
        act(&mut state, self.id, By::user(user))
    }

    fn act_as<T>(&self, login: &str, act: impl FnOnce(&mut State, u64, By) -> T) -> T {
        self.acting_as(login).act(act)
    }

    /// The same repository in somebody else's hands.
    #[must_use]
    pub fn acting_as(&self, login: &str) -> Self {
        Self {
            actor: Some(login.to_owned()),
            ..self.clone()
        }
    }

    /// `owner/name`, as it is called now.
    pub fn full_name(&self) -> String {
        self.github.lock().full_name(self.id)
    }

    /// Puts files, each a path and its content, onto the default branch in one commit, and gives the
    /// commit's identifier.
    pub fn push(&self, files: &[(&str, &str)]) -> String {
        let edits: Vec<_> = files
            .iter()
            .map(|(path, content)| Edit::Put(path, content.as_bytes()))
            .collect();
        self.act(|state, id, by| state.push(id, by, &edits))
    }

    /// Puts one file of any bytes.
    pub fn push_bytes(&self, path: &str, content: &[u8]) -> String {
        self.act(|state, id, by| state.push(id, by, &[Edit::Put(path, content)]))
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) -> String {
        self.act(|state, id, by| state.push(id, by, &[Edit::Remove(path)]))
    }

    /// Opens an issue, and gives its number.
    pub fn open_issue(&self, author: &str, title: &str, body: &str) -> u64 {
        self.open(author, title, body, false)
    }

    /// Opens a pull request, and gives its number.
    pub fn open_pull(&self, author: &str, title: &str, body: &str) -> u64 {
        self.open(author, title, body, true)
    }

    fn open(&self, author: &str, title: &str, body: &str, is_pull: bool) -> u64 {
        let body = (!body.is_empty()).then(|| body.to_owned());
        self.act_as(author, |state, id, by| {
            state.open(id, by, title, body, is_pull)
        })
    }

    /// Merges a pull request.
    pub fn merge(&self, number: u64) {
        self.act(|state, id, by| state.merge(id, by, number));
    }

    /// Closes an issue as `completed`, `not_planned` or `duplicate`, or a pull request, whose reason
    /// is not kept.
    pub fn close(&self, number: u64, reason: &str) {
        self.act(|state, id, by| state.close(id, by, number, reason));
    }

    /// Opens it again.
    pub fn reopen(&self, number: u64) {
        self.act(|state, id, by| state.reopen(id, by, number));
    }

    /// Comments, and gives the comment's number.
    pub fn comment(&self, author: &str, number: u64, body: &str) -> u64 {
        self.act_as(author, |state, id, by| {
            state.add_comment(id, by, number, body)
        })
    }

    /// Changes a comment.
    pub fn edit_comment(&self, comment: u64, body: &str) {
        self.act(|state, id, by| state.edit_comment(id, by, comment, body));
    }

    /// Deletes a comment.
    pub fn delete_comment(&self, comment: u64) {
        self.act(|state, id, by| state.delete_comment(id, by, comment));
    }

    /// Comments on a line of a pull request's file, and gives the comment's number.
    pub fn review_comment(&self, author: &str, number: u64, path: &str, body: &str) -> u64 {
        self.act_as(author, |state, id, by| {
            state.add_review_comment(id, by, number, path, body)
        })
    }

    /// Deletes one.
    pub fn delete_review_comment(&self, comment: u64) {
        self.act(|state, id, by| state.delete_review_comment(id, by, comment));
    }

    /// Reviews a pull request, and gives the review's number.
    pub fn review(&self, author: &str, number: u64, verdict: ReviewState, body: &str) -> u64 {
        self.act_as(author, |state, id, by| {
            state.add_review(id, by, number, verdict, body)
        })
    }

    /// Changes a review's text.
    pub fn edit_review(&self, review: u64, body: &str) {
        self.act(|state, id, by| state.edit_review(id, by, review, body));
    }

    /// Takes the verdict out of a review.
    pub fn dismiss_review(&self, review: u64) {
        self.act(|state, id, by| state.dismiss_review(id, by, review));
    }

    /// Changes an issue's text.
    pub fn edit_body(&self, number: u64, body: &str) {
        self.act(|state, id, by| state.edit_body(id, by, number, Some(body.to_owned())));
    }

    /// Changes an issue's title.
    pub fn edit_title(&self, number: u64, title: &str) {
        self.act(|state, id, by| state.edit_title(id, by, number, title));
    }

    /// Puts a label on an issue; a label that is new is made.
    pub fn label(&self, number: u64, name: &str) {
        self.act(|state, id, by| state.add_label(id, by, number, name));
    }

    /// Takes a label off.
    pub fn unlabel(&self, number: u64, name: &str) {
        self.act(|state, id, by| {
            let label = state.at(id).label(name).expect("a label of this name").id;
            state.remove_label(id, by, number, label);
        });
    }

    /// Makes a label without putting it anywhere.
    pub fn create_label(&self, name: &str) {
        self.act(|state, id, by| state.label_named(id, by, name));
    }

    /// Gives a label another name.
    pub fn rename_label(&self, from: &str, to: &str) {
        self.act(|state, id, by| state.rename_label(id, by, from, to));
    }

    /// Assigns somebody, whoever they are.
    pub fn assign(&self, number: u64, login: &str) {
        self.act(|state, id, by| {
            let user = state.user(login);
            state.assign(id, by, number, user);
        });
    }

    /// Takes an assignee off.
    pub fn unassign(&self, number: u64, login: &str) {
        self.act(|state, id, by| {
            let user = state.user(login);
            state.unassign(id, by, number, user);
        });
    }

    /// Makes a milestone, perhaps due on a day, and gives its number.
    pub fn milestone(&self, title: &str, due: Option<NaiveDate>, openness: Openness) -> u64 {
        self.act(|state, id, by| {
            let number = state.add_milestone(id, by, title, due);
            if openness == Openness::Closed {
                state.open_milestone(id, by, number, openness);
            }
            number
        })
    }

    /// Opens or closes a milestone.
    pub fn open_milestone(&self, milestone: u64, openness: Openness) {
        self.act(|state, id, by| state.open_milestone(id, by, milestone, openness));
    }

    /// Moves a milestone's date.
    pub fn set_due(&self, milestone: u64, due: Option<NaiveDate>) {
        self.act(|state, id, by| state.set_due(id, by, milestone, due));
    }

    /// Puts an issue into a milestone, or into none.
    pub fn set_milestone(&self, number: u64, milestone: Option<u64>) {
        self.act(|state, id, by| state.set_milestone(id, by, number, milestone));
    }

    /// Gives an issue a type.
    pub fn set_type(&self, number: u64, kind: &str) {
        self.act(|state, id, by| state.set_type(id, by, number, kind));
    }

    /// Moves an issue to another repository, and gives its number there.
    pub fn transfer(&self, number: u64, to: &Self) -> u64 {
        self.act(|state, id, by| state.transfer(id, by, number, to.id))
    }

    /// Deletes an issue for good.
    pub fn delete_issue(&self, number: u64) {
        self.act(|state, id, by| state.delete_issue(id, by, number));
    }

    /// Makes an issue a discussion.
    pub fn convert_to_discussion(&self, number: u64) {
        self.act(|state, id, _| state.forget(id, number));
    }

    /// Lets only those comment who may write.
    pub fn lock(&self, number: u64, reason: Option<&str>) {
        let reason = reason.map(str::to_owned);
        self.act(|state, id, by| state.lock_issue(id, by, number, reason));
    }

    /// Lets everybody comment again.
    pub fn unlock(&self, number: u64) {
        self.act(|state, id, by| state.unlock_issue(id, by, number));
    }

    /// Publishes a release.
    pub fn release(&self, tag: &str) {
        self.act(|state, id, by| state.release(id, by, tag));
    }

    /// Gives the repository another name; the old one redirects.
    pub fn rename(&self, name: &str) {
        self.github.lock().rename(self.id, name);
    }

    /// Shows it only to those with a right to it, or to everybody.
    pub fn set_private(&self, is_private: bool) {
        self.github.lock().at_mut(self.id).is_private = is_private;
    }

    /// Makes it read-only, or not.
    pub fn set_archived(&self, is_archived: bool) {
        self.github.lock().at_mut(self.id).is_archived = is_archived;
    }

    /// Switches its issues on or off.
    pub fn set_issues(&self, has_issues: bool) {
        self.github.lock().at_mut(self.id).has_issues = has_issues;
    }

    /// Names the default branch, before the first push.
    pub fn set_default_branch(&self, branch: &str) {
        branch.clone_into(&mut self.github.lock().at_mut(self.id).default_branch);
    }

    /// Gives somebody a right here.
    pub fn grant(&self, login: &str, right: Right) {
        let mut state = self.github.lock();
        let user = state.user(login);
        state.at_mut(self.id).rights.insert(user, right);
    }

    /// Takes all rights here from somebody.
    pub fn revoke(&self, login: &str) {
        let mut state = self.github.lock();
        let user = state.user(login);
        state.at_mut(self.id).rights.remove(&user);
    }

    /// An issue or pull request as the API shows it; `Null` when there is none.
    pub fn issue(&self, number: u64) -> Value {
        let state = self.github.lock();
        let repository = state.at(self.id);
        let issue = repository.issues.get(&number);
        issue.map_or(Value::Null, |issue| state.show_issue(repository, issue))
    }

    /// The texts of an issue's comments, oldest first.
    pub fn comments_on(&self, number: u64) -> Vec<String> {
        let state = self.github.lock();
        let comments = state.at(self.id).comments_on(number);
        comments.map(|comment| comment.body.clone()).collect()
    }

    /// The numbers of all issues and pull requests.
    pub fn numbers(&self) -> Vec<u64> {
        self.github
            .lock()
            .at(self.id)
            .issues
            .keys()
            .copied()
            .collect()
    }
}
