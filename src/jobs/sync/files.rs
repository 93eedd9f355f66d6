//! Files by the hashes that git knows them by: what has the hash that is stored is never fetched.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use futures::StreamExt as _;

use super::{Local, Sync, Trouble};
use crate::{
    domain::{
        Release, Repository,
        fact::{FileFact, READER},
    },
    ports::{
        ForgeError,
        forge::{Fetched, FileFilter, RepositoryFile, Tree, TreeEntry},
        store::{Feed, Position, StoredFile},
    },
};

/// From so many files on, one download of the whole repository costs less than asking for each.
const MANY: usize = 60;
/// How many files are asked for at a time.
const AT_ONCE: usize = 8;
/// How many files are stored at a time.
const BATCH: usize = 64;
/// The current cycle, the coming one, and those that tracking issues still name.
const RELEASE_PAGES: usize = 4;

/// A file or a folder of a repository, and what its files tell.
struct Folder<'a> {
    repository: &'a Repository,
    path: &'static str,
    /// Whether a repository without it is none of those that are meant.
    needed: bool,
    wanted: fn(&str) -> bool,
    read: fn(&str, &str) -> FileFact,
}

fn page(_: &str, text: &str) -> FileFact {
    FileFact::Releases(text.to_owned())
}

impl Sync<'_> {
    pub(super) async fn kep_files(&self) -> Result<(), Trouble> {
        self.folder(&Folder {
            repository: &self.sources.enhancements,
            path: "keps",
            needed: true,
            wanted: FileFact::is_kep_file,
            read: FileFact::of_kep_file,
        })
        .await
    }

    pub(super) async fn release_pages(&self) -> Result<(), Trouble> {
        self.folder(&Folder {
            repository: &self.sources.releases,
            path: "releases",
            needed: true,
            wanted: |path| release_of(path).is_some(),
            read: page,
        })
        .await
    }

    /// What a runtime says of its releases; one need not say anything.
    pub(super) async fn runtime_releases(&self, repository: &Repository) -> Result<(), Trouble> {
        self.folder(&Folder {
            repository,
            path: "RELEASES.md",
            needed: false,
            wanted: |path| path == "RELEASES.md",
            read: page,
        })
        .await
    }

    async fn folder(&self, folder: &Folder<'_>) -> Result<(), Trouble> {
        let name = folder.repository.to_string();
        let position = self.store.position(&name, Feed::Files).await?;
        let known = position.validator.as_ref();
        let root = self.forge.tree(folder.repository, None, false, known);
        let Fetched::New(root, validator) = root.await? else {
            return Ok(());
        };
        let entry = root
            .entries
            .iter()
            .find(|entry| *entry.path == *folder.path);
        // What is not listed is gone, and all its files with it: that must be sure.
        if entry.is_none() && (root.truncated || folder.needed) {
            let why = format!("the repository's folder lists no {}", folder.path);
            return Err(ForgeError::Unreadable(why).into());
        }
        let sha = entry.map(|entry| entry.sha.clone());
        let done = Position {
            validator,
            tree: sha.clone(),
            settled: true,
            ..Position::default()
        };
        if position.settled && sha == position.tree {
            self.store.set_position(&name, Feed::Files, &done).await?;
            return Ok(());
        }
        let mut files = match entry {
            None => Vec::new(),
            Some(entry) if entry.is_tree => {
                self.listing(folder.repository, &entry.sha, folder.path)
                    .await?
            }
            Some(entry) => vec![entry.clone()],
        };
        files.retain(|file| (folder.wanted)(&file.path));
        newest_pages(&mut files);
        let stored: HashMap<_, _> = self.store.files(&name).await?.into_iter().collect();
        let missing: Vec<&TreeEntry> = files
            .iter()
            .filter(|file| stored.get(&file.path) != Some(&mark(&file.sha)))
            .collect();
        let broken = self.fetch(folder, &missing).await?;
        let done = if broken == 0 {
            done
        } else {
            // What could not be read is asked for again next time. It holds up the end of a first
            // pass only once: one file that is broken for good must not keep all others quiet.
            Position {
                broken: position.broken + 1,
                settled: position.settled || position.broken > 0,
                ..Position::default()
            }
        };
        let there: HashSet<&str> = files.iter().map(|file| &*file.path).collect();
        let gone: Vec<Box<str>> = stored
            .into_keys()
            .filter(|path| !there.contains(&**path))
            .collect();
        self.store.settle_files(&name, &gone, &done).await?;
        Ok(())
    }

    /// Every file below a tree, with its path in the repository.
    pub(super) async fn listing(
        &self,
        repository: &Repository,
        sha: &str,
        below: &str,
    ) -> Result<Vec<TreeEntry>, Trouble> {
        let mut files = Vec::new();
        let mut open = vec![(Box::<str>::from(sha), below.to_owned())];
        while let Some((sha, below)) = open.pop() {
            let mut tree = self.subtree(repository, &sha, true).await?;
            // One that is too large to be listed whole is listed folder by folder.
            let by_folder = tree.truncated;
            if by_folder {
                tree = self.subtree(repository, &sha, false).await?;
                if tree.truncated {
                    let why = format!("{below} has more entries than GitHub lists");
                    return Err(ForgeError::Unreadable(why).into());
                }
            }
            for entry in tree.entries {
                let path = format!("{below}/{}", entry.path);
                if !entry.is_tree {
                    let path = path.into();
                    files.push(TreeEntry { path, ..entry });
                } else if by_folder {
                    open.push((entry.sha, path));
                }
            }
        }
        Ok(files)
    }

    pub(super) async fn subtree(
        &self,
        repository: &Repository,
        sha: &str,
        recursive: bool,
    ) -> Result<Tree, Trouble> {
        match self
            .forge
            .tree(repository, Some(sha), recursive, None)
            .await?
        {
            Fetched::New(tree, _) => Ok(tree),
            Fetched::Same => Err(ForgeError::Unreadable(
                "a tree that nobody knows is said to be the same".to_owned(),
            )
            .into()),
        }
    }

    /// Fetches files and stores what they tell; how many could not be read.
    async fn fetch(&self, folder: &Folder<'_>, missing: &[&TreeEntry]) -> Result<usize, Trouble> {
        if missing.is_empty() {
            return Ok(0);
        }
        let known = self.store.problems().await?;
        let known: HashSet<&str> = known.iter().map(|(place, _)| &**place).collect();
        let mut broken = 0;
        let mut missing: HashMap<&str, &str> = missing
            .iter()
            .map(|file| (&*file.path, &*file.sha))
            .collect();
        if missing.len() > MANY {
            self.fetch_whole(folder, &mut missing).await?;
        }
        let blobs: Vec<_> = missing
            .into_iter()
            .map(|(path, sha)| self.blob(folder, path, sha))
            .collect();
        let mut blobs = futures::stream::iter(blobs).buffer_unordered(AT_ONCE);
        let mut ready = Vec::new();
        while let Some((path, sha, text)) = blobs.next().await {
            match text {
                Ok(text) => {
                    let place = format!("{}/{path}", folder.repository);
                    if known.contains(&*place) {
                        self.store.put_problem(&place, None).await?;
                    }
                    ready.push(stored(folder, path, sha, &text));
                }
                // That one file; all other reasons concern the next file as well.
                Err(error @ (ForgeError::NotFound(_) | ForgeError::Unreadable(_))) => {
                    let place = format!("{}/{path}", folder.repository);
                    self.broken(&place, &error.to_string()).await?;
                    broken += 1;
                }
                Err(error) => {
                    // What has arrived is kept.
                    self.store.put_files(&ready).await?;
                    return Err(error.into());
                }
            }
            if ready.len() >= BATCH {
                self.store.put_files(&ready).await?;
                ready.clear();
            }
        }
        self.store.put_files(&ready).await?;
        Ok(broken)
    }

    /// One file's text, beside what it is.
    async fn blob<'b>(
        &self,
        folder: &Folder<'_>,
        path: &'b str,
        sha: &'b str,
    ) -> (&'b str, &'b str, Result<String, ForgeError>) {
        (path, sha, self.forge.blob(folder.repository, sha).await)
    }

    /// Takes what is missing from a download of the whole repository. What goes wrong here costs
    /// nothing but time: what is still missing afterwards is asked for file by file.
    async fn fetch_whole(
        &self,
        folder: &Folder<'_>,
        missing: &mut HashMap<&str, &str>,
    ) -> Result<(), Trouble> {
        let wanted = folder.wanted;
        let filter: FileFilter = Arc::new(wanted);
        let mut arrived: Vec<RepositoryFile> = Vec::new();
        let mut take = |file: RepositoryFile| {
            // Somebody may have pushed since the tree was listed.
            if missing.get(&*file.path) == Some(&&*file.sha) {
                arrived.push(file);
            }
        };
        let outcome = self.forge.files(folder.repository, filter, &mut take).await;
        for batch in arrived.chunks(BATCH) {
            let files: Vec<StoredFile> = batch
                .iter()
                .map(|file| stored(folder, &file.path, &file.sha, &file.text))
                .collect();
            self.store.put_files(&files).await?;
            for file in batch {
                missing.remove(&*file.path);
            }
        }
        match outcome {
            Err(error @ (ForgeError::Limited { .. } | ForgeError::Unauthorized(_))) => {
                Err(error.into())
            }
            Err(error) => {
                tracing::info!(%error, repository = %folder.repository, "no archive; files are asked for one by one");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

/// By what a stored file is known: its content, and the reader that read it.
pub(super) fn mark(sha: &str) -> Box<str> {
    format!("{READER}:{sha}").into()
}

fn stored(folder: &Folder<'_>, path: &str, sha: &str, text: &str) -> StoredFile {
    Local::file(folder.repository, path, sha, &(folder.read)(path, text))
}

/// The release of `releases/release-1.38/README.md`.
fn release_of(path: &str) -> Option<Release> {
    let folder = path.strip_prefix("releases/release-")?;
    Release::parse(folder.strip_suffix("/README.md")?)
}

/// Of pages about releases only the newest are kept.
fn newest_pages(files: &mut Vec<TreeEntry>) {
    if files.iter().all(|file| release_of(&file.path).is_some()) {
        files.sort_by_key(|file| std::cmp::Reverse(release_of(&file.path)));
        files.truncate(RELEASE_PAGES);
    }
}
