//! The names in a text that has no marks: what stands behind `@`, and what may stand around it.
//!
//! The rules are those of the filters that GitHub published, which look at each text between two
//! tags alone: `MentionFilter` and `TeamMentionFilter` of
//! <https://github.com/gjtorikian/html-pipeline>.

use std::ops::Range;

use super::Mentioned;
use crate::domain::Login;

/// GitHub says nothing of the longest short name of a team; a longer one than this is none.
const LONGEST_TEAM: usize = 100;

/// A name and where it stands, from its `@` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub at: Range<usize>,
    pub whom: Mentioned,
}

/// The names in a text.
pub(super) fn names(text: &str) -> impl Iterator<Item = Name> {
    text.match_indices('@').filter_map(|(at, _)| {
        // "beginning of string or non-word char". A word's letters are ASCII there, so a name may
        // follow letters of other scripts; and what follows one of these is an address of mail.
        let before = text[..at].bytes().next_back();
        if before.is_some_and(is_word) {
            return None;
        }
        let (whom, length) = name(&text[at + 1..])?;
        let at = at..at + 1 + length;
        Some(Name { at, whom })
    })
}

/// Who is named at the beginning of a text, and how long the name is.
fn name(text: &str) -> Option<(Mentioned, usize)> {
    let length = run(text);
    let (name, behind) = text.split_at(length);
    if let Some(behind) = behind.strip_prefix('/') {
        // A slash makes it an organisation, with a team or with nothing.
        let organisation = login(name).filter(|_| !name.contains('_'))?;
        // "\b" at its end: no hyphen.
        let team = behind[..run(behind)].trim_end_matches('-');
        if team.is_empty() || team.len() > LONGEST_TEAM || team.starts_with(['-', '_']) {
            return None;
        }
        let length = length + 1 + team.len();
        return Some((Mentioned::team(organisation.as_str(), team), length));
    }
    // "dots followed by space or non-word character", or by the end: a name before one dot and a
    // word is a host's, as in `@example.org`.
    let is_host = behind
        .strip_prefix('.')
        .and_then(|behind| behind.bytes().next())
        .is_some_and(is_word);
    if is_host {
        return None;
    }
    Some((Mentioned::Person(login(name)?), length))
}

/// How much of what may stand in names a text begins with.
fn run(text: &str) -> usize {
    let end = text.bytes().position(|b| !is_word(b) && b != b'-');
    end.unwrap_or(text.len())
}

/// "Username may only contain alphanumeric characters or single hyphens, and cannot begin or end
/// with a hyphen" (GitHub's form for signing up). The accounts of an enterprise with managed users
/// end in an underscore and its short code:
/// <https://docs.github.com/en/enterprise-cloud@latest/admin/identity-and-access-management/iam-configuration-reference/username-considerations-for-external-authentication>
fn login(name: &str) -> Option<Login> {
    let has_short_code = |code: &str| !code.is_empty() && !code.contains(['_', '-']);
    let (own, code) = match name.split_once('_') {
        Some((own, code)) => (own, Some(code)),
        None => (name, None),
    };
    let is_well_formed = !own.is_empty()
        && !own.starts_with('-')
        && !own.ends_with('-')
        && !own.contains("--")
        && code.is_none_or(has_short_code);
    Login::parse(name).filter(|_| is_well_formed)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::names;

    fn found(text: &str) -> String {
        let whom = names(text).map(|name| {
            assert!(text[name.at.clone()].eq_ignore_ascii_case(&name.whom.to_string()));
            name.whom.to_string()
        });
        whom.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_may_stand_before_a_name() {
        assert_eq!(
            found("@ada (@bea) [@cid] /cc @dan,@eve"),
            "@ada @bea @cid @dan @eve"
        );
        assert_eq!(
            found("\"@ada\" —@bea 你好@cid é@dan @@eve"),
            "@ada @bea @cid @dan @eve"
        );
        assert_eq!(found("ada@bea 5@bea _@bea a.b@bea.org"), "");
    }

    #[test]
    fn what_may_stand_behind_a_name() {
        assert_eq!(
            found("@ada. @bea... @cid.) @dan: @eve's"),
            "@ada @bea @cid @dan @eve"
        );
        assert_eq!(found("@ada...and @bea!"), "@ada @bea");
        assert_eq!(found("@example.org @ada.2"), "");
        assert_eq!(found("@ada@example.org"), "@ada");
    }

    #[test]
    fn what_is_a_login() {
        let longest = format!("@{}", "a".repeat(39));
        assert_eq!(found(&longest), longest);
        assert_eq!(found(&format!("{longest}a")), "");
        assert_eq!(
            found("@a-b @7 @a-b-c @mona_corp"),
            "@a-b @7 @a-b-c @mona_corp"
        );
        assert_eq!(found("@-a @a- @a--b @ @_a @a_ @a_b_c @a_-b @a-_b @é"), "");
    }

    #[test]
    fn what_is_a_team() {
        assert_eq!(
            found("@Kubernetes/SIG-Node-leads."),
            "@kubernetes/sig-node-leads"
        );
        assert_eq!(
            found("(@org/team_1) @org/team- @org/team/more"),
            "@org/team_1 @org/team @org/team"
        );
        assert_eq!(
            found("@org/ @org/-team @-org/team @a_b/team @org//team"),
            ""
        );
        assert_eq!(found(&format!("@org/{}", "t".repeat(101))), "");
    }
}
