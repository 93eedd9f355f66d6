//! What is on GitHub when the bot comes to town.

use serde_json::Value;

use crate::{
    sample,
    sandbox::github::{GitHub, Repository},
};

/// The repository of the one runtime.
pub(super) const RUNTIME: &str = "containerd/containerd";
const ENHANCEMENTS: &str = "kubernetes/enhancements";
const RELEASES: &str = "kubernetes/sig-release";

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

    /// Puts everything where it belongs. Gives a sentence for each thing that cannot be read.
    pub(super) fn sow(&self, github: &GitHub) -> Vec<String> {
        let files = self.enhancements.iter();
        let files = files.map(|(path, text)| (path.clone(), text.as_str()));
        push(&github.repository(ENHANCEMENTS), "keps/README.md", files);
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
