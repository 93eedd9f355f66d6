//! The events of an issue or a pull request: what was done to it, as a list of its own.

use serde_json::{Value, json};

use super::{By, State};
use crate::sandbox::github::repository::Event;

impl State {
    /// Keeps what was done. An act that has no event of its own, such as to edit a text, leaves none.
    /// <https://docs.github.com/en/rest/using-the-rest-api/issue-event-types>
    pub(super) fn remember(&mut self, id: u64, by: By, number: u64, action: &str, more: &Value) {
        let issue = &self.at(id).issues[&number];
        let was_merged = issue
            .pull
            .as_ref()
            .is_some_and(|pull| pull.merged.is_some());
        let title = issue.title.clone();
        let actor = self.show_user(by.user);
        let of = |member: &str| json!({ member: more[member] });
        let (name, more) = match action {
            "assigned" => (
                "assigned",
                json!({"assignee": more["assignee"], "assigner": actor}),
            ),
            "unassigned" => (
                "unassigned",
                json!({"assignee": more["assignee"], "assigner": actor}),
            ),
            "labeled" => ("labeled", of("label")),
            "unlabeled" => ("unlabeled", of("label")),
            "milestoned" => (
                "milestoned",
                json!({"milestone": {"title": more["milestone"]["title"]}}),
            ),
            "demilestoned" => (
                "demilestoned",
                json!({"milestone": {"title": more["milestone"]["title"]}}),
            ),
            "edited" if more["changes"]["title"].is_object() => {
                let from = &more["changes"]["title"]["from"];
                ("renamed", json!({"rename": {"from": from, "to": title}}))
            }
            "closed" => {
                if was_merged {
                    self.keep(id, by, number, "merged", json!({}));
                }
                ("closed", json!({}))
            }
            "reopened" => ("reopened", json!({})),
            "locked" => ("locked", json!({})),
            "unlocked" => ("unlocked", json!({})),
            "review_requested" => ("review_requested", asked(&actor, more)),
            "review_request_removed" => ("review_request_removed", asked(&actor, more)),
            _ => return,
        };
        self.keep(id, by, number, name, more);
    }

    fn keep(&mut self, id: u64, by: By, number: u64, name: &'static str, more: Value) {
        let (event, at) = (self.new_id(), self.now());
        let event = Event {
            id: event,
            by,
            at,
            name,
            more,
        };
        self.issue_mut(id, number).events.push(event);
    }
}

/// Who is asked for a review, or is not any more.
fn asked(requester: &Value, more: &Value) -> Value {
    let mut shown = more.clone();
    shown["review_requester"] = requester.clone();
    shown
}
