//! Which commit of a list was the tip of the default branch.

use serde::Deserialize;

/// How many commits are asked for: so many may have been merged with the last pull request.
pub(super) const NEWEST_COMMITS: usize = 30;

/// How GitHub, and what merges by its API, begins the message of a merge.
/// <https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges>
const MERGE: &str = "Merge pull request #";

#[derive(Deserialize)]
pub(super) struct WireCommit {
    commit: Content,
    #[serde(default)]
    parents: Vec<Parent>,
}

#[derive(Deserialize)]
struct Content {
    message: String,
    tree: Tree,
}

#[derive(Deserialize)]
struct Tree {
    sha: Box<str>,
}

#[derive(Deserialize)]
struct Parent {}

/// The tree of the commit that was the tip, of commits by their age, newest first. The list also
/// has those of branches that were merged, maybe later than the moment that was asked for, so the
/// newest is not the tip where pull requests are merged by commits of their own; where they are
/// squashed or rebased it is.
pub(super) fn tip(commits: Vec<WireCommit>) -> Option<Box<str>> {
    let is_merge =
        |commit: &WireCommit| commit.parents.len() > 1 && commit.commit.message.starts_with(MERGE);
    let tip = commits.iter().position(is_merge).unwrap_or_default();
    let commit = commits.into_iter().nth(tip)?;
    Some(commit.commit.tree.sha)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tip_of(commits: &[(&str, usize)]) -> Option<String> {
        let commits = commits.iter().enumerate().map(|(nth, (message, parents))| {
            serde_json::json!({
                "commit": { "message": message, "tree": { "sha": nth.to_string() } },
                "parents": vec![serde_json::json!({ "sha": "p" }); *parents],
            })
        });
        let list = commits.collect::<serde_json::Value>();
        let commits = serde_json::from_value(list).expect("commits");
        tip(commits).map(Into::into)
    }

    #[test]
    fn the_newest_merge_or_else_the_newest() {
        let branch = ("Say more of the design", 1);
        let update = ("Merge branch 'master' into feature", 2);
        let merge = ("Merge pull request #5826 from someone/feature", 2);
        let squashed = ("Merge pull request #5826 from someone/feature", 1);
        for (commits, tree) in [
            (&[][..], None),
            (&[branch, branch], Some("0")),
            (&[branch, update, merge, branch, merge], Some("2")),
            (&[merge, branch], Some("0")),
            (&[branch, squashed], Some("0")),
        ] {
            assert_eq!(tip_of(commits).as_deref(), tree, "{commits:?}");
        }
    }
}
