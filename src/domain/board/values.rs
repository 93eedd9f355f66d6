//! The values of a filter that some KEP has: what somebody may have meant who mistyped one.

use std::collections::BTreeSet;

use super::{Board, Entry};
use crate::domain::{Login, Settings, kep::Person};

impl Board {
    /// The values of the filter of this name that some KEP has, each once; none of a filter whose
    /// values are known without a board.
    pub fn values(&self, filter: &str, settings: &Settings) -> BTreeSet<String> {
        let each = |of: fn(&Entry) -> Vec<&str>| {
            let entries = self.entries().iter();
            entries.flat_map(of).map(str::to_owned).collect()
        };
        match filter {
            "sig" => each(|entry| {
                let kep = &entry.kep;
                let sigs = [&*kep.owning_sig, kep.sig_folder()];
                sigs.into_iter().flat_map(long_and_short).collect()
            }),
            "participating" => each(|entry| {
                let sigs = entry.kep.participating_sigs.iter();
                sigs.flat_map(|sig| long_and_short(sig)).collect()
            }),
            "shepherd" => {
                let mut all: BTreeSet<String> = each(|entry| words(entry.shepherds()));
                all.insert("none".to_owned());
                all
            }
            "owner" => each(|entry| words(owners(entry))),
            "approver" => each(|entry| words(named(&entry.kep.approvers))),
            "reviewer" => each(|entry| words(named(&entry.kep.reviewers))),
            "prr" => each(|entry| words(readiness(entry))),
            "person" => each(|entry| {
                let kep = &entry.kep;
                let liaisons = entry.issues().flat_map(|tracking| &tracking.liaisons);
                let all = owners(entry).chain(entry.shepherds()).chain(liaisons);
                let all = all
                    .chain(named(&kep.approvers))
                    .chain(named(&kep.reviewers));
                words(all.chain(readiness(entry)))
            }),
            "runtime" => {
                let runtimes = settings.runtimes.iter();
                runtimes.map(|runtime| runtime.name.to_string()).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}

/// `sig-node` may be written `node`.
fn long_and_short(sig: &str) -> impl Iterator<Item = &str> {
    [Some(sig), sig.strip_prefix("sig-")].into_iter().flatten()
}

fn owners(entry: &Entry) -> impl Iterator<Item = &Login> {
    let of_issues = entry.issues().flat_map(|tracking| &tracking.owners);
    entry.kep.author_logins().chain(of_issues)
}

fn named(people: &[Person]) -> impl Iterator<Item = &Login> {
    people.iter().flat_map(|person| &person.logins)
}

fn readiness(entry: &Entry) -> impl Iterator<Item = &Login> {
    entry.kep.prod_readiness.iter().map(|(_, login)| login)
}

fn words<'a>(logins: impl IntoIterator<Item = &'a Login>) -> Vec<&'a str> {
    logins.into_iter().map(Login::as_str).collect()
}
