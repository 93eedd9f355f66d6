//! Labels and assignees.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, By, Call, Outcome, Refusal, State, Writer, failed, not_admin};

impl State {
    /// Adds labels, or replaces all; a name that is new becomes a label.
    /// <https://docs.github.com/en/rest/issues/labels#add-labels-to-an-issue>
    /// <https://docs.github.com/en/rest/issues/labels#set-labels-for-an-issue>
    pub(super) fn put_labels(
        &mut self,
        call: &Call,
        writer: &Writer,
        id: u64,
        number: u64,
        replaces: bool,
    ) -> Outcome {
        if !writer.may_triage() {
            return Err(not_admin());
        }
        // "You can also pass an array of labels directly".
        let labels = match serde_json::from_slice(&call.body) {
            Ok(labels @ Value::Array(_)) => names(&labels)?,
            _ => names(&call.json()?["labels"])?,
        };
        if replaces {
            self.replace_labels(writer.by, id, number, &labels);
        } else {
            for name in &labels {
                self.add_label(id, writer.by, number, name);
            }
        }
        Ok(self.shown_labels(id, number))
    }

    /// <https://docs.github.com/en/rest/issues/labels#remove-a-label-from-an-issue>: "This endpoint
    /// returns a 404 Not Found status if the label does not exist."
    pub(super) fn take_label(
        &mut self,
        writer: &Writer,
        id: u64,
        number: u64,
        name: &str,
    ) -> Outcome {
        if !writer.may_triage() {
            return Err(not_admin());
        }
        let repository = self.at(id);
        let label = repository.label(name).map(|label| label.id);
        let label = label.filter(|label| repository.issues[&number].labels.contains(label));
        let label = label.ok_or_else(|| Refusal::not_found_because("Label does not exist"))?;
        self.remove_label(id, writer.by, number, label);
        Ok(self.shown_labels(id, number))
    }

    fn shown_labels(&self, id: u64, number: u64) -> Answer {
        let repository = self.at(id);
        let labels = repository.issues[&number].labels.iter();
        let labels: Value = labels
            .map(|label| self.show_label(repository, &repository.labels[label]))
            .collect();
        Answer::ok(&labels)
    }

    /// Labels that stay are not touched, so that nobody is told of them.
    pub(super) fn replace_labels(&mut self, by: By, id: u64, number: u64, names: &[String]) {
        let wanted: Vec<_> = names
            .iter()
            .map(|name| self.label_named(id, by, name))
            .collect();
        let own = self.at(id).issues[&number].labels.clone();
        for label in own.iter().filter(|label| !wanted.contains(label)) {
            self.remove_label(id, by, number, *label);
        }
        for name in names {
            self.add_label(id, by, number, name);
        }
    }

    /// Adds or takes off assignees: "Only users with push access can add assignees to an issue.
    /// Assignees are silently ignored otherwise", as are those who cannot be assigned.
    /// <https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue>
    /// <https://docs.github.com/en/rest/issues/assignees#remove-assignees-from-an-issue>
    pub(super) fn change_assignees(
        &mut self,
        call: &Call,
        writer: &Writer,
        id: u64,
        number: u64,
    ) -> Outcome {
        let asked = call.json()?;
        let logins = asked["assignees"].as_array().cloned().unwrap_or_default();
        let users = logins
            .iter()
            .filter_map(|login| self.find_user(login.as_str()?));
        let users: Vec<_> = users.filter(|_| writer.may_triage()).collect();
        let is_addition = call.method == Method::POST;
        for user in users {
            if !is_addition {
                self.unassign(id, writer.by, number, user);
            } else if self.may_be_assigned(id, Some(number), user) {
                self.assign(id, writer.by, number, user);
            }
        }
        let repository = self.at(id);
        let shown = self.show_issue(repository, &repository.issues[&number]);
        let status = if is_addition {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        Ok(Answer::json(status, &shown))
    }

    /// The accounts behind the logins of a whole issue's `assignees`, where an impossible one is an
    /// error, unlike above.
    pub(super) fn known_assignees(
        &self,
        logins: &Value,
        id: u64,
        number: Option<u64>,
    ) -> Result<Vec<u64>, Refusal> {
        let invalid = |login: &Value| {
            failed(
                &json!({"value": login, "resource": "Issue", "field": "assignees", "code": "invalid"}),
            )
        };
        let all = logins.as_array().ok_or_else(|| invalid(logins))?;
        let known = all.iter().map(|login| {
            let user = login.as_str().and_then(|login| self.find_user(login));
            let user = user.filter(|user| self.may_be_assigned(id, number, *user));
            user.ok_or_else(|| invalid(login))
        });
        known.collect()
    }
}

/// The names in a list of labels, each a text or an object with a name.
pub(super) fn names(labels: &Value) -> Result<Vec<String>, Refusal> {
    let invalid = || Refusal::invalid("Label", "name", "invalid");
    let labels = labels.as_array().ok_or_else(invalid)?;
    let names = labels.iter().map(|label| {
        let name = label.as_str().or_else(|| label["name"].as_str());
        let name = name.filter(|name| !name.trim().is_empty());
        name.map(str::to_owned).ok_or_else(invalid)
    });
    names.collect()
}
