//! Who has a part in a KEP, on both sides, and whom to ask where a part is nobody's.

use super::{
    KepNumber, Login, Release, Settings,
    board::Entry,
    kep::{Marker, Person},
    people::People,
    reply::Part,
    text::each_once,
};

/// Everybody who has a part in a KEP.
#[derive(Debug, Clone)]
pub struct Who {
    /// The KEP.
    pub number: KepNumber,
    /// Its title.
    pub title: Box<str>,
    /// Its enhancement issue.
    pub url: String,
    /// The parts, those to ask first in front.
    pub groups: Vec<Group>,
    /// Where to ask, for each part that matters and is nobody's.
    pub ask: Vec<AskAt>,
}

/// Those who have one part.
#[derive(Debug, Clone)]
pub struct Group {
    /// What they are.
    pub part: Part,
    /// Of what: the runtime, or the stage.
    pub of: Option<Box<str>>,
    /// Who they are.
    pub people: Vec<Named>,
    /// What stands there beside them and names nobody: a team, a sentence.
    pub words: Vec<Box<str>>,
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// On GitHub.
    pub login: Login,
    /// Their member id on Slack, in the asker's workspace.
    pub slack: Option<Box<str>>,
    /// What is to be said of them: `assigned`, `no maintainer`.
    pub note: Option<&'static str>,
}

/// Where to ask.
#[derive(Debug, Clone)]
pub struct AskAt {
    /// `Nobody shepherds it in containerd.`
    pub why: String,
    /// What the place is called: `#12814`.
    pub label: String,
    /// Its address.
    pub url: String,
    /// Who else may be asked.
    pub people: Vec<Named>,
}

impl Who {
    /// Gathers them. `current` is the Kubernetes release that is worked on.
    pub fn of(
        entry: &Entry,
        settings: &Settings,
        people: &People,
        workspace: &str,
        current: Option<Release>,
    ) -> Self {
        let kep = &entry.kep;
        let finder = Finder { people, workspace };
        let url = kep.issue_url(&settings.enhancements_repository);
        let mut owners = finder.group(Part::Owner, None, &kep.authors, None);
        let mut on_issues: Vec<&Login> = Vec::new();
        let mut groups = Vec::new();
        let mut ask = Vec::new();
        for (runtime, side) in settings.runtimes.iter().zip(&entry.runtimes) {
            let all = || side.issues.iter();
            on_issues.extend(all().flat_map(|tracking| &tracking.owners));
            let shepherds = each_once(all().flat_map(|tracking| &tracking.shepherds));
            let is_stranger = |login: &Login| {
                !runtime.maintainers.is_empty() && !runtime.maintainers.contains(login)
            };
            let named = |login: &&Login| Named {
                note: is_stranger(login).then_some("no maintainer"),
                ..finder.named(login)
            };
            let found: Vec<Named> = shepherds.iter().map(named).collect();
            if found.is_empty() {
                let maintainers = runtime.maintainers.iter();
                let name = &runtime.name;
                let (why, label, url) = match side.issues.first() {
                    Some(tracking) => (
                        format!("Nobody shepherds it in {name}."),
                        format!("#{}", tracking.issue.number),
                        tracking.issue.url.to_string(),
                    ),
                    None => (
                        format!("{name} has no tracking issue for it."),
                        format!("KEP-{}", kep.number),
                        url.clone(),
                    ),
                };
                ask.push(AskAt {
                    why,
                    label,
                    url,
                    people: maintainers.map(|login| finder.named(login)).collect(),
                });
            }
            let of = Some(runtime.name.clone());
            groups.push(Group {
                part: Part::Shepherd,
                of: of.clone(),
                people: found,
                words: Vec::new(),
            });
            let named = all().flat_map(|tracking| &tracking.liaisons);
            let recorded = current
                .into_iter()
                .flat_map(|release| settings.liaisons_for(release));
            let liaisons = each_once(named.chain(recorded)).into_iter();
            groups.push(Group {
                part: Part::Liaison,
                of,
                people: liaisons.map(|login| finder.named(login)).collect(),
                words: Vec::new(),
            });
        }
        for login in each_once(on_issues) {
            if !owners.people.iter().any(|named| named.login == *login) {
                owners.people.push(Named {
                    note: Some("on the tracking issue"),
                    ..finder.named(login)
                });
            }
        }
        groups.insert(0, owners);
        let assigned = Some(Marker::AssignedReviewer);
        groups.push(finder.group(Part::Reviewer, None, &kep.reviewers, assigned));
        let assigned = Some(Marker::AssignedApprover);
        groups.push(finder.group(Part::Approver, None, &kep.approvers, assigned));
        for (stage, login) in &kep.prod_readiness {
            groups.push(Group {
                part: Part::Readiness,
                of: Some(stage.as_str().into()),
                people: vec![finder.named(login)],
                words: Vec::new(),
            });
        }
        Self {
            number: kep.number,
            title: kep.title.clone(),
            url,
            groups,
            ask,
        }
    }
}

/// Knows people's Slack names.
struct Finder<'a> {
    people: &'a People,
    workspace: &'a str,
}

impl Finder<'_> {
    fn named(&self, login: &Login) -> Named {
        let slack = self.people.slack_of(login, self.workspace);
        Named {
            login: login.clone(),
            slack: slack.map(Box::from),
            note: None,
        }
    }

    /// The people of one list of a `kep.yaml`, those that are marked as assigned in front.
    fn group(
        &self,
        part: Part,
        of: Option<Box<str>>,
        people: &[Person],
        assigned: Option<Marker>,
    ) -> Group {
        let is_assigned = |person: &Person| assigned.is_some() && person.marker == assigned;
        let mut found: Vec<Named> = Vec::new();
        let (first, others): (Vec<&Person>, Vec<&Person>) =
            people.iter().partition(|person| is_assigned(person));
        for person in first.into_iter().chain(others) {
            for login in &person.logins {
                if !found.iter().any(|named| named.login == *login) {
                    found.push(Named {
                        note: is_assigned(person).then_some("assigned"),
                        ..self.named(login)
                    });
                }
            }
        }
        let words = people.iter().filter(|person| person.logins.is_empty());
        Group {
            part,
            of,
            people: found,
            words: words.map(|person| person.raw.clone()).collect(),
        }
    }
}
