//! Which KEPs a list shows: everything by which `kepctl query` can filter, and what only a board
//! with runtimes knows.

use super::{Board, Entry};
use crate::domain::{Login, Release, Settings, Stage, Status, finding::FindingCode};

/// What a list is narrowed to. Several values of one filter mean any of them, several filters all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words, as for [`Board::search`].
    pub words: String,
    /// `stage:`
    pub stages: Vec<Stage>,
    /// `status:`
    pub statuses: Vec<Status>,
    /// `release:` the Kubernetes release it aims at or names for a stage, or the runtime's
    /// release it ships in.
    pub releases: Vec<Release>,
    /// `sig:` the one that owns it or in whose folder it lies; with or without `sig-`.
    pub sigs: Vec<Box<str>>,
    /// `participating:`
    pub participating: Vec<Box<str>>,
    /// `shepherd:`
    pub shepherds: Vec<ShepherdFilter>,
    /// `owner:` (also `author:`), by the KEP or the tracking issue.
    pub owners: Vec<Login>,
    /// `approver:`
    pub approvers: Vec<Login>,
    /// `reviewer:`
    pub reviewers: Vec<Login>,
    /// `prr:` approver of its production readiness.
    pub prr: Vec<Login>,
    /// `person:` who has any part in it.
    pub people: Vec<Login>,
    /// `finding:`
    pub findings: Vec<FindingCode>,
    /// `runtime:` tracked by it.
    pub runtimes: Vec<Box<str>>,
}

/// `shepherd:@x` or `shepherd:none`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShepherdFilter {
    /// This person.
    Is(Login),
    /// A tracking issue is open, and nobody shepherds it.
    None,
}

impl Filter {
    /// Whether it narrows nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is nothing but words.
    pub fn is_words_alone(&self) -> bool {
        let words = Self {
            words: self.words.clone(),
            ..Self::default()
        };
        *self == words
    }

    /// Whether a KEP passes everything but words and findings, which the caller has at hand.
    fn takes(&self, entry: &Entry, board: &Board, settings: &Settings) -> bool {
        let kep = &entry.kep;
        let any = |none_given: bool, found: bool| none_given || found;
        any(
            self.stages.is_empty(),
            kep.stage
                .get()
                .is_some_and(|stage| self.stages.contains(&stage)),
        ) && any(
            self.statuses.is_empty(),
            kep.status
                .get()
                .is_some_and(|status| self.statuses.contains(&status)),
        ) && any(
            self.releases.is_empty(),
            self.releases
                .iter()
                .any(|release| aims_at(entry, *release, board, settings)),
        ) && any(
            self.sigs.is_empty(),
            self.sigs
                .iter()
                .any(|sig| is_sig(&kep.owning_sig, sig) || is_sig(kep.sig_folder(), sig)),
        ) && any(
            self.participating.is_empty(),
            self.participating.iter().any(|sig| takes_part(entry, sig)),
        ) && any(
            self.shepherds.is_empty(),
            self.shepherds.iter().any(|wanted| match wanted {
                ShepherdFilter::Is(login) => entry.shepherds().contains(&login),
                ShepherdFilter::None => entry
                    .issues()
                    .any(|tracking| tracking.issue.is_open() && tracking.shepherds.is_empty()),
            }),
        ) && any(
            self.owners.is_empty(),
            self.owners.iter().any(|owner| {
                kep.author_logins().any(|login| login == owner)
                    || entry
                        .issues()
                        .any(|tracking| tracking.owners.contains(owner))
            }),
        ) && any(
            self.approvers.is_empty(),
            self.approvers.iter().any(|login| {
                kep.approvers
                    .iter()
                    .any(|person| person.logins.contains(login))
            }),
        ) && any(
            self.reviewers.is_empty(),
            self.reviewers.iter().any(|login| {
                kep.reviewers
                    .iter()
                    .any(|person| person.logins.contains(login))
            }),
        ) && any(
            self.prr.is_empty(),
            self.prr.iter().any(|login| {
                kep.prod_readiness
                    .iter()
                    .any(|(_, approver)| approver == login)
            }),
        ) && any(
            self.people.is_empty(),
            self.people
                .iter()
                .any(|login| !entry.parts_of(login).is_empty()),
        ) && any(
            self.runtimes.is_empty(),
            self.runtimes.iter().any(|wanted| {
                settings
                    .runtimes
                    .iter()
                    .zip(&entry.runtimes)
                    .any(|(runtime, side)| {
                        runtime.name.eq_ignore_ascii_case(wanted) && !side.issues.is_empty()
                    })
            }),
        )
    }
}

impl Board {
    /// The entries that a filter takes, by rank where words are given, else by number. `has` tells
    /// whether a KEP has a finding, which depends on the time.
    pub fn filter(
        &self,
        filter: &Filter,
        settings: &Settings,
        has: impl Fn(&Entry, FindingCode) -> bool,
    ) -> Vec<&Entry> {
        let candidates: Vec<&Entry> = if filter.words.trim().is_empty() {
            self.entries().iter().collect()
        } else {
            self.search(&filter.words)
        };
        candidates
            .into_iter()
            .filter(|entry| filter.takes(entry, self, settings))
            .filter(|entry| {
                filter.findings.is_empty() || filter.findings.iter().any(|code| has(entry, *code))
            })
            .collect()
    }
}

fn aims_at(entry: &Entry, release: Release, board: &Board, settings: &Settings) -> bool {
    entry.kep.latest_milestone.get() == Some(release)
        || entry
            .kep
            .milestones
            .iter()
            .any(|(_, field)| field.get() == Some(release))
        || entry
            .issues()
            .any(|tracking| tracking.label_releases.contains(&release))
        || board
            .ships(entry, settings)
            .iter()
            .flatten()
            .any(|ships| ships.release == release)
}

fn is_sig(sig: &str, wanted: &str) -> bool {
    sig.eq_ignore_ascii_case(wanted)
        || sig
            .strip_prefix("sig-")
            .is_some_and(|short| short.eq_ignore_ascii_case(wanted))
}

fn takes_part(entry: &Entry, wanted: &str) -> bool {
    entry
        .kep
        .participating_sigs
        .iter()
        .any(|sig| is_sig(sig, wanted))
}
