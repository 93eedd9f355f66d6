//! The days of a Kubernetes release cycle that people plan by, and how a release page names them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::Release as MinorRelease;

/// A day of the cycle that people plan by, in the order in which a cycle has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CycleEvent {
    /// The release team begins.
    CycleStart,
    /// KEPs have their production readiness answers in review.
    ProductionReadinessFreeze,
    /// KEPs are merged and opted in.
    EnhancementsFreeze,
    /// Feature blogs have a placeholder pull request.
    FeatureBlogFreeze,
    /// Code is merged.
    CodeFreeze,
    /// Tests are merged.
    TestFreeze,
    /// Documentation is merged.
    DocsFreeze,
    /// `v1.NN.0` is published.
    Release,
}

impl CycleEvent {
    /// Every event, in order.
    pub const ALL: [Self; 8] = [
        Self::CycleStart,
        Self::ProductionReadinessFreeze,
        Self::EnhancementsFreeze,
        Self::FeatureBlogFreeze,
        Self::CodeFreeze,
        Self::TestFreeze,
        Self::DocsFreeze,
        Self::Release,
    ];

    /// The word for settings and machine-readable output, such as `code-freeze`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CycleStart => "cycle-start",
            Self::ProductionReadinessFreeze => "production-readiness-freeze",
            Self::EnhancementsFreeze => "enhancements-freeze",
            Self::FeatureBlogFreeze => "feature-blog-freeze",
            Self::CodeFreeze => "code-freeze",
            Self::TestFreeze => "test-freeze",
            Self::DocsFreeze => "docs-freeze",
            Self::Release => "release",
        }
    }

    /// The event that [`CycleEvent::code`] names.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.code() == code)
    }

    /// The name for people, such as `Code Freeze`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CycleStart => "Start of Release Cycle",
            Self::ProductionReadinessFreeze => "Production Readiness Freeze",
            Self::EnhancementsFreeze => "Enhancements Freeze",
            Self::FeatureBlogFreeze => "Feature Blog Freeze",
            Self::CodeFreeze => "Code Freeze",
            Self::TestFreeze => "Test Freeze",
            Self::DocsFreeze => "Docs Freeze",
            Self::Release => "Release",
        }
    }

    /// Whether something must be done by then: every event but the start and the release.
    pub const fn is_freeze(self) -> bool {
        !matches!(self, Self::CycleStart | Self::Release)
    }

    /// The events that a page's line names: none for most lines, two for `Begin Code Freeze and
    /// Test Freeze`. A line that merely speaks of a freeze (`Call for Code Freeze Exceptions`), a
    /// pre-release or a patch release names none. `release` is the page's.
    pub(super) fn named_in(what: &str, release: MinorRelease) -> Vec<Self> {
        // The longest real text has 86 bytes.
        if what.len() > 200 {
            return Vec::new();
        }
        let what = what.to_lowercase();
        // "Feature blog freeze - Open placeholder PRs", "Code Freeze (no exceptions)".
        let end = [" - ", " – ", " — ", " (", ": "]
            .iter()
            .filter_map(|mark| what.find(mark))
            .min()
            .unwrap_or(what.len());
        let what = what[..end].trim().trim_end_matches(['.', '!']);
        if is_start(what, release) {
            return vec![Self::CycleStart];
        }
        if is_release(what, release) {
            return vec![Self::Release];
        }
        freezes(what).unwrap_or_default()
    }
}

impl fmt::Display for CycleEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// `start of release cycle`, `the 1.37 release cycle begins`.
fn is_start(what: &str, release: MinorRelease) -> bool {
    let mut rest = Vec::new();
    for word in what.split_whitespace() {
        if !matches!(word, "the" | "of" | "kubernetes")
            && MinorRelease::parse(word) != Some(release)
        {
            rest.push(word);
        }
    }
    matches!(
        rest.as_slice(),
        ["start" | "begin" | "beginning", "release", "cycle"]
            | ["release", "cycle", "starts" | "start" | "begins" | "begin"]
    )
}

/// `v1.37.0 released`, `kubernetes v1.37 release`. Release candidates and patches are others.
fn is_release(what: &str, release: MinorRelease) -> bool {
    let what = what
        .strip_prefix("kubernetes ")
        .unwrap_or(what)
        .trim_start();
    let Some((version, rest)) = what.split_once(' ') else {
        return false;
    };
    let version = version.strip_prefix('v').unwrap_or(version);
    let minor = release.to_string();
    let is_first = version
        .strip_prefix(&minor)
        .is_some_and(|patch| matches!(patch, "" | ".0"));
    is_first
        && matches!(
            rest.trim(),
            "released" | "release" | "release day" | "is released"
        )
}

/// One or more freezes and nothing else.
fn freezes(what: &str) -> Option<Vec<CycleEvent>> {
    let mut what = what;
    for before in ["begin ", "begins ", "start of ", "start ", "the "] {
        what = what.strip_prefix(before).unwrap_or(what).trim_start();
    }
    for after in [" begins", " begin", " starts", " start"] {
        what = what.strip_suffix(after).unwrap_or(what).trim_end();
    }
    let mut found = Vec::new();
    for part in what
        .split([',', '&', '+', '/'])
        .flat_map(|part| part.split(" and "))
    {
        // "Code and Test Freeze".
        let part = part.trim();
        let subject = part.strip_suffix("freeze").unwrap_or(part).trim_end();
        found.push(match subject {
            "production readiness" | "production readiness review" | "prr" => {
                CycleEvent::ProductionReadinessFreeze
            }
            "enhancements" | "enhancement" => CycleEvent::EnhancementsFreeze,
            "feature blog" | "feature blogs" => CycleEvent::FeatureBlogFreeze,
            "code" => CycleEvent::CodeFreeze,
            "test" | "tests" => CycleEvent::TestFreeze,
            "docs" | "doc" | "documentation" => CycleEvent::DocsFreeze,
            _ => return None,
        });
    }
    what.ends_with("freeze").then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(what: &str) -> Vec<&'static str> {
        let events = CycleEvent::named_in(what, MinorRelease::new(1, 37));
        events.into_iter().map(CycleEvent::code).collect()
    }

    #[test]
    fn lines_that_name_events() {
        for (what, code) in [
            ("Start of Release Cycle", "cycle-start"),
            ("Release cycle begins", "cycle-start"),
            ("The v1.37 release cycle begins", "cycle-start"),
            (
                "Begin Production Readiness Freeze",
                "production-readiness-freeze",
            ),
            ("PRR Freeze", "production-readiness-freeze"),
            ("Enhancements Freeze", "enhancements-freeze"),
            (
                "Begin Feature blog freeze - Open placeholder PRs",
                "feature-blog-freeze",
            ),
            ("Code freeze (18:00 PST)", "code-freeze"),
            ("Begin Test Freeze", "test-freeze"),
            ("Docs Freeze", "docs-freeze"),
            ("Kubernetes v1.37.0 released", "release"),
            ("1.37.0 released", "release"),
        ] {
            assert_eq!(named(what), [code], "{what}");
        }
        for what in [
            "Begin Code Freeze and Test Freeze",
            "Code and Test Freeze begin",
        ] {
            assert_eq!(named(what), ["code-freeze", "test-freeze"], "{what}");
        }
    }

    #[test]
    fn lines_that_only_speak_of_them() {
        for what in [
            "",
            "freeze",
            "Start Enhancements Tracking",
            "Begin APAC-friendly meetings",
            "Call for PRR and Enhancement Freeze Exceptions",
            "Call for Code Freeze Exceptions",
            "Brace Yourself, Code Freeze is Coming",
            "Docs deadline — Open placeholder PRs",
            "Docs",
            "v1.37.0-rc.1 released",
            "v1.37.1 released",
            "v1.36.0 released",
            "release-1.37 branch created",
            "Release blog published",
            "Release Notes complete",
            "Thaw",
        ] {
            assert_eq!(named(what), [] as [&str; 0], "{what}");
        }
    }

    #[test]
    fn codes_go_both_ways() {
        for event in CycleEvent::ALL {
            assert_eq!(CycleEvent::from_code(event.code()), Some(event));
        }
        assert_eq!(CycleEvent::from_code("thaw"), None);
    }
}
