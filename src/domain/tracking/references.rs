//! The issue form's section `### KEP/SIG-Node References`: a list of fields that people fill in by
//! hand, with nested lists, forgotten blanks, renamed keys and `_No response_`.

use std::borrow::Cow;

use crate::domain::{
    Field, Login, Reading, Release, Stage, field::is_placeholder, kep::mentioned, settings::letters,
};

/// The fields that mean something to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Keps,
    Stage,
    Issue,
    Pull,
    File,
    Release,
    Owner,
    Liaison,
    Shepherd,
}

impl Key {
    /// Reads a key as people vary it: case, hyphens, plural, a note in parentheses, `liason`.
    fn parse(key: &str) -> Option<Self> {
        let key = key
            .split('(')
            .next()
            .filter(|head| !head.trim().is_empty())
            .unwrap_or(key);
        match letters(key).as_str() {
            "kep" | "keps" => Some(Self::Keps),
            "stage" | "stages" | "kepstage" => Some(Self::Stage),
            "kepissue" | "kepissues" | "enhancementissue" => Some(Self::Issue),
            "keppr" | "kepprs" | "keppullrequest" => Some(Self::Pull),
            "kepfile" | "kepreadme" => Some(Self::File),
            "k8srelease" | "k8sreleases" | "kubernetesrelease" | "release" => Some(Self::Release),
            "kepowner" | "kepowners" | "owner" | "owners" => Some(Self::Owner),
            "signodememberliason"
            | "signodememberliaison"
            | "signodeliaison"
            | "signodeliason"
            | "liaison"
            | "liason"
            | "memberliaison"
            | "memberliason" => Some(Self::Liaison),
            "kepshepherd" | "kepshepherds" | "shepherd" | "shepherds" => Some(Self::Shepherd),
            _ => None,
        }
    }
}

/// One field as written; nested lines belong to it, each on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawField {
    pub(super) name: Box<str>,
    pub(super) key: Option<Key>,
    pub(super) value: String,
}

/// The references section of a body; `None` where it has none.
pub(super) fn read_references(body: &str) -> Option<Vec<RawField>> {
    let mut heading_seen = false;
    let mut fields: Vec<RawField> = Vec::new();
    let mut indent_of_fields = 0;
    for line in without_comments(body).lines() {
        if line.starts_with('#') {
            if heading_seen {
                break;
            }
            let title = letters(line);
            if title.contains("kep") && title.contains("references") {
                // What was gathered above the heading was prose that looked like fields.
                heading_seen = true;
                fields.clear();
            }
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let nested = !fields.is_empty() && indent > indent_of_fields;
        match split_field(line).filter(|_| !nested) {
            Some((name, value)) => {
                indent_of_fields = if fields.is_empty() {
                    indent
                } else {
                    indent_of_fields
                };
                fields.push(RawField {
                    name: name.into(),
                    key: Key::parse(name),
                    value: value.to_owned(),
                });
            }
            None => {
                if let Some(field) = fields.last_mut().filter(|_| heading_seen || nested) {
                    if !field.value.is_empty() {
                        field.value.push('\n');
                    }
                    field.value.push_str(strip_bullet(line.trim()));
                }
            }
        }
    }
    let known = fields.iter().filter_map(|field| field.key);
    let mut distinct: Vec<Key> = Vec::new();
    for key in known {
        if !distinct.contains(&key) {
            distinct.push(key);
        }
    }
    // A pasted section may have lost its heading; three of its fields cannot stand by chance.
    let needed = if heading_seen { 1 } else { 3 };
    (distinct.len() >= needed).then_some(fields)
}

/// Without `<!-- … -->`, which nobody sees on the page: a hint of the form names no shepherd. One
/// that is never closed hides the rest, as it does on the page.
fn without_comments(body: &str) -> Cow<'_, str> {
    let Some((first, mut rest)) = body.split_once("<!--") else {
        return Cow::Borrowed(body);
    };
    let mut seen = first.to_owned();
    while let Some((_, after)) = rest.split_once("-->") {
        let Some((text, next)) = after.split_once("<!--") else {
            seen.push_str(after);
            break;
        };
        seen.push_str(text);
        rest = next;
    }
    Cow::Owned(seen)
}

/// `- KEP-Owner: @x` → (`KEP-Owner`, `@x`).
fn split_field(line: &str) -> Option<(&str, &str)> {
    let line = strip_bullet(line.trim());
    let (name, value) = line.split_once(':')?;
    let name = name.trim_matches(|c: char| c == '*' || c == '_' || c == '`' || c.is_whitespace());
    let fits = !name.is_empty()
        && name.chars().count() <= 40
        && !name.ends_with("http")
        && !name.ends_with("https");
    let value = value.trim_start_matches("**").trim();
    fits.then_some((name, value))
}

fn strip_bullet(line: &str) -> &str {
    let rest = line.strip_prefix(['-', '*', '+', '•']);
    rest.filter(|rest| rest.starts_with([' ', '\t']))
        .map_or(line, str::trim_start)
}

/// The value of a field, joined where a key is given twice (`KEP PR (alpha)`, `KEP PR (beta)`).
pub(super) fn value_of(fields: &[RawField], key: Key) -> Option<String> {
    let mut values = fields
        .iter()
        .filter(|field| field.key == Some(key))
        .map(|field| field.value.trim())
        .filter(|value| !value.is_empty() && !value.eq_ignore_ascii_case("_no response_"));
    let first = values.next()?.to_owned();
    Some(values.fold(first, |joined, value| joined + "\n" + value))
}

/// The stage that a field states and every stage it names.
///
/// `Alpha - v1.36`, `beta w/gate on`, `alpha (meaning …)`, and nested `Alpha: 1.36.`: the first
/// word of a line is the stage, the release behind it belongs to it. Of several the first counts,
/// the others are hoped for.
pub(super) fn read_stage(value: Option<&str>) -> (Field<Stage>, Vec<(Stage, Option<Release>)>) {
    let mut stages: Vec<(Stage, Option<Release>)> = Vec::new();
    for line in value.unwrap_or_default().lines() {
        let mut words = line
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty());
        if let Some(stage) = words.find_map(Stage::parse)
            && !stages.iter().any(|(known, _)| *known == stage)
        {
            stages.push((stage, Release::find_all(line).into_iter().next()));
        }
    }
    let field = Field::read(value, |raw| match stages.first() {
        Some(&(stage, _)) => (Reading::Exact, Some(stage)),
        None if is_placeholder(raw) => (Reading::Placeholder, None),
        // `draft`, `approved`: before alpha, which is no stage yet.
        None => (Reading::Unreadable, None),
    });
    (field, stages)
}

/// The people that a field names.
///
/// Whoever stands behind an `@`. Without any, bare logins: one word, or several with commas
/// between; `sig-network` is a group, `TBD` is nobody, and prose names nobody.
pub(super) fn read_people(value: Option<&str>) -> Vec<Login> {
    let value = value.unwrap_or_default();
    let named = mentioned(value);
    if !named.is_empty() {
        return named;
    }
    if is_placeholder(value) {
        return Vec::new();
    }
    let parts = value
        .split([',', ';', '\n'])
        .map(|part| part.trim().trim_end_matches('.'));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let is_group = |part: &str| {
        ["sig-", "wg-", "ug-"]
            .iter()
            .any(|head| part.to_ascii_lowercase().starts_with(head))
    };
    let logins: Option<Vec<Login>> = parts
        .iter()
        .filter(|part| !is_group(part) && !is_placeholder(part))
        .map(|part| Login::parse(part))
        .collect();
    logins.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(value: &str) -> Vec<String> {
        read_people(Some(value))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn people_in_every_form() {
        assert_eq!(people("@mikebrow"), ["mikebrow"]);
        assert_eq!(people("@iholder101."), ["iholder101"]);
        assert_eq!(
            people("@mikebrow (@samuelkarp, @fuweid)"),
            ["mikebrow", "samuelkarp", "fuweid"]
        );
        assert_eq!(
            people("@rst0git @viktoriaas @adrianreber"),
            ["rst0git", "viktoriaas", "adrianreber"]
        );
        assert_eq!(people("bitoku"), ["bitoku"]);
        assert_eq!(people("bitoku, samuelkarp"), ["bitoku", "samuelkarp"]);
        assert_eq!(
            people("@mikebrow or other volunteer welcome to work (Sreeram? :-))"),
            ["mikebrow"]
        );
        for nobody in [
            "sig-network",
            "TBD",
            "",
            "_No response_",
            "a volunteer is welcome",
            "N/A",
            "@kubernetes/sig-node",
        ] {
            assert_eq!(people(nobody), [] as [&str; 0], "{nobody}");
        }
    }

    #[test]
    fn stages_in_every_form() {
        let stage = |value| read_stage(Some(value)).0.value;
        assert_eq!(stage("alpha"), Some(Stage::Alpha));
        assert_eq!(stage("Beta"), Some(Stage::Beta));
        assert_eq!(stage("Alpha - v1.36"), Some(Stage::Alpha));
        assert_eq!(
            stage("alpha (meaning the gates are off by default)"),
            Some(Stage::Alpha)
        );
        assert_eq!(stage("beta w/gate on"), Some(Stage::Beta));
        assert_eq!(stage("GA"), Some(Stage::Stable));
        assert_eq!(stage("TBD"), None);
        assert_eq!(stage("draft"), None);
        let (field, stages) = read_stage(Some("Alpha: 1.36.\nBeta: 1.38 (hopefully)."));
        assert_eq!(field.value, Some(Stage::Alpha));
        assert_eq!(
            stages,
            [
                (Stage::Alpha, Some(Release::new(1, 36))),
                (Stage::Beta, Some(Release::new(1, 38)))
            ]
        );
    }

    #[test]
    fn nested_lines_belong_to_their_field() {
        let body = "### KEP/SIG-Node References\r\n\r\n- KEP(s): KEP-5758 - Limits\r\n\t- https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5758-x\r\n- Stage:\r\n\t- Alpha: 1.36.\r\n- KEP PR: \r\n  - https://github.com/kubernetes/enhancements/pull/5762\r\n- KEP-Shepherd: _No response_\r\n\r\n### What\r\n\r\n- stage: stable\r\n";
        let fields = read_references(body).unwrap();
        let value = |key| value_of(&fields, key);
        assert_eq!(fields.len(), 4);
        assert!(value(Key::Keps).unwrap().ends_with("5758-x"));
        assert_eq!(value(Key::Stage).as_deref(), Some("Alpha: 1.36."));
        assert!(value(Key::Pull).unwrap().ends_with("5762"));
        assert_eq!(value(Key::Shepherd), None);
    }

    #[test]
    fn what_a_comment_hides_is_not_there() {
        let body = "### KEP/SIG-Node References\n<!-- fill in\n- stage: beta -->\n- stage: alpha\n- KEP-Shepherd: <!-- @somebody -->\n<!-- open\n- KEP-Owner: @a";
        let fields = read_references(body).unwrap();
        assert_eq!(value_of(&fields, Key::Stage).as_deref(), Some("alpha"));
        assert_eq!(value_of(&fields, Key::Shepherd), None);
        assert_eq!(value_of(&fields, Key::Owner), None);
    }

    #[test]
    fn a_section_without_bullets_or_heading() {
        let body = "Problem text: none.\nKEP(s): KEP-5823\nstage: alpha\nKEP-Owner: @a @b\n";
        assert!(read_references(body).is_some());
        assert!(read_references("stage: one\nrelease: two\nNote: three").is_none());
        assert!(read_references("").is_none());
    }
}
