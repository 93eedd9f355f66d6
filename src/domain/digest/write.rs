//! A digest as messages: the first holds what a channel's readers see, and what is too long for it
//! follows below it. Nothing is left out.

mod lines;

use self::lines::{
    Line, length, moved_line, need_line, rest_of_needs, said_line, ships_lines, size_of,
    thanks_lines, with_numbers,
};
use super::{Digest, Left, Scope, Section};
use crate::domain::{
    Zone,
    rich::{Block, Item, List, Rich, Span, Style},
};

/// How much a channel itself sees of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Length {
    /// Three lines of each.
    Short,
    /// Five.
    #[default]
    Usual,
    /// Ten.
    Long,
}

impl Length {
    const fn lines(self) -> usize {
        match self {
            Self::Short => 3,
            Self::Usual => 5,
            Self::Long => 10,
        }
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its headline; none below the first one.
    pub title: Option<String>,
    /// What it says, part by part.
    pub parts: Vec<Rich>,
}

impl Sheet {
    fn size(&self) -> usize {
        let sizes = self.parts.iter().map(|part| {
            let addresses: usize = part.links().iter().map(|it| it.as_str().len()).sum();
            length(&part.text()) + addresses
        });
        sizes.sum()
    }
}

/// The most that a message holds, addresses included. Slack refuses some of 11,000 characters.
const MOST: usize = 7_000;
/// Of one part, so many KEPs have a line each; of more there are the numbers.
const MOST_LINES: usize = 100;

/// A part of a digest.
struct Part {
    heading: String,
    /// How many there are.
    of: usize,
    /// A line for each KEP.
    lines: Vec<Line>,
    /// The numbers of those that have none.
    rest: Vec<Line>,
}

impl Digest {
    /// The messages, by the clocks of a zone.
    pub fn sheets(&self, scope: &Scope, zone: &Zone) -> Vec<Sheet> {
        if self.is_quiet() {
            return vec![self.quiet(zone)];
        }
        let parts: Vec<Part> = scope
            .sections
            .iter()
            .filter_map(|it| self.part(*it))
            .collect();
        let mut shown = scope.length.lines();
        let mut first = self.first(&parts, shown, zone);
        while first.size() > MOST && shown > 1 {
            shown -= 1;
            first = self.first(&parts, shown, zone);
        }
        let mut sheets = vec![first];
        for part in &parts {
            sheets.extend(part.more(shown));
        }
        sheets
    }

    /// Two lines where nothing happened.
    fn quiet(&self, zone: &Zone) -> Sheet {
        let title = match self.person {
            Some(_) => format!("{}: nothing new", self.days(zone)),
            None => format!("{}: a quiet week", self.days(zone)),
        };
        let mut says = vec![match (&self.left, self.needs.len()) {
            (Some(left), _) => Span::text(self.to_do(*left)),
            (None, 0) => Span::text("Nobody has anything to do"),
            (None, many) => Span::text(format!("{} somebody", need(many))),
        }];
        says.extend(self.next_date(". "));
        says.push(Span::text("."));
        Sheet {
            title: Some(title),
            parts: vec![Rich::new(vec![Block::Paragraph(says)])],
        }
    }

    /// The first message, with so many lines of each part.
    fn first(&self, parts: &[Part], shown: usize, zone: &Zone) -> Sheet {
        let mut written = vec![Rich::new(vec![Block::Paragraph(self.at_a_glance())])];
        let mut is_whole = true;
        for part in parts {
            written.push(Rich::new(part.beginning(shown)));
            is_whole &= part.shown(shown) == part.of;
        }
        if !is_whole {
            let more = Span::Text("The rest is in the thread.".to_owned(), Style::ITALIC);
            written.push(Rich::new(vec![Block::Paragraph(vec![more])]));
        }
        let what = match &self.needs[..] {
            [] => "nobody is needed".to_owned(),
            [one] => format!("KEP-{} needs somebody", one.kep.number),
            [first, ..] => format!("KEP-{} needs somebody most", first.kep.number),
        };
        Sheet {
            title: Some(format!("{}: {what}", self.days(zone))),
            parts: written,
        }
    }

    /// `containerd, 23–30 Nov`, or `Your KEPs, 23–30 Nov`
    fn days(&self, zone: &Zone) -> String {
        let to = zone.shown_at(self.at).date();
        let name = match self.person {
            Some(_) => "Your KEPs",
            None => &*self.runtime,
        };
        match self.since.map(|since| zone.shown_at(since).date()) {
            None => format!("{name}, {}", to.format("%-d %b")),
            Some(from) if from == to => format!("{name}, {}", to.format("%-d %b")),
            Some(from) if from.format("%b %Y").to_string() == to.format("%b %Y").to_string() => {
                format!("{name}, {}–{}", from.format("%-d"), to.format("%-d %b"))
            }
            Some(from) => format!(
                "{name}, {} – {}",
                from.format("%-d %b"),
                to.format("%-d %b")
            ),
        }
    }

    fn at_a_glance(&self) -> Line {
        let mut lines: Vec<Line> = Vec::new();
        if let Some(left) = self.left {
            lines.push(labelled("To do", vec![Span::text(self.to_do(left))]));
        }
        let next = self.next_date("");
        if !next.is_empty() {
            lines.push(labelled("Next", next));
        }
        for finding in &self.cycle {
            let says = format!("{} → {}", finding.evidence, finding.who_mends());
            lines.push(labelled("Cycle", vec![Span::text(says)]));
        }
        let stages = self.stages.iter().map(|(stage, count)| match stage {
            Some(stage) => format!("{count} {}", stage.as_str()),
            None => format!("{count} without a stage"),
        });
        let stages: Vec<String> = stages.collect();
        if !stages.is_empty() {
            lines.push(labelled("KEPs", vec![Span::text(stages.join(" · "))]));
        }
        if self.since.is_none() {
            let first = "This is the first one. What moves from now on stands in the next.";
            lines.push(vec![Span::text(first)]);
        }
        lines.join(&Span::Break)
    }

    /// `7 of 18 KEPs of 1.38 need somebody (9 of 18 a week ago)`
    fn to_do(&self, left: Left) -> String {
        let release = self.release.map(|release| format!(" of {release}"));
        let release = release.unwrap_or_default();
        let Left { urgent, of } = left;
        let verb = if urgent == 1 { "needs" } else { "need" };
        let now = match urgent {
            0 => format!("none of {of} KEPs{release} needs somebody"),
            _ => format!("{urgent} of {of} KEPs{release} {verb} somebody"),
        };
        match self.left_before {
            Some(before) if before == left => format!("{now}, as before"),
            Some(before) if before.of == of => format!("{now}, {} before", before.urgent),
            Some(before) => format!("{now}, {} of {} before", before.urgent, before.of),
            None => now,
        }
    }

    fn next_date(&self, begin: &str) -> Line {
        let Some(date) = &self.next else {
            return Vec::new();
        };
        let (name, left) = (date.what.name(), date.left(self.at));
        let day = date.day().format("%-d %b");
        vec![Span::text(format!(
            "{begin}{name} of {} {left}, {day}",
            date.release
        ))]
    }

    fn part(&self, section: Section) -> Option<Part> {
        let part = match section {
            Section::Needs => {
                let (lines, rest) = self.needs.split_at(self.needs.len().min(MOST_LINES));
                let lines = lines.iter().map(need_line).collect();
                let part = Part::new("Needs somebody", lines);
                Part {
                    of: self.needs.len(),
                    rest: rest_of_needs(rest),
                    ..part
                }
            }
            Section::Risk => {
                let risk = self.risk.as_ref()?;
                let mend = format!("{} of {} to mend", risk.to_mend.len(), risk.of);
                let open = format!("{} with open pull requests", risk.open_pulls.len());
                let lines = [
                    with_numbers(&mend, &risk.to_mend),
                    with_numbers(&open, &risk.open_pulls),
                ];
                let (name, left) = (risk.freeze.what.name(), risk.freeze.left(self.at));
                Part::new(format!("May miss {name} {left}"), lines.concat())
            }
            Section::Moved => Part::new("Moved", self.moved.iter().map(moved_line).collect()),
            Section::Updates => Part::new("Said", self.updates.iter().map(said_line).collect()),
            Section::Ships => {
                let lines = self.ships.iter().flat_map(ships_lines).collect();
                Part::new(format!("Ships with {}", self.runtime), lines)
            }
            Section::Thanks => Part::new("Thanks", thanks_lines(&self.thanks)),
        };
        (!part.lines.is_empty()).then_some(part)
    }
}

impl Part {
    fn new(heading: impl Into<String>, lines: Vec<Line>) -> Self {
        Self {
            heading: heading.into(),
            of: lines.len(),
            lines,
            rest: Vec::new(),
        }
    }

    /// How many of its lines the first message shows: one that would be left stands there, too.
    fn shown(&self, most: usize) -> usize {
        if self.of <= most + 1 { self.of } else { most }
    }

    /// What the first message shows of it.
    fn beginning(&self, most: usize) -> Vec<Block> {
        let shown = self.shown(most);
        let heading = if shown < self.of {
            format!("{} ({shown} of {})", self.heading, self.of)
        } else {
            self.heading.clone()
        };
        vec![
            heading_of(heading),
            list(self.lines.iter().take(shown).cloned().collect()),
        ]
    }

    /// What follows below it.
    fn more(&self, most: usize) -> Vec<Sheet> {
        let shown = self.shown(most);
        let mut sheets = Vec::new();
        let mut open: Vec<Line> = Vec::new();
        let mut taken = 0;
        let close = |lines: &mut Vec<Line>, sheets: &mut Vec<Sheet>| {
            if !lines.is_empty() {
                let heading = heading_of(format!("{}, continued", self.heading));
                let lines = list(std::mem::take(lines));
                sheets.push(Sheet {
                    title: None,
                    parts: vec![Rich::new(vec![heading, lines])],
                });
            }
        };
        for line in self.lines.iter().skip(shown).chain(&self.rest) {
            let size = size_of(line);
            if taken + size > MOST {
                close(&mut open, &mut sheets);
                taken = 0;
            }
            taken += size;
            open.push(line.clone());
        }
        close(&mut open, &mut sheets);
        sheets
    }
}

fn heading_of(text: String) -> Block {
    Block::Paragraph(vec![Span::Text(text, Style::BOLD)])
}

fn list(lines: Vec<Line>) -> Block {
    let item = |line| Item {
        done: None,
        blocks: vec![Block::Paragraph(line)],
    };
    Block::List(List {
        start: None,
        items: lines.into_iter().map(item).collect(),
    })
}

fn labelled(label: &str, says: Line) -> Line {
    let label = Span::Text(format!("{label}:"), Style::BOLD);
    [vec![label, Span::text(" ")], says].concat()
}

fn need(many: usize) -> String {
    match many {
        1 => "1 KEP needs".to_owned(),
        many => format!("{many} KEPs need"),
    }
}
