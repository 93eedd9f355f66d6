//! What happens in a busy week, minute by minute: always the same.

use super::words::{OTHERS, PEOPLE, RELAYED};

/// How many KEPs there are.
pub(super) const KEPS: usize = 60;
/// The number of the first KEP.
pub(super) const FIRST: usize = 7001;
const COMMENTS: usize = 300;
const BURSTS: usize = 10;
const TRIAGED: usize = 30;
const MERGES: usize = 25;
const DAYS: usize = 7;
/// How often a day something happens, bursts aside, which begin at odd minutes.
const HOURS: usize = 6;

/// Something that somebody does. KEPs are counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// A comment; the number is in its text and in no other.
    Comment {
        kep: usize,
        author: &'static str,
        number: usize,
        text: String,
    },
    /// The comment with this number is given another text, which has another number.
    Edit(usize, usize),
    /// The comment with this number is deleted.
    Delete(usize),
    Label(usize, &'static str),
    Unlabel(usize, &'static str),
    Milestone(usize, &'static str),
    Pull(usize),
    Merge(usize),
    /// Alpha to beta.
    Stage(usize),
    Close(usize),
    Reopen(usize),
    /// A message in the channel that is relayed by a reaction.
    Relay {
        kep: usize,
        text: String,
    },
    /// A reply in the KEP's thread, where it has one, that is.
    Reply {
        kep: usize,
        text: String,
    },
}

/// Numbers by a rule that looks like chance.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let most = u64::try_from(most).expect("a small number");
        usize::try_from((z ^ (z >> 31)) % most).expect("a small number")
    }

    /// A minute in which people work; much happens in the same one, so that a week is short.
    fn minute(&mut self, days: usize) -> usize {
        self.below(days) * 24 * 60 + self.below(HOURS) * 90
    }

    /// A KEP; some are talked about more than others.
    fn kep(&mut self) -> usize {
        self.below(KEPS).min(self.below(KEPS))
    }
}

/// Who shepherds a KEP.
pub(super) fn shepherd(kep: usize) -> &'static str {
    ["samuelkarp", "mikebrow", "fuweid"][kep % 3]
}

/// Each act with its minute, in order.
pub(super) fn week() -> Vec<(usize, Act)> {
    let mut dice = Dice(5825);
    let mut acts = Vec::new();
    talk(&mut dice, &mut acts);
    triage(&mut dice, &mut acts);
    for at in 0..MERGES {
        let (minute, kep) = (dice.minute(DAYS - 1), (at * 7) % KEPS);
        acts.push((minute, Act::Pull(kep)));
        acts.push((minute + 90, Act::Merge(kep)));
    }
    for at in 0..8 {
        acts.push((dice.minute(DAYS), Act::Stage(at * 5 + 2)));
    }
    for at in 0..6 {
        let (minute, kep) = (dice.minute(DAYS - 1), at * 9 + 4);
        acts.push((minute, Act::Close(kep)));
        if at % 3 == 0 {
            // By mistake.
            acts.push((minute + 90, Act::Reopen(kep)));
        }
    }
    for at in 0..10 {
        let kep = dice.kep();
        let text = RELAYED[at % RELAYED.len()].replace("{kep}", &(FIRST + kep).to_string());
        let text = text.replace("{}", &(51_000 + at).to_string());
        acts.push((dice.minute(DAYS), Act::Relay { kep, text }));
    }
    for at in 0..6 {
        let text = format!(
            "That is also what the release team says, row {}.",
            52_000 + at
        );
        let kep = dice.below(10);
        acts.push((24 * 60 + dice.minute(DAYS - 1), Act::Reply { kep, text }));
    }
    acts.sort_by_key(|(minute, _)| *minute);
    acts
}

fn talk(dice: &mut Dice, acts: &mut Vec<(usize, Act)>) {
    let mut number = 31_000;
    let mut comment = |dice: &mut Dice, acts: &mut Vec<_>, minute, kep| {
        number += 1;
        let (author, words) = match dice.below(20) {
            0..8 => (shepherd(kep), PEOPLE[dice.below(PEOPLE.len())]),
            8..12 => ("liaison", PEOPLE[dice.below(PEOPLE.len())]),
            other => {
                let author = ["author", "stranger", "ci-bot", shepherd(kep + 1)][other % 4];
                (author, OTHERS[dice.below(OTHERS.len())])
            }
        };
        let text = words.replace("{}", &number.to_string());
        let act = Act::Comment {
            kep,
            author,
            number,
            text,
        };
        acts.push((minute, act));
        match dice.below(12) {
            0 => acts.push((minute + 90, Act::Edit(number, number + 10_000))),
            1 => acts.push((minute + 180, Act::Delete(number))),
            _ => {}
        }
    };
    for _ in 0..BURSTS {
        let (minute, kep) = (dice.minute(DAYS), dice.kep());
        for at in 0..5 {
            comment(dice, acts, minute + 1 + at * 2, kep);
        }
    }
    for _ in 0..COMMENTS - BURSTS * 5 {
        let (minute, kep) = (dice.minute(DAYS), dice.kep());
        comment(dice, acts, minute, kep);
    }
}

/// Eighty changes of labels and milestones.
fn triage(dice: &mut Dice, acts: &mut Vec<(usize, Act)>) {
    for at in 0..TRIAGED {
        let (minute, kep) = (dice.minute(DAYS), (at * 11) % KEPS);
        acts.push((minute, Act::Label(kep, "target/kubernetes/v1.37")));
        acts.push((minute, Act::Milestone(kep, "2.4")));
    }
    for at in 0..5 {
        let (minute, kep) = (dice.minute(DAYS), at * 4);
        acts.push((minute, Act::Label(kep, "kind/feature")));
        acts.push((minute, Act::Unlabel(kep, "needs-triage")));
    }
    // Somebody took the wrong one.
    for at in 0..5 {
        let (minute, kep) = (dice.minute(DAYS), at * 4 + 1);
        acts.push((minute, Act::Milestone(kep, "2.5")));
        acts.push((minute, Act::Milestone(kep, "2.4")));
    }
}
