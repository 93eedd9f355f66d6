//! Answers of this minute: the same question about the same board has the same answer, which is laid
//! out once. A link that is posted to a channel of thousands is asked about many times at once.

use std::{
    collections::HashMap,
    ptr,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::domain::reply::Audience;

/// How many bytes are kept: some 650 cards of 5 KB.
const MOST: usize = 4 * 1024 * 1024;

/// What an answer depends on beside the board and the minute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Question {
    /// The workspace: people have other member ids elsewhere.
    pub(super) workspace: Box<str>,
    /// The words that ask it again, with the asker named where they are meant.
    pub(super) words: String,
    /// Who sees the answer.
    pub(super) audience: Audience,
}

/// The answers of one minute from what is known (`K`) and who is who (`P`).
#[derive(Debug)]
pub struct Memo<K, P>(Mutex<Answers<K, P>>);

#[derive(Debug)]
struct Answers<K, P> {
    known: Weak<K>,
    people: Weak<P>,
    minute: i64,
    by_question: HashMap<Question, Bytes>,
    bytes: usize,
}

impl<K, P> Default for Memo<K, P> {
    fn default() -> Self {
        Self(Mutex::new(Answers {
            known: Weak::new(),
            people: Weak::new(),
            minute: 0,
            by_question: HashMap::new(),
            bytes: 0,
        }))
    }
}

impl<K, P> Answers<K, P> {
    // While the weak references stand, nothing else is given their places.
    fn are_of(&self, known: &Arc<K>, people: &Arc<P>, minute: i64) -> bool {
        self.minute == minute
            && ptr::eq(self.known.as_ptr(), Arc::as_ptr(known))
            && ptr::eq(self.people.as_ptr(), Arc::as_ptr(people))
    }
}

impl<K, P> Memo<K, P> {
    /// The answer that was given before, or a new one.
    pub(super) fn answer(
        &self,
        (known, people): (&Arc<K>, &Arc<P>),
        now: DateTime<Utc>,
        question: Question,
        new: impl FnOnce() -> Option<Bytes>,
    ) -> Option<Bytes> {
        let minute = now.timestamp().div_euclid(60);
        {
            let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !answers.are_of(known, people, minute) {
                *answers = Answers {
                    known: Arc::downgrade(known),
                    people: Arc::downgrade(people),
                    minute,
                    by_question: HashMap::new(),
                    bytes: 0,
                };
            }
            if let Some(answer) = answers.by_question.get(&question) {
                return Some(answer.clone());
            }
        }
        let answer = new()?;
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of_now = answers.are_of(known, people, minute);
        let size = answer.len() + question.words.len();
        if is_of_now && answers.bytes + size <= MOST {
            answers.bytes += size;
            let exactly = Bytes::copy_from_slice(&answer);
            answers.by_question.insert(question, exactly);
        }
        Some(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, sync::Arc};

    use bytes::Bytes;
    use chrono::{DateTime, TimeDelta};

    use super::{Memo, Question};
    use crate::domain::reply::Audience;

    fn question(words: &str) -> Question {
        Question {
            workspace: "kubernetes".into(),
            words: words.to_owned(),
            audience: Audience::Asker,
        }
    }

    #[test]
    fn an_answer_is_good_for_its_minute_and_its_board() {
        let memo = Memo::default();
        let people = RefCell::new(Arc::new("one"));
        let ask = |known: &Arc<u8>, second, words: &str, new: &'static str| {
            let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
            let new = || Some(Bytes::from_static(new.as_bytes()));
            memo.answer((known, &people.borrow()), now, question(words), new)
                .expect("an answer")
        };
        let (board, other) = (Arc::new(1), Arc::new(1));
        assert_eq!(ask(&board, 0, "status 5825", "first"), "first");
        assert_eq!(ask(&board, 59, "status 5825", "second"), "first");
        assert_eq!(ask(&board, 59, "who 5825", "another"), "another");
        assert_eq!(ask(&board, 60, "status 5825", "later"), "later");
        assert_eq!(ask(&other, 61, "status 5825", "new facts"), "new facts");
        assert_eq!(ask(&board, 62, "status 5825", "old facts"), "old facts");
        people.replace(Arc::new("another"));
        assert_eq!(ask(&board, 63, "status 5825", "linked"), "linked");
        assert_eq!(ask(&board, 64, "status 5825", "later"), "linked");
    }

    #[test]
    fn what_could_not_be_answered_is_asked_again() {
        let memo = Memo::default();
        let (known, people) = (Arc::new(()), Arc::new(()));
        let (of, now) = ((&known, &people), DateTime::UNIX_EPOCH);
        let none = memo.answer(of, now, question("status"), || None);
        assert_eq!(none, None);
        let answer = || Some(Bytes::from_static(b"there"));
        let some = memo.answer(of, now, question("status"), answer);
        assert_eq!(some.as_deref(), Some(&b"there"[..]));
    }
}
