//! Comments, reviews, and comments on a pull request's lines.

use serde_json::{Value, json};

use super::{By, State};
use crate::sandbox::github::repository::{Comment, Review, ReviewComment, ReviewState};

impl State {
    pub(in crate::sandbox::github) fn add_comment(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        body: &str,
    ) -> u64 {
        let (now, comment) = (self.now(), self.new_id());
        self.at_mut(id).comments.insert(
            comment,
            Comment {
                id: comment,
                issue: number,
                author: by.user,
                app: by.app,
                body: body.to_owned(),
                created_at: now,
                updated_at: now,
            },
        );
        self.issue_mut(id, number).comments.push(comment);
        self.touch(id, number);
        self.tell_of_comment(id, by, comment, "created", json!({}));
        comment
    }

    pub(in crate::sandbox::github) fn edit_comment(
        &mut self,
        id: u64,
        by: By,
        comment: u64,
        body: &str,
    ) {
        let now = self.now();
        let found = self
            .at_mut(id)
            .comments
            .get_mut(&comment)
            .expect("a comment to edit");
        if found.body == body {
            return;
        }
        let from = std::mem::replace(&mut found.body, body.to_owned());
        found.updated_at = now;
        let number = found.issue;
        self.touch(id, number);
        let changes = json!({"changes": {"body": {"from": from}}});
        self.tell_of_comment(id, by, comment, "edited", changes);
    }

    /// The delivery still shows what was deleted.
    pub(in crate::sandbox::github) fn delete_comment(&mut self, id: u64, by: By, comment: u64) {
        let number = self.at(id).comments[&comment].issue;
        self.touch(id, number);
        self.issue_mut(id, number)
            .comments
            .retain(|own| *own != comment);
        self.tell_of_comment(id, by, comment, "deleted", json!({}));
        self.at_mut(id).comments.remove(&comment);
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#issue_comment>, for the
    /// conversation of pull requests too.
    fn tell_of_comment(&mut self, id: u64, by: By, comment: u64, action: &str, more: Value) {
        self.notify(
            id,
            by,
            "issue_comment",
            Some(action),
            |state, repository| {
                let comment = &repository.comments[&comment];
                let mut payload = more;
                payload["issue"] = state.show_issue(repository, &repository.issues[&comment.issue]);
                payload["comment"] = state.show_comment(repository, comment);
                payload
            },
        );
    }

    pub(in crate::sandbox::github) fn add_review_comment(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        path: &str,
        body: &str,
    ) -> u64 {
        let (now, comment) = (self.now(), self.new_id());
        self.at_mut(id).review_comments.insert(
            comment,
            ReviewComment {
                id: comment,
                pull: number,
                author: by.user,
                path: path.to_owned(),
                body: body.to_owned(),
                created_at: now,
                updated_at: now,
            },
        );
        self.touch(id, number);
        self.tell_of_review_comment(id, by, comment, "created");
        comment
    }

    /// The delivery still shows what was deleted.
    pub(in crate::sandbox::github) fn delete_review_comment(
        &mut self,
        id: u64,
        by: By,
        comment: u64,
    ) {
        let number = self.at(id).review_comments[&comment].pull;
        self.touch(id, number);
        self.tell_of_review_comment(id, by, comment, "deleted");
        self.at_mut(id).review_comments.remove(&comment);
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review_comment>
    fn tell_of_review_comment(&mut self, id: u64, by: By, comment: u64, action: &str) {
        let event = "pull_request_review_comment";
        self.notify(id, by, event, Some(action), |state, repository| {
            let comment = &repository.review_comments[&comment];
            json!({
                "comment": state.show_review_comment(repository, comment),
                "pull_request": state.show_pull(repository, &repository.issues[&comment.pull]),
            })
        });
    }

    pub(in crate::sandbox::github) fn add_review(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        review_state: ReviewState,
        body: &str,
    ) -> u64 {
        let (submitted_at, review) = (self.now(), self.new_id());
        self.at_mut(id).reviews.insert(
            review,
            Review {
                id: review,
                pull: number,
                author: by.user,
                state: review_state,
                body: body.to_owned(),
                submitted_at,
            },
        );
        self.has_reviewed(id, number, by.user);
        self.touch(id, number);
        self.tell_of_review(id, by, review, "submitted", json!({}));
        review
    }

    pub(in crate::sandbox::github) fn edit_review(
        &mut self,
        id: u64,
        by: By,
        review: u64,
        body: &str,
    ) {
        let found = self
            .at_mut(id)
            .reviews
            .get_mut(&review)
            .expect("a review to edit");
        let from = std::mem::replace(&mut found.body, body.to_owned());
        let number = found.pull;
        self.touch(id, number);
        let changes = json!({"changes": {"body": {"from": from}}});
        self.tell_of_review(id, by, review, "edited", changes);
    }

    pub(in crate::sandbox::github) fn dismiss_review(&mut self, id: u64, by: By, review: u64) {
        let found = self
            .at_mut(id)
            .reviews
            .get_mut(&review)
            .expect("a review to dismiss");
        found.state = ReviewState::Dismissed;
        let number = found.pull;
        self.touch(id, number);
        self.tell_of_review(id, by, review, "dismissed", json!({}));
    }

    /// A delivery writes a review's state in small letters, unlike the REST API.
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review>
    fn tell_of_review(&mut self, id: u64, by: By, review: u64, action: &str, more: Value) {
        self.notify(
            id,
            by,
            "pull_request_review",
            Some(action),
            |state, repository| {
                let review = &repository.reviews[&review];
                let mut shown = state.show_review(repository, review);
                if let Some(name) = shown["state"].as_str().map(str::to_lowercase) {
                    shown["state"] = name.into();
                }
                let mut payload = more;
                payload["review"] = shown;
                payload["pull_request"] =
                    state.show_pull(repository, &repository.issues[&review.pull]);
                payload
            },
        );
    }
}
