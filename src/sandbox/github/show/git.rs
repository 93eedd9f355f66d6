//! How git's objects and files look in JSON.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{State, node_id, time};
use crate::sandbox::github::{
    git::{Commit, Entry, mail_of},
    repository::Repository,
};

/// Base64 in lines of sixty characters, which is how GitHub wraps it.
/// <https://docs.github.com/en/rest/git/blobs#get-a-blob>
pub(in crate::sandbox::github) fn base64_lines(content: &[u8]) -> String {
    let digits = BASE64_STANDARD.encode(content);
    let mut lines = String::with_capacity(digits.len() + digits.len() / 60 + 1);
    for line in digits.as_bytes().chunks(60) {
        lines.extend(line.iter().map(|digit| char::from(*digit)));
        lines.push('\n');
    }
    lines
}

impl State {
    /// <https://docs.github.com/en/rest/git/trees#get-a-tree>
    pub(in crate::sandbox::github) fn show_tree(
        &self,
        repository: &Repository,
        sha: &str,
        entries: &[Entry],
    ) -> Value {
        let shown = &entries[..entries.len().min(self.tree_limit)];
        let shown: Vec<_> = shown
            .iter()
            .map(|entry| self.show_entry(repository, entry))
            .collect();
        json!({
            "sha": sha,
            "url": self.url(repository, &format!("/git/trees/{sha}")),
            "tree": shown,
            "truncated": entries.len() > self.tree_limit,
        })
    }

    fn show_entry(&self, repository: &Repository, entry: &Entry) -> Value {
        let (kind, mode, place) = if entry.is_tree {
            ("tree", "040000", "trees")
        } else {
            ("blob", "100644", "blobs")
        };
        let mut shown = json!({
            "path": entry.path,
            "mode": mode,
            "type": kind,
            "sha": &*entry.sha,
            "url": self.url(repository, &format!("/git/{place}/{}", entry.sha)),
        });
        if !entry.is_tree {
            shown["size"] = entry.size.into();
        }
        shown
    }

    pub(in crate::sandbox::github) fn show_blob(
        &self,
        repository: &Repository,
        sha: &str,
        content: &Bytes,
    ) -> Value {
        json!({
            "sha": sha,
            "node_id": node_id("B", repository.id),
            "size": content.len(),
            "url": self.url(repository, &format!("/git/blobs/{sha}")),
            "content": base64_lines(content),
            "encoding": "base64",
        })
    }

    /// <https://docs.github.com/en/rest/git/refs#get-a-reference>
    pub(in crate::sandbox::github) fn show_branch(
        &self,
        repository: &Repository,
        branch: &str,
        commit: &Commit,
    ) -> Value {
        json!({
            "ref": format!("refs/heads/{branch}"),
            "node_id": node_id("REF", repository.id),
            "url": self.url(repository, &format!("/git/refs/heads/{branch}")),
            "object": {
                "sha": &*commit.sha,
                "type": "commit",
                "url": self.url(repository, &format!("/git/commits/{}", commit.sha)),
            },
        })
    }

    /// <https://docs.github.com/en/rest/commits/commits#get-a-commit>
    pub(in crate::sandbox::github) fn show_commit(
        &self,
        repository: &Repository,
        commit: &Commit,
    ) -> Value {
        let sha = &*commit.sha;
        let by = json!({
            "name": commit.author,
            "email": mail_of(&commit.author),
            "date": time(commit.at),
        });
        let account = self
            .find_user(&commit.author)
            .map(|user| self.show_user(user));
        let parents: Vec<_> = commit
            .parents
            .iter()
            .map(|parent| {
                json!({
                    "sha": &**parent,
                    "url": self.url(repository, &format!("/commits/{parent}")),
                    "html_url": self.web(repository, &format!("/commit/{parent}")),
                })
            })
            .collect();
        json!({
            "sha": sha,
            "node_id": node_id("C", repository.id),
            "commit": {
                "author": by,
                "committer": by,
                "message": commit.message,
                "tree": {
                    "sha": &*commit.tree,
                    "url": self.url(repository, &format!("/git/trees/{}", commit.tree)),
                },
                "url": self.url(repository, &format!("/git/commits/{sha}")),
                "comment_count": 0,
                "verification": {
                    "verified": false,
                    "reason": "unsigned",
                    "signature": null,
                    "payload": null,
                    "verified_at": null,
                },
            },
            "url": self.url(repository, &format!("/commits/{sha}")),
            "html_url": self.web(repository, &format!("/commit/{sha}")),
            "comments_url": self.url(repository, &format!("/commits/{sha}/comments")),
            "author": account,
            "committer": account,
            "parents": parents,
        })
    }

    /// A file or directory at a path, without what is in it.
    /// <https://docs.github.com/en/rest/repos/contents#get-repository-content>
    pub(in crate::sandbox::github) fn show_content(
        &self,
        repository: &Repository,
        reference: &str,
        entry: &Entry,
    ) -> Value {
        let path = &entry.path;
        let name = path.rsplit('/').next().unwrap_or(path);
        let (kind, place, web) = if entry.is_tree {
            ("dir", "trees", "tree")
        } else {
            ("file", "blobs", "blob")
        };
        let url = self.url(repository, &format!("/contents/{path}?ref={reference}"));
        let git_url = self.url(repository, &format!("/git/{place}/{}", entry.sha));
        let html_url = self.web(repository, &format!("/{web}/{reference}/{path}"));
        let download_url = (!entry.is_tree).then(|| {
            let full_name = self.full_name(repository.id);
            format!("https://raw.githubusercontent.com/{full_name}/{reference}/{path}")
        });
        json!({
            "name": name,
            "path": path,
            "sha": &*entry.sha,
            "size": entry.size,
            "url": url,
            "html_url": html_url,
            "git_url": git_url,
            "download_url": download_url,
            "type": kind,
            "_links": {"self": url, "git": git_url, "html": html_url},
        })
    }
}
