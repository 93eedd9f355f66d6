//! A walk over a TOML document that knows where it stands and goes on after a problem, so that
//! every problem is found, each with its line and its key's full path.

use std::{cell::RefCell, collections::BTreeMap};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    error::{ConfigError, Problem, listed, nearest, quoted},
    secret::SecretRef,
    value::FromText,
};

/// One document and what was found wrong in it so far.
pub(super) struct Document<'t> {
    source: &'t str,
    text: &'t str,
    line_starts: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> Document<'t> {
    pub(super) fn new(text: &'t str, source: &'t str) -> Self {
        let after_newlines = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let line_starts = [0]
            .into_iter()
            .chain(after_newlines.map(|(at, _)| at + 1))
            .collect();
        Self {
            source,
            text,
            line_starts,
            problems: RefCell::default(),
        }
    }

    /// Reads the whole document. One that is not TOML gets no further than that: what is behind
    /// the mistake cannot be told from what was meant.
    pub(super) fn read<T>(self, read: impl FnOnce(&mut Table<'_>) -> T) -> Result<T, ConfigError> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        let errors = errors
            .iter()
            .map(|error| self.syntax_problem(error))
            .collect();
        if let Some(error) = ConfigError::of(errors) {
            return Err(error);
        }
        let place = Place {
            document: &self,
            path: String::new(),
            offset: None,
        };
        let value = Table::read(place, root.get_ref(), read);
        match ConfigError::of(self.problems.take()) {
            Some(error) => Err(error),
            None => Ok(value),
        }
    }

    /// What is read where nothing is written.
    pub(super) fn read_nothing<T>(&self, read: impl FnOnce(&mut Table<'_>) -> T) -> T {
        let place = Place {
            document: self,
            path: String::new(),
            offset: None,
        };
        Table::read(place, &DeTable::new(), read)
    }

    fn syntax_problem(&self, error: &toml::de::Error) -> Problem {
        let offset = error.span().map(|span| span.start);
        let text = format!("this is not TOML: {}", error.message());
        let mut problem = Problem::of_source(self.source, text);
        (problem.line, problem.column) = offset.map(|offset| self.position(offset)).unzip();
        problem
    }

    /// Line and column, both from 1.
    fn position(&self, offset: usize) -> (usize, usize) {
        let line = self
            .line_starts
            .partition_point(|start| *start <= offset)
            .max(1);
        let before = self
            .text
            .get(self.line_starts[line - 1]..offset)
            .unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

/// A key's full path and where it stands in the text.
#[derive(Clone)]
pub(super) struct Place<'a> {
    document: &'a Document<'a>,
    path: String,
    /// `None` for what is written nowhere.
    offset: Option<usize>,
}

impl Place<'_> {
    /// The key's full path, such as `runtimes[0].name`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Notes a problem here, as a sentence.
    pub(super) fn refuse(&self, text: impl Into<String>) {
        self.document.problems.borrow_mut().push(Problem {
            source: self.document.source.to_owned(),
            line: self.offset.map(|offset| self.document.position(offset).0),
            column: None,
            key: self.path.clone(),
            text: text.into(),
        });
    }

    fn key(&self, key: &str, offset: Option<usize>) -> Self {
        let bare = !key.is_empty()
            && key.len() <= 60
            && key
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        let key = if bare { key.to_owned() } else { quoted(key) };
        let path = if self.path.is_empty() {
            key
        } else {
            format!("{}.{key}", self.path)
        };
        Self {
            document: self.document,
            path,
            offset: offset.or(self.offset),
        }
    }

    fn item(&self, index: usize, offset: usize) -> Self {
        let path = format!("{}[{index}]", self.path);
        Self {
            document: self.document,
            path,
            offset: Some(offset),
        }
    }
}

/// A value and its place.
pub(super) struct Field<'a> {
    pub(super) place: Place<'a>,
    value: &'a DeValue<'a>,
}

impl<'a> Field<'a> {
    /// Notes that something else is wanted here; gives `None`, for the reader to return.
    pub(super) fn want<T>(&self, wanted: &str) -> Option<T> {
        let read = match self.value {
            DeValue::String(text) => quoted(text),
            DeValue::Integer(number) => format!("the number {}", cut(&number.to_string())),
            DeValue::Float(number) => format!("the number {}", cut(&number.to_string())),
            DeValue::Boolean(word) => word.to_string(),
            DeValue::Datetime(time) => format!("the time {time}"),
            DeValue::Array(items) if items.is_empty() => "an empty list".to_owned(),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        self.place.refuse(format!("read {read}, want {wanted}"));
        None
    }

    fn items(&self) -> Option<Vec<Field<'a>>> {
        let items = self.value.as_array()?;
        let field = |(index, item): (usize, &'a Spanned<DeValue<'a>>)| Field {
            place: self.place.item(index, item.span().start),
            value: item.get_ref(),
        };
        Some(items.iter().enumerate().map(field).collect())
    }
}

fn cut(number: &str) -> String {
    number.chars().take(40).collect()
}

/// A value that can be read from a field; where it cannot, the problem is noted.
pub(super) trait FromField: Sized {
    /// What is wanted, to follow "want".
    const WANTED: &'static str;

    fn from_field(field: &Field<'_>) -> Option<Self>;
}

impl<T: FromText> FromField for T {
    const WANTED: &'static str = T::WANTED;

    fn from_field(field: &Field<'_>) -> Option<Self> {
        let read = field.value.as_str().and_then(T::from_text);
        read.or_else(|| field.want(T::WANTED))
    }
}

impl<T: FromField> FromField for Vec<T> {
    const WANTED: &'static str = T::WANTED;

    fn from_field(field: &Field<'_>) -> Option<Self> {
        let Some(items) = field.items() else {
            return field.want(&format!("a list in [ ], each of it {}", T::WANTED));
        };
        // All of them first: each has its problem noted.
        let read: Vec<Option<T>> = items.iter().map(T::from_field).collect();
        read.into_iter().collect()
    }
}

/// Numbers that GitHub gives, from 1.
impl FromField for u64 {
    const WANTED: &'static str = "a whole number such as 123456";

    fn from_field(field: &Field<'_>) -> Option<Self> {
        let number = field.value.as_integer();
        let read = number.and_then(|n| Self::from_str_radix(n.as_str(), n.radix()).ok());
        read.filter(|id| *id > 0)
            .or_else(|| field.want(Self::WANTED))
    }
}

impl FromField for bool {
    const WANTED: &'static str = "true or false";

    fn from_field(field: &Field<'_>) -> Option<Self> {
        match field.value {
            DeValue::Boolean(value) => Some(*value),
            _ => field.want(Self::WANTED),
        }
    }
}

impl FromField for SecretRef {
    const WANTED: &'static str =
        "\"env:NAME\" or \"file:PATH\"; a secret itself is never written in the settings";

    fn from_field(field: &Field<'_>) -> Option<Self> {
        match field.value {
            // Never shown: it may be the secret.
            DeValue::String(text) => SecretRef::parse(text).or_else(|| {
                let read = "read something else (not shown here, in case it is the secret)";
                field.place.refuse(format!("{read}, want {}", Self::WANTED));
                None
            }),
            DeValue::Integer(_) | DeValue::Float(_) => {
                field
                    .place
                    .refuse(format!("read a number, want {}", Self::WANTED));
                None
            }
            _ => field.want(Self::WANTED),
        }
    }
}

/// A table of which each key is asked for by name; what was not asked for is refused in the end.
pub(super) struct Table<'a> {
    place: Place<'a>,
    entries: &'a DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'a> Table<'a> {
    fn read<T>(place: Place<'a>, entries: &'a DeTable<'a>, read: impl FnOnce(&mut Self) -> T) -> T {
        let mut table = Self {
            place,
            entries,
            known: Vec::new(),
        };
        let value = read(&mut table);
        table.refuse_unknown();
        value
    }

    /// Where a key stands, or its table when it is not there.
    pub(super) fn at(&self, key: &str) -> Place<'a> {
        let value = self.entries.get(key);
        self.place.key(key, value.map(|value| value.span().start))
    }

    /// The place of the table itself.
    pub(super) fn place(&self) -> &Place<'a> {
        &self.place
    }

    /// Whether the key is written.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Makes keys known that are read only sometimes.
    pub(super) fn allow(&mut self, keys: &[&'static str]) {
        for key in keys {
            if !self.known.contains(key) {
                self.known.push(key);
            }
        }
    }

    fn field(&mut self, key: &'static str) -> Option<Field<'a>> {
        self.allow(&[key]);
        let value = self.entries.get(key)?;
        Some(Field {
            place: self.at(key),
            value: value.get_ref(),
        })
    }

    /// The key's value, if it is written and right.
    pub(super) fn get<T: FromField>(&mut self, key: &'static str) -> Option<T> {
        self.field(key).and_then(|field| T::from_field(&field))
    }

    /// The key's value, or the default.
    pub(super) fn or<T: FromField>(&mut self, key: &'static str, default: T) -> T {
        self.get(key).unwrap_or(default)
    }

    /// The value of a key that must be written.
    pub(super) fn need<T: FromField>(&mut self, key: &'static str) -> Option<T> {
        let Some(field) = self.field(key) else {
            self.at(key).refuse(format!("missing, want {}", T::WANTED));
            return None;
        };
        T::from_field(&field)
    }

    /// A list with something in it, or the default.
    pub(super) fn filled_or<T: FromField>(&mut self, key: &'static str, default: Vec<T>) -> Vec<T> {
        self.refuse_empty(key, &format!("at least one, each of them {}", T::WANTED));
        self.or(key, default)
    }

    /// Notes a problem if a list is written and nothing is in it.
    pub(super) fn refuse_empty(&mut self, key: &'static str, wanted: &str) {
        let empty = |field: &Field<'_>| field.value.as_array().is_some_and(|list| list.is_empty());
        if let Some(field) = self.field(key).filter(empty) {
            field.want::<()>(wanted);
        }
    }

    /// The table `[key]`; where it is not written, it is read as an empty one.
    pub(super) fn section<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Table<'_>) -> T,
    ) -> T {
        let place = self.at(key);
        match self.field(key) {
            Some(Field {
                value: DeValue::Table(entries),
                place,
            }) => Table::read(place, entries, read),
            Some(field) => {
                field.want::<()>(&format!("a table [{}]", field.place.path()));
                // What is missing in it is not told as well.
                Document::new("", "").read_nothing(read)
            }
            None => Table::read(place, &DeTable::new(), read),
        }
    }

    /// The table `[key]`, if it is written.
    pub(super) fn section_if_any<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Table<'_>) -> Option<T>,
    ) -> Option<T> {
        self.allow(&[key]);
        self.has(key).then(|| self.section(key, read)).flatten()
    }

    /// The tables `[[key]]`, without those in which something needed is wrong; `None` when there
    /// is no such key.
    pub(super) fn sections<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Table<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let field = self.field(key)?;
        let wanted = format!("tables [[{}]]", field.place.path());
        let Some(items) = field.items() else {
            return field.want(&wanted);
        };
        let mut list = Vec::new();
        for item in items {
            match item.value {
                DeValue::Table(entries) => list.extend(Table::read(item.place, entries, &mut read)),
                _ => list.extend(item.want::<T>(&wanted)),
            }
        }
        Some(list)
    }

    /// A table whose keys are names of the reader's own choice, with each key's place.
    pub(super) fn map<T: FromField>(
        &mut self,
        key: &'static str,
    ) -> BTreeMap<String, (Place<'a>, T)> {
        let Some(field) = self.field(key) else {
            return BTreeMap::new();
        };
        let DeValue::Table(entries) = field.value else {
            field.want::<()>(&format!(
                "a table such as {{ name = … }} with {}",
                T::WANTED
            ));
            return BTreeMap::new();
        };
        let read = |(key, value): (&'a Spanned<_>, &'a Spanned<_>)| {
            let key: &std::borrow::Cow<'a, str> = key.get_ref();
            let place = field.place.key(key, Some(value.span().start));
            let field = Field {
                place: place.clone(),
                value: value.get_ref(),
            };
            T::from_field(&field).map(|value| (key.to_string(), (place, value)))
        };
        entries.iter().filter_map(read).collect()
    }

    fn refuse_unknown(&self) {
        for key in self.entries.keys() {
            let name: &str = key.get_ref();
            if self.known.contains(&name) {
                continue;
            }
            let mend = match nearest(name, self.known.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("the keys here are {}", listed(self.known.iter().copied())),
            };
            let place = self.place.key(name, Some(key.span().start));
            place.refuse(format!("no such key; {mend}"));
        }
    }
}
