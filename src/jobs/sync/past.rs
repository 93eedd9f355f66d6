//! Fills in how the board stood in the weeks before the bot began, from the history of the KEPs'
//! files. Of issues and people nothing is known of then, so such a day tells of stages alone.
//!
//! One step looks at one week, the newest that is unknown, so each step costs a few requests and the
//! next start goes on where the last one ended.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{Sync, Trouble, files::mark, telling::stages};
use crate::{
    domain::{
        board::{Board, Facts},
        fact::FileFact,
        kep::{Kep, KepFile, read_kep},
        trend::{DaySummary, monday_of},
    },
    ports::{StoreError, forge::TreeEntry},
};

/// How many weeks before this one are looked at: about a release cycle.
const WEEKS: i64 = 12;
/// How many old versions of files are asked for while the bot runs. A week of SIG-Node has ten.
const MOST_FILES: usize = 150;

/// What is known of the past while the bot runs.
#[derive(Debug, Default)]
pub struct Past {
    over: bool,
    asked: usize,
    /// Old versions of `kep.yaml` by path and hash. Most stayed the same for weeks.
    versions: HashMap<(Box<str>, Box<str>), KepFile>,
}

impl Past {
    fn end(&mut self) {
        *self = Self {
            over: true,
            ..Self::default()
        };
    }
}

impl Sync<'_> {
    /// Looks at one week of the past, if there is one to look at. What goes wrong ends it until the
    /// next start: history is nice to have.
    pub async fn look_back(&self, board: &Board, past: &mut Past) -> Result<(), StoreError> {
        if past.over {
            return Ok(());
        }
        match self.unknown_week(board, past).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                past.end();
                Ok(())
            }
            Err(Trouble::Forge(error)) => {
                tracing::info!(%error, "the weeks before stay unknown until the next start");
                past.end();
                Ok(())
            }
            Err(Trouble::Store(error)) => Err(error),
        }
    }

    /// Fills in the newest week of which no day is known; whether there may be another.
    async fn unknown_week(&self, board: &Board, past: &mut Past) -> Result<bool, Trouble> {
        let Some((day, at)) = self.newest_unknown().await? else {
            return Ok(false);
        };
        let repository = &self.sources.enhancements;
        let Some(root) = self.forge.tree_at(repository, at).await? else {
            return Ok(false);
        };
        let root = self.subtree(repository, &root, false).await?;
        let Some(keps) = root.entries.iter().find(|entry| &*entry.path == "keps") else {
            return Ok(false);
        };
        let files = self.listing(repository, &keps.sha, "keps").await?;
        let Some(keps) = self.as_they_were(&files, board, past).await? else {
            tracing::info!("too much changed to fill in the weeks before");
            return Ok(false);
        };
        let facts = Facts {
            keps,
            ..Facts::default()
        };
        let summary = DaySummary {
            stages: stages(&Board::build(facts, self.settings), self.settings),
            ..DaySummary::default()
        };
        let Ok(summary) = serde_json::to_string(&summary) else {
            return Ok(false);
        };
        self.store.fill_day(day, &summary).await?;
        Ok(true)
    }

    /// The Sunday of that week, and its last second.
    async fn newest_unknown(&self) -> Result<Option<(NaiveDate, DateTime<Utc>)>, StoreError> {
        let Some(monday) = monday_of(self.clock.now().date_naive()) else {
            return Ok(None);
        };
        let known = self.store.days(monday - TimeDelta::weeks(WEEKS)).await?;
        let unknown = (1..=WEEKS)
            .map(|ago| monday - TimeDelta::weeks(ago))
            .find(|monday| {
                let week = *monday..*monday + TimeDelta::weeks(1);
                !known.iter().any(|(day, _)| week.contains(day))
            });
        Ok(unknown.map(|monday| {
            let next = monday + TimeDelta::weeks(1);
            let end = next.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(1);
            (end.date_naive(), end)
        }))
    }

    /// The KEPs of the watched SIGs in the versions that these files had; `None` where too many of
    /// them are unknown. A KEP counts that is or was in a SIG's folder, or that belongs to one now.
    async fn as_they_were(
        &self,
        files: &[TreeEntry],
        board: &Board,
        past: &mut Past,
    ) -> Result<Option<Vec<KepFile>>, Trouble> {
        let repository = &self.sources.enhancements;
        let stored = self.store.files(&repository.to_string()).await?;
        let stored: HashMap<_, _> = stored.into_iter().collect();
        let today: HashMap<&str, &Kep> = board
            .entries()
            .iter()
            .filter(|entry| entry.kep.belongs_to(&self.settings.sigs))
            .map(|entry| (&*entry.kep.path, &*entry.kep))
            .collect();
        let mut keps = Vec::new();
        for file in files
            .iter()
            .filter(|file| FileFact::is_kep_file(&file.path))
        {
            let Some(folder) = file.path.strip_suffix("/kep.yaml") else {
                continue;
            };
            let now = today.get(folder);
            let sig = folder.split('/').nth(1).unwrap_or_default();
            if now.is_none() && !self.settings.sigs.iter().any(|watched| **watched == *sig) {
                continue;
            }
            if let Some(kep) = now
                && stored.get(&file.path) == Some(&mark(&file.sha))
            {
                keps.push(KepFile::Numbered(Box::new(Kep::clone(kep))));
                continue;
            }
            let version = (file.path.clone(), file.sha.clone());
            if !past.versions.contains_key(&version) {
                if past.asked == MOST_FILES {
                    return Ok(None);
                }
                past.asked += 1;
                let text = self.forge.blob(repository, &file.sha).await?;
                let kep = read_kep(&file.path, &text);
                past.versions.insert(version.clone(), kep);
            }
            keps.extend(past.versions.get(&version).cloned());
        }
        Ok(Some(keps))
    }
}
