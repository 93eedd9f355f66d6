//! Writing comments.

use serde_json::{Value, json};

use super::{Answer, Call, Outcome, Refusal, State, TEXT, Writer, failed, not_admin, not_supplied};
use crate::sandbox::github::people::Right;

impl State {
    /// Everybody who can read may comment, unless the conversation is locked: then "only people with
    /// write access" may.
    /// <https://docs.github.com/en/rest/issues/comments#create-an-issue-comment>
    /// <https://docs.github.com/en/communities/moderating-comments-and-conversations/locking-conversations>
    pub(super) fn create_comment(
        &mut self,
        call: &Call,
        writer: &Writer,
        id: u64,
        number: u64,
    ) -> Outcome {
        if self.at(id).issues[&number].is_locked && writer.right < Right::Write {
            let message = "Unable to create comment because issue is locked.";
            return Err(Refusal::forbidden(message));
        }
        let body = comment_body(&call.json()?)?;
        let comment = self.add_comment(id, writer.by, number, &body);
        let repository = self.at(id);
        Ok(Answer::created(
            &self.show_comment(repository, &repository.comments[&comment]),
        ))
    }

    /// <https://docs.github.com/en/rest/issues/comments#update-an-issue-comment>
    pub(super) fn update_comment(
        &mut self,
        call: &Call,
        writer: &Writer,
        id: u64,
        comment: &str,
    ) -> Outcome {
        let comment = self.own_comment(writer, id, comment)?;
        let body = comment_body(&call.json()?)?;
        self.edit_comment(id, writer.by, comment, &body);
        let repository = self.at(id);
        Ok(Answer::ok(
            &self.show_comment(repository, &repository.comments[&comment]),
        ))
    }

    /// <https://docs.github.com/en/rest/issues/comments#delete-an-issue-comment>
    pub(super) fn remove_comment(&mut self, writer: &Writer, id: u64, comment: &str) -> Outcome {
        let comment = self.own_comment(writer, id, comment)?;
        self.delete_comment(id, writer.by, comment);
        Ok(Answer::no_content())
    }

    /// A comment the writer may change: their own, or anybody's with write access.
    fn own_comment(&self, writer: &Writer, id: u64, comment: &str) -> Result<u64, Refusal> {
        let comment: u64 = comment.parse().map_err(|_| Refusal::not_found())?;
        let found = self
            .at(id)
            .comments
            .get(&comment)
            .ok_or_else(Refusal::not_found)?;
        writer
            .may_change(found.author)
            .then_some(comment)
            .ok_or_else(not_admin)
    }
}

/// A comment's text: neither missing, blank nor too long.
fn comment_body(asked: &Value) -> Result<String, Refusal> {
    let body = asked.get("body").and_then(Value::as_str);
    let body = body.ok_or_else(|| not_supplied("body"))?;
    let problem = if body.trim().is_empty() {
        "Body can't be blank".to_owned()
    } else if body.chars().count() > TEXT {
        format!("Body is too long (maximum is {TEXT} characters)")
    } else {
        return Ok(body.to_owned());
    };
    Err(failed(&json!({
        "resource": "IssueComment",
        "code": "unprocessable",
        "field": "data",
        "message": problem,
    })))
}
