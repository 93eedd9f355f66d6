//! What an operator decides that facts alone do not tell: which SIGs are watched, which runtimes,
//! by which forms their issues are known.

use chrono::TimeDelta;

use super::{Login, Release};

/// The settings that readings and findings depend on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `kubernetes/enhancements`
    pub enhancements_repository: Box<str>,
    /// The SIGs whose KEPs are watched.
    pub sigs: Vec<Box<str>>,
    /// The current Kubernetes release, when it is not to be worked out from the release pages.
    pub current_release: Option<Release>,
    /// The runtimes.
    pub runtimes: Vec<Runtime>,
    /// Liaisons and the Kubernetes releases they are liaison for.
    pub liaisons: Vec<(Login, Vec<Release>)>,
}

/// One runtime whose tracking issues are read.
#[derive(Debug, Clone)]
pub struct Runtime {
    /// `containerd`
    pub name: Box<str>,
    /// `containerd/containerd`
    pub repository: Box<str>,
    /// The form of a tracking issue's title, `[SIG-Node]: KEP-{number} - {title}`.
    pub title: Box<str>,
    /// The form of a release label, `target/kubernetes/v{release}`.
    pub release_label: Box<str>,
    /// Its maintainers.
    pub maintainers: Vec<Login>,
    /// Those whom the issue form assigns to every new issue, which says nothing about shepherds.
    pub form_assignees: Vec<Login>,
    /// After how long without a word a tracking issue is stale.
    pub stale_after: TimeDelta,
}

impl Settings {
    /// The liaisons for one Kubernetes release.
    pub fn liaisons_for(&self, release: Release) -> impl Iterator<Item = &Login> {
        self.liaisons
            .iter()
            .filter(move |(_, releases)| releases.contains(&release))
            .map(|(login, _)| login)
    }
}

impl Runtime {
    /// What a label says of a Kubernetes release.
    pub fn read_label(&self, label: &str) -> Label {
        let Some((before, after)) = self.release_label.split_once("{release}") else {
            return Label::Other;
        };
        // A form that ends in `v` also takes the label without it.
        let bare = before.strip_suffix('v').unwrap_or(before);
        let inner = label
            .strip_prefix(before)
            .or_else(|| label.strip_prefix(bare));
        match inner.and_then(|inner| inner.strip_suffix(after)) {
            None => Label::Other,
            Some(inner) => Release::parse(inner).map_or(Label::Placeholder, Label::Release),
        }
    }

    /// The label of one Kubernetes release.
    pub fn label_of(&self, release: Release) -> String {
        self.release_label
            .replace("{release}", &release.to_string())
    }

    /// The title of a tracking issue.
    pub fn title_of(&self, number: super::KepNumber, title: &str) -> String {
        self.title
            .replace("{number}", &number.to_string())
            .replace("{title}", title)
    }

    /// What stands before the number in the form of the title, down to its letters and digits:
    /// `signode` of `[SIG-Node]: KEP-{number}`.
    pub(crate) fn title_mark(&self) -> String {
        let head = letters(self.title.split("{number}").next().unwrap_or_default());
        head.strip_suffix("kep").unwrap_or(&head).to_owned()
    }
}

/// The letters and digits of a text, in lower case.
pub(crate) fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a label says of a Kubernetes release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// It names one.
    Release(Release),
    /// It has the form of a release label and names none: `target/kubernetes/v1.??`.
    Placeholder,
    /// It is some other label.
    Other,
}
