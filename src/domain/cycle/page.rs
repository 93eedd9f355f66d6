//! Reads the page of a Kubernetes release cycle: `releases/release-1.NN/README.md` of
//! `kubernetes/sig-release`, which gives its dates as a list and again as a table.

use chrono::{DateTime, NaiveDate, Utc};

use super::super::Release;
use super::date::Moment;
use super::event::CycleEvent;
use super::table::{Table, head, note, plain, quoted, visible_lines};

/// One release cycle as its page tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// The release that the cycle makes.
    pub release: Release,
    /// Every dated line, those of the list before those of the table, each in the page's order.
    pub entries: Vec<Entry>,
    /// What a person should look at: dates that cannot be read, or that contradict one another.
    pub notes: Vec<String>,
    /// The moment of each event, in the order of [`CycleEvent::ALL`].
    moments: [Option<Moment>; CycleEvent::ALL.len()],
}

/// What [`read_release_page`] gives.
pub type ReleasePage = Cycle;

/// One line of the list, or one row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happens, without Markdown.
    pub what: String,
    /// When, as the page words it, without Markdown.
    pub raw: String,
    /// When, if that can be read.
    pub moment: Option<Moment>,
    /// Where on the page this stands.
    pub source: Source,
}

/// Where a page gives a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The summary list.
    List,
    /// The table, which wins over the list.
    Table,
}

/// Reads a release page. `None` when neither the title nor a first-level heading names a release;
/// anything else that is wrong with it becomes a note.
pub fn read_release_page(text: &str) -> Option<ReleasePage> {
    let release = release_of(text)?;
    let mut entries: Vec<Entry> = visible_lines(text)
        .filter_map(list_item)
        .filter_map(|item| listed(item, release))
        .collect();
    for table in Table::all(text) {
        let (Some(what), Some(when)) = (table.column(&["what"]), table.column(&["when"])) else {
            continue;
        };
        for [what, raw] in table.rows([what, when]) {
            if !what.is_empty() {
                let moment = Moment::read(&raw);
                entries.push(Entry {
                    what,
                    raw,
                    moment,
                    source: Source::Table,
                });
            }
        }
    }
    Some(Cycle::from_entries(release, entries))
}

/// The release that the front matter's title names, or else a first-level heading.
fn release_of(text: &str) -> Option<Release> {
    let mut lines = text.lines().peekable();
    if lines.next_if(|line| line.trim_end() == "---").is_some() {
        let title = lines
            .by_ref()
            .take_while(|line| line.trim_end() != "---")
            .filter_map(|line| line.strip_prefix("title:"))
            .find_map(first_release);
        if title.is_some() {
            return title;
        }
    }
    visible_lines(text)
        .filter_map(|line| line.strip_prefix("# "))
        .find_map(first_release)
}

fn first_release(line: &str) -> Option<Release> {
    Release::find_all(head(line, 300)).into_iter().next()
}

/// The text of a list item.
fn list_item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    ["- ", "* ", "+ "]
        .into_iter()
        .find_map(|bullet| line.strip_prefix(bullet))
}

/// An item such as `**Monday 18th May 2026**: Week 1 — Release cycle begins`; `None` for one that
/// neither begins with a date nor names an event.
fn listed(item: &str, release: Release) -> Option<Entry> {
    let item = plain(item);
    let (raw, rest) = item.split_once(": ")?;
    let what = without_week(rest);
    let moment = Moment::read(raw);
    if moment.is_none() && CycleEvent::named_in(what, release).is_empty() {
        return None;
    }
    Some(Entry {
        what: what.to_owned(),
        raw: raw.trim().to_owned(),
        moment,
        source: Source::List,
    })
}

/// What follows `Week 10 —`.
fn without_week(text: &str) -> &str {
    let text = text.trim();
    let rest = match text.get(..4) {
        Some(word) if word.eq_ignore_ascii_case("week") => &text[4..],
        _ => return text,
    };
    rest.trim_start_matches(|c: char| {
        c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '–' | '—' | ':')
    })
}

impl Cycle {
    /// A cycle from its dated lines: finds the events in them, lets the table win over the list
    /// and the first row over a later one, and notes each contradiction.
    pub fn from_entries(release: Release, entries: Vec<Entry>) -> Self {
        let deadline = |entry: &Entry| entry.moment.and_then(|moment| moment.deadline());
        let mut notes = Vec::new();
        let mut chosen: [Option<&Entry>; CycleEvent::ALL.len()] = [None; CycleEvent::ALL.len()];
        for entry in &entries {
            for event in CycleEvent::named_in(&entry.what, release) {
                if deadline(entry).is_none() {
                    let text = quoted(&entry.raw);
                    note(
                        &mut notes,
                        format!("{event}: {text} is not a day that can be read"),
                    );
                    continue;
                }
                let slot = &mut chosen[event as usize];
                let Some(earlier) = *slot else {
                    *slot = Some(entry);
                    continue;
                };
                let replaces = earlier.source == Source::List && entry.source == Source::Table;
                if deadline(earlier) != deadline(entry) {
                    let (lost, kept) = if replaces {
                        (earlier, entry)
                    } else {
                        (entry, earlier)
                    };
                    let text = format!(
                        "{event}: the {} says {}, the {} says {}; taken is the first",
                        kept.source.name(),
                        quoted(&kept.raw),
                        lost.source.name(),
                        quoted(&lost.raw)
                    );
                    note(&mut notes, text);
                }
                if replaces {
                    *slot = Some(entry);
                }
            }
        }
        let moments = chosen.map(|entry| entry.and_then(|entry| entry.moment));
        let mut cycle = Self {
            release,
            entries,
            notes,
            moments,
        };
        cycle.note_what_lies_outside();
        cycle
    }

    /// A freeze before the start or after the release is a slip of the pen, most often in a year.
    fn note_what_lies_outside(&mut self) {
        let (start, end) = (
            self.day(CycleEvent::CycleStart),
            self.day(CycleEvent::Release),
        );
        for event in CycleEvent::ALL {
            let Some(day) = self.day(event) else { continue };
            if start.is_some_and(|start| day < start) {
                note(
                    &mut self.notes,
                    format!("{event}: {day} is before the cycle starts"),
                );
            } else if end.is_some_and(|end| day > end) {
                note(
                    &mut self.notes,
                    format!("{event}: {day} is after the release"),
                );
            }
        }
    }

    /// What the page says about an event's date, if it says anything that can be read.
    pub fn moment(&self, event: CycleEvent) -> Option<Moment> {
        self.moments[event as usize]
    }

    /// The day that people name for an event, *Anywhere on Earth*: the last one on which the work
    /// still counts.
    pub fn day(&self, event: CycleEvent) -> Option<NaiveDate> {
        self.moment(event).map(|moment| moment.last_day())
    }

    /// The instant from which an event is past: the end of its day (see [`Moment::deadline`]), but
    /// for the start of the cycle the beginning of its day in UTC. To show it, use
    /// [`Cycle::day`]: the end of 22 July is the 23rd in most time zones.
    pub fn when(&self, event: CycleEvent) -> Option<DateTime<Utc>> {
        let moment = self.moment(event)?;
        if event == CycleEvent::CycleStart {
            return Some(
                moment
                    .first_day()
                    .and_time(chrono::NaiveTime::MIN)
                    .and_utc(),
            );
        }
        moment.deadline()
    }

    /// Every event after `now`, soonest first.
    pub fn ahead(&self, now: DateTime<Utc>) -> Vec<(CycleEvent, DateTime<Utc>)> {
        let mut ahead: Vec<_> = CycleEvent::ALL
            .into_iter()
            .filter_map(|event| Some((event, self.when(event)?)))
            .filter(|(_, when)| *when > now)
            .collect();
        ahead.sort_by_key(|(event, when)| (*when, *event));
        ahead
    }

    /// The freezes after `now`, soonest first.
    pub fn freezes_after(&self, now: DateTime<Utc>) -> Vec<(CycleEvent, DateTime<Utc>)> {
        let mut ahead = self.ahead(now);
        ahead.retain(|(event, _)| event.is_freeze());
        ahead
    }
}

impl Source {
    fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Table => "table",
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A page in the form of 1.36's, with its contradiction about the feature blogs.
    pub(in super::super) const PAGE_136: &str = "\
---
title: \"Kubernetes v1.36 Release Information\"
---

# Kubernetes v1.36

* [Board](https://example.org/board)
* Contact: #sig-release

- **Monday 12th January 2026**: Week 1 — Release cycle begins
- **Wednesday 4th February 2026 (AoE) / Thursday 5th February 2026, 12:00 UTC**: Week 4 — [Production Readiness Freeze][prr]
- **Thursday 26th February 2026 (AoE) / Friday 27th February 2026, 12:00 UTC**: Week 7 — [Feature blog freeze][blog]
- **Wednesday 18th March 2026 (AoE) / Thursday 19th March 2026, 12:00 UTC**: Week 10 — [Code Freeze][code] and [Test Freeze][test]
- **Monday 23rd - Thursday 26th March 2026**: Week 11 - [KubeCon EU](https://example.org/)
- **Wednesday 22nd April 2026**: Week 15 — Kubernetes v1.36.0 released

| **What** | **Who** | **When** | **Week** |
|----------|---------|----------|----------|
| Start of Release Cycle | Lead | Monday 12th January 2026 | week 1 |
| Call for PRR and Enhancement Freeze [Exceptions] | Lead | Thursday 29th January 2026 | week 3 |
| **Begin [Production Readiness Freeze]** | | Wednesday 4th February 2026 (AoE) / Thursday 5th February 2026, 12:00 UTC | week 4 |
| **Begin [Enhancements Freeze]** | | Wednesday 11th February 2026 (AoE) / Thursday 12th February 2026, 12:00 UTC | week 5 |
| Brace Yourself, Code Freeze is Coming | | Monday 23rd February 2026 | week 7 |
| Begin [Feature blog freeze] - Open placeholder PRs | | Thursday 5th March 2026 (AoE) / Friday 6th March 2026, 12:00 UTC | week 8 |
| **Begin [Code Freeze] and [Test Freeze]** | | Wednesday 18th March 2026 (AoE) / Thursday 19th March 2026, 12:00 UTC | week 10 |
| **[Docs Freeze]** | | Wednesday 8th April 2026 (AoE) / Thursday 9th April 2026, 12:00 UTC | week 13 |
| v1.36.0-rc.1 released | | Tuesday 14th April 2026 | week 14 |
| **v1.36.0 released** | | Wednesday 22nd April 2026 | week 15 |
";

    /// A page that has only the list, in the form of 1.37's.
    pub(in super::super) const PAGE_137: &str = "\
# Kubernetes v1.37

- **Monday 18th May 2026**: Week 1 — Release cycle begins
- **Tuesday 9th June 2026 (AoE) / Wednesday 10th June 2026, 12:00 UTC**: Week 4 — Production Readiness Freeze
- **Tuesday 16th June 2026 (AoE) / Wednesday 17th June 2026, 12:00 UTC**: Week 5 — Enhancements Freeze
- **Wednesday 22nd July 2026 (AoE) / Thursday 23rd July 2026, 12:00 UTC**: Week 10 — Code Freeze and Test Freeze
- **Wednesday 5th August 2026 (AoE)**: Week 12 — Docs Freeze
- **Wednesday 26th August 2026**: Week 15 — Kubernetes v1.37.0 released
";

    pub(in super::super) fn days(cycle: &Cycle) -> Vec<String> {
        CycleEvent::ALL
            .into_iter()
            .map(|event| {
                cycle
                    .day(event)
                    .map_or("-".to_owned(), |day| day.format("%d %b").to_string())
            })
            .collect()
    }

    fn row(what: &str, when: &str) -> Cycle {
        let page = format!("# Kubernetes 1.30\n\n| What | When |\n|--|--|\n| {what} | {when} |\n");
        read_release_page(&page).expect("a page")
    }

    #[test]
    fn table_wins_over_list() {
        let cycle = read_release_page(PAGE_136).expect("a page");
        assert_eq!(cycle.release, Release::new(1, 36));
        assert_eq!(
            days(&cycle),
            [
                "12 Jan", "04 Feb", "11 Feb", "05 Mar", "18 Mar", "18 Mar", "08 Apr", "22 Apr"
            ]
        );
        assert_eq!(
            cycle.notes,
            [
                "Feature Blog Freeze: the table says “Thursday 5th March 2026 (AoE) / Friday 6th March \
              2026, 12:00 UTC”, the list says “Thursday 26th February 2026 (AoE) / Friday 27th \
              February 2026, 12:00 UTC”; taken is the first"
            ]
        );
        assert_eq!(cycle.entries.len(), 16);
        assert_eq!(cycle.entries[4].what, "KubeCon EU");
        assert_eq!(cycle.entries[4].source, Source::List);
    }

    #[test]
    fn a_list_alone() {
        let cycle = read_release_page(PAGE_137).expect("a page");
        assert_eq!(
            days(&cycle),
            [
                "18 May", "09 Jun", "16 Jun", "-", "22 Jul", "22 Jul", "05 Aug", "26 Aug"
            ]
        );
        assert_eq!(cycle.notes, [] as [String; 0]);
        let code = cycle.when(CycleEvent::CodeFreeze).map(|at| at.to_rfc3339());
        assert_eq!(code.as_deref(), Some("2026-07-23T12:00:00+00:00"));
        let start = cycle.when(CycleEvent::CycleStart).map(|at| at.to_rfc3339());
        assert_eq!(start.as_deref(), Some("2026-05-18T00:00:00+00:00"));
    }

    #[test]
    fn what_lies_ahead_is_sorted() {
        let cycle = read_release_page(PAGE_137).expect("a page");
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        let codes = |events: Vec<(CycleEvent, DateTime<Utc>)>| -> Vec<_> {
            events.into_iter().map(|(event, _)| event.code()).collect()
        };
        let last_minute = at("2026-07-23T11:59:59Z");
        assert_eq!(
            codes(cycle.freezes_after(last_minute)),
            ["code-freeze", "test-freeze", "docs-freeze"]
        );
        assert_eq!(
            codes(cycle.freezes_after(at("2026-07-23T12:00:00Z"))),
            ["docs-freeze"]
        );
        assert_eq!(codes(cycle.ahead(at("2026-08-20T00:00:00Z"))), ["release"]);
    }

    #[test]
    fn what_cannot_be_read_is_noted() {
        for when in [
            "TBD",
            "",
            "31 June 2026",
            "July 2026",
            "22 July 2026, 18:00",
        ] {
            let cycle = row("Begin [Code Freeze]", when);
            assert_eq!(cycle.when(CycleEvent::CodeFreeze), None);
            assert_eq!(
                cycle.notes,
                [format!(
                    "Code Freeze: “{when}” is not a day that can be read"
                )]
            );
        }
        assert_eq!(
            row("Call for Code Freeze [Exceptions]", "TBD").notes,
            [] as [String; 0]
        );
        assert!(row("Thaw", "whenever").entries[0].moment.is_none());
    }

    #[test]
    fn unreadable_table_leaves_the_list() {
        let page = "# 1.30\n- **5 March 2024**: Week 9 - Code Freeze\n\nWhat|When\n--|--\nCode Freeze|soon\n";
        let cycle = read_release_page(page).expect("a page");
        assert_eq!(
            cycle.day(CycleEvent::CodeFreeze),
            NaiveDate::from_ymd_opt(2024, 3, 5)
        );
        assert_eq!(cycle.notes.len(), 1);
    }

    #[test]
    fn a_freeze_outside_its_cycle_is_noted() {
        let page = "# 1.36\n- **12 January 2026**: Release cycle begins\n\
                    - **18 March 2025**: Code Freeze\n- **22 April 2026**: v1.36.0 released\n";
        let cycle = read_release_page(page).expect("a page");
        assert_eq!(
            cycle.notes,
            ["Code Freeze: 2025-03-18 is before the cycle starts"]
        );
    }

    #[test]
    fn which_release_a_page_is_about() {
        let release = |text: &str| read_release_page(text).map(|page| page.release.to_string());
        assert_eq!(
            release("---\ntitle: Kubernetes 1.33 x\n---\n# v1.2").as_deref(),
            Some("1.33")
        );
        assert_eq!(
            release("---\nweight: 9\n---\n# Trees v1.35 - x").as_deref(),
            Some("1.35")
        );
        for text in [
            "",
            "---",
            "title: 1.2",
            "## v1.37",
            "```\n# v1.37\n```",
            "# Releases",
        ] {
            assert_eq!(release(text), None, "{text}");
        }
    }
}
