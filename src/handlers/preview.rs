//! What is shown below links to KEPs that somebody shares, from memory.

use super::desk::Desk;
use crate::domain::{board::Entry, card::Card, preview::kep_of};

/// The most previews below one message: a list of links is to stay readable.
const MOST: usize = 5;

impl Desk<'_> {
    /// The cards of the KEPs that links lead to, each KEP once, with the first link to it.
    pub fn previews<'a>(&self, links: impl IntoIterator<Item = &'a str>) -> Vec<(&'a str, Card)> {
        let mut found: Vec<(&str, &Entry)> = Vec::new();
        for link in links {
            let entry = kep_of(link, self.board, self.settings);
            let is_new = |entry: &&Entry| !found.iter().any(|(_, it)| std::ptr::eq(*it, *entry));
            let new = entry.filter(is_new);
            found.extend(new.map(|entry| (link, entry)));
            if found.len() == MOST {
                break;
            }
        }
        let inspector = self.inspector();
        let card = |entry| Card::of(entry, self.board, self.settings, &inspector);
        let cards = found.into_iter().map(|(link, entry)| (link, card(entry)));
        cards.collect()
    }
}
