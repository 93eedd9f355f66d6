//! The names of people, kept for a while: a name is asked for far more often than it changes.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// How long a name is taken for right.
const GOOD_FOR: TimeDelta = TimeDelta::hours(1);
/// How many names are kept.
const MOST: usize = 1_000;

/// The names that people go by, and who has none that is told; each with the moment at which that
/// was so.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<HashMap<Box<str>, Known>>);

type Name = Option<Box<str>>;
type Known = (DateTime<Utc>, Name);

impl Names {
    /// What somebody is called, where that is known.
    pub(super) fn get(&self, user: &str, now: DateTime<Utc>) -> Option<Name> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, name) = names.get(user)?;
        (now - *at < GOOD_FOR).then(|| name.clone())
    }

    /// Keeps what somebody is called. Where there are too many, the oldest makes way.
    pub(super) fn put(&self, user: &str, now: DateTime<Utc>, name: Name) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MOST && !names.contains_key(user) {
            names.retain(|_, (at, _)| now - *at < GOOD_FOR);
            let oldest = names.iter().min_by_key(|(_, (at, _))| *at);
            let oldest = oldest.map(|(user, _)| user.clone());
            if let Some(oldest) = oldest.filter(|_| names.len() >= MOST) {
                names.remove(&oldest);
            }
        }
        names.insert(user.into(), (now, name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_few_and_grow_old() {
        let names = Names::default();
        let start = DateTime::UNIX_EPOCH;
        for at in 0..1_500 {
            let now = start + TimeDelta::seconds(at);
            names.put(&format!("U{at}"), now, Some("mikebrow".into()));
        }
        let kept = names.0.lock().expect("nobody panicked").len();
        assert_eq!(kept, MOST);
        let now = start + TimeDelta::seconds(1_500);
        assert_eq!(names.get("U499", now), None);
        assert_eq!(names.get("U500", now), Some(Some("mikebrow".into())));
        assert_eq!(names.get("U1499", now + GOOD_FOR), None);
        names.put("U1499", now, None);
        assert_eq!(names.get("U1499", now), Some(None));
    }
}
