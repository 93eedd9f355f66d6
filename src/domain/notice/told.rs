//! What somebody reads of what they are told, when and where.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{Kind, Off, Preferences, Wish};
use crate::domain::Zone;

/// How somebody is told of things.
pub struct Told<'a> {
    /// What they said.
    pub preferences: &'a Preferences,
    /// By which clock their hours are quiet, where that is known.
    pub zone: Option<&'a Zone>,
    /// The moment.
    pub now: DateTime<Utc>,
}

impl Told<'_> {
    /// All of it.
    pub fn all(&self) -> String {
        let mut text = self
            .off()
            .map(|off| off + " After that:\n")
            .unwrap_or_default();
        let (without, with) = self.kinds();
        if with.is_empty() {
            text.push_str("I tell you nothing of GitHub.");
        } else {
            text.push_str("I tell you by direct message when:");
        }
        for kind in with {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n• {} ({})", kind.about(), kind.word());
        }
        for line in [not_of(&without), self.quiet(), self.muted(), self.place()] {
            text.extend(line.map(|line| format!("\n{line}")));
        }
        text
    }

    /// What is otherwise from now on, and below it in short what else they said.
    pub fn otherwise(&self, wish: &Wish) -> String {
        let mut text = self.changed(wish);
        let muted = &self.preferences.muted;
        let is_only_muted =
            matches!(wish, Wish::Mute(kep, true) if muted.iter().all(|muted| muted == kep));
        let is_said = |wished: bool, line: Option<String>| line.filter(|_| !wished);
        let (without, _) = self.kinds();
        for line in [
            is_said(matches!(wish, Wish::Off(_)), self.off()),
            not_of(&without),
            is_said(matches!(wish, Wish::Quiet(_)), self.quiet()),
            is_said(is_only_muted, self.muted()),
            is_said(matches!(wish, Wish::Workspace(_)), self.place()),
        ] {
            text.extend(line.map(|line| format!("\n{line}")));
        }
        text.push_str("\n/kep notify shows all of it.");
        text
    }

    /// It in short, a line for each that they said.
    pub fn in_short(&self) -> Vec<String> {
        let (without, with) = self.kinds();
        let with: Vec<&str> = with.iter().map(|kind| kind.word()).collect();
        let kinds = match &with[..] {
            [] => "I tell you nothing of GitHub.".to_owned(),
            all => format!("I tell you of: {}.", all.join(", ")),
        };
        let off = self.off();
        let is_told = off.is_none();
        let lines = [
            off,
            Some(kinds).filter(|_| is_told),
            not_of(&without),
            self.quiet(),
            self.muted(),
            self.place(),
        ];
        lines.into_iter().flatten().collect()
    }

    fn changed(&self, wish: &Wish) -> String {
        match wish {
            Wish::Off(None) => "I tell you things again.".to_owned(),
            Wish::Off(Some(_)) => self.off().unwrap_or_default(),
            Wish::Kind(kind, true) => format!("I tell you again when {}.", kind.about()),
            Wish::Kind(kind, false) => format!(
                "I tell you no more when {}. /kep notify {} on brings it back.",
                kind.about(),
                kind.word()
            ),
            Wish::Quiet(None) => "You have no quiet hours any more.".to_owned(),
            Wish::Quiet(Some(_)) => format!(
                "{} What comes meanwhile comes as one message after.",
                self.quiet().unwrap_or_default()
            ),
            Wish::Mute(kep, true) => format!(
                "KEP-{kep} is muted: you hear nothing more of it from me, and get no questions about it. /kep notify unmute {kep} brings it back."
            ),
            Wish::Mute(kep, false) => format!("KEP-{kep} is muted no more."),
            Wish::Workspace(_) => "I tell you things in this workspace from now on.".to_owned(),
        }
    }

    fn off(&self) -> Option<String> {
        let off = self
            .preferences
            .off
            .filter(|_| self.preferences.is_off(self.now))?;
        Some(match off {
            Off::ForGood => {
                "I tell you nothing by direct message until you type /kep notify on.".to_owned()
            }
            Off::Until(then) => format!(
                "I tell you nothing by direct message until {}; /kep notify on ends that.",
                match self.zone {
                    Some(zone) =>
                        format!("{} {zone}", zone.shown_at(then).format("%-d %b %Y, %H:%M")),
                    None => then.format("%-d %b %Y, %H:%M UTC").to_string(),
                }
            ),
        })
    }

    /// Which kinds they do not want, and which they do.
    fn kinds(&self) -> (Vec<Kind>, Vec<Kind>) {
        let is_without = |kind: &Kind| self.preferences.without.contains(kind);
        Kind::ALL.into_iter().partition(is_without)
    }

    fn quiet(&self) -> Option<String> {
        let hours = self.preferences.quiet?;
        let Some(zone) = self.zone else {
            return Some(format!("Quiet hours: {hours} by your clock on Slack."));
        };
        let now = match hours.over_at(self.now, zone) {
            Some(over) => format!("; quiet now until {}", zone.shown_at(over).format("%H:%M")),
            None => String::new(),
        };
        Some(format!("Quiet hours: {hours}, {zone}{now}."))
    }

    fn muted(&self) -> Option<String> {
        let keps = self.preferences.muted.iter();
        let keps: Vec<String> = keps.map(|kep| format!("KEP-{kep}")).collect();
        (!keps.is_empty()).then(|| format!("Muted: {}.", keps.join(", ")))
    }

    fn place(&self) -> Option<String> {
        let workspace = self.preferences.workspace.as_ref()?;
        Some(format!("On the workspace {workspace}."))
    }
}

fn not_of(without: &[Kind]) -> Option<String> {
    let words: Vec<&str> = without.iter().map(|kind| kind.word()).collect();
    (!words.is_empty()).then(|| format!("Not of: {}.", words.join(", ")))
}
