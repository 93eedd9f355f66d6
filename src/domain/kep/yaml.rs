//! YAML as a tree of raw words. Nothing is resolved: `1.30` stays `1.30`, a date stays its letters,
//! `yes` stays `yes`. Comments are kept by line, and a file that breaks in the middle keeps what
//! stood before.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};

/// A node; its scalars are the words as written, escapes resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Scalar {
        text: String,
        plain: bool,
        line: usize,
    },
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// A document with its comments.
#[derive(Debug, Default)]
pub(super) struct Document {
    root: Option<Node>,
    /// Line → the comment that stands behind something on it.
    comments: HashMap<usize, String>,
    /// Where and why the text stops being YAML.
    pub(super) broken: Option<String>,
}

impl Node {
    /// The words, unless this is a list, a map or null.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar {
                text, plain: true, ..
            } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") => None,
            Self::Scalar { text, .. } => Some(text),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The value of a key of a map; of a key written twice, the last.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .rev()
                .find(|(name, _)| name == key)
                .map(|(_, node)| node),
            Self::Scalar { .. } | Self::List(_) => None,
        }
    }

    /// The items of a list; a lone scalar counts as a list of one, null as an empty one.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Scalar { .. } if self.text().is_some() => std::slice::from_ref(self),
            Self::Scalar { .. } | Self::Map(_) => &[],
        }
    }
}

impl Document {
    /// Reads the first document of a text.
    pub(super) fn read(text: &str) -> Self {
        let mut document = Self::default();
        let mut open = Builder::default();
        for event in Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            match event {
                Err(error) => {
                    document.broken = Some(error.to_string());
                    break;
                }
                Ok((Event::DocumentEnd, _)) => break,
                Ok((Event::Comment(comment, _), span)) => {
                    document
                        .comments
                        .insert(span.start.line(), comment.into_owned());
                }
                Ok((event, span)) => open.take(event, span.start.line()),
            }
        }
        document.root = open.finish();
        document
    }

    /// A key at the top.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.root.as_ref()?.get(key)
    }

    /// The comment on the line of a scalar.
    pub(super) fn comment(&self, node: &Node) -> Option<&str> {
        match node {
            Node::Scalar { line, .. } => self.comments.get(line).map(String::as_str),
            Node::List(_) | Node::Map(_) => None,
        }
    }
}

/// Nodes that are still open, outermost first.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
}

enum Open {
    List(Vec<Node>),
    Map(Vec<(String, Node)>, Option<String>),
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) {
        match event {
            Event::Scalar(text, style, ..) => {
                let plain = matches!(style, ScalarStyle::Plain);
                self.put(Node::Scalar {
                    text: text.into_owned(),
                    plain,
                    line,
                });
            }
            // An alias is not followed: no KEP uses one, and a bomb is made of them.
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.put(Node::Scalar {
                    text: String::new(),
                    plain: true,
                    line,
                });
            }
            Event::SequenceStart(..) => self.open.push(Open::List(Vec::new())),
            Event::MappingStart(..) => self.open.push(Open::Map(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::List(items)) => self.put(Node::List(items)),
            Some(Open::Map(mut entries, key)) => {
                // A key whose value never came, in a file that breaks off.
                if let Some(key) = key {
                    entries.push((
                        key,
                        Node::Scalar {
                            text: String::new(),
                            plain: true,
                            line: 0,
                        },
                    ));
                }
                self.put(Node::Map(entries));
            }
            None => {}
        }
    }

    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            None => {
                self.root.get_or_insert(node);
            }
            Some(Open::List(items)) => items.push(node),
            Some(Open::Map(entries, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                // A list or a map as a key means nothing here; it keeps its place without a name.
                None => *key = Some(node.text().unwrap_or_default().to_owned()),
            },
        }
    }

    fn finish(mut self) -> Option<Node> {
        while !self.open.is_empty() {
            self.close();
        }
        self.root
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn words_stay_words() {
        let document = Document::read("a: 1.30\nb: 2023-14-05\nc: yes\nd: ~\ne: \"null\"\nf:\n");
        let text = |key| document.get(key).and_then(Node::text);
        assert_eq!(text("a"), Some("1.30"));
        assert_eq!(text("b"), Some("2023-14-05"));
        assert_eq!(text("c"), Some("yes"));
        assert_eq!(text("d"), None);
        assert_eq!(text("e"), Some("null"));
        assert_eq!(text("f"), None);
    }

    #[test]
    fn comments_belong_to_their_line() {
        let document = Document::read(
            "people:\n  - \"@a\" # first\n  - \"@b\"\n  # above c\n  - '@c'   # third\n",
        );
        let people = document.get("people").map(Node::items).unwrap_or_default();
        let comments: Vec<_> = people
            .iter()
            .map(|person| document.comment(person).map(str::trim))
            .collect();
        assert_eq!(comments, [Some("first"), None, Some("third")]);
    }

    #[test]
    fn a_broken_file_keeps_what_stood_before() {
        let document =
            Document::read("title: T\nstatus: implementable\nauthors: [\"@a\"\nstage: {\n");
        assert!(document.broken.is_some());
        assert_eq!(
            document.get("status").and_then(Node::text),
            Some("implementable")
        );
    }

    #[test]
    fn an_alias_bomb_stays_small() {
        let mut bomb = "a: &a [x, x]\n".to_owned();
        for (this, last) in ('b'..='z').zip('a'..) {
            let _ = writeln!(bomb, "{this}: &{this} [*{last}, *{last}]");
        }
        let document = Document::read(&bomb);
        assert_eq!(document.get("z").map(|z| z.items().len()), Some(2));
    }
}
