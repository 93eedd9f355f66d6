//! Lists in lists, put together from lists that only say how far they are indented.

use crate::domain::rich::{Block, Item, List};

/// As many lists stand in one another, whatever they say.
const MOST_OPEN: usize = 8;

/// The lists that are open, each deeper than the one before it.
#[derive(Debug, Default)]
pub(super) struct Lists {
    open: Vec<(u64, List)>,
    ended: Vec<List>,
}

impl Lists {
    /// Adds a list that follows the others.
    pub(super) fn add(&mut self, indent: u64, list: List) {
        while self.open.last().is_some_and(|(open, _)| *open > indent) {
            self.close();
        }
        let is_deep = self.open.len() == MOST_OPEN;
        match self.open.last_mut() {
            // It goes on behind a deeper one.
            Some((open, before))
                if (*open == indent || is_deep)
                    && before.start.is_some() == list.start.is_some() =>
            {
                before.items.extend(list.items);
            }
            Some((open, _)) if *open == indent || is_deep => {
                self.close();
                self.open.push((indent, list));
            }
            _ => self.open.push((indent, list)),
        }
    }

    /// All of them, the deeper ones inside their items.
    pub(super) fn end(mut self) -> Vec<List> {
        while !self.open.is_empty() {
            self.close();
        }
        self.ended
    }

    fn close(&mut self) {
        let Some((_, list)) = self.open.pop() else {
            return;
        };
        let Some((_, outer)) = self.open.last_mut() else {
            self.ended.push(list);
            return;
        };
        let block = Block::List(list);
        match outer.items.last_mut() {
            Some(item) => item.blocks.push(block),
            None => outer.items.push(Item {
                done: None,
                blocks: vec![block],
            }),
        }
    }
}
