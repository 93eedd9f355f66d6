//! Secrets: the settings only name where one is.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use super::error::looks_secret;
use crate::domain::Secret;

/// Where a secret is: the settings hold this, never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretRef {
    /// `env:NAME`: the environment variable of that name.
    Env(String),
    /// `file:PATH`: the content of that file, without the line ends after it. A relative path
    /// begins in the folder where the program was started.
    File(PathBuf),
}

/// Where units have their secrets:
/// <https://systemd.io/CREDENTIALS/>
const CREDENTIALS: &str = "/run/credentials";

impl SecretRef {
    /// Reads `env:NAME` or `file:PATH`; `None` for all else, a literal secret above all.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, place) = text.split_once(':')?;
        if place.trim().is_empty() || place.contains(char::is_control) {
            return None;
        }
        match kind {
            "env" => {
                let fits = !looks_secret(place)
                    && !place.starts_with(|c: char| c.is_ascii_digit())
                    && place
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'_');
                fits.then(|| Self::Env(place.to_owned()))
            }
            "file" => Some(Self::File(PathBuf::from(place))),
            _ => None,
        }
    }

    /// Whether systemd puts it there, for a unit with `LoadCredential`, while that runs.
    pub fn is_of_a_unit(&self) -> bool {
        matches!(self, Self::File(path) if path.starts_with(CREDENTIALS))
    }

    /// Fetches the secret now, from `env` (as [`super::environment`]) or from its file.
    pub fn resolve(&self, env: impl Fn(&str) -> Option<String>) -> Result<Secret, SecretError> {
        let text = match self {
            Self::Env(name) => env(name).ok_or_else(|| SecretError::NotSet(name.clone()))?,
            Self::File(path) => {
                fs::read_to_string(path).map_err(|source| SecretError::Unreadable {
                    path: path.clone(),
                    source,
                })?
            }
        };
        let text = text.trim_end_matches(['\n', '\r']);
        if text.trim().is_empty() {
            return Err(SecretError::Empty(self.clone()));
        }
        Ok(Secret::new(text))
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

/// Why a secret cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The environment variable does not exist.
    #[error("the environment variable {0} is not set; set it to the secret")]
    NotSet(String),
    /// The file does not exist, may not be read, or is no text.
    #[error(
        "cannot read the secret from {path}: {source}; {mend}",
        path = .path.display(),
        mend = mend(.path)
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is a place, and nothing in it.
    #[error("{0} is empty; put the secret there")]
    Empty(SecretRef),
}

fn mend(path: &Path) -> &'static str {
    if path.starts_with(CREDENTIALS) {
        "LoadCredential= of the unit puts it there while that runs, for root and the bot to read"
    } else {
        "put it there, and let the user that the bot runs as read it"
    }
}
