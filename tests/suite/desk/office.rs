//! A desk with everything that it borrows: the sample's KEPs or the corpus', and the people of a
//! small configuration.

use std::{fs, path::Path, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::{
    config::Config,
    domain::{
        Settings,
        answer::Answer,
        board::{Board, Facts},
        card::Card,
        cycle::{Cycles, read_release_page, read_runtime_releases},
        fact::FileFact,
        people::People,
        reply::{Audience, Reply},
    },
    github::wire::read_issues,
    handlers::desk::{Asker, Desk},
    sample,
    slack::blocks,
};
use serde_json::Value;

use crate::block_kit::checker::check_reply;

/// Who is who in the tests.
const PEOPLE: &str = r#"
[[workspaces]]
name = "kubernetes"

[[people]]
github = "samuelkarp"
slack = { kubernetes = "U012AB3CD" }
roles = ["maintainer", "liaison"]
liaison_for = ["1.37"]

[[people]]
github = "mikebrow"
slack = { kubernetes = "U0MB" }
roles = ["maintainer"]

[[people]]
github = "bitoku"
slack = { kubernetes = "U0BT" }
"#;

/// A maintainer, a KEP's author, and somebody whom the configuration does not know.
pub(super) const MAINTAINER: Asker<'_> = asker("U012AB3CD");
pub(super) const AUTHOR: Asker<'_> = asker("U0BT");
pub(super) const STRANGER: Asker<'_> = asker("U0NEW");

const fn asker(user: &'static str) -> Asker<'static> {
    Asker {
        workspace: "kubernetes",
        user,
    }
}

/// What a desk borrows.
pub(crate) struct Office {
    pub(super) board: Board,
    settings: Settings,
    people: People,
    now: DateTime<Utc>,
    age: TimeDelta,
}

impl Office {
    /// The sample's KEPs, fetched a minute ago.
    pub(crate) fn sample() -> Self {
        let pages = sample::files("releases").into_iter();
        let pages: Vec<(String, String)> = pages
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect();
        let keps = sample::files("keps").into_iter();
        let issues = sample::file("tracking-issues.json").expect("the issues");
        Self::of(facts(keps, issues, &pages))
    }

    /// The corpus' KEPs.
    pub(super) fn corpus(corpus: &Path) -> Self {
        let read = |path: &Path| fs::read_to_string(path).expect("a file of the corpus");
        let mut files = Vec::new();
        let mut open = vec![corpus.join("keps")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).expect("a folder of the corpus") {
                let path = entry.expect("an entry of it").path();
                if path.is_dir() {
                    open.push(path);
                } else if path.ends_with("kep.yaml") {
                    let below = path.strip_prefix(corpus).expect("a path below the corpus");
                    files.push((below.to_string_lossy().into_owned(), read(&path)));
                }
            }
        }
        let pages = [
            "containerd-RELEASES.md",
            "release-1.36.md",
            "release-1.37.md",
        ]
        .map(|name| (name.to_owned(), read(&corpus.join("releases").join(name))));
        let issues = read(&corpus.join("tracking-issues.github.json"));
        let files = files.iter().map(|(path, text)| (&**path, &**text));
        Self::of(facts(files, &issues, &pages))
    }

    /// A board of the test's own.
    pub(super) fn of_board(board: Board) -> Self {
        let config = Config::parse(PEOPLE, "test").expect("settings");
        Self {
            board,
            settings: config.settings(),
            people: config.people(),
            now: sample::as_of(),
            age: TimeDelta::minutes(1),
        }
    }

    fn of(facts: Facts) -> Self {
        let config = Config::parse(PEOPLE, "test").expect("settings");
        Self::of_board(Board::build(facts, &config.settings()))
    }

    /// The same, which the maintainer looks after.
    pub(super) fn looked_after(self) -> Self {
        let (roles, more) = (
            r#"roles = ["maintainer", "liaison"]"#,
            r#"roles = ["maintainer", "liaison", "admin"]"#,
        );
        let people = PEOPLE.replacen(roles, more, 1);
        let config = Config::parse(&people, "test").expect("settings");
        Self {
            people: config.people(),
            ..self
        }
    }

    /// The same at another moment.
    pub(super) fn at(self, now: DateTime<Utc>) -> Self {
        Self { now, ..self }
    }

    /// Facts that were fetched so long ago.
    pub(super) fn aged(self, age: TimeDelta) -> Self {
        Self { age, ..self }
    }

    pub(super) fn desk(&self) -> Desk<'_> {
        Desk {
            board: &self.board,
            settings: &self.settings,
            people: &self.people,
            now: self.now,
            synced_at: Some(self.now - self.age),
        }
    }

    /// The card of a KEP.
    pub(crate) fn card(&self, number: u32) -> Card {
        let reply = self.desk().command(&MAINTAINER, &number.to_string());
        match reply.answer {
            Answer::Card(card) => *card,
            other => panic!("{other:?}"),
        }
    }

    /// The message that a maintainer gets for a command.
    pub(super) fn typed(&self, text: &str) -> Value {
        sent(&self.desk().command(&MAINTAINER, text))
    }

    /// The message that a maintainer gets for a sentence.
    pub(super) fn said(&self, text: &str) -> Value {
        sent(&self.desk().said(&MAINTAINER, text, Audience::Direct))
    }
}

/// A reply as it is sent, held against Slack's rules.
pub(super) fn sent(reply: &Reply) -> Value {
    let message = serde_json::to_value(blocks::message(reply)).expect("JSON");
    check_reply(&message, reply.audience == Audience::Channel);
    message
}

fn facts<'a>(
    files: impl Iterator<Item = (&'a str, &'a str)>,
    issues: &str,
    pages: &[(String, String)],
) -> Facts {
    let mut facts = Facts::default();
    for (path, text) in files {
        facts.add_kep_file(FileFact::of_kep_file(path, text));
    }
    let issues = read_issues(issues).expect("issues").issues;
    facts.issues = Some(issues.into_iter().map(Arc::new).collect());
    let mut cycles = Vec::new();
    for (name, text) in pages {
        if name.ends_with("containerd-RELEASES.md") {
            let releases = read_runtime_releases(text);
            facts.runtime_releases.insert("containerd".into(), releases);
        } else {
            cycles.extend(read_release_page(text));
        }
    }
    facts.cycles = Cycles::new(cycles);
    facts
}
