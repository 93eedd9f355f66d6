//! What changed between two boards: 40 real KEPs replayed revision by revision, and small cases of
//! our own for each kind of change.

use std::fs;

use kep_liaison::domain::{
    Issue, IssueState, Login, Milestone, Pull, Release,
    board::{Board, Facts},
    change::{Change, Direction, Role, What, changes},
    kep::read_kep,
};
use serde::Deserialize;

use crate::world::{self, board, issue, login, pull, settings};

/// The words of `status`, `stage` and `latest-milestone` at one revision.
pub(crate) type Words = [Option<String>; 3];

#[derive(Deserialize)]
pub(crate) struct History {
    pub(crate) keps: Vec<Sequence>,
}

#[derive(Deserialize)]
pub(crate) struct Sequence {
    pub(crate) path: String,
    pub(crate) history: Vec<Row>,
}

/// Date, commit, status, stage and latest-milestone.
pub(crate) type Row = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
);

impl Sequence {
    fn revisions(&self) -> Vec<Words> {
        let rows = self.history.iter().cloned();
        rows.map(|(_, _, status, stage, latest)| [status, stage, latest])
            .collect()
    }

    /// The board of one revision: this KEP alone.
    fn board(&self, words: &Words) -> Board {
        let value = |word: &Option<String>| {
            // A JSON string is a YAML string in double quotes.
            word.as_ref()
                .map_or_else(|| "null".to_owned(), |word| format!("{word:?}"))
        };
        let [status, stage, latest] = words;
        let text = format!(
            "title: T\nstatus: {}\nstage: {}\nlatest-milestone: {}\n",
            value(status),
            value(stage),
            value(latest)
        );
        let facts = Facts {
            keps: vec![read_kep(&self.path, &text)],
            ..Facts::default()
        };
        Board::build(facts, &settings())
    }
}

fn words(what: &What) -> Option<(usize, Option<&str>, Option<&str>)> {
    let (at, old, new) = match what {
        What::Status(old, new) => (0, old, new),
        What::Stage(old, new) => (1, old, new),
        What::LatestMilestone(old, new) => (2, old, new),
        _ => return None,
    };
    Some((at, old.as_deref(), new.as_deref()))
}

/// Every pair of neighbouring revisions with what changed between their boards.
fn replay(sequence: &Sequence) -> Vec<(Words, Words, Vec<Change>)> {
    let revisions = sequence.revisions();
    revisions
        .windows(2)
        .map(|pair| {
            let found = changes(&sequence.board(&pair[0]), &sequence.board(&pair[1]));
            (pair[0].clone(), pair[1].clone(), found)
        })
        .collect()
}

#[test]
fn real_keps_revision_by_revision() {
    let Some(corpus) = world::corpus("the replay of 40 KEPs' histories") else {
        return;
    };
    let text = fs::read_to_string(corpus.join("kep-history.json")).expect("a readable file");
    let history: History = serde_json::from_str(&text).expect("the history");
    let (mut transitions, mut fields) = (0, 0);
    let mut all = Vec::new();
    for sequence in &history.keps {
        for (before, after, found) in replay(sequence) {
            // Every field whose words differ is told, with the words as written, and no other.
            let told: Vec<_> = found
                .iter()
                .filter_map(|change| words(&change.what))
                .collect();
            let differ: Vec<_> = (0..3)
                .filter(|&at| before[at] != after[at])
                .map(|at| (at, before[at].as_deref(), after[at].as_deref()))
                .collect();
            assert_eq!(told, differ, "{}", sequence.path);
            assert_eq!(told.len(), found.len(), "{}: {found:?}", sequence.path);
            transitions += usize::from(!found.is_empty());
            fields += told.len();
            all.extend(found);
        }
    }
    assert_eq!((history.keps.len(), transitions, fields), (40, 201, 275));

    let back = |wanted: (usize, &str, &str)| {
        all.iter()
            .filter(|change| {
                words(&change.what) == Some((wanted.0, Some(wanted.1), Some(wanted.2)))
            })
            .inspect(|change| assert_eq!(change.direction, Direction::Backward, "{change:?}"))
            .count()
    };
    assert_eq!(back((1, "beta", "alpha")), 7);
    assert_eq!(back((0, "implemented", "implementable")), 1);
    let release = |words: Option<&str>| words.and_then(Release::parse);
    let earlier = all.iter().filter(|change| {
        matches!(words(&change.what), Some((2, old, new)) if release(old).is_some()
            && release(new).is_some() && release(new) < release(old))
    });
    assert_eq!(
        earlier
            .inspect(|change| assert_eq!(change.direction, Direction::Backward, "{change:?}"))
            .count(),
        4
    );

    // The same thing in other letters: `0.0` for none, a slip mended, a remark behind the word.
    let spelling: Vec<_> = all
        .iter()
        .filter(|change| change.direction == Direction::Spelling)
        .filter_map(|change| words(&change.what))
        .collect();
    let none = (2, None, Some("0.0"));
    assert_eq!(
        spelling,
        [
            none,
            (1, Some("beta"), Some("beta (deprecated)")),
            (0, Some("implementeable"), Some("implementable")),
            none,
            none,
            none,
        ]
    );
}

const PATH: &str = "keps/sig-node/9001-example";

fn kep_board(text: &str) -> Board {
    board(&[(PATH, text)], &[])
}

/// What changed, without where.
fn whats(before: &Board, after: &Board) -> Vec<(What, Direction)> {
    let found = changes(before, after).into_iter();
    found
        .map(|change| (change.what, change.direction))
        .collect()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the words of a change may be absent"
)]
fn some(word: &str) -> Option<Box<str>> {
    Some(word.into())
}

#[test]
fn the_same_board_has_no_changes() {
    let text = "title: T\nstatus: implementable\nauthors: ['@ann']\n";
    let issues = [tracking("@ann"), pull(8, "KEP-9001: do it", "")];
    let (one, other) = (
        board(&[(PATH, text)], &issues),
        board(&[(PATH, text)], &issues),
    );
    assert_eq!(changes(&one, &other), []);
}

#[test]
fn a_step_forward_and_the_same_step_back() {
    let alpha = kep_board("status: implementable\nstage: alpha\nlatest-milestone: v1.36\n");
    let beta = kep_board("status: implementable\nstage: beta\nlatest-milestone: v1.37\n");
    let stage = |old, new| What::Stage(some(old), some(new));
    let release = |old, new| What::LatestMilestone(some(old), some(new));
    assert_eq!(
        whats(&alpha, &beta),
        [
            (stage("alpha", "beta"), Direction::Forward),
            (release("v1.36", "v1.37"), Direction::Forward),
        ]
    );
    assert_eq!(
        whats(&beta, &alpha),
        [
            (stage("beta", "alpha"), Direction::Backward),
            (release("v1.37", "v1.36"), Direction::Backward),
        ]
    );
}

#[test]
fn a_proposal_given_up_took_no_step_back() {
    let open = kep_board("status: implementable\n");
    for end in ["withdrawn", "rejected", "deferred", "replaced"] {
        let over = kep_board(&format!("status: {end}\n"));
        assert_eq!(
            whats(&open, &over),
            [(
                What::Status(some("implementable"), some(end)),
                Direction::Forward
            )]
        );
    }
}

#[test]
fn other_letters_are_no_move() {
    let sloppy = kep_board("status: imlpemented\nstage: Beta\nlatest-milestone: 1.36\n");
    let tidy = kep_board("status: implemented\nstage: beta\nlatest-milestone: \"v1.36\"\n");
    let found = whats(&sloppy, &tidy);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found
            .iter()
            .all(|(what, direction)| what.is_move() && *direction == Direction::Spelling)
    );
    // Quotes are not even letters.
    let quoted = kep_board("status: 'implemented'\nstage: \"beta\"\nlatest-milestone: v1.36\n");
    assert_eq!(whats(&tidy, &quoted), []);
}

#[test]
fn a_word_nobody_understands_is_no_step_back() {
    let known = kep_board("status: implemented\n");
    let unknown = kep_board("status: removed\n");
    let direction = |before, after| whats(before, after)[0].1;
    assert_eq!(direction(&known, &unknown), Direction::Forward);
    assert_eq!(
        direction(&known, &kep_board("status:\n")),
        Direction::Backward
    );
}

#[test]
fn the_release_of_one_stage() {
    let before = kep_board("milestone:\n  alpha: v1.36\n  beta: TBD\n  stable: v1.40\n");
    let after = kep_board("milestone:\n  alpha: v1.36\n  beta: v1.38\n");
    assert_eq!(
        whats(&before, &after),
        [
            (
                What::Milestone("beta".into(), some("TBD"), some("v1.38")),
                Direction::Forward
            ),
            (
                What::Milestone("stable".into(), some("v1.40"), None),
                Direction::Backward
            ),
        ]
    );
}

#[test]
fn a_kep_comes_and_goes() {
    let none = board(&[], &[]);
    let one = kep_board("title: T\n");
    assert_eq!(whats(&none, &one), [(What::KepAdded, Direction::Forward)]);
    assert_eq!(
        whats(&one, &none),
        [(What::KepRemoved, Direction::Backward)]
    );
}

#[test]
fn a_renamed_folder_is_the_same_kep() {
    let before = board(&[(PATH, "title: Old words\n")], &[]);
    let renamed = "keps/sig-node/9001-better-words";
    let after = board(&[(renamed, "title: Better words\n")], &[]);
    assert_eq!(
        whats(&before, &after),
        [
            (
                What::KepRenamed(PATH.into(), renamed.into()),
                Direction::Forward
            ),
            (
                What::Title("Old words".into(), "Better words".into()),
                Direction::Forward
            ),
        ]
    );
}

#[test]
fn of_two_keps_with_one_number_only_the_changed_one_is_told() {
    let other = ("keps/sig-auth/9001-stranger", "status: provisional\n");
    let before = board(&[(PATH, "status: provisional\n"), other], &[]);
    let after = board(&[(PATH, "status: implementable\n"), other], &[]);
    let found = changes(&before, &after);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(&*found[0].path, PATH);
}

#[test]
fn people_of_a_kep() {
    let before = kep_board("authors: ['@ann']\nreviewers: ['@bob', TBD]\napprovers: ['@eve']\n");
    let after = kep_board("authors: [ANN, '@carl']\nreviewers: []\napprovers: ['eve']\n");
    assert_eq!(
        whats(&before, &after),
        [
            (
                What::KepPeople(Role::Owner, vec![login("carl")], vec![]),
                Direction::Forward
            ),
            (
                What::KepPeople(Role::Reviewer, vec![], vec![login("bob")]),
                Direction::Forward
            ),
        ]
    );
}

/// The tracking issue of KEP-9001.
fn tracking(shepherds: &str) -> Issue {
    issue(
        7,
        "[SIG-Node]: KEP-9001 - Example",
        &format!(
            "### KEP/SIG-Node References\n\n- KEP(s): 9001\n- stage: alpha\n- KEP-Owner: @ann\n- KEP-Shepherd: {shepherds}\n"
        ),
    )
}

fn issue_board(issues: &[Issue]) -> Board {
    board(&[(PATH, "title: Example\n")], issues)
}

/// What changed when one tracking issue became another, and that it is told of that issue.
fn issue_whats(before: Issue, after: Issue) -> Vec<(What, Direction)> {
    let found = changes(&issue_board(&[before]), &issue_board(&[after]));
    for change in &found {
        assert_eq!(change.issue, Some(("containerd/containerd".into(), 7)));
    }
    found
        .into_iter()
        .map(|change| (change.what, change.direction))
        .collect()
}

#[test]
fn a_tracking_issue_is_opened_closed_and_opened_again() {
    let open = tracking("@mikebrow");
    let closed = Issue {
        state: IssueState::Completed,
        ..open.clone()
    };
    assert_eq!(
        whats(&issue_board(&[]), &issue_board(std::slice::from_ref(&open))),
        [
            (What::IssueOpened, Direction::Forward),
            // Its owner; that Mike shepherds it is told already.
            (What::Named(vec!["@ann".into()]), Direction::Forward),
        ]
    );
    assert_eq!(
        issue_whats(open.clone(), closed.clone()),
        [(What::IssueClosed, Direction::Forward)]
    );
    assert_eq!(
        issue_whats(closed, open.clone()),
        [(What::IssueReopened, Direction::Backward)]
    );
    assert_eq!(
        whats(&issue_board(&[open]), &issue_board(&[])),
        [(What::IssueGone, Direction::Backward)]
    );
}

/// Nothing else knows whom an issue that is gone had named. What was stored before that was kept is
/// still read.
#[test]
fn an_issue_that_is_gone_had_shepherds() {
    let found = changes(&issue_board(&[tracking("@shepherd")]), &issue_board(&[]));
    let [gone] = &found[..] else {
        panic!("{found:#?}");
    };
    let shepherds: Vec<&str> = gone.shepherds.iter().map(Login::as_str).collect();
    assert_eq!(shepherds, ["shepherd"]);
    let doc = serde_json::to_value(gone).expect("JSON");
    assert_eq!(doc["what"], "issue-gone");
    let mut stored = doc.clone();
    stored
        .as_object_mut()
        .expect("an object")
        .remove("shepherds");
    let read: Change = serde_json::from_value(stored).expect("a change");
    assert_eq!((&read.what, read.shepherds.len()), (&gone.what, 0));
    assert_eq!(
        serde_json::from_value::<Change>(doc).expect("a change"),
        *gone
    );
}

#[test]
fn labels_milestone_title_and_stage_of_a_tracking_issue() {
    let before = Issue {
        labels: vec!["area/cri".into(), "target/kubernetes/v1.37".into()],
        milestone: Some(milestone("2.4")),
        ..tracking("@mikebrow")
    };
    let after = Issue {
        labels: vec!["target/kubernetes/v1.38".into(), "area/cri".into()],
        milestone: Some(milestone("2.3")),
        title: "[SIG-Node]: KEP-9001 - Better words".into(),
        body: before.body.replace("alpha", "beta").into(),
        ..before.clone()
    };
    assert_eq!(
        issue_whats(before.clone(), after),
        [
            (
                What::IssueTitle(
                    "[SIG-Node]: KEP-9001 - Example".into(),
                    "[SIG-Node]: KEP-9001 - Better words".into()
                ),
                Direction::Forward
            ),
            (
                What::IssueStage(some("alpha"), some("beta")),
                Direction::Forward
            ),
            (
                What::Labels(
                    vec!["target/kubernetes/v1.38".into()],
                    vec!["target/kubernetes/v1.37".into()]
                ),
                Direction::Forward
            ),
            (
                What::IssueMilestone(some("2.4"), some("2.3")),
                Direction::Backward
            ),
        ]
    );
    let without = Issue {
        milestone: None,
        ..before.clone()
    };
    assert_eq!(
        issue_whats(before.clone(), without.clone()),
        [(What::IssueMilestone(some("2.4"), None), Direction::Backward)]
    );
    assert_eq!(
        issue_whats(without, before),
        [(What::IssueMilestone(None, some("2.4")), Direction::Forward)]
    );
}

fn milestone(title: &str) -> Milestone {
    Milestone {
        title: title.into(),
        open: true,
        due: None,
    }
}

#[test]
fn shepherds_of_a_tracking_issue() {
    assert_eq!(
        issue_whats(tracking("@mikebrow"), tracking("@samuelkarp @MikeBrow")),
        [(
            What::IssuePeople(Role::Shepherd, vec![login("samuelkarp")], vec![]),
            Direction::Forward
        )]
    );
    // One whom a person assigns counts where the field names nobody; the form's three do not.
    let assigned = Issue {
        assignees: vec![login("mikebrow"), login("dmcgowan")],
        ..tracking("TBD")
    };
    assert_eq!(
        issue_whats(tracking("TBD"), assigned),
        [(
            What::IssuePeople(Role::Shepherd, vec![login("dmcgowan")], vec![]),
            Direction::Forward
        )]
    );
}

#[test]
fn a_pull_request_is_opened_then_merged_or_closed() {
    let with = |state, merged_at| {
        let pull = Issue {
            state,
            pull: Some(Pull { merged_at }),
            ..pull(8, "cri: example (KEP-9001)", "Fixes #7")
        };
        issue_board(&[tracking("@mikebrow"), pull])
    };
    let none = issue_board(&[tracking("@mikebrow")]);
    let open = with(IssueState::Open, None);
    let merged = with(IssueState::Completed, Some(chrono::DateTime::UNIX_EPOCH));
    let closed = with(IssueState::Completed, None);
    assert_eq!(
        whats(&none, &open),
        [(What::PullOpened, Direction::Forward)]
    );
    assert_eq!(
        whats(&open, &merged),
        [(What::PullMerged, Direction::Forward)]
    );
    assert_eq!(
        whats(&open, &closed),
        [(What::PullClosed, Direction::Backward)]
    );
    assert_eq!(
        whats(&none, &merged),
        [
            (What::PullOpened, Direction::Forward),
            (What::PullMerged, Direction::Forward)
        ]
    );
    assert_eq!(whats(&merged, &merged), []);
}

#[test]
fn a_kep_that_only_an_issue_knew_is_merged() {
    let before = board(&[], &[tracking("@mikebrow")]);
    let after = issue_board(&[tracking("@mikebrow")]);
    let found = whats(&before, &after);
    assert!(
        found.contains(&(What::KepRenamed("".into(), PATH.into()), Direction::Forward)),
        "{found:?}"
    );
    assert!(
        !found
            .iter()
            .any(|(what, _)| matches!(what, What::IssueOpened | What::KepRemoved)),
        "{found:?}"
    );
}
