//! Reads one `kep.yaml`. Every file gives something: a KEP, or a note of a folder without a number.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    FeatureGate, Kep, Oddity, OddityKind, Person,
    yaml::{Document, Node},
};
use crate::domain::{
    EnhancementLink, Field, KepNumber, Reading, Release, Stage, Status, field::is_placeholder,
};

/// What one `kep.yaml` gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KepFile {
    /// A KEP.
    Numbered(Box<Kep>),
    /// A file whose folder has no number and which names none itself: the template.
    Unnumbered(Unnumbered),
}

/// A `kep.yaml` that belongs to no KEP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unnumbered {
    /// The folder.
    pub path: Box<str>,
    /// The title in the file.
    pub title: Box<str>,
}

/// Reads a `kep.yaml`. `path` is the file's or its folder's path within the repository and begins
/// with `keps/`.
pub fn read_kep(path: &str, text: &str) -> KepFile {
    let folder = path
        .strip_suffix("/kep.yaml")
        .unwrap_or(path)
        .trim_end_matches('/');
    let document = Document::read(text);
    let mut reader = Reader {
        document: &document,
        oddities: Vec::new(),
    };
    let title = reader.text("title").unwrap_or_default();
    let Some(number) = reader.number(folder) else {
        return KepFile::Unnumbered(Unnumbered {
            path: folder.into(),
            title,
        });
    };
    let title = if title.is_empty() {
        words_of(folder)
    } else {
        title
    };
    let status = reader.field("status", Status::read);
    let stage = reader.field("stage", Stage::read);
    let latest_milestone = reader.field("latest-milestone", read_release);
    let kep = Kep {
        number,
        path: folder.into(),
        title,
        owning_sig: reader.text("owning-sig").unwrap_or_else(|| sig_of(folder)),
        participating_sigs: reader.texts("participating-sigs"),
        status,
        stage,
        latest_milestone,
        milestones: reader.milestones(),
        authors: reader.people("authors"),
        reviewers: reader.people("reviewers"),
        approvers: reader.people("approvers"),
        prod_readiness: Vec::new(),
        feature_gates: reader.feature_gates(),
        disable_supported: reader.flag("disable-supported"),
        metrics: reader.texts("metrics"),
        creation_date: reader.field("creation-date", read_date),
        last_updated: reader.field("last-updated", read_date),
        see_also: reader.texts("see-also"),
        replaces: reader.texts("replaces"),
        superseded_by: reader.texts("superseded-by"),
        oddities: Vec::new(),
    };
    let mut oddities = reader.oddities;
    if let Some(why) = &document.broken {
        oddities.push(Oddity {
            kind: OddityKind::Broken,
            field: "kep.yaml".into(),
            raw: why.as_str().into(),
            taken_as: None,
        });
    }
    KepFile::Numbered(Box::new(Kep { oddities, ..kep }))
}

struct Reader<'a> {
    document: &'a Document,
    oddities: Vec<Oddity>,
}

impl Reader<'_> {
    fn raw(&self, key: &str) -> Option<&str> {
        self.document.get(key).and_then(Node::text)
    }

    fn text(&self, key: &str) -> Option<Box<str>> {
        self.raw(key)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(Into::into)
    }

    fn texts(&self, key: &str) -> Vec<Box<str>> {
        texts(self.document.get(key))
    }

    fn odd(&mut self, kind: OddityKind, field: &str, raw: &str, taken_as: Option<String>) {
        let taken_as = taken_as.map(Into::into);
        self.oddities.push(Oddity {
            kind,
            field: field.into(),
            raw: raw.into(),
            taken_as,
        });
    }

    /// A field by its reader; what is not legal is noted.
    fn field<T: Copy + ToString>(
        &mut self,
        key: &str,
        read: impl Fn(Option<&str>) -> Field<T>,
    ) -> Field<T> {
        let field = read(self.raw(key));
        self.note(key, &field);
        field
    }

    fn note<T: Copy + ToString>(&mut self, key: &str, field: &Field<T>) {
        if field.is_odd() {
            let taken_as = field.get().map(|value| value.to_string());
            self.odd(OddityKind::Value, key, field.raw(), taken_as);
        }
    }

    /// The folder's number; failing that the file's.
    fn number(&mut self, folder: &str) -> Option<KepNumber> {
        let inside = self.text("kep-number");
        let read = inside.as_deref().and_then(KepNumber::from_digits);
        let link = format!("https://github.com/kubernetes/enhancements/tree/master/{folder}");
        let outside = EnhancementLink::parse(&link).and_then(EnhancementLink::number);
        match (outside, inside) {
            (Some(number), Some(raw)) if read != Some(number) => {
                // `0000` was never filled in; another number is a contradiction.
                let kind = if read.is_some() {
                    OddityKind::Number
                } else {
                    OddityKind::Value
                };
                self.odd(kind, "kep-number", &raw, Some(number.to_string()));
                Some(number)
            }
            (Some(number), _) => Some(number),
            (None, _) => read,
        }
    }

    fn milestones(&mut self) -> Vec<(Box<str>, Field<Release>)> {
        let Some(Node::Map(entries)) = self.document.get("milestone") else {
            return Vec::new();
        };
        entries
            .iter()
            .map(|(stage, node)| {
                let field = read_release(node.text());
                self.note(&format!("milestone.{stage}"), &field);
                (stage.as_str().into(), field)
            })
            .collect()
    }

    fn people(&self, key: &str) -> Vec<Person> {
        let entries = self.document.get(key).map(Node::items).unwrap_or_default();
        entries
            .iter()
            .filter_map(|entry| Person::read(entry.text()?, self.document.comment(entry)))
            .collect()
    }

    /// Gates as `{name, components}`, or as bare names.
    fn feature_gates(&self) -> Vec<FeatureGate> {
        let entries = self
            .document
            .get("feature-gates")
            .map(Node::items)
            .unwrap_or_default();
        entries
            .iter()
            .filter_map(|entry| {
                let name = entry.get("name").unwrap_or(entry).text()?.trim();
                (!is_placeholder(name)).then(|| FeatureGate {
                    name: name.into(),
                    components: texts(entry.get("components")),
                })
            })
            .collect()
    }

    /// `true` and `false`, and YAML 1.1's `yes` and `no`.
    fn flag(&mut self, key: &str) -> Option<bool> {
        let raw = self.text(key)?;
        match raw.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some(true),
            "false" | "no" | "off" | "n" => Some(false),
            _ => {
                if !is_placeholder(&raw) {
                    self.odd(OddityKind::Value, key, &raw, None);
                }
                None
            }
        }
    }
}

/// The words of a list, blank and null items left out.
fn texts(node: Option<&Node>) -> Vec<Box<str>> {
    let items = node.map(Node::items).unwrap_or_default();
    let texts = items.iter().filter_map(Node::text).map(str::trim);
    texts
        .filter(|text| !text.is_empty())
        .map(Into::into)
        .collect()
}

/// `v1.36`, `1.36`; `TBD` and `0.0` are open; of several (`v1.21, v1.37`) the latest.
fn read_release(raw: Option<&str>) -> Field<Release> {
    Field::read(raw, |raw| {
        if let Some(release) = Release::parse(raw) {
            (Reading::Exact, Some(release))
        } else if is_placeholder(raw) {
            (Reading::Placeholder, None)
        } else if let Some(latest) = Release::find_all(raw).into_iter().max() {
            (Reading::Nearest, Some(latest))
        } else {
            (Reading::Unreadable, None)
        }
    })
}

/// An ISO date; a time behind it is passed over.
fn read_date(raw: Option<&str>) -> Field<NaiveDate> {
    Field::read(raw, |raw| {
        let day = raw
            .get(..10)
            .filter(|_| raw.len() == 10 || raw.as_bytes()[10] == b'T');
        if let Some(date) = day.and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()) {
            (Reading::Exact, Some(date))
        } else if is_placeholder(raw) || raw.eq_ignore_ascii_case("yyyy-mm-dd") {
            (Reading::Placeholder, None)
        } else {
            loose_date(raw)
        }
    })
}

/// `2020-1-7`, `2020/01/07`, and others in the order year, month, day.
fn loose_date(raw: &str) -> (Reading, Option<NaiveDate>) {
    let mut parts = raw
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty());
    let mut next = || parts.next()?.parse::<u32>().ok();
    let date = (|| {
        let (year, month, day) = (next()?, next()?, next()?);
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    })();
    match date {
        Some(date) => (Reading::Nearest, Some(date)),
        None => (Reading::Unreadable, None),
    }
}

fn sig_of(folder: &str) -> Box<str> {
    folder.split('/').nth(1).unwrap_or_default().into()
}

/// `cri pagination` of `keps/sig-node/5825-cri-pagination`.
fn words_of(folder: &str) -> Box<str> {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let name = name
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start_matches('-');
    name.replace('-', " ").into()
}
