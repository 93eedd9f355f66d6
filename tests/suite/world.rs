//! What the tests talk about: the default settings, KEPs and issues made of a few words, boards of
//! them, and the place of the reference corpus.

use std::{env, io::Write as _, path::PathBuf, sync::Arc};

use kep_liaison::{
    config::Config,
    domain::{
        Issue, IssueState, KepNumber, Login, Pull, Runtime, Settings,
        board::{Board, Facts},
        kep::{Kep, KepFile, read_kep},
    },
};

/// The reference corpus: real files of public repositories, which lie beside the project where
/// somebody put them. Without it the caller's test is left out, and a line on stderr says so.
pub(crate) fn corpus(left_out: &str) -> Option<PathBuf> {
    let place = env::var_os("KEP_LIAISON_CORPUS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus")),
        PathBuf::from,
    );
    if place.is_dir() {
        return Some(place);
    }
    // Not eprintln!, whose words cargo swallows when a test passes.
    let _ = writeln!(
        std::io::stderr(),
        "LEFT OUT: {left_out}: no reference corpus at {}; KEP_LIAISON_CORPUS names another place",
        place.display()
    );
    None
}

pub(crate) fn settings() -> Settings {
    Config::default().settings()
}

/// The one runtime of the default settings.
pub(crate) fn containerd() -> Runtime {
    settings().runtimes.swap_remove(0)
}

pub(crate) fn number(number: u32) -> KepNumber {
    KepNumber::new(number).expect("a KEP number")
}

pub(crate) fn login(text: &str) -> Login {
    Login::parse(text).expect("a login")
}

/// The KEP that a `kep.yaml` gives.
pub(crate) fn kep(path: &str, text: &str) -> Kep {
    match read_kep(path, text) {
        KepFile::Numbered(kep) => *kep,
        KepFile::Unnumbered(file) => panic!("{path} has no number: {file:?}"),
    }
}

/// An open issue of containerd's repository.
pub(crate) fn issue(number: u64, title: &str, body: &str) -> Issue {
    Issue {
        repository: "containerd/containerd".into(),
        number,
        url: format!("https://github.com/containerd/containerd/issues/{number}").into(),
        title: title.into(),
        body: body.into(),
        state: IssueState::Open,
        labels: Vec::new(),
        author: None,
        assignees: Vec::new(),
        milestone: None,
        created_at: None,
        updated_at: None,
        pull: None,
    }
}

/// An open pull request of containerd's repository.
pub(crate) fn pull(number: u64, title: &str, body: &str) -> Issue {
    Issue {
        pull: Some(Pull { merged_at: None }),
        ..issue(number, title, body)
    }
}

/// A board of files, each a path and a text, and issues.
pub(crate) fn board(files: &[(&str, &str)], issues: &[Issue]) -> Board {
    let facts = Facts {
        keps: files
            .iter()
            .map(|(path, text)| read_kep(path, text))
            .collect(),
        issues: Some(issues.iter().cloned().map(Arc::new).collect()),
        ..Facts::default()
    };
    Board::build(facts, &settings())
}
