//! What ships in a release, Kubernetes' or a runtime's.

use super::desk::Desk;
use crate::domain::{
    Release,
    answer::{Answer, Plain},
    shipping::Shipping,
    text::nearest,
};

/// Answers for a release; without one for the current release of Kubernetes. A number that both
/// sides have is Kubernetes', unless a runtime is named.
pub(super) fn release(runtime: Option<&str>, release: Option<Release>, desk: &Desk<'_>) -> Answer {
    let inspector = desk.inspector();
    let shipping = |of: Option<&str>, release| {
        Answer::Release(Box::new(match of {
            None => Shipping::in_kubernetes(release, desk.board, desk.settings, &inspector),
            Some(runtime) => {
                Shipping::in_runtime(runtime, release, desk.board, desk.settings, &inspector)
            }
        }))
    };
    let names = || desk.settings.runtimes.iter().map(|runtime| &*runtime.name);
    let Some(wanted) = release.or(inspector.current()) else {
        return plain(
            "Which Kubernetes release is current is not known here: no release page was read. Name one, such as /kep release 1.38.",
        );
    };
    if let Some(typed) = runtime {
        let known = names().find(|name| name.eq_ignore_ascii_case(typed));
        return match known {
            Some(name) => shipping(Some(name), wanted),
            None => {
                let near = nearest(typed, names());
                Answer::Plain(Plain {
                    text: format!(
                        "No runtime here is called {typed}. There is {}.",
                        names().collect::<Vec<_>>().join(", ")
                    ),
                    instead: near.map(|name| format!("release {name} {wanted}")),
                })
            }
        };
    }
    if release.is_none() || is_of_kubernetes(wanted, desk) {
        return shipping(None, wanted);
    }
    let of_runtime = names().find(|name| is_of_runtime(wanted, name, desk));
    if let Some(name) = of_runtime {
        return shipping(Some(name), wanted);
    }
    let major = |release: Release| release.major;
    if inspector.current().map(major) == Some(wanted.major) {
        return shipping(None, wanted);
    }
    plain(&format!(
        "Nothing here names a release {wanted}: no KEP, no release page, no milestone. /kep release shows the current one."
    ))
}

fn plain(text: &str) -> Answer {
    Answer::Plain(Plain {
        text: text.to_owned(),
        instead: None,
    })
}

/// Whether a release page or a KEP names it.
fn is_of_kubernetes(release: Release, desk: &Desk<'_>) -> bool {
    desk.board.cycles().get(release).is_some()
        || desk.board.entries().iter().any(|entry| {
            let mut planned = entry.kep.milestones.iter();
            entry.kep.latest_milestone.get() == Some(release)
                || planned.any(|(_, field)| field.get() == Some(release))
        })
}

/// Whether the runtime's page of releases names it, or a KEP ships in it.
fn is_of_runtime(release: Release, runtime: &str, desk: &Desk<'_>) -> bool {
    let page = desk.board.runtime_releases(runtime);
    if page.is_some_and(|page| page.get(release).is_some()) {
        return true;
    }
    let runtimes = || desk.settings.runtimes.iter();
    desk.board.entries().iter().any(|entry| {
        let ships = desk.board.ships(entry, desk.settings);
        let mut both = runtimes().zip(ships);
        both.any(|(of, ships)| {
            *of.name == *runtime && ships.is_some_and(|ships| ships.release == release)
        })
    })
}
