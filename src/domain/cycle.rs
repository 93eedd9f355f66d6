//! The release cycles of Kubernetes: their dates, which one is current, and what lies ahead; and
//! the releases of the runtime that they are held against. Time comes in as an argument.

pub mod date;
mod event;
pub mod page;
pub mod runtime_releases;
mod table;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

use super::Release;

pub use self::date::Moment;
pub use self::event::CycleEvent;
pub use self::page::{Cycle, Entry, ReleasePage, Source, read_release_page};
pub use self::runtime_releases::{
    RecommendedVersion, ReleaseStatus, RuntimeRelease, RuntimeReleases, read_runtime_releases,
};

/// The cycles whose pages are known, by release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cycles(BTreeMap<Release, Cycle>);

/// The release that people work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrentRelease {
    /// Which one.
    pub release: Release,
    /// Whether it has a page, and so may have dates.
    pub known: bool,
    /// Why it is this one.
    pub why: WhyCurrent,
}

/// Why a release is the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyCurrent {
    /// The settings say so.
    Set,
    /// Its cycle has begun and it has not shipped.
    UnderWay,
    /// The one before has shipped, and this one's cycle has not begun.
    Next,
    /// The newest page's release, given here, has shipped: this is the minor release after it.
    AfterNewest(Release),
}

impl fmt::Display for WhyCurrent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set => f.write_str("set in the configuration"),
            Self::UnderWay => f.write_str("its cycle is under way"),
            Self::Next => f.write_str("its cycle is the next to begin"),
            Self::AfterNewest(newest) => {
                write!(f, "{newest}, the newest with a release page, has shipped")
            }
        }
    }
}

impl Cycles {
    /// The cycles, sorted by release. Of two for one release the later in the list counts.
    pub fn new(cycles: Vec<Cycle>) -> Self {
        Self(
            cycles
                .into_iter()
                .map(|cycle| (cycle.release, cycle))
                .collect(),
        )
    }

    /// The cycle of a release.
    pub fn get(&self, release: Release) -> Option<&Cycle> {
        self.0.get(&release)
    }

    /// The cycle of the newest release.
    pub fn newest(&self) -> Option<&Cycle> {
        self.0.last_key_value().map(|(_, cycle)| cycle)
    }

    /// Every cycle, oldest release first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Cycle> {
        self.0.values()
    }

    /// The current release: the one that is `set`, or else the oldest that has not shipped by the
    /// end of its release day, or else the minor release after the newest. `None` when nothing is
    /// set and there are no pages. A page without a readable release day is taken to have shipped
    /// once a later cycle has begun.
    pub fn current(&self, now: DateTime<Utc>, set: Option<Release>) -> Option<CurrentRelease> {
        if let Some(release) = set {
            let known = self.0.contains_key(&release);
            return Some(CurrentRelease {
                release,
                known,
                why: WhyCurrent::Set,
            });
        }
        let past = |cycle: &Cycle, event| cycle.when(event).map(|when| when <= now);
        let mut current = None;
        let mut later_has_begun = false;
        for cycle in self.iter().rev() {
            let shipped = past(cycle, CycleEvent::Release);
            let begun = past(cycle, CycleEvent::CycleStart);
            if !shipped.unwrap_or(later_has_begun) {
                // Without a start, a page is there because the work on it is.
                let under_way = begun.unwrap_or(true);
                let why = if under_way {
                    WhyCurrent::UnderWay
                } else {
                    WhyCurrent::Next
                };
                current = Some(CurrentRelease {
                    release: cycle.release,
                    known: true,
                    why,
                });
            }
            later_has_begun |= begun == Some(true) || shipped == Some(true);
        }
        current.or_else(|| {
            let newest = self.newest()?.release;
            let why = WhyCurrent::AfterNewest(newest);
            Some(CurrentRelease {
                release: newest.next_minor(),
                known: false,
                why,
            })
        })
    }

    /// The events of a release's cycle after `now`, soonest first; none without a page.
    pub fn ahead(&self, release: Release, now: DateTime<Utc>) -> Vec<(CycleEvent, DateTime<Utc>)> {
        self.get(release)
            .map(|cycle| cycle.ahead(now))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::page::tests::{PAGE_136, PAGE_137};
    use super::runtime_releases::tests::PAGE;
    use super::*;

    fn cycles(pages: &[&str]) -> Cycles {
        Cycles::new(
            pages
                .iter()
                .map(|page| read_release_page(page).expect("a page"))
                .collect(),
        )
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn current(cycles: &Cycles, now: &str) -> String {
        cycles
            .current(at(now), None)
            .map_or("none".to_owned(), |current| {
                format!(
                    "{} known={}: {}",
                    current.release, current.known, current.why
                )
            })
    }

    #[test]
    fn the_current_release_over_a_year() {
        let cycles = cycles(&[PAGE_137, PAGE_136]);
        assert_eq!(
            cycles.newest().map(|cycle| cycle.release),
            Some(Release::new(1, 37))
        );
        for (now, says) in [
            (
                "2025-12-24T00:00:00Z",
                "1.36 known=true: its cycle is the next to begin",
            ),
            (
                "2026-01-12T00:00:00Z",
                "1.36 known=true: its cycle is under way",
            ),
            (
                "2026-04-23T11:59:59Z",
                "1.36 known=true: its cycle is under way",
            ),
            (
                "2026-04-23T12:00:00Z",
                "1.37 known=true: its cycle is the next to begin",
            ),
            (
                "2026-07-01T00:00:00Z",
                "1.37 known=true: its cycle is under way",
            ),
            (
                "2026-08-27T12:00:00Z",
                "1.38 known=false: 1.37, the newest with a release page, has shipped",
            ),
        ] {
            assert_eq!(current(&cycles, now), says, "{now}");
        }
    }

    #[test]
    fn settings_win_and_no_pages_say_nothing() {
        let cycles = cycles(&[PAGE_137]);
        let set = |minor| cycles.current(at("2026-07-01T00:00:00Z"), Some(Release::new(1, minor)));
        let known = |minor| set(minor).map(|current| (current.release.minor, current.known));
        assert_eq!(known(37), Some((37, true)));
        assert_eq!(known(39), Some((39, false)));
        assert_eq!(current(&Cycles::default(), "2026-07-01T00:00:00Z"), "none");
    }

    #[test]
    fn a_page_without_dates_does_not_stay_current_for_ever() {
        let all = cycles(&["# Kubernetes v1.36", PAGE_137]);
        assert_eq!(
            current(&all, "2026-05-01T00:00:00Z"),
            "1.36 known=true: its cycle is under way"
        );
        assert_eq!(
            current(&all, "2026-05-18T00:00:00Z"),
            "1.37 known=true: its cycle is under way"
        );
    }

    #[test]
    fn ahead_of_a_release() {
        let cycles = cycles(&[PAGE_137]);
        let now = at("2026-08-05T00:00:00Z");
        let ahead = cycles.ahead(Release::new(1, 37), now);
        assert_eq!(
            ahead,
            [
                (CycleEvent::DocsFreeze, at("2026-08-06T12:00:00Z")),
                (CycleEvent::Release, at("2026-08-27T12:00:00Z"))
            ]
        );
        assert_eq!(cycles.ahead(Release::new(1, 38), now), []);
    }

    /// Everything that can be asked of a text; a panic is the only failure.
    fn ask_everything(text: &str) {
        if let Some(moment) = Moment::read(text) {
            let _ = (moment.deadline(), moment.first_day(), moment.last_day());
        }
        let now = at("2026-07-01T00:00:00Z");
        if let Some(page) = read_release_page(text) {
            assert!(page.ahead(now).is_sorted_by_key(|(_, when)| *when));
            let _ = Cycles::new(vec![page]).current(now, None);
        }
        let _ = read_runtime_releases(text).next_after(now.date_naive());
    }

    /// A page with one stretch of characters replaced.
    fn mutated() -> impl Strategy<Value = String> {
        let page = prop_oneof![Just(PAGE_136), Just(PAGE_137), Just(PAGE)];
        (
            page,
            0.0..1.0,
            0_usize..40,
            "\\PC{0,12}|[|*\\[\\]()\\\\\n0-9:/ -]{0,12}",
        )
            .prop_map(|(page, place, length, new): (&str, f64, usize, String)| {
                let characters: Vec<char> = page.chars().collect();
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                #[expect(clippy::cast_precision_loss)]
                let start = (characters.len() as f64 * place) as usize;
                let end = (start + length).min(characters.len());
                let (before, after) = (&characters[..start], &characters[end..]);
                before
                    .iter()
                    .chain(&new.chars().collect::<Vec<_>>())
                    .chain(after)
                    .collect()
            })
    }

    /// Texts made of what dates are made of.
    fn almost_dates() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[0-9]{1,5}",
            "(January|Feb|july|AoE|UTC|PDT|pm|th|to)",
            "[-–/:, ().*]",
            Just(" ".to_owned())
        ];
        proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(?s).{0,200}") {
            ask_everything(&text);
            ask_everything(&format!("# 1.37\n| What | When |\n|--|--|\n| Code Freeze | {text} |"));
        }

        #[test]
        fn almost_dates_are_read_without_panic(text in almost_dates()) {
            ask_everything(&text);
        }

        #[test]
        fn mutated_pages_are_read_without_panic(text in mutated()) {
            ask_everything(&text);
        }

        #[test]
        fn days_are_read_back(days in 0_u64..200_000) {
            let epoch = chrono::DateTime::UNIX_EPOCH.date_naive();
            let day = epoch + chrono::Days::new(days);
            let text = day.format("%A %-dth %B %Y (AoE)").to_string();
            let read = Moment::read(&text).map(|moment| moment.first_day());
            prop_assert_eq!(read, Some(day));
        }
    }
}
