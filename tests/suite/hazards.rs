//! Every oddity that was counted in real `kep.yaml` files, one test each, in files of our own: no
//! KEP is dropped, the raw word stays beside what was understood, and people are told.

use std::{fs, path::Path};

use assert_cmd::Command;
use chrono::DateTime;
use kep_liaison::domain::{
    Login, Reading, Release, Stage, Status,
    finding::{FindingCode, Inspector},
    kep::{Kep, KepFile, Marker, OddityKind, Person, read_kep, read_prod_readiness},
};

use crate::world::{self, board, kep, login, settings};

const PATH: &str = "keps/sig-node/9001-example";

/// A KEP of a few lines.
fn example(text: &str) -> Kep {
    kep(PATH, text)
}

/// What was told of a KEP's file: the field, the raw words, what they were taken for.
fn told(kep: &Kep) -> Vec<(&str, &str, Option<&str>)> {
    let oddities = kep.oddities.iter();
    oddities
        .map(|odd| (&*odd.field, &*odd.raw, odd.taken_as.as_deref()))
        .collect()
}

fn logins(people: &[Person]) -> Vec<&str> {
    let logins = people.iter().flat_map(|person| &person.logins);
    logins.map(Login::as_str).collect()
}

/// The findings about the files of one KEP.
fn codes(text: &str) -> Vec<FindingCode> {
    let (board, settings) = (board(&[(PATH, text)], &[]), settings());
    let inspector = Inspector::new(&board, &settings, DateTime::UNIX_EPOCH);
    let findings = inspector.findings(&board.entries()[0]);
    let files = findings.iter().filter(|finding| finding.runtime.is_none());
    files.map(|finding| finding.code).collect()
}

#[test]
fn a_slip_in_the_status() {
    let kep = example("status: imlpemented\n");
    assert_eq!(kep.status.get(), Some(Status::Implemented));
    assert_eq!(kep.status.raw(), "imlpemented");
    assert_eq!(told(&kep), [("status", "imlpemented", Some("implemented"))]);
    assert_eq!(
        codes("status: imlpemented\n"),
        [FindingCode::KepUnreadableValue]
    );
}

#[test]
fn a_status_with_a_remark() {
    for (raw, status) in [
        ("implemented (alpha)", Status::Implemented),
        ("implemented (beta)", Status::Implemented),
        ("implementeable", Status::Implementable),
        ("superseded", Status::Replaced),
    ] {
        let kep = example(&format!("status: {raw}\n"));
        assert_eq!(kep.status.get(), Some(status), "{raw}");
        assert_eq!(told(&kep), [("status", raw, Some(status.as_str()))]);
    }
}

#[test]
fn a_status_that_is_none_of_the_seven() {
    let kep = example("status: removed\n");
    assert_eq!(kep.status.get(), None);
    assert_eq!(told(&kep), [("status", "removed", None)]);
}

#[test]
fn the_templates_choices_never_made() {
    let status = "provisional|implementable|implemented|deferred|rejected|withdrawn|replaced";
    let kep = example(&format!("status: {status}\nstage: alpha|beta|stable\n"));
    assert_eq!((kep.status.get(), kep.stage.get()), (None, None));
    assert_eq!(
        told(&kep),
        [
            ("status", status, None),
            ("stage", "alpha|beta|stable", None)
        ]
    );
}

#[test]
fn a_stage_with_a_remark() {
    let kep = example("stage: alpha (deprecated)\n");
    assert_eq!(kep.stage.get(), Some(Stage::Alpha));
    assert_eq!(told(&kep), [("stage", "alpha (deprecated)", Some("alpha"))]);
}

#[test]
fn every_legal_stage() {
    for stage in Stage::ALL {
        let kep = example(&format!("stage: {stage}\n"));
        assert_eq!(kep.stage.get(), Some(stage));
        assert_eq!(told(&kep), []);
    }
}

#[test]
fn a_stage_that_is_absent_null_or_blank() {
    for text in [
        "title: T\n",
        "stage:\n",
        "stage: null\n",
        "stage: ~\n",
        "stage: \"\"\n",
    ] {
        let kep = example(text);
        assert_eq!(
            (kep.stage.get(), kep.stage.reading),
            (None, Reading::Absent),
            "{text}"
        );
        assert_eq!(told(&kep), []);
    }
}

#[test]
fn a_latest_milestone_with_and_without_v_and_quotes() {
    for raw in ["\"v1.36\"", "v1.36", "1.36", "\"1.36\"", "'v1.36'"] {
        let kep = example(&format!("latest-milestone: {raw}\n"));
        assert_eq!(
            kep.latest_milestone.get(),
            Some(Release::new(1, 36)),
            "{raw}"
        );
    }
    // A number to a YAML parser that resolves; 1.30 is not 1.3.
    let kep = example("latest-milestone: 1.30\n");
    assert_eq!(kep.latest_milestone.get(), Some(Release::new(1, 30)));
}

#[test]
fn a_latest_milestone_that_means_none() {
    for raw in ["0.0", "\"0.0\"", "v0.0", "TBD"] {
        let kep = example(&format!("latest-milestone: {raw}\n"));
        assert_eq!(kep.latest_milestone.get(), None, "{raw}");
        assert_eq!(kep.latest_milestone.reading, Reading::Placeholder, "{raw}");
        assert_eq!(told(&kep), []);
    }
}

#[test]
fn milestones_left_open() {
    let kep = example(
        "milestone:\n  alpha: N.N\n  beta: TBD\n  stable: \"\"\n  deprecated: x.y\n  disabled: TODO\n  removed: never\n",
    );
    assert_eq!(kep.milestones.len(), 6);
    assert!(
        Stage::ALL
            .iter()
            .all(|&stage| kep.milestone(stage).is_none())
    );
    assert_eq!(told(&kep), []);
    // What was written is still there to be shown.
    assert_eq!(kep.milestones[5].1.raw(), "never");
}

#[test]
fn two_releases_for_one_stage() {
    let kep = example("milestone:\n  alpha: v1.21, v1.37\n");
    assert_eq!(kep.milestone(Stage::Alpha), Some(Release::new(1, 37)));
    assert_eq!(
        told(&kep),
        [("milestone.alpha", "v1.21, v1.37", Some("1.37"))]
    );
}

#[test]
fn a_milestone_map_that_is_null_or_a_word() {
    for text in [
        "milestone:\n",
        "milestone: null\n",
        "milestone: TBD\n",
        "milestone: []\n",
    ] {
        assert_eq!(example(text).milestones, [], "{text}");
    }
}

#[test]
fn a_latest_milestone_other_than_the_stages() {
    let file = |latest, milestone: &str| {
        format!("stage: beta\nlatest-milestone: {latest}\nmilestone:\n{milestone}")
    };
    let contradiction = [FindingCode::KepMilestoneContradiction];
    assert_eq!(codes(&file("v1.37", "  beta: v1.35\n")), contradiction);
    assert_eq!(codes(&file("\"0.0\"", "  beta: v1.35\n")), contradiction);
    assert_eq!(codes(&file("v1.37", "  alpha: v1.35\n")), contradiction);
    assert_eq!(codes(&file("v1.37", "  beta: \"1.37\"\n")), []);
    assert_eq!(codes(&file("v1.37", "  beta: TBD\n")), []);
    assert_eq!(codes(&file("\"0.0\"", "  alpha: v1.35\n")), []);
    assert_eq!(codes(&file("v1.37", "")), []);
}

#[test]
fn a_quoted_number() {
    let kep = example("kep-number: \"9001\"\n");
    assert_eq!((kep.number.get(), told(&kep)), (9001, vec![]));
}

#[test]
fn the_templates_number() {
    let file = "title: KEP Template\nkep-number: NNNN\n";
    let KepFile::Unnumbered(template) = read_kep("keps/NNNN-kep-template/kep.yaml", file) else {
        panic!("the template is no KEP");
    };
    assert_eq!(&*template.title, "KEP Template");
    assert_eq!(&*template.path, "keps/NNNN-kep-template");
    // In a folder with a number it was forgotten.
    let kep = example("kep-number: NNNN\n");
    assert_eq!(kep.number.get(), 9001);
    assert_eq!(told(&kep), [("kep-number", "NNNN", Some("9001"))]);
}

#[test]
fn a_number_of_zeros() {
    let kep = example("kep-number: 0000\n");
    assert_eq!(kep.number.get(), 9001);
    assert_eq!(told(&kep), [("kep-number", "0000", Some("9001"))]);
    let nowhere = read_kep("keps/sig-node/0000-draft/kep.yaml", "kep-number: 0000\n");
    assert!(matches!(nowhere, KepFile::Unnumbered(_)), "{nowhere:?}");
}

#[test]
fn leading_zeros() {
    let kep = kep("keps/sig-node/0752-example/kep.yaml", "kep-number: 752\n");
    assert_eq!((kep.number.get(), told(&kep)), (752, vec![]));
}

#[test]
fn another_number_than_the_folders() {
    let kep = example("kep-number: 1884\n");
    assert_eq!(kep.number.get(), 9001);
    assert_eq!(kep.oddities[0].kind, OddityKind::Number);
    assert_eq!(
        codes("kep-number: 1884\n"),
        [FindingCode::KepNumberContradiction]
    );
}

#[test]
fn two_sigs_with_one_number() {
    let files = [
        ("keps/sig-auth/9001-first/kep.yaml", "title: First\n"),
        ("keps/sig-node/9001-second/kep.yaml", "title: Second\n"),
    ];
    let board = board(&files, &[]);
    let entry = board.get(world::number(9001)).unwrap();
    assert_eq!(&*entry.kep.title, "Second", "the watched SIG's comes first");
    let namesakes: Vec<&str> = board
        .namesakes(entry)
        .map(|other| &*other.kep.title)
        .collect();
    assert_eq!(namesakes, ["First"]);
}

#[test]
fn lists_that_are_null() {
    let kep = example(
        "participating-sigs:\nmetrics: null\nfeature-gates: ~\nreviewers:\napprovers: []\nauthors:\nsee-also:\n",
    );
    assert!(kep.participating_sigs.is_empty() && kep.metrics.is_empty());
    assert!(kep.feature_gates.is_empty() && kep.see_also.is_empty());
    assert!(kep.reviewers.is_empty() && kep.approvers.is_empty() && kep.authors.is_empty());
    assert_eq!(told(&kep), []);
}

#[test]
fn a_list_item_that_is_null() {
    let kep = example(
        "reviewers:\n  -\n  - \"@ann\"\n  - null\nparticipating-sigs: [null, sig-auth, ~]\n",
    );
    assert_eq!(logins(&kep.reviewers), ["ann"]);
    assert_eq!(kep.participating_sigs, ["sig-auth".into()]);
}

#[test]
fn a_lone_word_where_a_list_belongs() {
    let kep = example("authors: \"@ann\"\nparticipating-sigs: sig-auth\n");
    assert_eq!(logins(&kep.authors), ["ann"]);
    assert_eq!(kep.participating_sigs, ["sig-auth".into()]);
}

#[test]
fn handles_without_at_and_in_curly_quotes() {
    let kep = example("authors:\n  - ann\n  - “@bob”\n  - “carl”\n  - '@dora '\n");
    assert_eq!(logins(&kep.authors), ["ann", "bob", "carl", "dora"]);
    assert_eq!(&*kep.authors[1].raw, "@bob");
}

#[test]
fn people_not_yet_known() {
    let kep = example("reviewers: [TBD, tbd, \"\", TODO, N/A, '@ann']\n");
    assert_eq!(logins(&kep.reviewers), ["ann"]);
    assert_eq!(kep.reviewers.len(), 1);
}

#[test]
fn people_in_running_text() {
    let kep =
        example("authors:\n  - with input from @ann, @bob\n  - Carl Example <carl@example.org>\n");
    assert_eq!(logins(&kep.authors), ["ann", "bob"]);
    // He stays to be shown, though no login is known of him.
    assert_eq!(&*kep.authors[1].raw, "Carl Example <carl@example.org>");
}

#[test]
fn teams_and_aliases() {
    let kep =
        example("approvers:\n  - \"@sig-node-tech-leads\"\n  - \"@kubernetes/sig-node-leads\"\n");
    let raw: Vec<&str> = kep.approvers.iter().map(|person| &*person.raw).collect();
    assert_eq!(raw, ["@sig-node-tech-leads", "@kubernetes/sig-node-leads"]);
    assert_eq!(kep.approvers[1].logins, []);
}

#[test]
fn marks_in_comments() {
    let kep = example(
        "reviewers:\n  - \"@ann\" # sig-node-assigned-reviewer\n  - \"@bob\"\n  # sig-node-tl\n  - \"@carl\" # knows the code\napprovers:\n  - \"@dora\" # sig-node-assigned-approver\n  - '@eve' # sig-node-tl\n",
    );
    let marks = |people: &[Person]| {
        people
            .iter()
            .map(|person| person.marker)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        marks(&kep.reviewers),
        [Some(Marker::AssignedReviewer), None, None]
    );
    assert_eq!(
        marks(&kep.approvers),
        [Some(Marker::AssignedApprover), Some(Marker::TechLead)]
    );
}

#[test]
fn feature_gates_of_every_form() {
    let kep = example(
        "feature-gates:\n  - name: Whole\n    components: [kubelet, kube-apiserver]\n  - name: Bare\n  - name: NoParts\n    components:\n  - JustAWord\n  - name: n/a\n  - name: None\n  - name: \"N/A\"\n",
    );
    let gates: Vec<(&str, usize)> = kep
        .feature_gates
        .iter()
        .map(|gate| (&*gate.name, gate.components.len()))
        .collect();
    assert_eq!(
        gates,
        [("Whole", 2), ("Bare", 0), ("NoParts", 0), ("JustAWord", 0)]
    );
    assert_eq!(example("feature-gates: None\n").feature_gates, []);
}

#[test]
fn whether_it_can_be_disabled() {
    for (raw, can) in [
        ("true", Some(true)),
        ("yes", Some(true)),
        ("false", Some(false)),
        ("n/a", None),
        ("", None),
    ] {
        let kep = example(&format!("disable-supported: {raw}\n"));
        assert_eq!((kep.disable_supported, told(&kep)), (can, vec![]), "{raw}");
    }
    let kep = example("disable-supported: perhaps\n");
    assert_eq!(told(&kep), [("disable-supported", "perhaps", None)]);
}

#[test]
fn dates_that_no_calendar_has() {
    let kep = example("creation-date: 2023-14-05\nlast-updated: 2025-30-01\n");
    assert_eq!(
        (kep.creation_date.get(), kep.last_updated.get()),
        (None, None)
    );
    assert_eq!(
        told(&kep),
        [
            ("creation-date", "2023-14-05", None),
            ("last-updated", "2025-30-01", None)
        ]
    );
}

#[test]
fn dates_written_loosely() {
    for raw in [
        "2024-2-1",
        "2024/02/01",
        "\"2024-02-01\"",
        "2024-02-01T10:00:00Z",
    ] {
        let kep = example(&format!("creation-date: {raw}\n"));
        let day = kep.creation_date.get().map(|day| day.to_string());
        assert_eq!(day.as_deref(), Some("2024-02-01"), "{raw}");
    }
    let kep = example("creation-date: yyyy-mm-dd\n");
    assert_eq!((kep.creation_date.get(), told(&kep)), (None, vec![]));
}

#[test]
fn one_folder_deeper() {
    let path = "keps/sig-cluster-lifecycle/kubeadm/9002-operator/kep.yaml";
    let kep = kep(path, "title: T\nowning-sig: sig-windows\n");
    assert_eq!(kep.number.get(), 9002);
    assert_eq!(
        &*kep.path,
        "keps/sig-cluster-lifecycle/kubeadm/9002-operator"
    );
    assert!(kep.belongs_to(&["sig-windows".into()]));
    assert!(kep.belongs_to(&["sig-cluster-lifecycle".into()]));
}

#[test]
fn a_folder_without_a_slug() {
    let kep = kep("keps/sig-network/9003/kep.yaml", "title: T\n");
    assert_eq!(kep.number.get(), 9003);
    assert_eq!(&*kep.owning_sig, "sig-network");
}

#[test]
fn a_file_without_a_title() {
    let kep = kep(
        "keps/sig-node/9001-cri-pagination/kep.yaml",
        "status: provisional\n",
    );
    assert_eq!(&*kep.title, "cri pagination");
}

#[test]
fn production_readiness_with_another_number() {
    let file = "kep-number: 1884\nalpha:\n  approver: \"@ann\"\nbeta:\n  approver:\nstable:\n";
    let read = read_prod_readiness("keps/prod-readiness/sig-node/9001.yaml", file).unwrap();
    assert_eq!(read.number.get(), 9001);
    assert_eq!(read.approvers, [(Stage::Alpha, login("ann"))]);
    assert_eq!(read.oddities[0].kind, OddityKind::Number);
    let nobody = read_prod_readiness("keps/prod-readiness/sig-node/9001.yaml", "");
    assert_eq!(nobody.unwrap().approvers, []);
}

#[test]
fn yaml_that_breaks_half_way() {
    let kep =
        example("title: T\nstatus: implementable\nauthors: [\"@ann\"\nstage: {\n  - x: : y\n");
    assert_eq!(&*kep.title, "T");
    assert_eq!(kep.status.get(), Some(Status::Implementable));
    assert_eq!(kep.oddities.last().unwrap().kind, OddityKind::Broken);
}

#[test]
fn an_empty_file() {
    for text in [
        "",
        "\n\n",
        "---\n",
        "# nothing yet\n",
        "just words",
        "- a\n- list\n",
        "\u{feff}",
    ] {
        let kep = example(text);
        assert_eq!(
            (kep.number.get(), &*kep.title),
            (9001, "example"),
            "{text:?}"
        );
    }
}

#[test]
fn a_key_written_twice() {
    let kep = example("status: provisional\nstatus: implementable\n");
    assert_eq!(kep.status.get(), Some(Status::Implementable));
}

#[test]
fn windows_line_ends_and_a_byte_order_mark() {
    let kep = example(
        "\u{feff}title: T\r\nstatus: implementable\r\nauthors:\r\n  - \"@ann\" # sig-node-tl\r\n",
    );
    assert_eq!(
        (&*kep.title, kep.status.get()),
        ("T", Some(Status::Implementable))
    );
    assert_eq!(kep.authors[0].marker, Some(Marker::TechLead));
}

/// `status` over a checkout on disk.
fn status(checkout: &Path, question: &str) -> String {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kep-liaison"));
    command
        .current_dir(checkout)
        .arg("--enhancements-dir")
        .arg(checkout);
    let output = command
        .args(["status", question, "--format", "json"])
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn files_that_are_no_text_cost_only_themselves() {
    let checkout = tempfile::tempdir().unwrap();
    for (number, bytes) in [
        (9001, &b"title: Whole\n"[..]),
        (9002, b"title: Caf\xe9 \xff\nstatus: implementable\n"),
        (9003, b""),
        (9004, b"\0\0\0\0"),
        (9005, b"\xff\xfet\0i\0t\0l\0e\0:\0 \0X\0\n\0"),
    ] {
        let folder = checkout
            .path()
            .join(format!("keps/sig-node/{number}-example"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("kep.yaml"), bytes).unwrap();
    }
    for number in 9001..=9005 {
        assert!(
            status(checkout.path(), &number.to_string()).contains(&format!("\"number\": {number}"))
        );
    }
    let torn: serde_json::Value = serde_json::from_str(&status(checkout.path(), "9002")).unwrap();
    assert_eq!(torn["kep"]["status"], "implementable");
}
