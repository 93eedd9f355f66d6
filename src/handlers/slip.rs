//! What was most likely meant by filters that no KEP passes.

use crate::{
    command::Query,
    domain::{Settings, answer::Plain, board::Board, finding::Inspector, text::nearest},
};

/// How many filters, and values of each, are looked at: nobody mistypes more, and each is held against
/// everybody's name.
const MOST: usize = 8;

/// Looks for a value that no KEP has, while some have one like it: a slip of the keyboard. `None`
/// where there is no such value, or where not even the other finds a KEP.
pub(super) fn slip(
    query: &Query,
    board: &Board,
    settings: &Settings,
    inspector: &Inspector<'_>,
) -> Option<Plain> {
    let asked = query.words();
    let words: Vec<&str> = asked.split(' ').collect();
    let filters = words.iter().enumerate().filter_map(|(at, word)| {
        let (filter, values) = word.split_once(':')?;
        Some((at, filter, values))
    });
    filters.take(MOST).find_map(|(at, filter, values)| {
        let known = board.values(filter, settings);
        let values: Vec<&str> = values.split(',').collect();
        let (of, meant) = values
            .iter()
            .take(MOST)
            .enumerate()
            .find_map(|(of, value)| {
                let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(value));
                let near = || nearest(value, known.iter().map(String::as_str));
                Some((of, (!is_known).then(near)??))
            })?;
        let typed = values[of];
        let mut values = values;
        values[of] = meant;
        let mended = format!("{filter}:{}", values.join(","));
        let mut words = words.clone();
        words[at] = &mended;
        let Query::List(narrowed) = Query::parse(words.iter().copied()).ok()? else {
            return None;
        };
        let has = |entry: &_, code| inspector.has(entry, code);
        let finds = !board.filter(&narrowed, settings, has).is_empty();
        finds.then(|| Plain {
            text: format!("No KEP has {filter}:{typed}. Did you mean {filter}:{meant}?"),
            instead: Some(format!("list {}", words.join(" "))),
        })
    })
}
