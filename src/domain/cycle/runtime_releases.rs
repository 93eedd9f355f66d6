//! Reads containerd's `RELEASES.md`: its minor releases with their dates, and which versions it
//! recommends for each Kubernetes release.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use super::super::Release;
use super::date::Moment;
use super::table::{Table, head, note, quoted};

/// What the page says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuntimeReleases {
    /// The minor releases, in the page's order.
    pub releases: Vec<RuntimeRelease>,
    /// The recommended versions of each Kubernetes release, in the page's order.
    pub kubernetes: Vec<(Release, Vec<RecommendedVersion>)>,
    /// What could not be read.
    pub notes: Vec<String>,
}

/// A minor release of the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeRelease {
    /// Which one.
    pub release: Release,
    /// The state of its branch.
    pub status: ReleaseStatus,
    /// When it was or will be published.
    pub start: Option<Moment>,
    /// Whether the page calls that date tentative.
    pub tentative: bool,
    /// When support ends.
    pub end_of_life: Option<Moment>,
    /// The start as the page words it, without Markdown.
    pub start_raw: String,
    /// The end as the page words it, without Markdown.
    pub end_of_life_raw: String,
}

/// The state of a release branch, as *Support Horizon* on the page defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseStatus {
    /// Scheduled.
    Future,
    /// The next one, under development.
    Alpha,
    /// The next one, under test.
    Beta,
    /// The next one, in its final tests and closed for features.
    Rc,
    /// Supported, accepting patches.
    Active,
    /// Accepting security patches only.
    Extended,
    /// Supported for at least two years.
    Lts,
    /// No longer supported.
    EndOfLife,
    /// A word that the page does not define, as it stands there.
    Other(String),
}

/// A version from which on the runtime is recommended for a Kubernetes release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecommendedVersion {
    /// Its minor release.
    pub release: Release,
    /// The lowest version of it, such as `2.1.3`.
    pub from: String,
}

/// Reads the page. Tables are known by their headers; a text without them gives nothing.
pub fn read_runtime_releases(text: &str) -> RuntimeReleases {
    let mut read = RuntimeReleases::default();
    for table in Table::all(text) {
        let first = table.header.first().map(String::as_str);
        if first == Some("release") {
            read.take_releases(&table);
        } else if first == Some("kubernetes version") {
            read.take_kubernetes(&table);
        }
    }
    read
}

impl RuntimeReleases {
    fn take_releases(&mut self, table: &Table<'_>) {
        let (Some(status), Some(start)) = (table.column(&["status"]), table.column(&["start"]))
        else {
            return;
        };
        // A column that the table lacks is one that no row has.
        let end = table.column(&["end of life", "eol"]).unwrap_or(usize::MAX);
        for [name, status, start_raw, end_of_life_raw] in table.rows([0, status, start, end]) {
            let Some(release) = Release::find_all(head(&name, 100)).into_iter().next() else {
                // `0.0` was a release of containerd, but is none that this program knows.
                if name != "0.0" {
                    note(
                        &mut self.notes,
                        format!("{} is not a release", quoted(&name)),
                    );
                }
                continue;
            };
            let start = self.date(release, &start_raw);
            let end_of_life = self.date(release, &end_of_life_raw);
            self.releases.push(RuntimeRelease {
                release,
                status: ReleaseStatus::read(&status),
                start,
                tentative: is_tentative(&start_raw),
                end_of_life,
                start_raw,
                end_of_life_raw,
            });
        }
    }

    /// A cell's date; a note when it holds something else than a placeholder.
    fn date(&mut self, release: Release, cell: &str) -> Option<Moment> {
        let moment = Moment::read(cell);
        let placeholder = ["", "-", "–", "—", "?", "TBD", "TBA", "N/A"]
            .iter()
            .any(|none| cell.eq_ignore_ascii_case(none));
        if moment.is_none() && !placeholder {
            let text = quoted(cell);
            note(
                &mut self.notes,
                format!("{release}: {text} is not a date that can be read"),
            );
        }
        moment
    }

    fn take_kubernetes(&mut self, table: &Table<'_>) {
        let Some(versions) = table.column(&["containerd version", "containerd versions"]) else {
            return;
        };
        for [kubernetes, versions] in table.rows([0, versions]) {
            let Some(release) = Release::parse(kubernetes.trim_end_matches('+')) else {
                note(
                    &mut self.notes,
                    format!("{} is not a release", quoted(&kubernetes)),
                );
                continue;
            };
            let mut recommended = Vec::new();
            for version in versions
                .split(',')
                .map(str::trim)
                .filter(|version| !version.is_empty())
            {
                match RecommendedVersion::read(version) {
                    Some(version) => recommended.push(version),
                    None => note(
                        &mut self.notes,
                        format!("Kubernetes {release}: {} is not a version", quoted(version)),
                    ),
                }
            }
            self.kubernetes.push((release, recommended));
        }
    }

    /// The versions recommended for a Kubernetes release, newest first as a rule; none when the
    /// page does not list that release (yet).
    pub fn recommended_for(&self, kubernetes: Release) -> &[RecommendedVersion] {
        self.kubernetes
            .iter()
            .find(|(release, _)| *release == kubernetes)
            .map_or(&[], |(_, versions)| versions)
    }

    /// What the page says about a minor release.
    pub fn get(&self, release: Release) -> Option<&RuntimeRelease> {
        self.releases.iter().find(|found| found.release == release)
    }

    /// The earliest minor release that starts on `day` or later, tentative ones included. One that
    /// is only promised for a month counts while that month lasts.
    pub fn next_after(&self, day: NaiveDate) -> Option<&RuntimeRelease> {
        self.releases
            .iter()
            .filter_map(|release| Some((release.start?, release)))
            .filter(|(start, _)| start.last_day() >= day)
            .min_by_key(|(start, release)| (start.last_day(), release.release))
            .map(|(_, release)| release)
    }

    /// Whether a minor release is published: its day is certain and has come.
    pub fn is_out(&self, release: Release, now: DateTime<Utc>) -> bool {
        let row = self.releases.iter().find(|row| row.release == release);
        row.filter(|row| !row.tentative)
            .and_then(|row| row.start)
            .is_some_and(|start| start.last_day() <= now.date_naive())
    }
}

/// Whether a date is said to be uncertain.
fn is_tentative(cell: &str) -> bool {
    let cell = cell.to_lowercase();
    ["tentative", "estimate", "planned", "expected", "tbd", "?"]
        .iter()
        .any(|word| cell.contains(word))
}

impl RecommendedVersion {
    /// Reads `2.1.3+` or `v2.1.3`.
    fn read(text: &str) -> Option<Self> {
        let version = text.trim_end_matches('+').trim_end();
        let release = Release::parse(version)?;
        Some(Self {
            release,
            from: version.trim_start_matches(['v', 'V']).to_owned(),
        })
    }
}

impl ReleaseStatus {
    /// Reads a status cell's plain text.
    fn read(text: &str) -> Self {
        match text.to_lowercase().as_str() {
            "future" => Self::Future,
            "alpha" => Self::Alpha,
            "beta" => Self::Beta,
            "rc" | "release candidate" => Self::Rc,
            "active" => Self::Active,
            "extended" => Self::Extended,
            "lts" => Self::Lts,
            "end of life" | "eol" => Self::EndOfLife,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// Whether the release is still to come.
    pub fn is_upcoming(&self) -> bool {
        matches!(self, Self::Future | Self::Alpha | Self::Beta | Self::Rc)
    }
}

impl fmt::Display for ReleaseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Future => "Future",
            Self::Alpha => "Alpha",
            Self::Beta => "Beta",
            Self::Rc => "RC",
            Self::Active => "Active",
            Self::Extended => "Extended",
            Self::Lts => "LTS",
            Self::EndOfLife => "End of Life",
            Self::Other(text) => text,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) const PAGE: &str = "\
| Release | Status | Start | End of Life | Owners |
| ------- | ------ | ----- | ----------- | ------ |
| [0.0](https://example.org/0.0) | End of Life | Dec 4, 2015 | - | |
| [1.7](https://example.org/1.7) | LTS | March 10, 2023 | September 2026* | someone |
| [2.0](https://example.org/2.0) | LTS | November 5, 2024 | March, 2027** | |
| [2.3](https://example.org/2.3) | Active | April 30, 2026 | April 30, 2028 | |
| [2.4](https://example.org/2.4) | _Future_ | August 26, 2026 (_tentative_) | April 26, 2027 (_tentative_) | |
| 2.5 | Hoped for | sometime | | |

| Kubernetes Version | containerd Version | CRI Version |
|--------------------|--------------------|-------------|
| 1.35               | 2.2.0+, 2.1.5+     | v1          |
| 1.36               | 2.3.0+, v2.2.0+, x | v1          |

| Containerd Version  | Kubernetes Version | CRI Version |
|---------------------|--------------------|-------------|
| v1.6.15+, v1.7.0+   | 1.26+              | v1          |

| Release | Platform |
|---------|----------|
| none    | windows  |
";

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    #[test]
    fn releases_and_their_dates() {
        let page = read_runtime_releases(PAGE);
        let releases: Vec<_> = page
            .releases
            .iter()
            .map(|r| format!("{} {} {}", r.release, r.status, r.tentative))
            .collect();
        assert_eq!(
            releases,
            [
                "1.7 LTS false",
                "2.0 LTS false",
                "2.3 Active false",
                "2.4 Future true",
                "2.5 Hoped for false"
            ]
        );
        let ends: Vec<_> = page.releases.iter().map(|r| r.end_of_life).collect();
        assert_eq!(
            ends[0],
            Some(Moment::Month {
                year: 2026,
                month: 9
            })
        );
        assert_eq!(
            ends[1],
            Some(Moment::Month {
                year: 2027,
                month: 3
            })
        );
        assert_eq!(ends[3], Some(Moment::Day(day(2027, 4, 26))));
        assert_eq!(page.releases[1].end_of_life_raw, "March, 2027");
        assert_eq!(
            page.notes,
            [
                "2.5: “sometime” is not a date that can be read",
                "Kubernetes 1.36: “x” is not a version"
            ]
        );
    }

    #[test]
    fn recommended_versions() {
        let page = read_runtime_releases(PAGE);
        let from = |minor| -> Vec<_> {
            let versions = page.recommended_for(Release::new(1, minor));
            versions
                .iter()
                .map(|version| version.from.as_str())
                .collect()
        };
        assert_eq!(from(35), ["2.2.0", "2.1.5"]);
        assert_eq!(from(36), ["2.3.0", "2.2.0"]);
        assert_eq!(from(26), [] as [&str; 0]);
        assert_eq!(
            page.recommended_for(Release::new(1, 35))[1].release,
            Release::new(2, 1)
        );
    }

    #[test]
    fn the_next_release_after_a_day() {
        let page = read_runtime_releases(PAGE);
        let next = |day| page.next_after(day).map(|found| found.release.to_string());
        assert_eq!(next(day(2026, 7, 22)).as_deref(), Some("2.4"));
        assert_eq!(next(day(2026, 8, 26)).as_deref(), Some("2.4"));
        assert_eq!(next(day(2026, 8, 27)), None);
        assert_eq!(next(day(2026, 4, 30)).as_deref(), Some("2.3"));
        assert_eq!(
            page.get(Release::new(2, 3)).map(|found| &found.status),
            Some(&ReleaseStatus::Active)
        );
    }
}
