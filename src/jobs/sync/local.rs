//! Takes local files in, in the place of what the forge would give.

use super::{Report, Sync, files::mark, issues::sort_all};
use crate::{
    domain::{Issue, Repository, fact::FileFact},
    ports::{
        StoreError,
        store::{Feed, IssueBatch, Position, StoredFile},
    },
};

/// What local files hold.
#[derive(Debug, Default)]
pub struct Local {
    /// The files of each repository, all of them.
    pub files: Vec<(Repository, Vec<StoredFile>)>,
    /// Issues and pull requests; `None` where none were given.
    pub issues: Option<Vec<Issue>>,
    /// What could not be read: a place and a sentence.
    pub problems: Vec<(Box<str>, String)>,
}

impl Local {
    /// A file with what its reader made of it.
    pub fn file(repository: &Repository, path: &str, sha: &str, fact: &FileFact) -> StoredFile {
        StoredFile {
            repository: repository.to_string().into(),
            path: path.into(),
            sha: mark(sha),
            // Plain values: they can always be written.
            read: serde_json::to_string(fact).unwrap_or_default(),
        }
    }
}

impl Sync<'_> {
    /// Stores what local files hold as if it had been fetched, and tells what changed.
    pub async fn take_in(&self, local: &Local) -> Result<Report, StoreError> {
        self.read_anew_if_need_be().await?;
        let quiet = self.unsettled().await?;
        for (place, why) in &local.problems {
            self.broken(place, why).await?;
        }
        for (repository, files) in &local.files {
            let name = repository.to_string();
            self.store.put_files(files).await?;
            let mut gone = self.store.files(&name).await?;
            gone.retain(|(path, _)| !files.iter().any(|file| file.path == *path));
            let gone: Vec<Box<str>> = gone.into_iter().map(|(path, _)| path).collect();
            let settled = Position {
                settled: true,
                ..Position::default()
            };
            self.store.settle_files(&name, &gone, &settled).await?;
        }
        if let Some(issues) = &local.issues {
            for runtime in &self.settings.runtimes {
                let own: Vec<Issue> = issues
                    .iter()
                    .filter(|issue| issue.repository.eq_ignore_ascii_case(&runtime.repository))
                    .cloned()
                    .collect();
                let there: Vec<u64> = own.iter().map(|issue| issue.number).collect();
                let mut sorted = sort_all(own, runtime);
                let kept = self.store.kept(&runtime.repository).await?;
                let gone = kept.into_iter().map(|(number, _)| number);
                let gone = gone.filter(|number| !there.contains(number));
                sorted.drop.extend(gone.map(|number| (number, None)));
                let position = self
                    .store
                    .position(&runtime.repository, Feed::Issues)
                    .await?;
                let settled = Position {
                    settled: true,
                    ..position
                };
                let batch = IssueBatch {
                    keep: &sorted.keep,
                    drop: &sorted.drop,
                    mentions: &sorted.mentions,
                };
                self.store
                    .put_issues(&runtime.repository, batch, Some(&settled))
                    .await?;
            }
        }
        let report = self.tell(&quiet).await?;
        Ok(self.finish(report, None))
    }
}
