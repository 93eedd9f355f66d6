//! What people see when they ask for more than one KEP, or for one that there is not.

use crate::{
    cards::assert_answer,
    terminal::{Folder, SAMPLE, run},
};

#[test]
fn lists_of_the_sample() {
    assert_answer!(
        "list_by_shepherd",
        "kep-liaison status shepherd:@mikebrow",
        run(&["status", "shepherd:@mikebrow"]).answer()
    );
    assert_answer!(
        "list_empty",
        "kep-liaison status stage:beta status:withdrawn",
        run(&["status", "stage:beta", "status:withdrawn"]).answer()
    );
    assert_answer!(
        "list_no_shepherd",
        "kep-liaison status finding:no-shepherd",
        run(&["status", "finding:no-shepherd"]).answer()
    );
    assert_answer!(
        "list_slip",
        "kep-liaison status sig:nod",
        run(&["status", "sig:nod"]).answer()
    );
    assert_answer!("cycle", "kep-liaison status", run(&["status"]).answer());
}

#[test]
fn a_list_of_one_is_a_card() {
    let one = run(&["status", "list", "streaming"]).answer();
    assert_eq!(one, run(&["status", "5825"]).answer());
    let slip = run(&["status", "lsit", "streeming"]).answer();
    assert_eq!(slip, one);
}

#[test]
fn every_way_to_name_a_kep() {
    let card = run(&["status", "5825"]).answer();
    for words in [
        &["KEP-5825"][..],
        &["kep", "5825"],
        &["#5825"],
        &["https://github.com/kubernetes/enhancements/issues/5825"],
        &[
            "https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5825-cri-pagination",
        ],
        &["https://github.com/containerd/containerd/issues/12814"],
        &["https://github.com/containerd/containerd/pull/15022"],
    ] {
        assert_eq!(
            run(&[&["status"], words].concat()).answer(),
            card,
            "{words:?}"
        );
    }
}

#[test]
fn an_unknown_number_offers_those_one_slip_away() {
    let said = run(&["status", "4126"]).complaint(1);
    let (reason, note) = said.split_once("\n\n").expect("a reason and a note");
    assert_eq!(
        reason,
        "There is no KEP-4126. Did you mean one of these?\n  4216  Image pull per runtime class"
    );
    // Such a KEP may well exist: only the sample has none.
    assert!(note.starts_with(SAMPLE), "{note}");

    let said = run(&["status", "KEP-5826"]).complaint(1);
    assert!(said.contains("  5825  CRI List Streaming\n"), "{said}");
    assert!(
        said.contains("  5823  Pod-level Checkpoint/Restore\n"),
        "{said}"
    );

    let said = run(&["status", "99999"]).complaint(1);
    assert!(
        said.starts_with("There is no KEP-99999. Try words of its title.\n"),
        "{said}"
    );
}

#[test]
fn unknown_words_offer_what_has_some_of_them() {
    let said = run(&["status", "streaming", "zebras"]).complaint(1);
    assert!(
        said.starts_with("No KEP matches \"streaming zebras\". Did you mean one of these?\n  5825  CRI List Streaming\n"),
        "{said}"
    );
    let said = run(&["status", "zzqq"]).complaint(1);
    assert!(
        said.starts_with("No KEP matches \"zzqq\". Try other words of its title, or its number.\n"),
        "{said}"
    );
    let link = "https://github.com/containerd/containerd/issues/1";
    let said = run(&["status", link]).complaint(1);
    assert!(
        said.starts_with("No KEP matches \"containerd/containerd#1\"."),
        "{said}"
    );
}

#[test]
fn real_data_has_no_note_on_the_sample() {
    let folder = Folder::new();
    folder.file("keps/sig-node/9001-a/kep.yaml", "title: A\n");
    let sources = ["--enhancements-dir", "."];
    let card = folder.run(&[&["status", "9001"], &sources[..]].concat());
    assert!(!card.answer().contains("sample"));
    let unknown = folder.run(&[&["status", "9002"], &sources[..]].concat());
    assert_eq!(
        unknown.complaint(1),
        "There is no KEP-9002. Did you mean one of these?\n  9001  A\n"
    );
}

#[test]
fn without_release_pages_the_cycle_says_what_to_give() {
    let folder = Folder::new();
    folder.file("keps/sig-node/9001-a/kep.yaml", "title: A\n");
    assert_answer!(
        "cycle_without_releases_and_issues",
        "kep-liaison status --enhancements-dir DIR",
        folder.run(&["status", "--enhancements-dir", "."]).answer()
    );
}
