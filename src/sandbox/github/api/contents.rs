//! Reading a repository's files: trees, blobs, branches, commits and contents.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, Outcome, Refusal, State};
use crate::sandbox::github::{
    answer::page,
    git::{Commit, Entry},
    repository::Repository,
    show::base64_lines,
};

/// The largest file that contents show in JSON, in bytes.
/// <https://docs.github.com/en/rest/repos/contents#get-repository-content>
const SHOWN_IN_JSON: usize = 1 << 20;

/// The most entries that contents show of a directory.
const DIRECTORY_ENTRIES: usize = 1_000;

impl State {
    /// <https://docs.github.com/en/rest/git/trees#get-a-tree>: `recursive` counts whatever its value
    /// is, even when that is 0 or false.
    pub(super) fn tree(&mut self, call: &Call, id: u64, reference: &str) -> Outcome {
        let repository = self.at_mut(id);
        if repository.git.is_empty() {
            return Err(Refusal::conflict("Git Repository is empty."));
        }
        let found = repository.git.tree(reference, &repository.default_branch);
        let (sha, mut entries) = found.ok_or_else(Refusal::not_found)?;
        if call.parameter("recursive").is_some() {
            entries = repository.git.recursive(&sha);
        }
        Ok(Answer::ok(&self.show_tree(self.at(id), &sha, &entries)))
    }

    /// <https://docs.github.com/en/rest/git/blobs#get-a-blob>
    pub(super) fn blob(&self, call: &Call, id: u64, sha: &str) -> Outcome {
        let repository = self.at(id);
        let content = repository.git.blob(sha).ok_or_else(Refusal::not_found)?;
        if call.wants_raw() {
            return Ok(raw(content.clone()));
        }
        Ok(Answer::ok(&self.show_blob(repository, sha, content)))
    }

    /// <https://docs.github.com/en/rest/git/refs#get-a-reference>
    pub(super) fn branch(&self, id: u64, branch: &str) -> Outcome {
        let repository = self.at(id);
        let commit = repository
            .git
            .branch(branch)
            .ok_or_else(Refusal::not_found)?;
        Ok(Answer::ok(&self.show_branch(repository, branch, commit)))
    }

    /// <https://docs.github.com/en/rest/commits/commits#get-a-commit>: with the media type `sha` the
    /// answer is no more than the commit's identifier.
    pub(super) fn commit(&self, call: &Call, id: u64, reference: &str) -> Outcome {
        let repository = self.at(id);
        let found = repository.git.commit(reference, &repository.default_branch);
        let commit = found.ok_or_else(|| {
            Refusal::unprocessable(format!("No commit found for SHA: {reference}"))
        })?;
        if call.wants("application/vnd.github.sha") {
            let content_type = "application/vnd.github.sha; charset=utf-8";
            return Ok(Answer::bytes(
                StatusCode::OK,
                content_type,
                commit.sha.to_string(),
            ));
        }
        Ok(Answer::ok(&self.show_commit(repository, commit)))
    }

    /// The commits that a branch or another commit has behind it, newest first; with `path` those
    /// that changed something there, with `since` and `until` those of that time.
    /// <https://docs.github.com/en/rest/commits/commits#list-commits>
    pub(super) fn commits(&self, call: &Call, id: u64) -> Outcome {
        let repository = self.at(id);
        if repository.git.is_empty() {
            return Err(Refusal::conflict("Git Repository is empty."));
        }
        let reference = call.parameter("sha").unwrap_or("HEAD");
        let found = repository.git.commit(reference, &repository.default_branch);
        let tip = found.ok_or_else(Refusal::not_found)?;
        let (since, until) = (call.since()?, call.moment("until")?);
        let path = call.parameter("path").unwrap_or_default().trim_matches('/');
        let commits: Vec<_> = repository
            .git
            .log(tip)
            .into_iter()
            .filter(|commit| since.is_none_or(|since| commit.at >= since))
            .filter(|commit| until.is_none_or(|until| commit.at <= until))
            .filter(|commit| path.is_empty() || changes(repository, commit, path))
            .collect();
        Ok(page(call, &self.base, &commits, |commit| {
            self.show_commit(repository, commit)
        }))
    }

    /// A file, or the list of a directory.
    /// <https://docs.github.com/en/rest/repos/contents#get-repository-content>
    pub(super) fn content(&self, call: &Call, id: u64, path: &str) -> Outcome {
        let repository = self.at(id);
        if repository.git.is_empty() {
            return Err(Refusal::not_found_because("This repository is empty."));
        }
        let reference = call.parameter("ref").unwrap_or(&repository.default_branch);
        let found = repository.git.commit(reference, &repository.default_branch);
        let commit = found.ok_or_else(|| {
            Refusal::not_found_because(format!("No commit found for the ref {reference}"))
        })?;
        let path = path.trim_matches('/');
        let entry = entry_at(repository, &commit.tree, path).ok_or_else(Refusal::not_found)?;
        if entry.is_tree {
            return self.directory(repository, reference, &entry);
        }
        let content = repository
            .git
            .blob(&entry.sha)
            .ok_or_else(Refusal::not_found)?;
        if call.wants_raw() {
            return Ok(raw(content.clone()));
        }
        let mut shown = self.show_content(repository, reference, &entry);
        let (encoding, text) = if content.len() > SHOWN_IN_JSON {
            ("none", String::new())
        } else {
            ("base64", base64_lines(content))
        };
        shown["encoding"] = encoding.into();
        shown["content"] = text.into();
        Ok(Answer::ok(&shown))
    }

    fn directory(&self, repository: &Repository, reference: &str, directory: &Entry) -> Outcome {
        let found = repository
            .git
            .tree(&directory.sha, &repository.default_branch);
        let (_, entries) = found.ok_or_else(Refusal::not_found)?;
        let listed: Value = entries
            .iter()
            .take(DIRECTORY_ENTRIES)
            .map(|entry| {
                let path = format!("{}/{}", directory.path, entry.path);
                let path = path.trim_start_matches('/').to_owned();
                let entry = Entry {
                    path,
                    ..entry.clone()
                };
                self.show_content(repository, reference, &entry)
            })
            .collect();
        Ok(Answer::ok(&json!(listed)))
    }
}

/// Whether something at a path is other than it was in a commit's parent.
fn changes(repository: &Repository, commit: &Commit, path: &str) -> bool {
    let at = |tree: &str| entry_at(repository, tree, path).map(|entry| entry.sha);
    let parent = commit.parents.first();
    let parent = parent.and_then(|sha| repository.git.commit(sha, &repository.default_branch));
    at(&commit.tree) != parent.and_then(|parent| at(&parent.tree))
}

/// What lies at a path of a tree; the empty path is the tree itself.
fn entry_at(repository: &Repository, tree: &str, path: &str) -> Option<Entry> {
    let mut found = Entry {
        path: path.to_owned(),
        sha: tree.into(),
        is_tree: true,
        size: 0,
    };
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let (_, entries) = repository
            .git
            .tree(&found.sha, &repository.default_branch)?;
        let entry = entries.iter().find(|entry| entry.path == name)?;
        found = Entry {
            path: path.to_owned(),
            ..entry.clone()
        };
    }
    Some(found)
}

fn raw(content: bytes::Bytes) -> Answer {
    Answer::bytes(
        StatusCode::OK,
        "application/vnd.github.raw+json; charset=utf-8",
        content,
    )
}
