//! A KEP as its folder in `kubernetes/enhancements` describes it.

mod people;
mod prod_readiness;
mod read;
mod yaml;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub(crate) use self::people::mentioned;
pub use self::{
    people::{Marker, Person},
    prod_readiness::{ProdReadiness, read_prod_readiness},
    read::{KepFile, Unnumbered, read_kep},
};
use super::{Field, KepNumber, Login, Release, Stage, Status};

/// One KEP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kep {
    /// The number of its folder, which wins over the one in the file.
    pub number: KepNumber,
    /// The folder, `keps/sig-node/5825-cri-pagination`. Links are made from it: the owning SIG
    /// and the folder differ in some KEPs, and some lie one folder deeper.
    pub path: Box<str>,
    /// The title, or the folder's words where the file has none.
    pub title: Box<str>,
    /// The SIG that owns it, as written.
    pub owning_sig: Box<str>,
    /// Other SIGs that take part.
    pub participating_sigs: Vec<Box<str>>,
    /// Where the proposal stands.
    pub status: Field<Status>,
    /// The stage that the current milestone aims at.
    pub stage: Field<Stage>,
    /// The Kubernetes release that was last worked towards.
    pub latest_milestone: Field<Release>,
    /// Stage → release, in the file's order; the key as written.
    pub milestones: Vec<(Box<str>, Field<Release>)>,
    /// Who wrote it: the KEP's owners.
    pub authors: Vec<Person>,
    /// Who reviews it.
    pub reviewers: Vec<Person>,
    /// Who approves it.
    pub approvers: Vec<Person>,
    /// Who approved its production readiness, by stage.
    pub prod_readiness: Vec<(Stage, Login)>,
    /// Its feature gates; `n/a` and `None` are none.
    pub feature_gates: Vec<FeatureGate>,
    /// Whether the feature can be switched off again.
    pub disable_supported: Option<bool>,
    /// Names of the metrics it adds.
    pub metrics: Vec<Box<str>>,
    /// When it was begun.
    pub creation_date: Field<NaiveDate>,
    /// When its text was last updated, by its authors' word.
    pub last_updated: Field<NaiveDate>,
    /// Related KEPs, as written.
    pub see_also: Vec<Box<str>>,
    /// KEPs whose place it takes, as written.
    pub replaces: Vec<Box<str>>,
    /// KEPs that took its place, as written.
    pub superseded_by: Vec<Box<str>>,
    /// What in the file could not be taken as it stands.
    pub oddities: Vec<Oddity>,
}

/// A feature gate and the components that must have it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureGate {
    /// Its name, `CRIListStreaming`.
    pub name: Box<str>,
    /// `kubelet`, `kube-apiserver`, …; may be empty.
    pub components: Vec<Box<str>>,
}

/// Something in a KEP's files that could not be taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oddity {
    /// What kind it is.
    pub kind: OddityKind,
    /// The key in the file: `status`, `milestone.beta`.
    pub field: Box<str>,
    /// What was written there.
    pub raw: Box<str>,
    /// What it was taken for, or `None` when it was passed over.
    pub taken_as: Option<Box<str>>,
}

/// The kinds of [`Oddity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OddityKind {
    /// A value outside the legal ones.
    Value,
    /// A number that differs from the folder's.
    Number,
    /// The file stops being YAML at some line; what stands above it was read.
    Broken,
}

impl Kep {
    /// A KEP of which only a tracking issue is known: its pull request is not merged.
    pub(crate) fn unmerged(number: KepNumber, title: &str) -> Self {
        Self {
            number,
            path: "".into(),
            title: title.into(),
            owning_sig: "".into(),
            participating_sigs: Vec::new(),
            status: Field::default(),
            stage: Field::default(),
            latest_milestone: Field::default(),
            milestones: Vec::new(),
            authors: Vec::new(),
            reviewers: Vec::new(),
            approvers: Vec::new(),
            prod_readiness: Vec::new(),
            feature_gates: Vec::new(),
            disable_supported: None,
            metrics: Vec::new(),
            creation_date: Field::default(),
            last_updated: Field::default(),
            see_also: Vec::new(),
            replaces: Vec::new(),
            superseded_by: Vec::new(),
            oddities: Vec::new(),
        }
    }

    /// Whether its `kep.yaml` is there.
    pub fn is_merged(&self) -> bool {
        !self.path.is_empty()
    }

    /// The release in which a stage was, or is to be, reached.
    pub fn milestone(&self, stage: Stage) -> Option<Release> {
        self.milestones
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(stage.as_str()))
            .and_then(|(_, release)| release.get())
    }

    /// The logins of its authors.
    pub fn author_logins(&self) -> impl Iterator<Item = &Login> {
        self.authors.iter().flat_map(|person| &person.logins)
    }

    /// Whether the KEP is owned by one of these SIGs, or lies in its folder.
    pub fn belongs_to(&self, sigs: &[Box<str>]) -> bool {
        sigs.iter()
            .any(|sig| **sig == *self.owning_sig || **sig == *self.sig_folder())
    }

    /// The `sig-node` of `keps/sig-node/5825-cri-pagination`.
    pub fn sig_folder(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// The enhancement issue.
    pub fn issue_url(&self, repository: &str) -> String {
        format!("https://github.com/{repository}/issues/{}", self.number)
    }

    /// Whether the feature is generally available in a release that has been reached, or gone.
    pub fn is_finished(&self) -> bool {
        self.status.get() == Some(Status::Implemented)
            && !matches!(self.stage.get(), Some(Stage::Alpha | Stage::Beta))
            || self.stage.get() == Some(Stage::Removed)
    }

    /// Whether work goes on: neither finished nor given up. A status that cannot be read counts
    /// as open, so that a slip of the pen hides nothing.
    pub fn is_active(&self) -> bool {
        !self.is_finished()
            && match self.status.get() {
                Some(status) => status.is_open() || status == Status::Implemented,
                None => true,
            }
    }
}
