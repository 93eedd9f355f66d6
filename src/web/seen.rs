//! What came already, as far as memory goes.

use std::{
    borrow::Borrow,
    collections::{HashSet, VecDeque},
    hash::Hash,
};

/// The identifiers of the last requests, a bounded number of them.
#[derive(Debug)]
pub struct Seen<T> {
    known: HashSet<T>,
    by_age: VecDeque<T>,
    most: usize,
}

impl<T: Hash + Eq + Clone> Seen<T> {
    /// Remembers at most so many.
    pub fn new(most: usize) -> Self {
        Self {
            known: HashSet::new(),
            by_age: VecDeque::new(),
            most,
        }
    }

    /// Whether one is remembered.
    pub fn contains<Q: Hash + Eq + ?Sized>(&self, id: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.known.contains(id)
    }

    /// Remembers one, and forgets the oldest where there are too many. Whether it is new.
    pub fn insert(&mut self, id: T) -> bool {
        if !self.known.insert(id.clone()) {
            return false;
        }
        if self.by_age.len() >= self.most
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.by_age.push_back(id);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let mut seen = Seen::new(2);
        let new = ["a", "b", "a", "c"].map(|id| seen.insert(id));
        assert_eq!(new, [true, true, false, true]);
        assert!(!seen.contains(&"a") && seen.contains(&"b") && seen.contains(&"c"));
        assert_eq!(seen.by_age.len(), seen.known.len());
    }
}
