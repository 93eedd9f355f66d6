//! What the field's words mean, for whoever meets them here first.

use crate::domain::answer::Plain;

/// The words, each in one form for one and for several, with what they mean.
const MEANINGS: [(&str, &str, &str); 5] = [
    (
        "kep",
        "keps",
        "A KEP (Kubernetes Enhancement Proposal) is a change to Kubernetes that was written down and agreed on. It goes from alpha over beta to stable; its file and its issue are in kubernetes/enhancements.",
    ),
    (
        "tracking issue",
        "tracking issues",
        "A tracking issue is a runtime's own issue about a KEP, such as one in containerd/containerd. It says who shepherds the KEP there, and in which release of the runtime it ships.",
    ),
    (
        "shepherd",
        "shepherds",
        "A shepherd is a maintainer of the runtime who sees one KEP through implementation and release there. The KEP's tracking issue names them; /kep who 5825 does, too.",
    ),
    (
        "liaison",
        "liaisons",
        "A liaison is a maintainer of the runtime who carries news between SIG-Node and the runtime, for one release of Kubernetes.",
    ),
    (
        "finding",
        "findings",
        "A finding is something that is missing or contradicts itself, such as no-shepherd, with what mends it. /kep status 5825 shows those of a KEP, /kep list finding:no-shepherd the KEPs that have one.",
    ),
];

/// What a word means; all of them for `words`.
pub(super) fn meaning(word: &str) -> Option<Plain> {
    let is = |one: &str| one.eq_ignore_ascii_case(word);
    let text = if is("words") {
        MEANINGS.map(|(_, _, meaning)| meaning).join("\n\n")
    } else {
        let found = MEANINGS.iter().find(|(one, many, _)| is(one) || is(many));
        found?.2.to_owned()
    };
    Some(Plain {
        text,
        instead: None,
    })
}

/// The word that a question such as `what is a shepherd` is about.
pub(super) fn asked(words: &[String]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    let rest = match &**first {
        "what's" | "whats" => rest,
        "what" => {
            rest.split_first()
                .filter(|(verb, _)| matches!(&***verb, "is" | "are" | "does"))?
                .1
        }
        _ => return None,
    };
    let small = |word: &&String| !matches!(&***word, "a" | "an" | "the" | "mean" | "");
    let rest: Vec<&str> = rest.iter().filter(small).map(String::as_str).collect();
    Some(rest.join(" "))
}
