//! How the program behaves for people and scripts alike: exit status, what goes to stdout and what
//! to stderr, help, completions, colours, and that no text from outside moves the cursor.

use assert_cmd::Command;
use serde_json::json;

use crate::terminal::{Folder, ran, run};

#[test]
fn help_of_every_subcommand() {
    for words in [
        &["--help"][..],
        &["help"],
        &["status", "--help"],
        &["status", "-h"],
        &["help", "status"],
        &["completions", "--help"],
        &["sync", "--help"],
        &["check", "--help"],
        &["manifest", "--help"],
        &["audit", "--help"],
        &["outbox", "--help"],
        &["outbox", "retry", "--help"],
    ] {
        let ran = run(words);
        assert_eq!((ran.status, &*ran.stderr), (0, ""), "{words:?}");
        assert!(ran.stdout.contains("Usage: kep-liaison"), "{}", ran.stdout);
        let (_, example) = ran.stdout.split_once("Example").expect("an example");
        assert!(example.contains("kep-liaison "), "{example}");
    }
}

#[test]
fn no_subcommand_or_a_wrong_one_is_wrong_usage() {
    assert!(run(&[]).complaint(2).contains("Usage: kep-liaison"));
    let said = run(&["stauts"]).complaint(2);
    assert!(
        said.contains("'stauts'") && said.contains("'status'"),
        "{said}"
    );
    let said = run(&["status", "--fromat", "json"]).complaint(2);
    assert!(
        said.contains("'--fromat'") && said.contains("'--format'"),
        "{said}"
    );
    let said = run(&["status", "--format", "xml"]).complaint(2);
    assert!(said.contains("'xml'") && said.contains("yaml"), "{said}");
}

/// Many know the bot from Slack first.
#[test]
fn what_follows_kep_in_slack_gets_a_tip() {
    for (words, tip) in [
        (&["5825"][..], "status 5825'"),
        (&["KEP-5825"], "status KEP-5825'"),
        (&["list"], "status'"),
        (&["list", "stage:beta", "swap"], "status stage:beta swap'"),
        (&["stage:beta"], "status stage:beta'"),
        (&["who", "5825", "--format", "json"], "status 5825'"),
        (&["-v", "release", "1.38"], "status release:1.38'"),
        (&["release"], "status'"),
        (&["mine"], "status person:@you'"),
    ] {
        let said = run(words).complaint(2);
        let tip = format!("  tip: in a terminal that is 'kep-liaison {tip}\n");
        assert!(said.contains(&tip), "{words:?}: {said}");
    }
    let said = run(&["update", "5825", "Merged."]).complaint(2);
    assert!(said.contains("typed in Slack: /kep update\n"), "{said}");
    let said = run(&["list", "\u{1b}[2J"]).complaint(2);
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn who_asks_for_what_is_theirs_says_who_they_are() {
    for words in [
        &["mine"][..],
        &["me"],
        &["my", "keps"],
        &["my keps"],
        &["stage:beta", "Mine"],
    ] {
        let said = run(&[&["status"], words].concat()).complaint(2);
        let who =
            "Who are you? Write `kep-liaison status person:@you`, with your login on GitHub.\n";
        assert_eq!(said, who, "{words:?}");
    }
    let said = run(&["status", "shepherd:@me"]).complaint(2);
    assert!(
        said.contains("`kep-liaison status shepherd:@you`"),
        "{said}"
    );
    run(&["status", "person:@samuelkarp"]).answer();
}

#[test]
fn a_moment_that_is_none() {
    for wrong in [
        "yesterday",
        "2026-07-06",
        "2026-07-06T09:00:00",
        "2026-02-30T00:00:00Z",
    ] {
        let said = run(&["status", "--now", wrong]).complaint(2);
        assert!(said.contains("--now") && said.contains(wrong), "{said}");
        assert!(
            said.contains("want a moment such as 2026-07-06T09:00:00Z"),
            "{said}"
        );
    }
    let utc = run(&["status", "--now", "2026-07-06T09:00:00Z"]).answer();
    let elsewhere = run(&["status", "--now", "2026-07-06T02:00:00-07:00"]).answer();
    assert_eq!(utc, elsewhere);
    assert_eq!(utc, run(&["status"]).answer(), "the sample's own moment");
}

#[test]
fn a_filter_that_is_none() {
    for (wrong, said) in [
        (
            "shepard:none",
            "shepard: is no filter; did you mean shepherd:?\n",
        ),
        (
            "stage:bta",
            "stage:bta is no stage; did you mean stage:beta?\n",
        ),
        (
            "release:next",
            "release:next is no release; write it as release:1.38\n",
        ),
        (
            "owner:",
            "owner: needs a value; write it as owner:@bitoku\n",
        ),
    ] {
        assert_eq!(run(&["status", wrong]).complaint(2), said);
    }
    let said = run(&["status", "colour:red"]).complaint(2);
    assert!(
        said.starts_with("colour: is no filter; there are stage: "),
        "{said}"
    );
}

#[test]
fn sources_that_cannot_be_read() {
    let folder = Folder::new();
    folder.file("empty/README.md", "no KEP here");
    folder.file("object.json", "{}");
    folder.file("half.json", "[{\"number\": 1");
    for (option, path, why) in [
        ("--enhancements-dir", "missing", "cannot read the folder"),
        (
            "--enhancements-dir",
            "object.json",
            "cannot read the folder",
        ),
        (
            "--enhancements-dir",
            "empty",
            "no kep.yaml below it; want a checkout of kubernetes/enhancements",
        ),
        ("--tracking-file", "missing.json", "cannot read it"),
        ("--tracking-file", "empty", "cannot read it"),
        (
            "--tracking-file",
            "object.json",
            "not a JSON array of GitHub issues",
        ),
        (
            "--tracking-file",
            "half.json",
            "not a JSON array of GitHub issues",
        ),
        ("--release-dir", "missing", "cannot read the folder"),
    ] {
        let said = folder.run(&["status", option, path]).complaint(1);
        assert!(
            said.starts_with(&format!("{path}: {why}")),
            "{option}: {said}"
        );
    }
}

#[test]
fn one_broken_issue_costs_itself_and_is_told() {
    let folder = Folder::new();
    folder.file(
        "issues.json",
        &json!([
            { "number": 1, "labels": 7 },
            "no issue at all",
            {
                "number": 2,
                "title": "[SIG-Node]: KEP-9001 - A",
                "html_url": "https://github.com/containerd/containerd/issues/2",
            },
        ])
        .to_string(),
    );
    let sources = ["--tracking-file", "issues.json"];
    let card = folder.run(&[&["status", "9001"], &sources[..]].concat());
    assert_eq!(
        card.stderr,
        "2 things could not be read; `kep-liaison status` names them, with the same options and no words.\n"
    );
    assert!(card.stdout.contains("#2, open: [SIG-Node]: KEP-9001 - A"));
    let unknown = folder.run(&[&["status", "1"], &sources[..]].concat());
    assert!(
        unknown
            .complaint(1)
            .starts_with("2 things could not be read; ")
    );
    // The overview tells of them, and needs no line that sends people there.
    let cycle = folder.run(&[&["status"], &sources[..]].concat()).answer();
    let (_, told) = cycle
        .split_once("What could not be read\n")
        .expect("a section");
    assert!(
        told.starts_with("issues.json: issue #1 cannot be read: "),
        "{told}"
    );
    assert!(
        told.contains("\nissues.json: item 2 of the array cannot be read: "),
        "{told}"
    );
}

#[test]
fn completions_of_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(&["completions", shell]).answer();
        for word in ["kep-liaison", "status", "enhancements-dir"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
    let said = run(&["completions", "csh"]).complaint(2);
    assert!(said.contains("'csh'") && said.contains("bash"), "{said}");
    assert!(run(&["completions"]).complaint(2).contains("<SHELL>"));
}

/// The program with colours, as on a terminal.
fn coloured(folder: &Folder) -> Command {
    let mut program = folder.program();
    program.env("CLICOLOR_FORCE", "1").env("TERM", "xterm");
    program
}

#[test]
fn colours_only_where_they_are_wanted() {
    let folder = Folder::new();
    let plain = folder.run(&["status", "4216"]).answer();
    assert!(!plain.contains('\u{1b}'), "a pipe is no terminal");
    let forced = ran(coloured(&folder).args(["status", "4216"])).answer();
    assert!(forced.contains("\u{1b}[31merror"), "{forced}");
    let refused = ran(coloured(&folder)
        .args(["status", "4216"])
        .env_remove("CLICOLOR_FORCE")
        .env("NO_COLOR", "1"));
    assert_eq!(refused.answer(), plain);
}

/// What moves a cursor, sets a title, rings, erases, or turns the direction of writing.
const HOSTILE: &str =
    "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[1;1H\u{9b}31m\u{9d}0;x\u{9c}\r\u{8}\u{7f}\u{202e}";

/// The text without the colours of our own.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.split_once('m').expect("an escape that sets a colour");
        assert!(
            code.0.bytes().all(|b| b.is_ascii_digit() || b == b';'),
            "{part:?}"
        );
        plain.push_str(code.1);
    }
    plain
}

#[test]
fn nothing_from_outside_moves_the_cursor() {
    let folder = Folder::new();
    // Written as YAML and JSON write them, which is how they get past the readers.
    let escaped = HOSTILE.chars().fold(String::new(), |escaped, c| {
        escaped + &format!("\\u{:04x}", u32::from(c))
    });
    folder.file(
        "keps/sig-node/9001-a/kep.yaml",
        &format!(
            "title: \"Zebra {escaped} end\"\nowning-sig: \"sig-node{escaped}\"\nstatus: \"{escaped}\"\nstage: \"{escaped}x\"\nlatest-milestone: \"{escaped}1\"\nauthors: [\"{escaped}a\"]\nmilestone:\n  alpha: \"{escaped}\"\nfeature-gates:\n- name: \"{escaped}G\"\n"
        ),
    );
    folder.file(
        "issues.json",
        &json!([
            {
                "number": 7,
                "title": format!("[SIG-Node]: KEP-9001 - {HOSTILE} words"),
                "html_url": "https://github.com/containerd/containerd/issues/7",
                "labels": [format!("target/kubernetes/v1.??{HOSTILE}")],
                "milestone": { "title": format!("{HOSTILE}2.4") },
                "body": format!("### KEP/SIG-Node References\n\n- KEP(s): KEP-9001\n- stage: beta {HOSTILE}\n- KEP-Shepherd: {HOSTILE} nobody yet\n"),
            },
            {
                "number": 8,
                "title": format!("[SIG-Node]: {HOSTILE} stray"),
                "html_url": format!("https://github.com/containerd/containerd/issues/8{HOSTILE}"),
            },
            { "number": 9, "labels": HOSTILE },
        ])
        .to_string(),
    );
    let sources = ["--enhancements-dir", ".", "--tracking-file", "issues.json"];
    for words in [
        &["9001"][..],
        &["sig:node", "runtime:containerd"],
        &["9001", "--format", "csv"],
        &[],
        // These two are not there: one slip away, and one word of two.
        &["9002"],
        &["zebra", "lion"],
        &[HOSTILE],
    ] {
        let asked = [&["status"], words, &sources].concat();
        let seen = ran(coloured(&folder).args(asked));
        assert!(seen.stdout.len() + seen.stderr.len() > 40, "{seen:?}");
        for text in [seen.stdout, seen.stderr] {
            let left = without_colours(&text);
            let moves = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
            assert!(!left.contains(moves), "{words:?}: {left:?}");
        }
    }
}
