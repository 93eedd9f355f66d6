//! The settings file as the command line takes it: which one is read, what it changes, and how a
//! wrong one is refused. What each key means is tested beside `config`.

use std::fs;

use crate::terminal::{Folder, ran};

/// The only runtime is one of another name, which the card then shows.
const CRIO: &str = "[[runtimes]]\nname = \"cri-o\"\nrepository = \"cri-o/cri-o\"\n";
const YOUKI: &str = "[[runtimes]]\nname = \"youki\"\nrepository = \"youki-dev/youki\"\n";

#[test]
fn the_file_of_the_current_folder_is_read_unless_one_is_named() {
    let folder = Folder::new();
    let card = |words: &[&str]| {
        let words = [&["status", "5825"], words].concat();
        folder.run(&words).answer()
    };
    assert!(card(&[]).contains("\nIn containerd\n"));
    folder.file("kep-liaison.toml", CRIO);
    assert!(card(&[]).contains("\nIn cri-o\n"));
    folder.file("elsewhere/other.toml", YOUKI);
    let named = card(&["--config", "elsewhere/other.toml"]);
    assert!(
        named.contains("\nIn youki\n") && !named.contains("cri-o"),
        "{named}"
    );
    // Before the subcommand, too.
    let before = folder.run(&["--config", "elsewhere/other.toml", "status", "5825"]);
    assert_eq!(before.answer(), named);
}

#[test]
fn a_liaison_of_the_settings_ends_the_warning() {
    let folder = Folder::new();
    assert!(folder.run(&["status"]).answer().contains("[no-liaison]"));
    folder.file(
        "kep-liaison.toml",
        "[[people]]\ngithub = \"samuelkarp\"\nroles = [\"liaison\"]\nliaison_for = [\"1.37\"]\n",
    );
    assert!(!folder.run(&["status"]).answer().contains("no-liaison"));
}

#[test]
fn the_example_serves_as_it_is() {
    let folder = Folder::new();
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/deploy/kep-liaison.example.toml"
    );
    let without = folder.run(&["status", "5825"]).answer();
    fs::copy(example, folder.path().join("kep-liaison.toml")).expect("a copy");
    assert_eq!(folder.run(&["status", "5825"]).answer(), without);
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let said = Folder::new()
        .run(&["status", "--config", "missing.toml"])
        .complaint(2);
    assert!(
        said.starts_with("missing.toml: cannot read it, want a settings file: "),
        "{said}"
    );
}

#[test]
fn an_unknown_key_is_refused_with_line_and_nearest() {
    let folder = Folder::new();
    folder.file(
        "kep-liaison.toml",
        "[kubernetes]\n\nsgis = [\"sig-node\"]\n",
    );
    assert_eq!(
        folder.run(&["status", "5825"]).complaint(2),
        "kep-liaison.toml:3: kubernetes.sgis: no such key; did you mean \"sigs\"?\n"
    );
}

#[test]
fn every_mistake_is_told_at_once_and_no_secret_with_it() {
    let folder = Folder::new();
    folder.file(
        "kep-liaison.toml",
        "[github]\ntoken = \"ghp_0123456789abcdef\"\npoll_interval = 5\n",
    );
    let said = folder.run(&["status", "5825"]).complaint(2);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(
        lines[0].starts_with("kep-liaison.toml:2: github.token: "),
        "{said}"
    );
    assert!(
        lines[0].contains("want \"env:NAME\" or \"file:PATH\""),
        "{said}"
    );
    assert!(
        lines[1].starts_with("kep-liaison.toml:3: github.poll_interval: "),
        "{said}"
    );
    assert!(!said.contains("0123456789"), "{said}");
}

#[test]
fn an_address_in_the_environment_is_checked_and_not_shown() {
    let folder = Folder::new();
    let with = |url: &str| {
        let mut program = folder.program();
        ran(program.args(["status", "5825"]).env("DATABASE_URL", url))
    };
    let said = with("postgres://\u{1b}hush").complaint(2);
    assert!(
        said.starts_with("DATABASE_URL: want \"sqlite:FILE\""),
        "{said}"
    );
    assert!(!said.contains("hush"), "{said}");
    let answer = with("").answer();
    assert_eq!(answer, with("sqlite:kep.db").answer());
    // Another program's is no reason to stop.
    for foreign in ["mysql://bot:hush@db/kep", "hush"] {
        let mut program = folder.program();
        let program = program.args(["status", "5825"]);
        let output = program.env("DATABASE_URL", foreign).output();
        let output = output.expect("the program runs");
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), answer);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.starts_with("DATABASE_URL is none of ours and is left out: want \"sqlite:FILE\""),
            "{said}"
        );
        assert!(!said.contains("hush"), "{said}");
    }
}
