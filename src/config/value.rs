//! The values that settings hold: each type reads its own text and can hold nothing else.

use std::{fmt, net::SocketAddr, time::Duration};

use crate::domain::{
    Login, Release, Repository, Zone,
    bridge::{Comments, Replies},
    digest::{Length, Section},
    people::Role,
    schedule::Schedule,
};

/// A value that is written as a TOML string.
pub(super) trait FromText: Sized {
    /// What is wanted, to follow "want".
    const WANTED: &'static str;

    fn from_text(text: &str) -> Option<Self>;
}

/// A newtype around a checked text. The schema alone makes one unchecked, for its own defaults,
/// which a test reads back.
macro_rules! text {
    (
        $(#[$doc:meta])* $name:ident,
        wanted: $wanted:literal,
        $check:expr $(, without_end: $end:literal)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(super) Box<str>);

        impl $name {
            /// Reads a text of this form; `None` for any other.
            pub fn parse(text: &str) -> Option<Self> {
                let check: fn(&str) -> bool = $check;
                $(let text = text.strip_suffix($end).unwrap_or(text);)?
                check(text).then(|| Self(text.into()))
            }

            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromText for $name {
            const WANTED: &'static str = $wanted;

            fn from_text(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    };
}

text! {
    /// What a workspace or a runtime is called in the settings and in answers: `containerd`.
    Name,
    wanted: "a name of letters, digits, \"-\", \"_\" and \".\" such as \"containerd\"",
    |text| is_word(text, "-_.")
}

text! {
    /// A SIG as its folder in `kubernetes/enhancements` is called: `sig-node`.
    Sig,
    wanted: "a SIG's folder name such as \"sig-node\"",
    |text| is_word(text, "-") && !text.contains(|c: char| c.is_ascii_uppercase())
}

text! {
    /// A Slack channel's id, in one workspace: `C…`, `G…`, or `D…` for a direct message.
    ChannelId,
    wanted: "a channel's id such as \"C0BP8PW9G\" (below the channel's details in Slack)",
    |text| is_slack_id(text, "CGD")
}

text! {
    /// A Slack member's id, in one workspace: `U…` or `W…`.
    SlackUserId,
    wanted: "a member's id such as \"U012AB3CD\" (in their Slack profile)",
    |text| is_slack_id(text, "UW")
}

text! {
    /// A reaction's name.
    Emoji,
    wanted: "a reaction's name such as \"satellite_antenna\"",
    is_emoji
}

text! {
    /// The address of a web service: `http` or `https`, a host, perhaps a port and a path; no user,
    /// no password, no query. A `/` at the end is dropped.
    HttpUrl,
    wanted: "an http or https address such as \"https://api.github.com\"",
    is_http_url, without_end: '/'
}

text! {
    /// How a tracking issue's title is written, with `{number}` and `{title}` in it.
    TitleForm,
    wanted: "a title with {number} in it, perhaps {title}, such as \"KEP-{number} - {title}\"",
    |text| has_placeholders(text, "number", &["title"])
}

text! {
    /// How the label for a Kubernetes release is written, with `{release}` in it.
    LabelForm,
    wanted: "a label with {release} in it, such as \"target/kubernetes/v{release}\"",
    |text| has_placeholders(text, "release", &[])
}

text! {
    /// A GitHub App's or OAuth App's client id.
    ClientId,
    wanted: "an app's client id such as \"Iv23liAbCdEf\"",
    |text| is_word(text, "._-")
}

fn is_word(text: &str, also: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || also.contains(c))
}

fn is_slack_id(text: &str, kinds: &str) -> bool {
    (2..=30).contains(&text.len())
        && text.starts_with(|c| kinds.contains(c))
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn is_emoji(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-+'".contains(&b))
}

fn is_http_url(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
    else {
        return false;
    };
    let authority = rest
        .split_once('/')
        .map_or(rest, |(authority, _)| authority);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let host_fits = match host.strip_prefix('[') {
        Some(v6) => v6
            .strip_suffix(']')
            .is_some_and(|v6| v6.parse::<std::net::Ipv6Addr>().is_ok()),
        None => is_word(host, "-."),
    };
    host_fits
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
        && !text.ends_with('/')
        && rest
            .chars()
            .all(|c| c.is_ascii_graphic() && !"?#@\\\"<>".contains(c))
}

/// Whether `{needed}` is there, and no word in braces that nothing fills.
fn has_placeholders(text: &str, needed: &str, also: &[&str]) -> bool {
    let mut found = false;
    let mut parts = text.split('{');
    let before = parts.next().unwrap_or_default();
    !before.contains('}')
        && !text.contains(char::is_control)
        && parts.all(|part| {
            part.split_once('}').is_some_and(|(word, after)| {
                found |= word == needed;
                (word == needed || also.contains(&word)) && !after.contains('}')
            })
        })
        && found
}

impl FromText for Schedule {
    const WANTED: &'static str =
        "five fields of cron (minute, hour, day, month, weekday) such as \"0 8 * * Mon\"";

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl FromText for Repository {
    const WANTED: &'static str = "a repository as owner/name such as \"containerd/containerd\"";

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// Where the store is. It may hold a password, which neither `Debug` nor `Display` shows.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(pub(super) Box<str>);

impl StoreUrl {
    /// Reads `sqlite:FILE` or `postgres://HOST/NAME`.
    pub fn parse(text: &str) -> Option<Self> {
        let place = Self::place(text)?;
        let fits = !place.trim_matches('/').trim().is_empty() && !text.contains(char::is_control);
        fits.then(|| Self(text.into()))
    }

    /// Whether a text begins as such an address does, whatever follows.
    pub(super) fn is_kind_of(text: &str) -> bool {
        Self::place(text).is_some()
    }

    fn place(text: &str) -> Option<&str> {
        let mut kinds = ["sqlite:", "postgres://", "postgresql://"].into_iter();
        kinds.find_map(|kind| text.strip_prefix(kind))
    }

    /// The whole address, with the password if it has one.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a password is part of it: `postgres://user:password@host/name` or `?password=`.
    pub fn has_password(&self) -> bool {
        let Some((_, rest)) = self
            .0
            .split_once("://")
            .filter(|(kind, _)| *kind != "sqlite")
        else {
            return false;
        };
        let user = rest.rsplit_once('@').map_or("", |(user, _)| user);
        user.contains(':') || rest.to_ascii_lowercase().contains("password=")
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has_password() {
            let kind = self.0.split_once("://").map_or("", |(kind, _)| kind);
            write!(f, "{kind}://…")
        } else {
            f.write_str(&self.0)
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl FromText for StoreUrl {
    const WANTED: &'static str =
        "\"sqlite:FILE\" or \"postgres://HOST/NAME\" such as \"sqlite:kep-liaison.db\"";

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// The Kubernetes release that the current cycle makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrentRelease {
    /// Found from the release team's schedules.
    Auto,
    /// Always this one.
    Fixed(Release),
}

impl FromText for CurrentRelease {
    const WANTED: &'static str = "\"auto\" or a release in quotes such as \"1.38\"";

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            _ => Release::parse(text).map(Self::Fixed),
        }
    }
}

/// Which way messages go between a channel's threads and the tracking issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bridge {
    /// Both ways.
    Both,
    /// Comments come to Slack, and nothing leaves it.
    ToSlack,
    /// Replies go to GitHub, and nothing comes back.
    ToGithub,
    /// Neither way.
    Off,
}

impl FromText for Bridge {
    const WANTED: &'static str = "\"both\", \"to-slack\", \"to-github\" or \"off\"";

    fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "both" => Self::Both,
            "to-slack" => Self::ToSlack,
            "to-github" => Self::ToGithub,
            "off" => Self::Off,
            _ => return None,
        })
    }
}

impl FromText for Comments {
    const WANTED: &'static str = "\"people\", \"marked\" or \"all\"";

    fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "people" => Self::People,
            "marked" => Self::Marked,
            "all" => Self::All,
            _ => return None,
        })
    }
}

impl FromText for Section {
    const WANTED: &'static str =
        "\"needs\", \"risk\", \"moved\", \"updates\", \"ships\" or \"thanks\"";

    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == text)
    }
}

impl FromText for Length {
    const WANTED: &'static str = "\"short\", \"usual\" or \"long\"";

    fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "short" => Self::Short,
            "usual" => Self::Usual,
            "long" => Self::Long,
            _ => return None,
        })
    }
}

impl FromText for Replies {
    const WANTED: &'static str = "\"off\", \"marked\" or \"all\"";

    fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "off" => Self::Off,
            "marked" => Self::Marked,
            "all" => Self::All,
            _ => return None,
        })
    }
}

/// How Slack delivers events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkspaceMode {
    /// Socket Mode: the bot connects to Slack.
    Socket,
    /// Request URLs: Slack connects to the bot.
    Http,
}

impl FromText for WorkspaceMode {
    const WANTED: &'static str = "\"socket\" or \"http\"";

    fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "socket" => Self::Socket,
            "http" => Self::Http,
            _ => return None,
        })
    }
}

impl FromText for Role {
    const WANTED: &'static str = "\"liaison\", \"maintainer\" or \"admin\"";

    fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "liaison" => Self::Liaison,
            "maintainer" => Self::Maintainer,
            "admin" => Self::Admin,
            _ => return None,
        })
    }
}

impl FromText for Release {
    const WANTED: &'static str = "a release in quotes such as \"1.38\"";

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl FromText for Login {
    const WANTED: &'static str = "a GitHub login such as \"samuelkarp\"";

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl FromText for SocketAddr {
    const WANTED: &'static str = "an address and port such as \"127.0.0.1:8080\"";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl FromText for Zone {
    const WANTED: &'static str = "a time zone's name such as \"America/Los_Angeles\" or \"UTC\"";

    fn from_text(text: &str) -> Option<Self> {
        Self::named(text)
    }
}

impl FromText for Duration {
    const WANTED: &'static str = "a duration such as \"21d\", \"12h\" or \"30m\"";

    fn from_text(text: &str) -> Option<Self> {
        duration(text)
    }
}

/// A whole number and a unit: `45s`, `2m`, `12h`, `21d`, `3w`; more than nothing, and at most ten
/// years, so that no date that is reckoned from it can overflow.
fn duration(text: &str) -> Option<Duration> {
    const LONGEST: u64 = 3650 * 24 * 60 * 60;
    let unit = text.chars().next_back()?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let total = digits.parse::<u64>().ok()?.checked_mul(seconds)?;
    (1..=LONGEST)
        .contains(&total)
        .then(|| Duration::from_secs(total))
}
