//! What is answered to `0` or `0000`, which stands where a KEP has no number yet.

use crate::{
    command::Query,
    domain::{
        answer::{Answer, Plain},
        board::{Board, Filter},
    },
};

/// The answer where nothing but noughts was asked for.
pub(super) fn unnumbered(query: &Query, board: &Board) -> Option<Answer> {
    let Query::List(filter) = query else {
        return None;
    };
    let words = filter.words.to_lowercase();
    let number = words
        .trim_start_matches("kep")
        .trim_matches(['-', ' ', '#']);
    let is_nought = !number.is_empty() && number.bytes().all(|byte| byte == b'0');
    let only_words = Filter {
        words: filter.words.clone(),
        ..Filter::default()
    };
    if !is_nought || **filter != only_words {
        return None;
    }
    let mut lines = vec!["0000 is no KEP's number; it stands where there is none yet.".to_owned()];
    let files = board.unnumbered().iter();
    let files = files.map(|file| format!("• {} ({})", file.title.replace('\n', " "), file.path));
    lines.extend(files);
    if let [first, _, ..] = lines.as_mut_slice() {
        first.push_str(" These files have none:");
    }
    Some(Answer::Plain(Plain {
        text: lines.join("\n"),
        instead: None,
    }))
}
