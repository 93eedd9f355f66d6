//! The people of a `kep.yaml`: handles with and without `@`, in curly quotes, in prose, teams and
//! aliases, and the comments by which SIG-Node marks who was assigned.

use serde::{Deserialize, Serialize};

use crate::domain::{Login, text::each_once};

/// One entry of `authors`, `reviewers` or `approvers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The entry as written.
    pub raw: Box<str>,
    /// The logins it names: usually one; free text may name several, a team or alias none.
    pub logins: Vec<Login>,
    /// What a comment behind the entry says of them.
    pub marker: Option<Marker>,
}

/// SIG-Node's marks, written as YAML comments behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Marker {
    /// `# sig-node-assigned-reviewer`
    AssignedReviewer,
    /// `# sig-node-assigned-approver`
    AssignedApprover,
    /// `# sig-node-tl`: a tech lead.
    TechLead,
}

impl Marker {
    /// Reads the comment behind a name; other comments are none.
    pub(super) fn parse(comment: &str) -> Option<Self> {
        comment
            .split(|c: char| c.is_whitespace() || c == ',' || c == '#')
            .find_map(|word| {
                let mark = word.strip_prefix("sig-node-")?;
                match mark {
                    "assigned-reviewer" => Some(Self::AssignedReviewer),
                    "assigned-approver" => Some(Self::AssignedApprover),
                    "tl" => Some(Self::TechLead),
                    _ => None,
                }
            })
    }
}

impl Person {
    /// Reads one entry; `None` when it names nobody (`TBD`, blank).
    pub(super) fn read(raw: &str, comment: Option<&str>) -> Option<Self> {
        let quotes = ['“', '”', '"', '\'', '‘', '’', '`'];
        let bare = raw.trim().trim_matches(quotes).trim();
        if bare.is_empty() || crate::domain::field::is_placeholder(bare) {
            return None;
        }
        let logins = match Login::parse(bare) {
            Some(login) => vec![login],
            None => mentioned(bare),
        };
        Some(Self {
            raw: bare.into(),
            logins,
            marker: comment.and_then(Marker::parse),
        })
    }
}

/// The logins that stand in prose behind an `@`, each once. `@org/team` is a team, and
/// `someone@example.org` an address: neither is a login.
pub(crate) fn mentioned(text: &str) -> Vec<Login> {
    each_once(text.match_indices('@').filter_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '`')) {
            return None;
        }
        let name = &text[at + 1..];
        let end = name
            .bytes()
            .take(41)
            .position(|b| !(b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
            .unwrap_or(name.len().min(41));
        if name[end..].starts_with('/') {
            return None;
        }
        Login::parse(name[..end].trim_end_matches('-'))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins(raw: &str) -> Vec<String> {
        Person::read(raw, None)
            .map(|person| person.logins.iter().map(ToString::to_string).collect())
            .unwrap_or_default()
    }

    #[test]
    fn entries_as_people_write_them() {
        assert_eq!(logins("@bitoku"), ["bitoku"]);
        assert_eq!(logins("bitoku"), ["bitoku"]);
        assert_eq!(logins("“@neolit123”"), ["neolit123"]);
        assert_eq!(logins("@seans3 "), ["seans3"]);
        assert_eq!(
            logins("@deads2k - For Kube API Server portion of KEP"),
            ["deads2k"]
        );
        assert_eq!(
            logins("with input from @bgrant0607, @dchen1107, @yujuhong, @lavalamp"),
            ["bgrant0607", "dchen1107", "yujuhong", "lavalamp"]
        );
        assert_eq!(logins("@kubernetes/wg-component-standard"), [] as [&str; 0]);
        assert_eq!(logins("TBD"), [] as [&str; 0]);
        assert_eq!(logins("somebody@example.org"), [] as [&str; 0]);
        assert!(Person::read(" TBD ", None).is_none());
        assert!(Person::read("@kubernetes/wg-component-standard", None).is_some());
    }

    #[test]
    fn markers() {
        assert_eq!(
            Marker::parse(" sig-node-assigned-reviewer"),
            Some(Marker::AssignedReviewer)
        );
        assert_eq!(Marker::parse(" sig-node-tl "), Some(Marker::TechLead));
        assert_eq!(Marker::parse(" sig-node (kubelet)"), None);
    }
}
