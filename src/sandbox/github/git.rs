//! A repository's git objects: blobs, trees and commits with the identifiers git itself gives them.
//!
//! Formats: <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// The forty hexadecimal digits of an object.
pub(super) type Sha = Arc<str>;

/// One line of a tree; `path` is a name in a plain tree, and a whole path in a recursive one.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) sha: Sha,
    pub(super) is_tree: bool,
    /// Bytes, of a blob.
    pub(super) size: usize,
}

#[derive(Debug)]
pub(super) struct Commit {
    pub(super) sha: Sha,
    pub(super) tree: Sha,
    pub(super) parents: Vec<Sha>,
    pub(super) author: String,
    pub(super) message: String,
    pub(super) at: DateTime<Utc>,
}

/// The objects and branches of one repository.
#[derive(Debug, Default)]
pub(super) struct Git {
    blobs: HashMap<Sha, Bytes>,
    trees: HashMap<Sha, Arc<Vec<Entry>>>,
    /// What a recursive reading of a tree gives, kept because the same tree is read again and again.
    recursive: HashMap<Sha, Arc<Vec<Entry>>>,
    commits: HashMap<Sha, Arc<Commit>>,
    branches: BTreeMap<String, Sha>,
}

/// What a push does to one path.
pub(super) enum Edit<'a> {
    Put(&'a str, &'a [u8]),
    Remove(&'a str),
}

impl Git {
    pub(super) fn blob(&self, sha: &str) -> Option<&Bytes> {
        self.blobs.get(sha)
    }

    pub(super) fn branch(&self, name: &str) -> Option<&Arc<Commit>> {
        self.commits.get(self.branches.get(name)?)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.branches.is_empty()
    }

    /// The commit a reference means: a branch, `heads/…`, `refs/heads/…`, `HEAD`, or a commit's
    /// identifier in full or shortened to at least seven digits.
    pub(super) fn commit(&self, reference: &str, default_branch: &str) -> Option<&Arc<Commit>> {
        let name = reference.trim_start_matches("refs/");
        let name = name.strip_prefix("heads/").unwrap_or(name);
        let name = if name == "HEAD" { default_branch } else { name };
        self.branch(name).or_else(|| self.commit_by_sha(reference))
    }

    fn commit_by_sha(&self, sha: &str) -> Option<&Arc<Commit>> {
        self.commits.get(sha).or_else(|| {
            let is_short = (7..40).contains(&sha.len());
            let mut matching = self
                .commits
                .iter()
                .filter(|(full, _)| full.starts_with(sha));
            let (_, commit) = matching.next().filter(|_| is_short)?;
            matching.next().is_none().then_some(commit)
        })
    }

    /// A commit and all that it has behind it, newest first; of one moment a child before its parent.
    pub(super) fn log(&self, tip: &Arc<Commit>) -> Vec<&Arc<Commit>> {
        let mut found = Vec::new();
        let mut seen = HashSet::from([&tip.sha]);
        let mut open: Vec<_> = self.commits.get(&tip.sha).into_iter().collect();
        while let Some(commit) = open.pop() {
            found.push(commit);
            let parents = commit.parents.iter().filter(|sha| seen.insert(sha));
            open.extend(parents.filter_map(|sha| self.commits.get(sha)));
        }
        found.sort_by_key(|commit| std::cmp::Reverse(commit.at));
        found
    }

    /// The tree with this identifier, or of this reference's commit, and its identifier.
    pub(super) fn tree(
        &self,
        reference: &str,
        default_branch: &str,
    ) -> Option<(Sha, Arc<Vec<Entry>>)> {
        let sha = match self.commit(reference, default_branch) {
            Some(commit) => &*commit.tree,
            None => reference,
        };
        let (sha, entries) = self.trees.get_key_value(sha)?;
        Some((sha.clone(), entries.clone()))
    }

    /// A tree and all trees below it: each subtree is followed by what is in it.
    pub(super) fn recursive(&mut self, tree: &Sha) -> Arc<Vec<Entry>> {
        if let Some(known) = self.recursive.get(tree) {
            return known.clone();
        }
        let mut all = Vec::new();
        self.walk(tree, "", &mut all);
        let all = Arc::new(all);
        self.recursive.insert(tree.clone(), all.clone());
        all
    }

    fn walk(&self, tree: &str, prefix: &str, into: &mut Vec<Entry>) {
        for entry in self.trees[tree].iter() {
            let path = format!("{prefix}{}", entry.path);
            let below = entry.is_tree.then(|| format!("{path}/"));
            into.push(Entry {
                path,
                ..entry.clone()
            });
            if let Some(below) = below {
                self.walk(&entry.sha, &below, into);
            }
        }
    }

    /// Commits these edits on top of a branch, which begins empty when it is new.
    pub(super) fn push(
        &mut self,
        branch: &str,
        edits: &[Edit<'_>],
        author: &str,
        message: &str,
        at: DateTime<Utc>,
    ) -> Arc<Commit> {
        let parent = self.branch(branch).cloned();
        let mut files: BTreeMap<String, (Sha, usize)> = BTreeMap::new();
        if let Some(parent) = &parent {
            for entry in self
                .recursive(&parent.tree)
                .iter()
                .filter(|entry| !entry.is_tree)
            {
                files.insert(entry.path.clone(), (entry.sha.clone(), entry.size));
            }
        }
        for edit in edits {
            match *edit {
                Edit::Put(path, content) => {
                    let sha = object_id("blob", content);
                    self.blobs
                        .entry(sha.clone())
                        .or_insert_with(|| Bytes::copy_from_slice(content));
                    files.insert(path.to_owned(), (sha, content.len()));
                }
                Edit::Remove(path) => {
                    let removed = files.remove(path);
                    assert!(removed.is_some(), "no file {path} on {branch} to remove");
                }
            }
        }
        let files: Vec<_> = files
            .iter()
            .map(|(path, (sha, size))| (path.as_str(), sha, *size))
            .collect();
        let tree = self.write_tree(&files);
        let parents = parent.iter().map(|parent| parent.sha.clone()).collect();
        self.commit_tree(branch, tree, parents, author, message, at)
    }

    /// Writes the tree of these files, sorted by path, and all trees below it. Paths sorted by their
    /// bytes are in git's order: a directory sorts as if its name ended in a slash.
    fn write_tree(&mut self, files: &[(&str, &Sha, usize)]) -> Sha {
        let mut entries = Vec::new();
        for group in files.chunk_by(|(one, ..), (other, ..)| first(one) == first(other)) {
            let (path, sha, size) = group[0];
            let name = first(path);
            if name.len() == path.len() {
                entries.push(Entry {
                    path: name.to_owned(),
                    sha: sha.clone(),
                    is_tree: false,
                    size,
                });
                continue;
            }
            let below: Vec<_> = group
                .iter()
                .map(|(path, sha, size)| (&path[name.len() + 1..], *sha, *size))
                .collect();
            entries.push(Entry {
                path: name.to_owned(),
                sha: self.write_tree(&below),
                is_tree: true,
                size: 0,
            });
        }
        let sha = object_id("tree", &tree_object(&entries));
        self.trees
            .entry(sha.clone())
            .or_insert_with(|| Arc::new(entries));
        sha
    }

    fn commit_tree(
        &mut self,
        branch: &str,
        tree: Sha,
        parents: Vec<Sha>,
        author: &str,
        message: &str,
        at: DateTime<Utc>,
    ) -> Arc<Commit> {
        let parent_lines: Vec<_> = parents
            .iter()
            .map(|parent| format!("parent {parent}\n"))
            .collect();
        let parent_lines = parent_lines.concat();
        let by = format!("{author} <{}> {} +0000", mail_of(author), at.timestamp());
        let text = format!("tree {tree}\n{parent_lines}author {by}\ncommitter {by}\n\n{message}\n");
        let commit = Arc::new(Commit {
            sha: object_id("commit", text.as_bytes()),
            tree,
            parents,
            author: author.to_owned(),
            message: message.to_owned(),
            at,
        });
        self.commits.insert(commit.sha.clone(), commit.clone());
        self.branches.insert(branch.to_owned(), commit.sha.clone());
        commit
    }
}

/// The address GitHub gives those who hide theirs.
pub(super) fn mail_of(login: &str) -> String {
    format!("{login}@users.noreply.github.com")
}

fn first(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

fn object_id(kind: &str, content: &[u8]) -> Sha {
    let mut object = format!("{kind} {}\0", content.len()).into_bytes();
    object.extend_from_slice(content);
    hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &object).as_ref()).into()
}

fn tree_object(entries: &[Entry]) -> Vec<u8> {
    let mut object = Vec::new();
    for entry in entries {
        let mode = if entry.is_tree { "40000" } else { "100644" };
        object.extend_from_slice(format!("{mode} {}\0", entry.path).as_bytes());
        let digits = entry.sha.as_bytes().chunks(2);
        object.extend(digits.map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])));
    }
    object
}

fn nibble(digit: u8) -> u8 {
    if digit.is_ascii_digit() {
        digit - b'0'
    } else {
        digit - b'a' + 10
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    let pairs = bytes
        .iter()
        .map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    pairs.flatten().collect()
}
