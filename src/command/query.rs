//! A question about KEPs: one number, words, filters, or nothing, which asks for the cycle.

use crate::domain::{
    KepNumber, Login, Release, Stage, Status,
    board::{Filter, ShepherdFilter},
    finding::FindingCode,
    text::nearest,
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// The current cycle at a glance.
    Cycle,
    /// One KEP.
    One(KepNumber),
    /// The KEP of an issue or pull request of a repository, by its link.
    Issue {
        /// `containerd/containerd`
        repository: Box<str>,
        /// The number in that repository.
        number: u64,
    },
    /// Those that pass a filter.
    List(Box<Filter>),
}

/// Why a question cannot be understood; the sentence says what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{says}")]
pub struct QueryError {
    says: String,
    /// The word that is wrong, a filter or one of its values, and the nearest that there is.
    slip: Option<(Box<str>, &'static str)>,
    /// The words that ask what was most likely meant.
    instead: Option<String>,
}

impl QueryError {
    fn new(says: String) -> Self {
        Self::near(says, "", None)
    }

    fn near(says: String, typed: &str, near: Option<&'static str>) -> Self {
        Self {
            says,
            slip: near.map(|near| (typed.into(), near)),
            instead: None,
        }
    }

    /// The words that ask what was most likely meant, if anything was.
    pub(super) fn instead(&self) -> Option<&str> {
        self.instead.as_deref()
    }

    /// The word with the nearest in the place of what is wrong in it.
    fn mended(&self, word: &str) -> Option<String> {
        let (typed, near) = self.slip.as_ref()?;
        let (key, values) = word.split_once(':')?;
        if key.eq_ignore_ascii_case(typed) {
            return Some(format!("{near}:{values}"));
        }
        let values = values.split(',');
        let values = values.map(|value| if *value == **typed { near } else { value });
        Some(format!("{key}:{}", values.collect::<Vec<_>>().join(",")))
    }
}

/// The filters with an example value, in the order in which help shows them.
const FILTERS: [(&str, &str); 13] = [
    ("stage", "beta"),
    ("status", "implementable"),
    ("release", "1.38"),
    ("sig", "node"),
    ("shepherd", "none"),
    ("owner", "@bitoku"),
    ("approver", "@mrunalp"),
    ("reviewer", "@mikebrow"),
    ("prr", "@deads2k"),
    ("person", "@samuelkarp"),
    ("participating", "sig-windows"),
    ("finding", "no-shepherd"),
    ("runtime", "containerd"),
];

/// What some call the stage that follows beta.
const LIKE_STABLE: [(&str, &str); 2] = [("ga", "stable"), ("gamma", "stable")];

impl Query {
    /// The filters with an example of each, for help.
    pub fn filters() -> impl Iterator<Item = (&'static str, &'static str)> {
        FILTERS.into_iter()
    }

    /// Reads what was typed, split at blanks or not.
    pub fn parse<'a>(typed: impl IntoIterator<Item = &'a str>) -> Result<Self, QueryError> {
        let tokens: Vec<&str> = typed.into_iter().flat_map(str::split_whitespace).collect();
        Self::read(&tokens).map_err(|(at, error)| {
            let mended = error.mended(tokens[at]);
            let instead = mended.and_then(|mended| {
                let mut tokens = tokens.clone();
                tokens[at] = &mended;
                Self::read(&tokens).ok()
            });
            QueryError {
                instead: instead.map(|query| query.words()),
                ..error
            }
        })
    }

    /// Reads words; an error with the place of the word that is wrong.
    fn read(tokens: &[&str]) -> Result<Self, (usize, QueryError)> {
        if tokens.is_empty() {
            return Ok(Self::Cycle);
        }
        let whole = tokens.join(" ");
        if let Some(number) = KepNumber::from_reference(&whole) {
            return Ok(Self::One(number));
        }
        if let [link] = tokens
            && let Some(issue) = issue_link(link)
        {
            return Ok(issue);
        }
        let mut filter = Filter::default();
        let mut words = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            match token.split_once(':') {
                Some((key, value)) if is_key(key) && !value.starts_with("//") => {
                    let added = filter.add(&key.to_lowercase(), value);
                    added.map_err(|error| (at, error))?;
                }
                _ => match Release::parse(token) {
                    Some(release) => filter.releases.push(release),
                    None => words.push(*token),
                },
            }
        }
        filter.words = words.join(" ");
        Ok(Self::List(Box::new(filter)))
    }

    /// The words that ask the same, in one order.
    pub fn words(&self) -> String {
        match self {
            Self::Cycle => String::new(),
            Self::One(number) => number.to_string(),
            Self::Issue { repository, number } => {
                format!("https://github.com/{repository}/issues/{number}")
            }
            Self::List(filter) => filter.words_that_ask(),
        }
    }

    /// Whether it searches for words, which have an order of their own: what fits best comes first.
    pub fn has_words(&self) -> bool {
        matches!(self, Self::List(filter) if !filter.words.trim().is_empty())
    }
}

/// Whether a word is a filter's name.
pub(super) fn is_filter(key: &str) -> bool {
    let is = |(name, _): &(&str, &str)| name.eq_ignore_ascii_case(key);
    FILTERS.iter().any(is) || key.eq_ignore_ascii_case("author")
}

/// Whether a filter takes people.
pub(super) fn takes_people(key: &str) -> bool {
    let of_people = [
        "shepherd", "owner", "author", "approver", "reviewer", "prr", "person",
    ];
    of_people.iter().any(|name| name.eq_ignore_ascii_case(key))
}

pub(super) fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
}

/// `https://github.com/owner/name/issues/1`, also a pull request's.
pub(super) fn issue_link(link: &str) -> Option<Query> {
    let path = link.trim_matches(['<', '>']).split_once("://")?.1;
    let mut parts = path.split('/').skip(1);
    let (owner, name, kind, number) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if !matches!(kind, "issues" | "pull") {
        return None;
    }
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    Some(Query::Issue {
        repository: format!("{owner}/{name}").into(),
        number: digits.parse().ok()?,
    })
}

impl Filter {
    fn words_that_ask(&self) -> String {
        let mut asked = self.words.clone();
        let mut add = |key: &str, values: Vec<String>| {
            if !values.is_empty() {
                let blank = if asked.is_empty() { "" } else { " " };
                asked.extend([blank, key, ":", &values.join(",")]);
            }
        };
        let texts = |all: &[Box<str>]| all.iter().map(ToString::to_string).collect();
        let logins = |all: &[Login]| all.iter().map(ToString::to_string).collect();
        let shepherd = |shepherd: &ShepherdFilter| match shepherd {
            ShepherdFilter::Is(login) => login.to_string(),
            ShepherdFilter::None => "none".to_owned(),
        };
        let Self {
            words: _,
            stages,
            statuses,
            releases,
            sigs,
            participating,
            shepherds,
            owners,
            approvers,
            reviewers,
            prr,
            people,
            findings,
            runtimes,
        } = self;
        add("stage", stages.iter().map(ToString::to_string).collect());
        add("status", statuses.iter().map(ToString::to_string).collect());
        add(
            "release",
            releases.iter().map(ToString::to_string).collect(),
        );
        add("sig", texts(sigs));
        add("participating", texts(participating));
        add("shepherd", shepherds.iter().map(shepherd).collect());
        add("owner", logins(owners));
        add("approver", logins(approvers));
        add("reviewer", logins(reviewers));
        add("prr", logins(prr));
        add("person", logins(people));
        add(
            "finding",
            findings.iter().map(ToString::to_string).collect(),
        );
        add("runtime", texts(runtimes));
        asked
    }

    /// Adds one `key:value`; commas stand between several values.
    fn add(&mut self, key: &str, value: &str) -> Result<(), QueryError> {
        if value.is_empty() {
            let says = format!("{key}: needs a value{}", example(key));
            return Err(QueryError::new(says));
        }
        for value in value.split(',').filter(|value| !value.is_empty()) {
            match key {
                "stage" => self.stages.push(word(
                    key,
                    value,
                    Stage::parse,
                    Stage::ALL.map(Stage::as_str),
                    &LIKE_STABLE,
                )?),
                "status" => self.statuses.push(word(
                    key,
                    value,
                    Status::parse,
                    Status::ALL.map(Status::as_str),
                    &[],
                )?),
                "release" => self.releases.push(Release::parse(value).ok_or_else(|| {
                    QueryError::new(format!("release:{value} is no release{}", example(key)))
                })?),
                "sig" => self.sigs.push(value.into()),
                "participating" => self.participating.push(value.into()),
                "shepherd" if value.eq_ignore_ascii_case("none") => {
                    self.shepherds.push(ShepherdFilter::None);
                }
                "shepherd" => self.shepherds.push(ShepherdFilter::Is(login(key, value)?)),
                "owner" | "author" => self.owners.push(login(key, value)?),
                "approver" => self.approvers.push(login(key, value)?),
                "reviewer" => self.reviewers.push(login(key, value)?),
                "prr" => self.prr.push(login(key, value)?),
                "person" => self.people.push(login(key, value)?),
                "finding" => self.findings.push(FindingCode::parse(value).ok_or_else(|| {
                    let code = FindingCode::nearest(value).map(FindingCode::as_str);
                    let near = match code {
                        Some(code) => format!("; did you mean finding:{code}?"),
                        None => {
                            let all: Vec<&str> =
                                FindingCode::ALL.iter().map(|code| code.as_str()).collect();
                            format!("; there are {}", all.join(", "))
                        }
                    };
                    let says = format!("finding:{value} is no finding{near}");
                    QueryError::near(says, value, code)
                })?),
                "runtime" => self.runtimes.push(value.into()),
                _ => return Err(unknown_key(key)),
            }
        }
        Ok(())
    }
}

fn word<T, const N: usize>(
    key: &str,
    value: &str,
    parse: impl Fn(&str) -> Option<T>,
    all: [&'static str; N],
    also: &[(&'static str, &'static str)],
) -> Result<T, QueryError> {
    parse(value).ok_or_else(|| {
        let others = also.iter().map(|(word, _)| *word);
        let near = nearest(value, all.into_iter().chain(others)).map(|near| {
            let meant = also.iter().find(|(word, _)| *word == near);
            meant.map_or(near, |(_, meant)| meant)
        });
        let hint = near.map(|near| format!("; did you mean {key}:{near}?"));
        let hint = hint.unwrap_or_else(|| format!("; there are {}", all.join(", ")));
        QueryError::near(format!("{key}:{value} is no {key}{hint}"), value, near)
    })
}

fn login(key: &str, value: &str) -> Result<Login, QueryError> {
    Login::parse(value)
        .ok_or_else(|| QueryError::new(format!("{key}:{value} is no GitHub login{}", example(key))))
}

fn example(key: &str) -> String {
    let found = FILTERS.iter().find(|(name, _)| *name == key);
    found
        .map(|(key, value)| format!("; write it as {key}:{value}"))
        .unwrap_or_default()
}

fn unknown_key(key: &str) -> QueryError {
    let names = FILTERS.map(|(name, _)| name);
    let near = nearest(key, names);
    let hint = match near {
        Some(near) => format!("did you mean {near}:?"),
        None => format!(
            "there are {}",
            names.map(|name| format!("{name}:")).join(" ")
        ),
    };
    QueryError::near(format!("{key}: is no filter; {hint}"), key, near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(typed: &str) -> String {
        Query::parse([typed]).unwrap_err().to_string()
    }

    #[test]
    fn numbers_words_and_filters() {
        assert_eq!(Query::parse([]), Ok(Query::Cycle));
        assert_eq!(Query::parse(["KEP-5825"]), Query::parse(["kep", "5825"]));
        assert!(
            matches!(Query::parse(["user", "namespaces"]), Ok(Query::List(filter)) if filter.words == "user namespaces")
        );
        let Ok(Query::List(filter)) =
            Query::parse(["swap stage:beta,stable", "shepherd:none", "release:v1.37"])
        else {
            panic!("a list");
        };
        assert_eq!(filter.stages, [Stage::Beta, Stage::Stable]);
        assert_eq!(filter.shepherds, [ShepherdFilter::None]);
        assert_eq!(filter.words, "swap");
        assert_eq!(Query::parse(["v1.37"]), Query::parse(["release:1.37"]));
        assert!(matches!(
            Query::parse(["https://github.com/containerd/containerd/issues/12814"]),
            Ok(Query::Issue { number: 12814, .. })
        ));
    }

    #[test]
    fn what_is_wrong_and_what_to_type() {
        assert_eq!(
            error("stage:bta"),
            "stage:bta is no stage; did you mean stage:beta?"
        );
        assert_eq!(
            error("shepard:none"),
            "shepard: is no filter; did you mean shepherd:?"
        );
        assert_eq!(
            error("finding:no-shephrd"),
            "finding:no-shephrd is no finding; did you mean finding:no-shepherd?"
        );
        assert_eq!(
            error("release:x"),
            "release:x is no release; write it as release:1.38"
        );
        assert_eq!(
            error("owner:"),
            "owner: needs a value; write it as owner:@bitoku"
        );
    }

    #[test]
    fn what_is_nearly_right_can_be_asked() {
        for (typed, instead) in [
            ("swap stage:alpha,bta", Some("swap stage:alpha,beta")),
            ("shepard:none sig:node", Some("sig:node shepherd:none")),
            ("finding:no-shephrd", Some("finding:no-shepherd")),
            ("stage:gama", Some("stage:stable")),
            // Two slips at once are no slip.
            ("stage:bta finding:no-shephrd", None),
            ("stage:omega", None),
            ("owner:", None),
        ] {
            let error = Query::parse([typed]).expect_err(typed);
            assert_eq!(error.instead(), instead, "{typed}");
        }
    }
}
