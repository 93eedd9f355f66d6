//! Which KEP an issue is about: its title, its `KEP(s)` field and the links in its body, weighed.

use std::collections::{BTreeMap, HashSet};

use crate::domain::{EnhancementLink, KepNumber, Runtime, settings::letters, text::each_once};

/// No issue tracks more KEPs than this; a longer list is somebody's joke.
const MOST_KEPS: usize = 16;

/// Where a number was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberSource {
    /// The title.
    Title,
    /// The `KEP(s)` field.
    Field,
    /// A link to the enhancement issue or the KEP's folder.
    Link,
    /// The running text.
    Text,
}

impl NumberSource {
    /// The place in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "the title",
            Self::Field => "the KEP(s) field",
            Self::Link => "a link in the body",
            Self::Text => "the text",
        }
    }
}

/// The numbers of an issue with where each stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Every number, most telling place first.
    pub found: Vec<(KepNumber, NumberSource)>,
    /// The KEPs that the issue tracks: nearly always one.
    pub keps: Vec<KepNumber>,
}

impl Numbers {
    /// Weighs what was found: the number with most places behind it counts; between equals a link
    /// beats the field and the field the title, because links are pasted and titles are typed.
    /// A field that lists several KEPs means all of them.
    pub(super) fn weigh(
        title: Option<KepNumber>,
        field: &[KepNumber],
        links: &[KepNumber],
        text: &[KepNumber],
    ) -> Self {
        let mut found = Vec::new();
        found.extend(title.map(|number| (number, NumberSource::Title)));
        found.extend(field.iter().map(|&number| (number, NumberSource::Field)));
        found.extend(links.iter().map(|&number| (number, NumberSource::Link)));
        found.extend(text.iter().map(|&number| (number, NumberSource::Text)));
        let keps = if field.len() > 1 {
            field.to_vec()
        } else {
            let mut weights: BTreeMap<KepNumber, u32> = BTreeMap::new();
            for (number, source) in &found {
                *weights.entry(*number).or_default() += match source {
                    NumberSource::Link => 12,
                    NumberSource::Field => 11,
                    NumberSource::Title => 10,
                    NumberSource::Text => 1,
                };
            }
            let heaviest = weights.into_iter().max_by_key(|(_, weight)| *weight);
            heaviest.into_iter().map(|(number, _)| number).collect()
        };
        Self { found, keps }
    }

    /// The numbers of title and field that differ from what the issue is taken to be about, and a
    /// link's where the field says otherwise.
    pub fn contradictions(&self) -> impl Iterator<Item = (KepNumber, NumberSource)> {
        let keps: HashSet<KepNumber> = self.keps.iter().copied().collect();
        let found = self.found.iter().copied();
        found
            .filter(move |(number, source)| *source != NumberSource::Text && !keps.contains(number))
    }

    /// Whether the title names a number.
    pub fn in_title(&self) -> bool {
        self.found
            .iter()
            .any(|(_, source)| *source == NumberSource::Title)
    }
}

/// A title taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title<'a> {
    pub(super) number: Option<KepNumber>,
    /// What remains without prefix and number.
    pub(super) text: &'a str,
    /// Whether it begins with the mark of the runtime's form, such as `[SIG-Node]`.
    pub(super) marked: bool,
}

/// Takes a title apart: `[SIG-Node]: <KEP-5607 - Allow …>`, `[SIG-Node]: 5758 - Per-container …`,
/// `KEP4009: …`, `Add … - K8s KEP 4126`, `… (KEP-127)`.
pub(super) fn read_title<'a>(title: &'a str, runtime: &Runtime) -> Title<'a> {
    let mark = runtime.title_mark();
    let mut rest = title.trim();
    let mut marked = false;
    let mut bracketed = None;
    while let Some((inside, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        marked |= !mark.is_empty() && letters(inside) == mark;
        bracketed = bracketed.or_else(|| KepNumber::from_reference(inside));
        rest = after.trim_start_matches([':', ' ', '-', '\u{2013}']);
    }
    if !marked && !mark.is_empty() && !runtime.title.starts_with('[') {
        marked = letters(rest).starts_with(&mark);
    }
    let core = rest
        .trim_start_matches(['<', ' '])
        .trim_end_matches(['>', ' ']);
    let separators = [
        ' ', ':', '-', '\u{2013}', '\u{2014}', '>', '.', ')', ']', ',',
    ];
    if let Some((number, used)) = leading_number(core, marked) {
        return Title {
            number: Some(number),
            text: core[used..].trim_start_matches(separators),
            marked,
        };
    }
    if let Some((number, at)) = named_in(core).into_iter().next() {
        let text = core[..at].trim_end_matches(['(', ' ', '-', ':', '\u{2013}']);
        let text = text
            .strip_suffix("K8s")
            .map_or(text, |text| text.trim_end_matches([' ', '-', ':']));
        // `K8s KEP 4126 - Image pull …` has its words behind the number.
        let behind = leading_number(&core[at..], marked).map_or("", |(_, used)| &core[at + used..]);
        return Title {
            number: Some(number),
            text: if text.is_empty() {
                behind.trim_start_matches(separators)
            } else {
                text
            },
            marked,
        };
    }
    Title {
        number: bracketed,
        text: core,
        marked,
    }
}

/// A number at the start: with the word KEP always; bare or behind `#` only where the form's mark
/// shows that a KEP is meant (`[SIG-Node]: 5758 - Per-container …`), because a lone `#12` is an
/// issue of the repository.
fn leading_number(text: &str, marked: bool) -> Option<(KepNumber, usize)> {
    if let Some(&(number, 0)) = named_in(text).first() {
        let digits_at = text.bytes().position(|b| b.is_ascii_digit())?;
        return Some((number, digits_at + digits(&text[digits_at..]).len()));
    }
    let at = usize::from(text.starts_with('#'));
    let found = digits(&text[at..]);
    let whole = text[at + found.len()..]
        .chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric() && c != '.');
    let number = KepNumber::from_digits(found).filter(|_| marked && whole)?;
    Some((number, at + found.len()))
}

fn digits(text: &str) -> &str {
    let end = text
        .bytes()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    &text[..end]
}

/// Every `KEP-n`, `KEP n`, `Kep-n`, `KEPn`, `KEP #n` of a text with where the word begins.
pub(super) fn named_in(text: &str) -> Vec<(KepNumber, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at + 3 < bytes.len() {
        let word = bytes[at..at + 3].eq_ignore_ascii_case(b"kep");
        let boundary = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] >= 0x80);
        if !(word && boundary) {
            at += 1;
            continue;
        }
        // At most a hyphen, a hash and a blank or two stand between.
        let mut end = at + 3;
        while end < bytes.len()
            && end < at + 6
            && matches!(bytes[end], b'-' | b' ' | b'#' | b':' | b'[' | b'_')
        {
            end += 1;
        }
        let number = digits(&text[end..]);
        let after = bytes.get(end + number.len());
        let whole = after.is_none_or(|b| !(b.is_ascii_alphanumeric() || *b == b'_'));
        if let Some(kep) = KepNumber::from_digits(number).filter(|_| whole) {
            found.push((kep, at));
        }
        at = (end + number.len()).max(at + 3);
    }
    found
}

/// Every KEP whose issue or folder a text links to, and `kubernetes/enhancements#n`, each once.
pub(super) fn linked_in(text: &str) -> Vec<KepNumber> {
    let links = text.match_indices("://").filter_map(|(at, head)| {
        let link = &text[at + head.len()..];
        // A colon ends it as well: none of these links has one, and the next may begin there.
        let end = link.bytes().take(2_000).position(|b| {
            b.is_ascii_whitespace() || matches!(b, b')' | b'>' | b'"' | b']' | b'<' | b'`' | b':')
        });
        let link = link.get(..end.unwrap_or(link.len().min(2_000)))?;
        EnhancementLink::parse(link)?.number()
    });
    let short = text
        .match_indices("kubernetes/enhancements#")
        .filter_map(|(at, head)| KepNumber::from_digits(digits(&text[at + head.len()..])));
    each_once(links.chain(short))
}

/// The first numbers of a `KEP(s)` field: named, linked, or bare at the start of a line or after a
/// comma.
pub(super) fn field_numbers(value: &str) -> Vec<KepNumber> {
    let mut found: Vec<KepNumber> = Vec::new();
    let mut add = |number: KepNumber| {
        if found.len() < MOST_KEPS && !found.contains(&number) {
            found.push(number);
        }
    };
    for line in value.lines() {
        let named = named_in(line);
        let links = linked_in(line);
        if named.is_empty() && links.is_empty() {
            for part in line.split([',', '/', '&']) {
                let part = part.trim().trim_start_matches(['#', '<']);
                let number = digits(part);
                let after = part[number.len()..].chars().next();
                if after.is_none_or(|c| !c.is_alphanumeric() && c != '.')
                    || after == Some('.') && part.len() == number.len() + 1
                {
                    if let Some(number) = KepNumber::from_digits(number) {
                        add(number);
                    }
                } else {
                    // Words: the rest of the line is a title.
                    break;
                }
            }
        } else if let Some(&(number, _)) = named.first() {
            // A title behind the number may name another KEP in passing; a list uses commas.
            add(number);
            for pair in named.windows(2) {
                let between = line.get(pair[0].1..pair[1].1).unwrap_or_default();
                let listed = between.trim_end().ends_with([',', '/', '&', '+'])
                    || between.trim_end().ends_with(" and");
                if listed {
                    add(pair[1].0);
                }
            }
        } else {
            links.into_iter().for_each(&mut add);
        }
    }
    found
}
