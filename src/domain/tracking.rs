//! A tracking issue: the one issue of a runtime's repository that follows a KEP.

mod number;
mod recognise;
mod references;

use std::sync::Arc;

pub use self::{
    number::{NumberSource, Numbers},
    recognise::{PullLinks, read_pull, read_tracking_issue},
};
use super::{Field, Issue, Login, Release, Stage};

/// How an issue shows that it is a tracking issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// It has the issue form's references section.
    References,
    /// It has only the form's title.
    Title,
    /// It is from before the form, or was written past it: a request that names its KEP.
    BeforeForm,
}

/// A tracking issue as understood; the issue itself is kept beside it.
#[derive(Debug, Clone)]
pub struct TrackingIssue {
    /// The issue.
    pub issue: Arc<Issue>,
    /// How it shows what it is.
    pub form: Form,
    /// The KEP numbers it names, and where.
    pub numbers: Numbers,
    /// The title without prefix, number and brackets; blank when nothing else is there.
    pub title_text: Box<str>,
    /// The references section, field by field, as written.
    pub references: Vec<(Box<str>, Box<str>)>,
    /// The stage it states; of several the first, which has been reached.
    pub stage: Field<Stage>,
    /// Every stage it names, with the release where one stands beside it.
    pub stages: Vec<(Stage, Option<Release>)>,
    /// The Kubernetes releases that the body names.
    pub releases: Vec<Release>,
    /// The Kubernetes releases that the labels name, oldest first.
    pub label_releases: Vec<Release>,
    /// The placeholder release label, as it stands.
    pub placeholder_label: Option<Box<str>>,
    /// The KEP's owners, by the body.
    pub owners: Vec<Login>,
    /// The liaisons, by the body.
    pub liaisons: Vec<Login>,
    /// The shepherds: the field's, or else those assigned by people.
    pub shepherds: Vec<Login>,
    /// Those whom people, not the form, assigned.
    pub assigned: Vec<Login>,
    /// Whether [`TrackingIssue::shepherds`] come from the body's field.
    pub shepherds_from_field: bool,
}

impl TrackingIssue {
    /// Assigned by people, yet not named in the shepherd field, which names others.
    pub fn unnamed_assignees(&self) -> Vec<&Login> {
        if !self.shepherds_from_field {
            return Vec::new();
        }
        self.assigned
            .iter()
            .filter(|login| !self.shepherds.contains(login))
            .collect()
    }

    /// A field of the references section, as written.
    pub fn reference(&self, key: &str) -> Option<&str> {
        let found = self
            .references
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_ref())
    }

    /// The latest Kubernetes release it aims at: by its labels, or else by its body.
    pub fn target(&self) -> Option<Release> {
        self.label_releases
            .iter()
            .max()
            .or_else(|| self.releases.iter().max())
            .copied()
    }
}
