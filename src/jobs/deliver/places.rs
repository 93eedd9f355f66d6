//! What is under way, and where nobody may write yet.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

#[derive(Default)]
pub(super) struct Places {
    pub(super) taken: HashSet<String>,
    pub(super) free_at: HashMap<String, DateTime<Utc>>,
    /// When it was last looked what is due.
    pub(super) looked_at: Option<DateTime<Utc>>,
}

impl Places {
    /// Whether the clock was set back, or may have been while nobody looked.
    pub(super) fn is_set_back(&self, now: DateTime<Utc>) -> bool {
        self.looked_at.is_none_or(|at| now < at)
    }

    pub(super) fn busy(&mut self, now: DateTime<Utc>) -> Vec<String> {
        self.free_at.retain(|_, at| *at > now);
        self.taken
            .iter()
            .chain(self.free_at.keys())
            .cloned()
            .collect()
    }
}
