//! Lists: which KEPs stand in front, how many there are, what a row says of a KEP with two issues, and
//! what was meant where nothing is found.

use kep_liaison::{
    domain::{
        Release,
        answer::Answer,
        board::{Board, Facts},
        card::Card,
        fact::FileFact,
        finding::Severity,
        reply::{Audience, Reply},
    },
    sample,
    slack::blocks::button::INSTEAD,
};

use super::{
    office::{MAINTAINER, Office, sent},
    phone::phone,
};
use crate::{cards::assert_answer, world};

/// Every card of a list, page by page.
fn cards(office: &Office, words: &str) -> Vec<Card> {
    let mut all = Vec::new();
    loop {
        let page = all.len() / 10;
        let reply = office
            .desk()
            .again(&MAINTAINER, words, page, Audience::Asker);
        let Answer::List(list) = reply.answer else {
            panic!("{words}: {reply:?}");
        };
        all.extend(list.cards);
        if all.len() >= list.of {
            return all;
        }
    }
}

fn numbers(cards: &[Card]) -> Vec<u32> {
    cards.iter().map(|card| card.kep.number.get()).collect()
}

#[test]
fn this_cycle_is_in_front_and_what_is_finished_last() {
    let office = Office::sample();
    for words in ["list", "list sig:node", "status person:samuelkarp"] {
        let cards = cards(&office, words);
        let rank = |card: &Card| {
            let place = match (card.when.under_way, card.when.cycle) {
                (true, Some(_)) => 0,
                (true, None) => 1,
                (false, _) => 2,
            };
            let todo = [Severity::Error, Severity::Warning].map(|of| usize::MAX - card.count(of));
            (place, todo, card.kep.number)
        };
        let ranks: Vec<_> = cards.iter().map(rank).collect();
        assert!(ranks.is_sorted(), "{words}: {ranks:?}");
        for place in 0..3 {
            assert!(ranks.iter().any(|rank| rank.0 == place), "{words}: {place}");
        }
    }
}

#[test]
fn the_terminal_has_the_same_order() {
    let cards = numbers(&cards(&Office::sample(), "list sig:node"));
    let json = crate::terminal::run(&["status", "sig:node", "--format", "json"]).answer();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let keps = json.as_array().expect("an array").iter();
    let printed: Vec<u64> = keps
        .filter_map(|card| card["kep"]["number"].as_u64())
        .collect();
    assert_eq!(
        printed,
        cards.into_iter().map(u64::from).collect::<Vec<_>>()
    );
}

#[test]
fn words_have_an_order_of_their_own() {
    let stable = "status: implemented\nstage: stable\nmilestone:\n  stable: v1.30\n";
    let done = format!("title: Swap\n{stable}");
    let files = [
        ("keps/sig-node/1-swap/kep.yaml", &*done),
        (
            "keps/sig-node/2-x/kep.yaml",
            "title: Swapping\nlatest-milestone: v1.37\n",
        ),
    ];
    let office = Office::of_board(world::board(&files, &[]));
    assert_eq!(numbers(&cards(&office, "list")), [2, 1]);
    assert_eq!(numbers(&cards(&office, "list swap")), [1, 2]);
}

/// The number in a headline such as `Kubernetes 1.37: 18 KEPs`.
fn counted(reply: &Reply) -> usize {
    match &reply.answer {
        Answer::Cycle(cycle) => cycle.list.of,
        Answer::Release(shipping) => shipping.keps.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn status_home_and_release_count_the_same_keps() {
    let office = Office::sample();
    let counts = |office: &Office| {
        let ask = |words| counted(&office.desk().command(&MAINTAINER, words));
        let home = office.desk().home(&MAINTAINER, &[]).cycle.list.of;
        (ask("status"), ask("release"), home)
    };
    assert_eq!(counts(&office), (18, 18, 18));
    let Some(corpus) = world::corpus("the counts of the corpus") else {
        return;
    };
    let (status, release, home) = counts(&Office::corpus(&corpus));
    assert!(status > 0);
    assert_eq!((release, home), (status, status));
}

#[test]
fn what_is_odd_about_a_release_that_is_over_bothers_nobody() {
    let mut facts = Facts::default();
    let pages = ["release-1.36.md", "release-1.37.md"];
    let pages = pages.map(|name| {
        let text = sample::file(&format!("releases/{name}"));
        (name, text.expect("a page of the sample"))
    });
    facts.add_release_pages(pages);
    let path = "keps/sig-node/1-one/kep.yaml";
    facts.add_kep_file(FileFact::of_kep_file(path, "title: One\n"));
    let current = Release::parse("1.37");
    facts.note("release-1.37.md", current, &["odd days".to_owned()]);
    let board = Board::build(facts, &world::settings());
    assert!(board.notes().iter().any(|note| note.release < current));
    let office = Office::of_board(board);
    let words = |office: &Office| phone(&office.typed("status"));
    let says = words(&office);
    assert!(says.contains("Worth a look: release-1.37.md"), "{says}");
    assert!(!says.contains("release-1.36.md"), "{says}");
    // While it is made, its page can still be mended.
    let says = words(&office.at("2026-03-02T12:00:00Z".parse().expect("a moment")));
    assert!(says.contains("Worth a look: release-1.36.md"), "{says}");
}

/// Two KEPs, one with two open issues of which one has a shepherd.
fn half_shepherded() -> Office {
    let files = [
        (
            "keps/sig-node/5825-one/kep.yaml",
            "title: One\nlatest-milestone: v1.37\n",
        ),
        (
            "keps/sig-node/5826-two/kep.yaml",
            "title: Two\nlatest-milestone: v1.37\n",
        ),
    ];
    let body = |kep: u32, shepherd: &str| {
        format!(
            "### References\n\nKEP(s): KEP-{kep}\nKEP Issue: https://github.com/kubernetes/enhancements/issues/{kep}\nKEP-Shepherd: {shepherd}\n"
        )
    };
    let issue = |number, kep, shepherd| {
        let title = format!("[SIG-Node]: KEP-{kep} - A title");
        world::issue(number, &title, &body(kep, shepherd))
    };
    let issues = [
        issue(11, 5825, "@mikebrow"),
        issue(12, 5825, ""),
        issue(13, 5826, ""),
    ];
    Office::of_board(world::board(&files, &issues))
}

#[test]
fn a_row_says_which_of_two_issues_has_nobody() {
    let office = half_shepherded();
    let list = phone(&office.typed("list finding:no-shepherd"));
    assert_answer!(
        "list_half_shepherded",
        "/kep list finding:no-shepherd",
        list
    );
}

/// What an empty list says, and what its first button asks.
fn meant(office: &Office, typed: &str) -> (String, Option<String>) {
    let message = office.typed(typed);
    let text = message["text"].as_str().expect("a fallback").to_owned();
    let blocks = message["blocks"].as_array().expect("blocks").iter();
    let mut buttons = blocks.flat_map(|block| block["elements"].as_array().into_iter().flatten());
    let button = buttons.find(|button| button["action_id"] == INSTEAD[0]);
    let value = button.and_then(|button| button["value"].as_str());
    let asked = value.and_then(|value| value.splitn(3, ' ').nth(2));
    (text, asked.map(str::to_owned))
}

#[test]
fn a_slip_in_a_filter_is_one_press_away() {
    let office = Office::sample();
    for (typed, says, asks) in [
        ("list sig:nod", "sig:node", "list sig:node"),
        ("list sig:sig-noed", "sig:sig-node", "list sig:sig-node"),
        (
            "status shepherd:mikebrwo",
            "shepherd:mikebrow",
            "list shepherd:mikebrow",
        ),
        ("list shepherd:nome", "shepherd:none", "list shepherd:none"),
        ("list owner:bitokku", "owner:bitoku", "list owner:bitoku"),
        (
            "list runtime:contanerd",
            "runtime:containerd",
            "list runtime:containerd",
        ),
        (
            "list stage:beta sig:nod",
            "sig:node",
            "list stage:beta sig:node",
        ),
        (
            "list person:zzzzzzzz,samuelkrap",
            "person:samuelkarp",
            "list person:zzzzzzzz,samuelkarp",
        ),
    ] {
        let (text, asked) = meant(&office, typed);
        assert!(
            text.contains(&format!("Did you mean {says}?")),
            "{typed}: {text}"
        );
        assert_eq!(asked.as_deref(), Some(asks), "{typed}");
        let reply = office.desk().again(&MAINTAINER, asks, 0, Audience::Asker);
        let Answer::List(list) = &reply.answer else {
            panic!("{asks}: {reply:?}");
        };
        assert!(list.of > 0, "{asks}");
        sent(&reply);
    }
    // What cannot be, as soon as it is read.
    for (typed, asks) in [
        ("list stage:bta", "list stage:beta"),
        ("list stage:gama", "list stage:stable"),
        ("status finding:no-shephrd", "status finding:no-shepherd"),
        ("list shepard:none", "list shepherd:none"),
    ] {
        let (_, asked) = meant(&office, typed);
        assert_eq!(asked.as_deref(), Some(asks), "{typed}");
    }
}

#[test]
fn nothing_is_offered_that_would_find_nothing() {
    let office = Office::sample();
    for typed in [
        "list sig:zzzzzzzz",
        "list sig:nod status:rejected",
        "list stage:beta status:withdrawn",
        "list shepherd:q",
    ] {
        let (text, asked) = meant(&office, typed);
        assert_eq!(asked, None, "{typed}: {text}");
        assert!(text.contains("Leave one out."), "{typed}: {text}");
    }
}

#[test]
fn an_empty_list_on_a_phone() {
    let office = Office::sample();
    let list = phone(&office.typed("list sig:nod"));
    assert_answer!("list_slip", "/kep list sig:nod", list);
}
