//! The paths that a Rust file names, found by its words: `use` trees, inline paths, `self` and `super`.

use std::collections::HashMap;

/// A path that a file names, written out from `crate` or from an outside crate.
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

/// Every path of two words or more, every import, and every module that a crate root declares, in
/// the text of `module`.
pub(super) fn mentions_in(text: &str, module: &[String]) -> Vec<Mention> {
    let scan = Scan::over(&tokens(text), module);
    let mut mentions = scan.paths;
    for mention in &mut mentions {
        let alias = scan.aliases.get(&mention.path[0]);
        if let Some(target) = alias.filter(|target| **target != mention.path) {
            mention.path.splice(..1, target.iter().cloned());
        }
    }
    mentions.sort_by_key(|mention| mention.line);
    mentions
}

/// One pass over the words of a file.
#[derive(Default)]
struct Scan {
    paths: Vec<Mention>,
    /// What the names that `use` lines bring in stand for.
    aliases: HashMap<String, Vec<String>>,
    /// The module the scan is in, and the brace depth at which each inline module began.
    module: Vec<String>,
    inline: Vec<usize>,
    depth: usize,
}

impl Scan {
    fn over(tokens: &[Token], module: &[String]) -> Self {
        let mut scan = Self {
            module: module.to_vec(),
            ..Self::default()
        };
        let mut at = 0;
        while at < tokens.len() {
            at = scan.step(tokens, at);
        }
        scan
    }

    /// Takes in what begins at `at` and returns where the next thing begins.
    fn step(&mut self, tokens: &[Token], at: usize) -> usize {
        let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &token.word);
        match (word(0), word(1)) {
            ("use", next) if next != "<" => return self.import(tokens, at + 1, &[]),
            ("extern", "crate") => self.mention(vec![word(2).to_owned()], tokens[at].line),
            ("mod", name) if ["{", ";"].contains(&word(2)) => {
                if self.module.len() == 1 {
                    self.mention(vec!["crate".to_owned(), name.to_owned()], tokens[at].line);
                }
                if word(2) == "{" {
                    self.module.push(name.to_owned());
                    self.inline.push(self.depth);
                }
                return at + 2;
            }
            ("{", _) => self.depth += 1,
            ("}", _) => {
                self.depth = self.depth.saturating_sub(1);
                if self.inline.last() == Some(&self.depth) {
                    self.inline.pop();
                    self.module.pop();
                }
            }
            (first, "::") if is_word(first) && !continues_a_path(tokens, at) => {
                return self.inline_path(tokens, at);
            }
            _ => {}
        }
        at + 1
    }

    fn inline_path(&mut self, tokens: &[Token], mut at: usize) -> usize {
        let line = tokens[at].line;
        let mut path = vec![tokens[at].word.clone()];
        while tokens.get(at + 1).is_some_and(|token| token.word == "::")
            && tokens.get(at + 2).is_some_and(|token| is_word(&token.word))
        {
            path.push(tokens[at + 2].word.clone());
            at += 2;
        }
        self.mention(path, line);
        at + 1
    }

    /// One tree of a `use` line, below `prefix`; returns the place after it.
    fn import(&mut self, tokens: &[Token], mut at: usize, prefix: &[String]) -> usize {
        let mut path = prefix.to_vec();
        let mut line = tokens.get(at).map_or(0, |token| token.line);
        while let Some(token) = tokens.get(at) {
            match token.word.as_str() {
                "::" => at += 1,
                "{" => return self.import_group(tokens, at + 1, &path),
                "as" => {
                    let alias = tokens.get(at + 1).map_or("", |token| &token.word);
                    self.bring_in(path, alias.to_owned(), line);
                    return at + 2;
                }
                "self" if !path.is_empty() => at += 1,
                word if word == "*" || is_word(word) => {
                    path.push(word.to_owned());
                    line = token.line;
                    at += 1;
                }
                _ => break,
            }
        }
        let name = path.last().cloned().unwrap_or_default();
        self.bring_in(path, name, line);
        at
    }

    fn import_group(&mut self, tokens: &[Token], mut at: usize, prefix: &[String]) -> usize {
        while let Some(token) = tokens.get(at) {
            match token.word.as_str() {
                "}" => return at + 1,
                "," => at += 1,
                word if word == "*" || word == "::" || is_word(word) || word == "{" => {
                    at = self.import(tokens, at, prefix);
                }
                _ => return at,
            }
        }
        at
    }

    fn bring_in(&mut self, path: Vec<String>, name: String, line: usize) {
        if path.is_empty() {
            return;
        }
        let path = self.written_out(path);
        self.aliases.insert(name, path.clone());
        self.paths.push(Mention { path, line });
    }

    fn mention(&mut self, path: Vec<String>, line: usize) {
        let path = self.written_out(path);
        self.paths.push(Mention { path, line });
    }

    /// `self` and `super` replaced by the modules they mean.
    fn written_out(&self, path: Vec<String>) -> Vec<String> {
        let supers = path
            .iter()
            .take_while(|word| *word == "super" || *word == "self")
            .count();
        if supers == 0 {
            return path;
        }
        let up = path.iter().filter(|word| *word == "super").count();
        let stay = self.module.len().saturating_sub(up).max(1);
        self.module[..stay]
            .iter()
            .cloned()
            .chain(path.into_iter().skip(supers))
            .collect()
    }
}

/// Whether the word at `at` follows a `::` that is not the start of a path, as in `-> ::axum::X`.
fn continues_a_path(tokens: &[Token], at: usize) -> bool {
    let back = |by: usize| at.checked_sub(by).map_or("", |place| &tokens[place].word);
    back(1) == "::"
        && match back(2) {
            ">" => !["-", "="].contains(&back(3)),
            word => is_word(word) && !["as", "dyn", "for", "impl", "in", "mut"].contains(&word),
        }
}

/// A name, `::`, or a single sign; comments, strings and characters are left out.
struct Token {
    word: String,
    line: usize,
}

fn is_word(word: &str) -> bool {
    word.starts_with(|first: char| first == '_' || first.is_alphanumeric())
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = length_of_prose(rest);
        let length = if skipped > 0 {
            skipped
        } else {
            length_of_token(rest, first)
        };
        if skipped == 0 && !first.is_whitespace() {
            let word = rest[..length].trim_start_matches("r#").to_owned();
            tokens.push(Token { word, line });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

fn length_of_token(text: &str, first: char) -> usize {
    if text.starts_with("::") {
        return 2;
    }
    let raw = if text.starts_with("r#") { 2 } else { 0 };
    let word = text[raw..].find(|c: char| c != '_' && !c.is_alphanumeric());
    match word.map_or(text.len(), |end| raw + end) {
        0 => first.len_utf8(),
        end => end,
    }
}

/// The length of the comment, string or character that begins `text`; 0 where none does.
fn length_of_prose(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return length_of_block_comment(text);
    }
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        text.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(['"', '#']))
    });
    match prefix {
        Some(prefix) if prefix.ends_with('r') => length_of_raw_string(text, prefix.len()),
        Some(prefix) if text[prefix.len()..].starts_with('"') => {
            prefix.len() + length_of_quoted(&text[prefix.len()..], '"')
        }
        _ => length_of_character(text),
    }
}

fn length_of_block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn length_of_raw_string(text: &str, prefix: usize) -> usize {
    let hashes = text[prefix..].chars().take_while(|c| *c == '#').count();
    let open = prefix + hashes + 1;
    if !text[prefix + hashes..].starts_with('"') {
        return 0; // a raw name, `r#type`
    }
    let close = format!("\"{}", "#".repeat(hashes));
    text[open..]
        .find(&close)
        .map_or(text.len(), |at| open + at + close.len())
}

fn length_of_quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `'x'` and `'\n'`, but not the lifetime `'x`.
fn length_of_character(text: &str) -> usize {
    let mut chars = text.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('\''), Some('\\'), _) | (Some('\''), Some(_), Some('\'')) => {
            length_of_quoted(text, '\'')
        }
        _ => 0,
    }
}
