//! What came already, as far as memory goes.

use std::collections::{HashSet, VecDeque};

/// The identifiers of the last requests, a bounded number of them.
#[derive(Debug)]
pub(super) struct Seen {
    known: HashSet<Box<str>>,
    by_age: VecDeque<Box<str>>,
    most: usize,
}

impl Seen {
    pub(super) fn new(most: usize) -> Self {
        Self {
            known: HashSet::new(),
            by_age: VecDeque::new(),
            most,
        }
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.known.contains(id)
    }

    /// Remembers one, and forgets the oldest where there are too many.
    pub(super) fn insert(&mut self, id: &str) {
        if !self.known.insert(id.into()) {
            return;
        }
        self.by_age.push_back(id.into());
        if self.by_age.len() > self.most
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let mut seen = Seen::new(2);
        for id in ["a", "b", "a", "c"] {
            seen.insert(id);
        }
        assert!(!seen.contains("a") && seen.contains("b") && seen.contains("c"));
        assert_eq!(seen.by_age.len(), seen.known.len());
    }
}
