//! The buttons below what the bridge says, and what a pressed one asks for.

use crate::{
    domain::{
        KepNumber,
        bridge::{IssueAt, Key},
    },
    slack::kit::Button,
};

/// The action of the button that takes a relayed text back.
const UNDO: &str = "bridge_undo";
/// What the actions of the buttons that say which KEP is meant begin with; a number follows, for no
/// two in a message may be the same.
const WHICH: &str = "bridge_which_";
/// The action of the button that lets a lane go on that is held.
const GO_ON: &str = "bridge_go_on";
/// The action of the button that answers a question.
const ANSWER: &str = "bridge_answer";
/// What the actions of the buttons begin with by which somebody answers on GitHub; a number follows.
const REPLY: &str = "notice_reply_";
/// What the actions of the buttons begin with that open a page, of whose press nothing follows; a number
/// follows.
const OPEN: &str = "notice_open_";
/// The action of the button by which somebody is told again later.
const SNOOZE: &str = "notice_snooze";
/// The action of the button by which somebody hears no more of a KEP.
const MUTE: &str = "notice_mute";
/// The action of the button that shows how somebody is told of things.
const SETTINGS: &str = "notice_settings";
/// The longest value of a button.
/// <https://docs.slack.dev/reference/block-kit/block-elements/button-element>
const LONGEST: usize = 2_000;
/// The longest key in the values of many buttons: 25 of them, and 10,000 characters in a message.
const LONGEST_OF_MANY: usize = 300;

/// What a button asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// To take a text back, by the key of what was written.
    Undo(Key),
    /// To relay what this key asked for to this KEP's issue.
    Which(KepNumber, Key),
    /// To let this lane go on, of which this alarm told.
    GoOn(Box<str>, Key),
    /// To answer a question about this KEP, by the question's key.
    Answer(KepNumber, Key),
    /// To answer on this issue, of this KEP.
    Reply(IssueAt, KepNumber),
    /// To be told again later.
    Snooze,
    /// To hear no more of this KEP.
    Mute(KepNumber),
    /// To see how one is told of things.
    Settings,
}

impl Press {
    /// Reads a button's action and value; `None` for what is none of the bridge's.
    pub fn read(action_id: &str, value: &str) -> Option<Self> {
        if action_id == UNDO {
            return Key::parse(value).map(Self::Undo);
        }
        if action_id == GO_ON {
            let (alarm, lane) = value.split_once(' ')?;
            return Some(Self::GoOn(lane.into(), Key::parse(alarm)?));
        }
        match action_id {
            SNOOZE => return Some(Self::Snooze),
            MUTE => return Some(Self::Mute(number(value)?)),
            SETTINGS => return Some(Self::Settings),
            _ => {}
        }
        if action_id.starts_with(REPLY) {
            let (kep, issue) = value.split_once(' ')?;
            return Some(Self::Reply(IssueAt::parse(issue)?, number(kep)?));
        }
        if action_id != ANSWER {
            action_id.strip_prefix(WHICH)?;
        }
        let (kep, of) = value.split_once(' ')?;
        let (kep, of) = (number(kep)?, Key::parse(of)?);
        Some(match action_id {
            ANSWER => Self::Answer(kep, of),
            _ => Self::Which(kep, of),
        })
    }
}

fn number(value: &str) -> Option<KepNumber> {
    value.parse().ok().and_then(KepNumber::new)
}

pub(super) fn open(at: usize, url: &str) -> Button {
    Button::leading_to(format!("{OPEN}{at}"), "Open", url)
}

pub(super) fn reply(at: usize, issue: &IssueAt, kep: KepNumber) -> Button {
    Button::new(format!("{REPLY}{at}"), "Reply", format!("{kep} {issue}"))
}

pub(super) fn snooze() -> Button {
    Button::new(SNOOZE, "Remind me tomorrow", String::new())
}

pub(super) fn mute(kep: KepNumber) -> Button {
    Button::new(MUTE, &format!("Mute KEP-{kep}"), kep.to_string())
}

pub(super) fn settings() -> Button {
    Button::new(SETTINGS, "Settings", String::new())
}

/// None where the key is longer than one that is read again.
pub(super) fn undo(written: &Key) -> Option<Button> {
    Key::parse(written.as_str())?;
    Some(Button::new(UNDO, "Undo", written.to_string()))
}

/// None where the key is so long that so many buttons are more than Slack takes in a message.
pub(super) fn which(at: usize, kep: KepNumber, of: &Key) -> Option<Button> {
    Key::parse(of.as_str()).filter(|of| of.as_str().len() <= LONGEST_OF_MANY)?;
    let (action, label) = (format!("{WHICH}{at}"), format!("KEP-{kep}"));
    Some(Button::new(action, &label, format!("{kep} {of}")))
}

/// None where the key is longer than one that is read again.
pub(super) fn answer(kep: KepNumber, question: &Key) -> Option<Button> {
    Key::parse(question.as_str())?;
    Some(Button::new(ANSWER, "Answer", format!("{kep} {question}")))
}

/// None where it would be too long for a button.
pub(super) fn go_on(lane: &str, alarm: &Key) -> Option<Button> {
    let value = format!("{} {lane}", Key::parse(alarm.as_str())?);
    (value.len() <= LONGEST).then(|| Button::new(GO_ON, "Let it go on", value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_button_of_ours_is_none() {
        for (action, value) in [
            ("kep_refresh", "a"),
            (UNDO, ""),
            (UNDO, "a b"),
            ("bridge_which_0", "5825"),
            ("bridge_which_0", "5825 a b"),
            ("bridge_which_0", "0 a"),
            ("bridge_which_0", "x a"),
            ("bridge_which_0", "99999999999999 a"),
            (ANSWER, "5825"),
            (ANSWER, "x a"),
            (GO_ON, "held"),
            (GO_ON, "<held> issue/a/b#1"),
        ] {
            assert_eq!(Press::read(action, value), None, "{action} {value:?}");
        }
    }

    #[test]
    fn a_lane_goes_on_by_its_own_name() {
        let alarm = Key::of(["held", "issue/a/b#1"]);
        let value = format!("{alarm} issue/a/b#1");
        let press = Press::GoOn("issue/a/b#1".into(), alarm.clone());
        assert_eq!(Press::read(GO_ON, &value), Some(press));
        assert!(go_on("issue/a/b#1", &alarm).is_some());
        assert!(go_on(&"x".repeat(LONGEST), &alarm).is_none());
    }
}
