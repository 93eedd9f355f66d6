//! Links to KEPs, wherever they lead: to a KEP's issue, its folder, its short address, or its
//! tracking issue in a runtime's repository.

use url::Url;

use super::{
    EnhancementLink, KepNumber, Settings,
    board::{Board, Entry},
};

/// The domains whose links may lead to a KEP. Slack takes at most five:
/// <https://docs.slack.dev/messaging/unfurling-links-in-messages>
pub const DOMAINS: [&str; 2] = ["github.com", SHORT];

/// Leads from a KEP's number to its issue.
const SHORT: &str = "kep.k8s.io";

/// The KEP that a link leads to, if it leads to one that is known, in a repository that the settings
/// name.
pub fn kep_of<'a>(link: &str, board: &'a Board, settings: &Settings) -> Option<&'a Entry> {
    let url = Url::parse(link).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?;
    let path: Vec<&str> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    let enhancements = &*settings.enhancements_repository;
    match (host.strip_prefix("www.").unwrap_or(host), &path[..]) {
        (SHORT, [number]) if enhancements.eq_ignore_ascii_case("kubernetes/enhancements") => {
            board.get(KepNumber::from_digits(number)?)
        }
        ("github.com", [owner, name, rest @ ..]) => {
            let repository = format!("{owner}/{name}");
            if repository.eq_ignore_ascii_case(enhancements) {
                return in_enhancements(rest, board);
            }
            let mut runtimes = settings.runtimes.iter();
            let is_it = |known: &str| repository.eq_ignore_ascii_case(known);
            if !runtimes.any(|runtime| is_it(&runtime.repository)) {
                return None;
            }
            let ["issues", number] = rest else {
                return None;
            };
            let number = number.parse().ok()?;
            let entry = board.of_issue(Some(&repository), number)?;
            // A pull request has such an address, too.
            let mut issues = entry.issues();
            issues.any(|it| it.issue.number == number).then_some(entry)
        }
        _ => None,
    }
}

/// The KEP that is shown at a path of the repository of KEPs.
fn in_enhancements<'a>(path: &[&str], board: &'a Board) -> Option<&'a Entry> {
    match path {
        ["issues", number] => board.get(KepNumber::from_digits(number)?),
        ["tree" | "blob", _, ..] => {
            let at = path.iter().position(|part| *part == "keps")?;
            let folder = path[at..].join("/");
            let link = format!("github.com/kubernetes/enhancements/{folder}");
            let first = board.get(EnhancementLink::parse(&link)?.number()?)?;
            // Two KEPs may have one number, and the folder says which it is.
            let is_there = |entry: &&Entry| {
                let rest = folder.strip_prefix(&*entry.kep.path);
                !entry.kep.path.is_empty()
                    && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let all = || std::iter::once(first).chain(board.namesakes(first));
            Some(all().find(is_there).unwrap_or(first))
        }
        _ => None,
    }
}
