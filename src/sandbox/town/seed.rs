//! What is on GitHub when the bot comes to town.

use chrono::TimeDelta;
use serde_json::Value;

use crate::{
    ports::Clock as _,
    sample,
    sandbox::{
        clock::SetClock,
        github::{GitHub, Repository},
    },
};

/// The repository of the one runtime.
pub(super) const RUNTIME: &str = "containerd/containerd";
const ENHANCEMENTS: &str = "kubernetes/enhancements";
const RELEASES: &str = "kubernetes/sig-release";
/// Over so many weeks the KEPs come, so that there is a past for a digest's chart to show.
const WEEKS: usize = 8;
/// How long that takes.
pub(super) const PAST: TimeDelta = TimeDelta::weeks(8);

/// Files, issues and pages.
#[derive(Debug, Clone, Default)]
pub struct Seed {
    /// Files of `kubernetes/enhancements`: path and text.
    pub enhancements: Vec<(String, String)>,
    /// Issues and pull requests as GitHub's API shows them.
    pub issues: Vec<Value>,
    /// Release pages by the names that `--release-dir` takes, `release-1.37.md` and
    /// `containerd-RELEASES.md`: name and text.
    pub pages: Vec<(String, String)>,
}

impl Seed {
    /// The sample that is built in.
    pub fn sample() -> Self {
        let owned = |(path, text): (&str, &str)| (path.to_owned(), text.to_owned());
        let pages = sample::files("releases").into_iter();
        let pages = pages.map(|(path, text)| (path.trim_start_matches("releases/"), text));
        let issues = sample::file("tracking-issues.json").unwrap_or_default();
        Self {
            enhancements: sample::files("keps").into_iter().map(owned).collect(),
            issues: serde_json::from_str(issues).unwrap_or_default(),
            pages: pages.map(owned).collect(),
        }
    }

    /// Puts everything where it belongs, and moves the clock on by [`PAST`] meanwhile. Gives a sentence
    /// for each thing that cannot be read.
    pub(super) fn sow(&self, github: &GitHub, clock: &SetClock) -> Vec<String> {
        let begins = clock.now();
        let enhancements = github.repository(ENHANCEMENTS);
        let about = std::iter::once(("keps/README.md", "# kubernetes/enhancements\n"));
        let files = self.enhancements.iter();
        let files = about.chain(files.map(|(path, text)| (&**path, &**text)));
        let files: Vec<(&str, &str)> = files.collect();
        let portions = files.chunks(files.len().div_ceil(WEEKS));
        for (portion, week) in portions.zip(1..) {
            enhancements.push(portion);
            clock.leap(begins + TimeDelta::weeks(week));
        }
        clock.leap(begins + PAST);
        let runtime = github.repository(RUNTIME);
        let pages = || self.pages.iter().map(|(name, text)| (name, text.as_str()));
        let own = pages().filter(|(name, _)| *name == "containerd-RELEASES.md");
        push(
            &runtime,
            "README.md",
            own.map(|(_, text)| ("RELEASES.md".to_owned(), text)),
        );
        let cycles = pages().filter_map(|(name, text)| {
            let release = name.strip_suffix(".md")?;
            let is_cycle = release.starts_with("release-");
            is_cycle.then(|| (format!("releases/{release}/README.md"), text))
        });
        push(&github.repository(RELEASES), "releases/README.md", cycles);
        let issues = self.issues.iter();
        issues
            .filter_map(|issue| runtime.take_in(issue).err())
            .collect()
    }
}

/// Pushes files, and a page at `about`: so the repository and the folder are there also without
/// files, as they are on GitHub.
fn push<'a>(repository: &Repository, about: &str, files: impl Iterator<Item = (String, &'a str)>) {
    let title = format!("# {}\n", repository.full_name());
    let files: Vec<(String, &str)> = files.collect();
    let files = files.iter().map(|(path, text)| (path.as_str(), *text));
    let about = std::iter::once((about, title.as_str()));
    repository.push(&about.chain(files).collect::<Vec<_>>());
}
