//! Several pieces of news as few: what was changed and changed back is none, and of two steps of one
//! way people need the end.

use super::Item;
use crate::domain::change::{Change, New, Old, What};

/// The same news in fewer pieces, in their order.
pub fn tidied(items: Vec<Item>) -> Vec<Item> {
    let mut tidy: Vec<Item> = Vec::with_capacity(items.len());
    for item in items {
        let Item::Changed { id, change } = item else {
            tidy.push(item);
            continue;
        };
        let earlier = tidy
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, old)| match old {
                Item::Changed { change: old, .. } if old.issue == change.issue => {
                    Some((at, joined(old, &change)?))
                }
                _ => None,
            });
        match earlier {
            Some((at, Joined::Nothing)) => {
                tidy.remove(at);
            }
            Some((at, Joined::One(change))) => {
                tidy.remove(at);
                tidy.push(Item::Changed { id, change });
            }
            None => tidy.push(Item::Changed { id, change }),
        }
    }
    tidy
}

/// What two changes of one thing come to.
enum Joined {
    Nothing,
    One(Change),
}

/// `None` where they are of different things, or must both be told.
fn joined(old: &Change, new: &Change) -> Option<Joined> {
    let one = |what| {
        let change = new.clone();
        Some(Joined::One(Change { what, ..change }))
    };
    let ends = |from: &Old, to: &New, what: fn(Old, New) -> What| {
        if from == to {
            return Some(Joined::Nothing);
        }
        // Which way it went in the end is not known here.
        let is_one_way = old.direction == new.direction;
        is_one_way.then(|| one(what(from.clone(), to.clone())))?
    };
    match (&old.what, &new.what) {
        (What::IssueClosed, What::IssueReopened) | (What::IssueReopened, What::IssueClosed) => {
            Some(Joined::Nothing)
        }
        (What::PullOpened, What::PullMerged | What::PullClosed) => one(new.what.clone()),
        (What::Labels(added, removed), What::Labels(more, fewer)) => {
            let Some((added, removed)) = both((added, removed), (more, fewer)) else {
                return Some(Joined::Nothing);
            };
            one(What::Labels(added, removed))
        }
        (What::IssuePeople(role, added, removed), What::IssuePeople(other, more, fewer))
            if role == other =>
        {
            let Some((added, removed)) = both((added, removed), (more, fewer)) else {
                return Some(Joined::Nothing);
            };
            one(What::IssuePeople(*role, added, removed))
        }
        (What::Status(from, _), What::Status(_, to)) => ends(from, to, What::Status),
        (What::Stage(from, _), What::Stage(_, to)) => ends(from, to, What::Stage),
        (What::LatestMilestone(from, _), What::LatestMilestone(_, to)) => {
            ends(from, to, What::LatestMilestone)
        }
        (What::IssueStage(from, _), What::IssueStage(_, to)) => ends(from, to, What::IssueStage),
        (What::IssueMilestone(from, _), What::IssueMilestone(_, to)) => {
            ends(from, to, What::IssueMilestone)
        }
        _ => None,
    }
}

/// What was added and taken away by two changes together; `None` where that is nothing.
fn both<T: Clone + PartialEq>(
    (added, removed): (&[T], &[T]),
    (more, fewer): (&[T], &[T]),
) -> Option<(Vec<T>, Vec<T>)> {
    let without = |from: &[T], other: &[T]| -> Vec<T> {
        let left = from.iter().filter(|item| !other.contains(item));
        left.cloned().collect()
    };
    let sum = |first: &[T], again: &[T], (back, undone): (&[T], &[T])| {
        let mut sum = without(first, back);
        sum.extend(without(&without(again, undone), first));
        sum
    };
    let added_now = sum(added, more, (fewer, removed));
    let removed_now = sum(removed, fewer, (more, added));
    let is_nothing = added_now.is_empty() && removed_now.is_empty();
    (!is_nothing).then_some((added_now, removed_now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{KepNumber, change::Direction};

    fn of(issue: u64, what: What, direction: Direction) -> Item {
        let change = Change {
            kep: KepNumber::new(5825).expect("a number"),
            path: "".into(),
            issue: Some(("a/b".into(), issue)),
            what,
            direction,
            by: None,
            shepherds: Vec::new(),
        };
        Item::Changed { id: 1, change }
    }

    fn milestone(from: &str, to: &str, direction: Direction) -> Item {
        let what = What::IssueMilestone(Some(from.into()), Some(to.into()));
        of(1, what, direction)
    }

    fn labels(added: &[&str], removed: &[&str]) -> Item {
        let all = |names: &[&str]| names.iter().map(|&name| name.into()).collect();
        of(
            1,
            What::Labels(all(added), all(removed)),
            Direction::Forward,
        )
    }

    #[test]
    fn there_and_back_is_nothing() {
        use Direction::{Backward, Forward};
        let items = vec![
            milestone("2.4", "2.5", Forward),
            labels(&["a"], &["b"]),
            of(1, What::IssueClosed, Forward),
            milestone("2.5", "2.4", Backward),
            labels(&["b"], &["a"]),
            of(1, What::IssueReopened, Backward),
        ];
        assert_eq!(tidied(items), []);
    }

    #[test]
    fn steps_of_one_way_are_one() {
        use Direction::{Backward, Forward};
        let steps = vec![
            milestone("2.3", "2.4", Forward),
            milestone("2.4", "2.5", Forward),
        ];
        assert_eq!(tidied(steps), [milestone("2.3", "2.5", Forward)]);
        let zigzag = vec![
            milestone("2.3", "2.5", Forward),
            milestone("2.5", "2.4", Backward),
        ];
        assert_eq!(tidied(zigzag.clone()), zigzag);
        let steps = vec![labels(&["a"], &[]), labels(&["b"], &["a", "c"])];
        assert_eq!(tidied(steps), [labels(&["b"], &["c"])]);
    }

    #[test]
    fn what_was_merged_was_linked() {
        use Direction::Forward;
        let items = vec![
            of(7, What::PullOpened, Forward),
            of(8, What::PullOpened, Forward),
            of(7, What::PullMerged, Forward),
        ];
        let left = [
            of(8, What::PullOpened, Forward),
            of(7, What::PullMerged, Forward),
        ];
        assert_eq!(tidied(items), left);
    }
}
