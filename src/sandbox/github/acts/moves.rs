//! Issues that leave: transferred, deleted, made discussions.

use std::collections::BTreeMap;

use serde_json::json;

use super::{By, State};
use crate::sandbox::github::repository::{Comment, Gone, Issue};

impl State {
    /// Moves an issue and its comments to another repository of the same owner. Labels and
    /// milestones go along where the target has some of the same name.
    /// <https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/transferring-an-issue-to-another-repository>
    pub(in crate::sandbox::github) fn transfer(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        to: u64,
    ) -> u64 {
        let new_number = self.at(to).last_number + 1;
        self.at_mut(to).last_number = new_number;
        let moved = self.transplanted(id, number, to, new_number);
        let comments: BTreeMap<u64, Comment> = moved
            .comments
            .iter()
            .filter_map(|comment| {
                let mut comment = self.at_mut(id).comments.remove(comment)?;
                comment.issue = new_number;
                Some((comment.id, comment))
            })
            .collect();
        let target = self.at_mut(to);
        target.comments.extend(comments);
        target.issues.insert(new_number, moved);
        target.book(new_number);

        let new_issue = self.show_issue(self.at(to), &self.at(to).issues[&new_number]);
        let new_repository = self.show_repository(self.at(to), None);
        let changes = json!({"new_issue": new_issue, "new_repository": new_repository});
        // The old issue's own comments have left already.
        self.issue_mut(id, number).comments.clear();
        self.tell(id, by, number, "transferred", json!({"changes": changes}));
        let old_issue = self.show_issue(self.at(id), &self.at(id).issues[&number]);
        let old_repository = self.show_repository(self.at(id), None);
        let changes = json!({"old_issue": old_issue, "old_repository": old_repository});
        self.tell(to, by, new_number, "opened", json!({"changes": changes}));

        let source = self.at_mut(id);
        let milestone = source
            .issues
            .remove(&number)
            .and_then(|issue| issue.milestone);
        source.unbook(number, milestone);
        let transferred = Gone::Transferred {
            repository: to,
            number: new_number,
        };
        source.gone.insert(number, transferred);
        new_number
    }

    /// The issue as it is in its new place.
    fn transplanted(&mut self, id: u64, number: u64, to: u64, new_number: u64) -> Issue {
        let (new_id, now) = (self.new_id(), self.now());
        let (source, target) = (self.at(id), self.at(to));
        let issue = &source.issues[&number];
        let labels = issue.labels.iter().map(|label| &source.labels[label].name);
        let labels = labels.filter_map(|name| Some(target.label(name)?.id));
        let milestone = issue.milestone.and_then(|milestone| {
            let title = &source.milestones[&milestone].title;
            let mut others = target.milestones.values();
            Some(others.find(|other| other.title == *title)?.number)
        });
        Issue {
            id: new_id,
            number: new_number,
            title: issue.title.clone(),
            body: issue.body.clone(),
            author: issue.author,
            app: issue.app,
            closed: None,
            was_reopened: false,
            is_locked: false,
            lock_reason: None,
            labels: labels.collect(),
            assignees: issue.assignees.clone(),
            milestone,
            kind: issue.kind.clone(),
            created_at: issue.created_at,
            updated_at: now,
            comments: issue.comments.clone(),
            events: Vec::new(),
            pull: None,
        }
    }

    /// <https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/deleting-an-issue>
    pub(in crate::sandbox::github) fn delete_issue(&mut self, id: u64, by: By, number: u64) {
        self.tell(id, by, number, "deleted", json!({}));
        self.forget(id, number);
    }

    /// Makes an issue a discussion, which the issues' API knows nothing of.
    /// <https://docs.github.com/en/discussions/managing-discussions-for-your-community/moderating-discussions#converting-an-issue-to-a-discussion>
    pub(in crate::sandbox::github) fn forget(&mut self, id: u64, number: u64) {
        let repository = self.at_mut(id);
        let issue = repository
            .issues
            .remove(&number)
            .expect("an issue to delete");
        repository.unbook(number, issue.milestone);
        for comment in issue.comments {
            repository.comments.remove(&comment);
        }
        repository.gone.insert(number, Gone::Deleted);
    }
}
