//! Which KEPs have to do with a Kubernetes release: one answer for all who count them.

use super::{Board, Entry};
use crate::domain::{Release, Settings, Status};

impl Entry {
    /// Whether it has to do with a Kubernetes release: by the KEP's own plan, or by the label of an
    /// open tracking issue.
    pub fn aims_at(&self, release: Release) -> bool {
        let kep = &self.kep;
        let mut planned = kep.milestones.iter();
        let labelled = || {
            let mut open = self.issues().filter(|tracking| tracking.issue.is_open());
            open.any(|tracking| tracking.label_releases.contains(&release))
        };
        !kep.status.get().is_some_and(Status::is_given_up)
            && (kep.latest_milestone.get() == Some(release)
                || planned.any(|(_, field)| field.get() == Some(release))
                || labelled())
    }
}

impl Board {
    /// The KEPs of a Kubernetes release, by number: those of the watched SIGs, and those that a
    /// runtime tracks. Those that are done already are among them: they ship in it.
    pub fn of_release(
        &self,
        release: Release,
        settings: &Settings,
    ) -> impl Iterator<Item = &Entry> {
        let watched = |entry: &&Entry| {
            entry.kep.belongs_to(&settings.sigs) || entry.issues().next().is_some()
        };
        let aiming = move |entry: &&Entry| entry.aims_at(release);
        self.entries().iter().filter(watched).filter(aiming)
    }
}
