//! What issues refer to, and what else a repository has: labels, milestones, pushes, releases.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;

use super::{By, State};
use crate::sandbox::github::{
    git::Edit,
    repository::{Label, Milestone, Openness},
    show,
};

impl State {
    /// The label of this name, made when it is new.
    pub(in crate::sandbox::github) fn label_named(&mut self, id: u64, by: By, name: &str) -> u64 {
        if let Some(known) = self.at(id).label(name) {
            return known.id;
        }
        let label = self.new_id();
        self.at_mut(id).labels.insert(
            label,
            Label {
                id: label,
                name: name.to_owned(),
                color: "ededed".to_owned(),
                description: None,
            },
        );
        self.tell_of_label_itself(id, by, label, "created", json!({}));
        label
    }

    /// Gives a label another name, on all issues that have it; none of them is updated by that.
    pub(in crate::sandbox::github) fn rename_label(
        &mut self,
        id: u64,
        by: By,
        from: &str,
        to: &str,
    ) {
        let label = self.at(id).label(from).expect("a label to rename").id;
        if let Some(label) = self.at_mut(id).labels.get_mut(&label) {
            to.clone_into(&mut label.name);
        }
        let changes = json!({"changes": {"name": {"from": from}}});
        self.tell_of_label_itself(id, by, label, "edited", changes);
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#label>
    fn tell_of_label_itself(
        &mut self,
        id: u64,
        by: By,
        label: u64,
        action: &str,
        more: serde_json::Value,
    ) {
        self.notify(id, by, "label", Some(action), |state, repository| {
            let mut payload = more;
            payload["label"] = state.show_label(repository, &repository.labels[&label]);
            payload
        });
    }

    pub(in crate::sandbox::github) fn add_milestone(
        &mut self,
        id: u64,
        by: By,
        title: &str,
        due: Option<NaiveDate>,
    ) -> u64 {
        let (now, milestone) = (self.now(), self.new_id());
        let repository = self.at_mut(id);
        let number = repository
            .milestones
            .keys()
            .last()
            .copied()
            .unwrap_or_default()
            + 1;
        repository.milestones.insert(
            number,
            Milestone {
                id: milestone,
                number,
                title: title.to_owned(),
                creator: by.user,
                open: BTreeSet::new(),
                closed: BTreeSet::new(),
                due,
                closed_at: None,
                created_at: now,
                updated_at: now,
            },
        );
        self.tell_of_milestone(id, by, number, "created");
        number
    }

    pub(in crate::sandbox::github) fn open_milestone(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        to: Openness,
    ) {
        let now = self.now();
        let found = self.at_mut(id).milestones.get_mut(&number);
        let milestone = found.expect("a milestone of this number");
        milestone.closed_at = (to == Openness::Closed).then_some(now);
        milestone.updated_at = now;
        let action = if to == Openness::Closed {
            "closed"
        } else {
            "opened"
        };
        self.tell_of_milestone(id, by, number, action);
    }

    /// Moves a milestone's date.
    pub(in crate::sandbox::github) fn set_due(
        &mut self,
        id: u64,
        by: By,
        number: u64,
        due: Option<NaiveDate>,
    ) {
        let now = self.now();
        let found = self.at_mut(id).milestones.get_mut(&number);
        let milestone = found.expect("a milestone of this number");
        milestone.due = due;
        milestone.updated_at = now;
        self.tell_of_milestone(id, by, number, "edited");
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#milestone>
    fn tell_of_milestone(&mut self, id: u64, by: By, number: u64, action: &str) {
        self.notify(id, by, "milestone", Some(action), |state, repository| {
            let milestone = &repository.milestones[&number];
            json!({"milestone": state.show_milestone(repository, milestone)})
        });
    }

    /// Pushes one commit to the default branch, and gives its identifier.
    pub(in crate::sandbox::github) fn push(
        &mut self,
        id: u64,
        by: By,
        edits: &[Edit<'_>],
    ) -> String {
        let now = self.now();
        let author = self.users[&by.user].login.clone();
        let repository = self.at_mut(id);
        let branch = repository.default_branch.clone();
        let before = repository
            .git
            .branch(&branch)
            .map(|commit| commit.sha.to_string());
        let commit = repository
            .git
            .push(&branch, edits, &author, "Change files", now);
        repository.pushed_at = now;
        let after = commit.sha.to_string();
        self.tell_of_push(id, by, &branch, before.as_deref(), &after, edits);
        after
    }

    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
    fn tell_of_push(
        &mut self,
        id: u64,
        by: By,
        branch: &str,
        before: Option<&str>,
        after: &str,
        edits: &[Edit<'_>],
    ) {
        let paths = |wanted: fn(&Edit<'_>) -> Option<String>| -> Vec<String> {
            edits.iter().filter_map(wanted).collect()
        };
        let put = paths(|edit| match edit {
            Edit::Put(path, _) => Some((*path).to_owned()),
            Edit::Remove(_) => None,
        });
        let removed = paths(|edit| match edit {
            Edit::Remove(path) => Some((*path).to_owned()),
            Edit::Put(..) => None,
        });
        self.notify(id, by, "push", None, |state, repository| {
            let author = &state.users[&by.user].login;
            let commit = json!({
                "id": after,
                "message": "Change files",
                "timestamp": show::time(repository.pushed_at),
                "url": state.web(repository, &format!("/commit/{after}")),
                "author": {"name": author, "username": author},
                "added": [],
                "modified": put,
                "removed": removed,
            });
            json!({
                "ref": format!("refs/heads/{branch}"),
                "before": before.map_or_else(|| "0".repeat(40), str::to_owned),
                "after": after,
                "created": before.is_none(),
                "deleted": false,
                "forced": false,
                "base_ref": null,
                "compare": state.web(repository, &format!("/commit/{after}")),
                "commits": [commit],
                "head_commit": commit,
                "pusher": {"name": author},
            })
        });
    }

    /// Publishes a release.
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#release>
    pub(in crate::sandbox::github) fn release(&mut self, id: u64, by: By, tag: &str) -> u64 {
        let (now, release) = (self.now(), self.new_id());
        self.notify(id, by, "release", Some("published"), |state, repository| {
            json!({"release": {
                "id": release,
                "tag_name": tag,
                "name": tag,
                "draft": false,
                "prerelease": tag.contains('-'),
                "body": null,
                "html_url": state.web(repository, &format!("/releases/tag/{tag}")),
                "author": state.show_user(by.user),
                "created_at": show::time(now),
                "published_at": show::time(now),
            }})
        });
        release
    }
}
