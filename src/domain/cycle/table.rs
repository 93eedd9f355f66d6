//! The little Markdown that release pages need: which lines count, tables, and a cell's plain text.
//! Every function walks its input once.

/// The lines that a reader of the rendered page would see: neither fenced code nor HTML comments.
pub(super) fn visible_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut fence: Option<&str> = None;
    let mut comment = false;
    text.lines().filter(move |line| {
        let trimmed = line.trim_start();
        if comment {
            comment = !line.contains("-->");
            return false;
        }
        if let Some(mark) = fence {
            if trimmed.starts_with(mark) {
                fence = None;
            }
            return false;
        }
        fence = ["```", "~~~"]
            .into_iter()
            .find(|mark| trimmed.starts_with(mark));
        let opens_comment = trimmed.starts_with("<!--");
        comment = opens_comment && !line.contains("-->");
        fence.is_none() && !opens_comment
    })
}

/// A table: the plain text of its header's cells, and its rows as they stand.
pub(super) struct Table<'a> {
    pub(super) header: Vec<String>,
    rows: Vec<&'a str>,
}

impl<'a> Table<'a> {
    /// Every table of a text: a line with a `|` above a line of dashes, up to the first line
    /// without a `|`.
    pub(super) fn all(text: &'a str) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let mut inside = false;
        let mut above: Option<&str> = None;
        for line in visible_lines(text) {
            if !line.contains('|') {
                inside = false;
                above = None;
            } else if inside && let Some(table) = found.last_mut() {
                table.rows.push(line);
            } else if let Some(header) = above.filter(|_| is_delimiter(line)) {
                let header = cells(header)
                    .map(|cell| plain(cell).to_lowercase())
                    .collect();
                found.push(Self {
                    header,
                    rows: Vec::new(),
                });
                inside = true;
            } else {
                above = Some(line);
            }
        }
        found
    }

    /// The first column whose header is one of `names`, which are lower case.
    pub(super) fn column(&self, names: &[&str]) -> Option<usize> {
        self.header
            .iter()
            .position(|cell| names.contains(&cell.as_str()))
    }

    /// The rows, each as the plain text of the asked-for columns; a cell that a row lacks is empty.
    pub(super) fn rows<const N: usize>(
        &self,
        columns: [usize; N],
    ) -> impl Iterator<Item = [String; N]> {
        self.rows.iter().map(move |row| {
            let mut picked = [""; N];
            for (at, cell) in cells(row).enumerate() {
                for (slot, column) in picked.iter_mut().zip(columns) {
                    if column == at {
                        *slot = cell;
                    }
                }
            }
            picked.map(plain)
        })
    }
}

/// The most cells that a row is read for: real tables have five.
const MOST_CELLS: usize = 32;

/// A row's cells as written. A pipe after a backslash does not part cells.
fn cells(row: &str) -> impl Iterator<Item = &str> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut rest = (!row.is_empty()).then_some(row);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut escaped = false;
        let end = text.bytes().position(|byte| {
            let parts = byte == b'|' && !escaped;
            escaped = byte == b'\\' && !escaped;
            parts
        });
        let (cell, after) = end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]));
        rest = (!after.is_empty()).then_some(after);
        Some(cell)
    })
    .take(MOST_CELLS)
}

/// Whether a line is the rule below a table's header: dashes, with colons for the alignment.
fn is_delimiter(line: &str) -> bool {
    line.contains('-')
        && line
            .bytes()
            .all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// A cell or line without its Markdown: links give their text, emphasis and code marks go, escapes
/// give the character, blanks are single.
pub(super) fn plain(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len().min(256));
    // Once a closing mark was not found, none follows: remembering it keeps the walk linear.
    let (mut no_paren, mut no_bracket) = (false, false);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let before_is_word = out.chars().next_back().is_some_and(char::is_alphanumeric);
        at += c.len_utf8();
        match c {
            '\\' => {
                if let Some(next) = text[at..].chars().next().filter(char::is_ascii_punctuation) {
                    out.push(next);
                    at += 1;
                } else {
                    out.push('\\');
                }
            }
            '_' if before_is_word && bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) => {
                out.push('_');
            }
            '*' | '`' | '[' | '_' => {}
            ']' => {
                let (missing, close) = match bytes.get(at) {
                    Some(b'(') => (&mut no_paren, ')'),
                    Some(b'[') => (&mut no_bracket, ']'),
                    _ => continue,
                };
                if *missing {
                    continue;
                }
                match text[at..].find(close) {
                    Some(end) => at += end + 1,
                    None => *missing = true,
                }
            }
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// At most the first `most` bytes, cut between characters: titles and headings are short.
pub(super) fn head(text: &str, most: usize) -> &str {
    let most = most.min(text.len());
    let end = (0..=most)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    &text[..end]
}

/// The most that is said about one page; a page that deserves more deserves a person.
const MOST_NOTES: usize = 50;

/// Adds a note, up to a bound.
pub(super) fn note(notes: &mut Vec<String>, text: String) {
    if notes.len() < MOST_NOTES {
        notes.push(text);
    }
}

/// A text inside a note: quoted, and cut when long.
pub(super) fn quoted(text: &str) -> String {
    let cut = head(text, 120);
    if cut.len() == text.len() {
        format!("“{text}”")
    } else {
        format!("“{cut}…”")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_of_cells() {
        for (cell, text) in [
            (
                " **Begin [Code Freeze] and [Test Freeze]** ",
                "Begin Code Freeze and Test Freeze",
            ),
            ("[Docs Freeze][the docs]", "Docs Freeze"),
            ("[2.4](https://example.org/2.4)", "2.4"),
            ("_Future_", "Future"),
            ("`snake_case`", "snake_case"),
            (r"a \| b \* c", "a | b * c"),
            ("März*", "März"),
            ("[open](never closed", "open(never closed"),
            ("[open][never", "opennever"),
            ("", ""),
        ] {
            assert_eq!(plain(cell), text, "{cell}");
        }
    }

    #[test]
    fn tables_and_what_is_none() {
        let text = "| A | B |\n|---|:-:|\n| 1 | x \\| y | extra |\n2\n\n```\n| C |\n|---|\n```\n\
                    <!--\n| D |\n|---|\n-->\n a | b\n--|--\n only one |\n\n| no | rule |\n| 1 | 2 |\n";
        let tables = Table::all(text);
        let headers: Vec<_> = tables.iter().map(|table| table.header.join(",")).collect();
        assert_eq!(headers, ["a,b", "a,b"]);
        let rows: Vec<_> = tables[0].rows([0, 1]).collect();
        assert_eq!(rows, [["1", "x | y"]]);
        let rows: Vec<_> = tables[1].rows([1, 0]).collect();
        assert_eq!(rows, [["", "only one"]]);
    }
}
