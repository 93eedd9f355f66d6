//! What ships in a release: of Kubernetes, each KEP with the runtime release that will have it; of
//! a runtime, each KEP that it will have.

use super::{
    KepNumber, Release, Settings, Stage,
    board::{Board, Entry},
    card::DateView,
    cycle::{CycleEvent, RuntimeRelease},
    finding::{Inspector, Severity},
    ships::ShipsIn,
};

/// What ships in a release.
#[derive(Debug, Clone)]
pub struct Shipping {
    /// The release.
    pub release: Release,
    /// Whose it is: a runtime's, or Kubernetes'.
    pub of: Option<Box<str>>,
    /// Whether it is out; `None` when nothing tells.
    pub is_out: Option<bool>,
    /// The day of a Kubernetes release, past or ahead.
    pub day: Option<DateView>,
    /// The days ahead: of a Kubernetes release its own, of a runtime's those of the current
    /// Kubernetes release.
    pub dates: Vec<DateView>,
    /// The releases of the runtimes that are to come, or the one that is asked for.
    pub runtimes: Vec<RuntimeDay>,
    /// The KEPs, by stage.
    pub keps: Vec<Shipped>,
}

/// When a runtime's release comes, or came.
#[derive(Debug, Clone)]
pub struct RuntimeDay {
    /// The runtime.
    pub runtime: Box<str>,
    /// Its release.
    pub release: Release,
    /// When, in the words of its page; `None` where it gives no day.
    pub when: Option<Box<str>>,
    /// Whether it is out.
    pub is_out: bool,
    /// How many of the KEPs ship in it.
    pub keps: usize,
}

/// One KEP of a release.
#[derive(Debug, Clone)]
pub struct Shipped {
    /// Its number.
    pub number: KepNumber,
    /// Its title.
    pub title: Box<str>,
    /// Its enhancement issue.
    pub url: String,
    /// The stage that it reaches with this release.
    pub stage: Option<Stage>,
    /// The Kubernetes release that it aims at.
    pub kubernetes: Option<Release>,
    /// The release of each runtime that will have it.
    pub ships: Vec<(Box<str>, Option<ShipsIn>)>,
    /// How many errors and warnings it has.
    pub urgent: usize,
}

impl Shipping {
    /// What ships with a Kubernetes release: the KEPs of [`Board::of_release`].
    pub fn in_kubernetes(
        release: Release,
        board: &Board,
        settings: &Settings,
        inspector: &Inspector<'_>,
    ) -> Self {
        let keps = board.of_release(release, settings).map(|entry| {
            let stage = planned_stage(entry, release).or(entry.kep.stage.get());
            Shipped::of(entry, stage, board, settings, inspector)
        });
        let mut keps: Vec<Shipped> = keps.collect();
        sort(&mut keps);
        let upcoming = settings.runtimes.iter().flat_map(|runtime| {
            let all = board.runtime_releases(&runtime.name);
            let named = keps.iter().filter_map(|kep| kep.in_runtime(&runtime.name));
            let mut releases: Vec<Release> = named.collect();
            let ahead = all.into_iter().flat_map(|all| &all.releases);
            let ahead = ahead.filter(|row| row.status.is_upcoming());
            releases.extend(ahead.map(|row| row.release));
            releases.sort_unstable();
            releases.dedup();
            releases
                .into_iter()
                .map(|ships| RuntimeDay::of(&runtime.name, ships, &keps, board, inspector))
                .collect::<Vec<_>>()
        });
        let runtimes = upcoming.collect();
        Self {
            release,
            of: None,
            is_out: inspector.shipped(release),
            day: board
                .cycles()
                .get(release)
                .and_then(|cycle| cycle.when(CycleEvent::Release))
                .map(|at| DateView {
                    what: CycleEvent::Release,
                    release,
                    at,
                }),
            dates: inspector.dates_of(release),
            runtimes,
            keps,
        }
    }

    /// What a runtime's release will have, or has.
    pub fn in_runtime(
        runtime: &str,
        release: Release,
        board: &Board,
        settings: &Settings,
        inspector: &Inspector<'_>,
    ) -> Self {
        let at = settings
            .runtimes
            .iter()
            .position(|known| *known.name == *runtime);
        let keps = board.entries().iter().filter(|entry| {
            let side = at.and_then(|at| entry.runtimes.get(at));
            side.and_then(|side| board.ships_in(side, runtime))
                .is_some_and(|ships| ships.release == release)
        });
        let keps =
            keps.map(|entry| Shipped::of(entry, entry.kep.stage.get(), board, settings, inspector));
        let mut keps: Vec<Shipped> = keps.collect();
        sort(&mut keps);
        let day = RuntimeDay::of(runtime, release, &keps, board, inspector);
        let current = inspector.current();
        Self {
            release,
            of: Some(runtime.into()),
            is_out: Some(day.is_out),
            day: None,
            dates: current
                .map(|release| inspector.dates_of(release))
                .unwrap_or_default(),
            runtimes: vec![day],
            keps,
        }
    }
}

/// By stage, those without one last; then by number.
fn sort(keps: &mut [Shipped]) {
    keps.sort_by_key(|kep| (kep.stage.is_none(), kep.stage, kep.number));
}

/// The stage that a KEP's plan gives a release.
fn planned_stage(entry: &Entry, release: Release) -> Option<Stage> {
    let mut stages = Stage::ALL.into_iter().rev();
    stages.find(|stage| entry.kep.milestone(*stage) == Some(release))
}

impl Shipped {
    fn of(
        entry: &Entry,
        stage: Option<Stage>,
        board: &Board,
        settings: &Settings,
        inspector: &Inspector<'_>,
    ) -> Self {
        let kep = &entry.kep;
        let names = settings.runtimes.iter().map(|runtime| runtime.name.clone());
        let findings = inspector.findings(entry);
        Self {
            number: kep.number,
            title: kep.title.clone(),
            url: kep.issue_url(&settings.enhancements_repository),
            stage,
            kubernetes: kep.latest_milestone.get(),
            ships: names.zip(board.ships(entry, settings)).collect(),
            urgent: findings
                .iter()
                .filter(|finding| finding.severity != Severity::Advice)
                .count(),
        }
    }

    /// The release of a runtime that will have it.
    pub fn in_runtime(&self, runtime: &str) -> Option<Release> {
        let mut ships = self.ships.iter();
        let (_, ships) = ships.find(|(name, _)| **name == *runtime)?;
        ships.map(|ships| ships.release)
    }
}

impl RuntimeDay {
    fn of(
        runtime: &str,
        release: Release,
        keps: &[Shipped],
        board: &Board,
        inspector: &Inspector<'_>,
    ) -> Self {
        let all = board.runtime_releases(runtime);
        let row: Option<&RuntimeRelease> = all.and_then(|all| all.get(release));
        let when = row.map(|row| &*row.start_raw);
        Self {
            runtime: runtime.into(),
            release,
            when: when.filter(|when| !when.is_empty()).map(Box::from),
            is_out: all.is_some_and(|all| all.is_out(release, inspector.now())),
            keps: keps
                .iter()
                .filter(|kep| kep.in_runtime(runtime) == Some(release))
                .count(),
        }
    }
}
