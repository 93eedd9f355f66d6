//! Tells a tracking issue from its look-alikes and reads it whole.

use std::sync::Arc;

use super::{
    Form, Numbers, TrackingIssue,
    number::{field_numbers, linked_in, named_in, read_title},
    references::{Key, RawField, read_people, read_references, read_stage, value_of},
};
use crate::domain::{
    Issue, KepNumber, Login, Release, Runtime, field::is_placeholder, settings::Label,
    text::each_once,
};

/// Reads an issue of the runtime's repository; `None` when it is no tracking issue: a pull
/// request, another repository's issue, an issue that only mentions a KEP.
pub fn read_tracking_issue(issue: &Arc<Issue>, runtime: &Runtime) -> Option<TrackingIssue> {
    if issue.pull.is_some() || !issue.repository.eq_ignore_ascii_case(&runtime.repository) {
        return None;
    }
    let title = read_title(&issue.title, runtime);
    let references = read_references(&issue.body);
    let form = match &references {
        Some(_) => Form::References,
        None if title.marked => Form::Title,
        None if asks_for_a_kep(issue, title.number) => Form::BeforeForm,
        None => return None,
    };
    let references = references.unwrap_or_default();
    let numbers = numbers(issue, title.number, &references, form);
    let value = |key| value_of(&references, key);
    let (stage, stages) = read_stage(value(Key::Stage).as_deref());
    let mut releases = value(Key::Release)
        .map(|raw| Release::find_all(&raw))
        .unwrap_or_default();
    if releases.is_empty() {
        releases = stages.iter().filter_map(|(_, release)| *release).collect();
    }
    let mut label_releases: Vec<Release> = Vec::new();
    let mut placeholder_label = None;
    for label in &issue.labels {
        match runtime.read_label(label) {
            Label::Release(release) => label_releases.push(release),
            Label::Placeholder => placeholder_label = Some(label.clone()),
            Label::Other => {}
        }
    }
    label_releases.sort_unstable();
    label_releases.dedup();
    let named = read_people(value(Key::Shepherd).as_deref());
    let by_form = |login: &&Login| !runtime.form_assignees.contains(login);
    let assigned: Vec<Login> = issue.assignees.iter().filter(by_form).cloned().collect();
    let shepherds_from_field = !named.is_empty();
    Some(TrackingIssue {
        form,
        numbers,
        title_text: if is_placeholder(title.text) {
            "".into()
        } else {
            title.text.into()
        },
        stage,
        stages,
        releases,
        label_releases,
        placeholder_label,
        owners: read_people(value(Key::Owner).as_deref()),
        liaisons: read_people(value(Key::Liaison).as_deref()),
        shepherds: if shepherds_from_field {
            named
        } else {
            assigned.clone()
        },
        assigned,
        shepherds_from_field,
        references: references
            .into_iter()
            .map(|field| (field.name, field.value.into()))
            .collect(),
        issue: Arc::clone(issue),
    })
}

/// Gathers the numbers of every place. Links count where they are given as the KEP's own: in the
/// references section, or anywhere in an issue without one.
fn numbers(
    issue: &Issue,
    title: Option<KepNumber>,
    references: &[RawField],
    form: Form,
) -> Numbers {
    let field = value_of(references, Key::Keps)
        .map(|raw| field_numbers(&raw))
        .unwrap_or_default();
    if form == Form::References {
        let keys = [Key::Issue, Key::File, Key::Keps].into_iter();
        let fields = keys.filter_map(|key| value_of(references, key));
        let links = each_once(fields.flat_map(|raw| linked_in(&raw)));
        let weighed = Numbers::weigh(title, &field, &links, &[]);
        if !weighed.keps.is_empty() {
            return weighed;
        }
    }
    let named: Vec<KepNumber> = named_in(&issue.body)
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    Numbers::weigh(title, &field, &linked_in(&issue.body), &named)
}

/// Whether an issue without form asks the runtime for a KEP: it gives the KEP's number in words
/// (a bare link alone is a mention), and it is a request, not a bug.
fn asks_for_a_kep(issue: &Issue, in_title: Option<KepNumber>) -> bool {
    let has_label = |name: &str| {
        issue
            .labels
            .iter()
            .any(|label| label.eq_ignore_ascii_case(name))
    };
    if has_label("kind/bug") {
        return false;
    }
    let named = named_in(&issue.body);
    let names_one = match (in_title, named.split_first()) {
        (Some(_), _) => true,
        (None, Some(((first, _), rest))) => {
            rest.iter().all(|(number, _)| number == first) && linked_in(&issue.body).contains(first)
        }
        (None, None) => false,
    };
    names_one && (has_label("kind/feature") || asks(&issue.title))
}

/// Words with which people ask for something to be built.
fn asks(text: &str) -> bool {
    const WORDS: [&str; 5] = ["support", "implement", "request", "would like", "add "];
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

/// What a pull request of the runtime's repository says it belongs to.
#[derive(Debug, Clone)]
pub struct PullLinks {
    /// The pull request.
    pub issue: Arc<Issue>,
    /// KEPs that it names or links to.
    pub keps: Vec<KepNumber>,
    /// Issues of its own repository that it refers to.
    pub issues: Vec<u64>,
}

/// Reads a pull request; `None` when it names neither a KEP nor an issue.
pub fn read_pull(issue: &Arc<Issue>, runtime: &Runtime) -> Option<PullLinks> {
    issue.pull?;
    if !issue.repository.eq_ignore_ascii_case(&runtime.repository) {
        return None;
    }
    let mut keps: Vec<KepNumber> = read_title(&issue.title, runtime)
        .number
        .into_iter()
        .collect();
    keps.extend(linked_in(&issue.body));
    keps.extend(named_in(&issue.body).into_iter().map(|(number, _)| number));
    keps.sort_unstable();
    keps.dedup();
    let mut issues = own_issues(&issue.body, &runtime.repository);
    issues.sort_unstable();
    issues.dedup();
    (!keps.is_empty() || !issues.is_empty()).then(|| PullLinks {
        issue: Arc::clone(issue),
        keps,
        issues,
    })
}

/// `#123` on its own, `owner/name#123` and links to issues of the repository.
fn own_issues(text: &str, repository: &str) -> Vec<u64> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('#') {
        let before = &text[..at];
        let own = before.ends_with(repository)
            || before
                .chars()
                .next_back()
                .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | ','));
        if own {
            found.extend(leading_number(&text[at + 1..]));
        }
    }
    let link = format!("github.com/{repository}/issues/");
    for (at, head) in text.match_indices(&link) {
        found.extend(leading_number(&text[at + head.len()..]));
    }
    found
}

fn leading_number(text: &str) -> Option<u64> {
    let end = text
        .bytes()
        .take(12)
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len().min(12));
    text[..end].parse().ok()
}
