//! News of a KEP: what was said on its tracking issue, and what changed.

use super::{Draft, link};
use crate::domain::{
    KepNumber,
    bridge::Item,
    card::Card,
    change::{Change, What},
    rich::{Block, Item as Row, List, Rich, Span, Style},
};

/// How much is shown of a comment, where it is the only one.
const MOST_OF_COMMENT: usize = 600;
/// How much is shown of all comments together.
const MOST_OF_COMMENTS: usize = 3_000;
/// How much is shown of what became different; labels and titles are people's words.
const MOST_OF_CHANGE: usize = 150;
/// How much is shown of a comment in a line.
const MOST_IN_SHORT: usize = 200;
/// The most pieces of news in a message. Of more, the latest are told.
const MOST_ITEMS: usize = 15;
/// The longest title.
const MOST_OF_TITLE: usize = 150;
/// The longest name.
const MOST_OF_NAME: usize = 80;

pub(super) struct News<'a> {
    kep: KepNumber,
    card: Option<&'a Card>,
}

impl<'a> News<'a> {
    pub(super) fn new(kep: KepNumber, card: Option<&'a Card>) -> Self {
        Self { kep, card }
    }

    /// One piece of news in a line: `bitoku: The CRI part is merged…`
    pub(super) fn in_short(&self, item: &Item) -> String {
        let text = match item {
            Item::Changed { change, .. } => {
                let spans = self.change(&[change]);
                Rich::new(vec![Block::Paragraph(spans)]).text()
            }
            Item::Said { who, markdown, .. } => {
                let markdown = markdown.as_deref().unwrap_or_default();
                let (said, _) = Rich::from_markdown(markdown).excerpt(MOST_IN_SHORT);
                format!("{}: {}", clipped(who, MOST_OF_NAME), said.text())
            }
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        clipped(&words.join(" "), MOST_IN_SHORT + MOST_OF_NAME)
    }

    /// The news, with a heading where they are `titled`: what changed as a list, what was said as
    /// quotes. A notification always says of which KEP they are.
    pub(super) fn tell(&self, items: &[Item], titled: bool, draft: &mut Draft) {
        let (earlier, told) = items.split_at(items.len().saturating_sub(MOST_ITEMS));
        let heading = Block::Paragraph(self.heading());
        let mut blocks = Vec::new();
        if titled {
            blocks.push(heading);
        } else {
            draft.say(Rich::new(vec![heading]).text());
        }
        if !earlier.is_empty() {
            let text = format!("{} earlier ones are not shown.", earlier.len());
            blocks.push(Block::Paragraph(vec![Span::Text(text, Style::ITALIC)]));
        }
        let said = told.iter().filter(|item| matches!(item, Item::Said { .. }));
        let room = MOST_OF_COMMENTS / said.count().max(1);
        let mut changed = Vec::new();
        for item in told {
            match item {
                Item::Changed { change, .. } => changed.push(change),
                Item::Said { .. } => {
                    blocks.extend(self.list(&mut changed));
                    said_on(item, room.min(MOST_OF_COMMENT), &mut blocks);
                }
            }
        }
        blocks.extend(self.list(&mut changed));
        draft.rich(&Rich::new(blocks));
    }

    fn heading(&self) -> Vec<Span> {
        let label = format!("KEP-{}", self.kep);
        let url = self.card.map(|card| &*card.kep.url);
        let mut spans = vec![link(url, &label, Style::BOLD)];
        if let Some(card) = self.card {
            let title = clipped(&card.kep.title, MOST_OF_TITLE);
            spans.push(Span::Text(format!("  {title}"), Style::BOLD));
        }
        spans
    }

    /// The changes so far as a list, where there are any: those of one thing in one row.
    fn list(&self, changes: &mut Vec<&Change>) -> Option<Block> {
        let changes = std::mem::take(changes);
        let rows = changes.chunk_by(|one, other| one.place() == other.place());
        let items: Vec<Row> = rows.map(|same| row(self.change(same))).collect();
        (!items.is_empty()).then_some(Block::List(List { start: None, items }))
    }

    /// `#12814 stage alpha → beta; milestone 2.4`, of changes of one thing.
    fn change(&self, same: &[&Change]) -> Vec<Span> {
        let Some(change) = same.first() else {
            return Vec::new();
        };
        let words = same.iter().map(|change| match self.title(change) {
            Some(title) => {
                let title = clipped(title, MOST_OF_CHANGE);
                format!("{}: {title}", change.words())
            }
            None => clipped(&change.words(), MOST_OF_CHANGE),
        });
        let words = words.collect::<Vec<_>>().join("; ");
        match change.place() {
            Some(place) => {
                let page = self.page(change);
                vec![
                    link(page, &place, Style::PLAIN),
                    Span::text(format!(" {words}")),
                ]
            }
            None => {
                let url = self.card.map(|card| &*card.kep.url);
                let kubernetes = link(url, "In Kubernetes", Style::PLAIN);
                vec![kubernetes, Span::text(format!(": {words}"))]
            }
        }
    }

    /// The title of the pull request that changed.
    fn title(&self, change: &Change) -> Option<&'a str> {
        let (What::PullOpened | What::PullMerged | What::PullClosed) = change.what else {
            return None;
        };
        let (repository, number) = change.issue.as_ref()?;
        let runtimes = self.card?.runtimes.iter();
        let mut pulls = runtimes
            .filter(|runtime| runtime.repository == *repository)
            .flat_map(|runtime| &runtime.pulls);
        let pull = pulls.find(|pull| pull.number == *number)?;
        Some(&pull.title)
    }

    /// Where the issue or pull request is that changed.
    fn page(&self, change: &Change) -> Option<&'a str> {
        let (repository, number) = change.issue.as_ref()?;
        let runtimes = self.card?.runtimes.iter();
        let mut runtimes = runtimes.filter(|runtime| runtime.repository == *repository);
        runtimes.find_map(|runtime| {
            let issues = runtime
                .issues
                .iter()
                .map(|issue| (issue.number, &*issue.url));
            let pulls = runtime.pulls.iter().map(|pull| (pull.number, &*pull.url));
            let found = issues.chain(pulls).find(|(own, _)| own == number);
            found.map(|(_, url)| url)
        })
    }
}

/// `bitoku on #12814:` and what they said.
fn said_on(item: &Item, room: usize, blocks: &mut Vec<Block>) {
    let Item::Said {
        issue,
        who,
        url,
        markdown,
        ..
    } = item
    else {
        return;
    };
    let number = format!("#{}", issue.number);
    let who = Span::Text(clipped(who, MOST_OF_NAME), Style::BOLD);
    let Some(markdown) = markdown else {
        // The comment is gone, its issue is not.
        let place = link(url.split('#').next(), &number, Style::PLAIN);
        let (before, behind) = ("'s comment on ", " was deleted.");
        let spans = vec![who, Span::text(before), place, Span::text(behind)];
        return blocks.push(Block::Paragraph(spans));
    };
    let (said, is_cut) = Rich::from_markdown(markdown).excerpt(room);
    let place = link(Some(url), &number, Style::PLAIN);
    let spans = vec![who, Span::text(" on "), place, Span::text(":")];
    blocks.push(Block::Paragraph(spans));
    blocks.push(Block::Quote(said.blocks().to_vec()));
    if is_cut {
        let more = link(Some(url), "more on GitHub", Style::PLAIN);
        blocks.push(Block::Paragraph(vec![more]));
    }
}

fn row(spans: Vec<Span>) -> Row {
    Row {
        done: None,
        blocks: vec![Block::Paragraph(spans)],
    }
}

/// The words that fit.
fn clipped(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most);
    match end {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}
