//! What one file of a repository tells: which files are read, and what each reader makes of them.
//! It can be kept as JSON, so that a restart need not read the file again.

use serde::{Deserialize, Serialize};

use super::{
    Release, Runtime,
    board::{Facts, Note},
    cycle::{Cycles, read_release_page, read_runtime_releases},
    kep::{KepFile, ProdReadiness, read_kep, read_prod_readiness},
};

/// The version of the readers: what an older one made of a file is read anew.
pub const READER: &str = "1";

/// What one file tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileFact {
    /// A `kep.yaml`.
    Kep(KepFile),
    /// Who approved a KEP's production readiness; `None` for the template.
    ProdReadiness(Option<ProdReadiness>),
    /// A page about releases, of Kubernetes or of a runtime: its text, which is quickly read.
    Releases(String),
}

impl FileFact {
    /// Whether a file of `kubernetes/enhancements` is read.
    pub fn is_kep_file(path: &str) -> bool {
        let Some(below) = path.strip_prefix("keps/") else {
            return false;
        };
        let name = below.rsplit('/').next().unwrap_or_default();
        if below.starts_with("prod-readiness/") {
            name.strip_suffix(".yaml").is_some()
        } else {
            name == "kep.yaml"
        }
    }

    /// Reads a file for which [`FileFact::is_kep_file`] holds.
    pub fn of_kep_file(path: &str, text: &str) -> Self {
        if path.ends_with("/kep.yaml") {
            Self::Kep(read_kep(path, text))
        } else {
            Self::ProdReadiness(read_prod_readiness(path, text))
        }
    }
}

impl Facts {
    /// Adds what a file of `kubernetes/enhancements` tells.
    pub fn add_kep_file(&mut self, fact: FileFact) {
        match fact {
            FileFact::Kep(kep) => self.keps.push(kep),
            FileFact::ProdReadiness(readiness) => self.prod_readiness.extend(readiness),
            FileFact::Releases(_) => {}
        }
    }

    /// Adds the pages of Kubernetes' cycles, each with what messages call it.
    pub fn add_release_pages<'a>(&mut self, pages: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let mut cycles = Vec::new();
        for (place, text) in pages {
            if let Some(page) = read_release_page(text) {
                self.note(place, Some(page.release), &page.notes);
                cycles.push(page);
            } else {
                let why = "does not say which Kubernetes release it is about".to_owned();
                self.problems.push((place.into(), why));
            }
        }
        self.cycles = Cycles::new(cycles);
    }

    /// Adds what a runtime says of its own releases.
    pub fn add_runtime_releases(&mut self, runtime: &Runtime, place: &str, text: &str) {
        let read = read_runtime_releases(text);
        self.note(place, None, &read.notes);
        self.runtime_releases.insert(runtime.name.clone(), read);
    }

    /// Adds what a person should look at on a page, which may be that of a Kubernetes release.
    pub fn note(&mut self, place: &str, release: Option<Release>, texts: &[String]) {
        self.notes.extend(texts.iter().map(|text| Note {
            place: place.into(),
            text: text.clone(),
            release,
        }));
    }
}
