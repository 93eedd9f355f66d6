//! What people get who ask in Slack: the words of each answer as a phone shows them, the buttons,
//! and that whatever is typed is answered within Slack's limits and pings nobody.

mod buttons;
mod everything;
mod help;
mod hostile;
mod lists;
pub(crate) mod office;
pub(crate) mod phone;
mod words;

use chrono::TimeDelta;

use self::{
    office::{AUTHOR, MAINTAINER, Office, STRANGER, sent},
    phone::phone,
};
use crate::cards::assert_answer;
use kep_liaison::slack::blocks;

/// What a command gives, as a phone shows it.
macro_rules! assert_phone {
    ($office:expr, $typed:literal is $name:literal) => {
        assert_answer!(
            $name,
            concat!("/kep ", $typed),
            phone(&$office.typed($typed))
        );
    };
}

#[test]
fn commands_on_a_phone() {
    let office = Office::sample();
    assert_phone!(office, "" is "help");
    assert_phone!(office, "help list" is "help_list");
    assert_phone!(office, "status 4680" is "status_one");
    assert_phone!(office, "status" is "status_cycle");
    assert_phone!(office, "status mine" is "status_mine");
    assert_phone!(office, "list sig:node stage:beta" is "list");
    assert_phone!(office, "list stage:beta status:withdrawn" is "list_empty");
    assert_phone!(office, "release" is "release_current");
    assert_phone!(office, "release 2.4" is "release_of_a_runtime");
    assert_phone!(office, "release 1.36" is "release_past");
    assert_phone!(office, "who 5825" is "who");
    assert_phone!(office, "who 4680" is "who_nobody");
    assert_phone!(office, "who 5825 here" is "who_in_public");
    assert_phone!(office, "staus 5825" is "slip");
    assert_phone!(office, "status 4126" is "unknown");
}

#[test]
fn homes_on_a_phone() {
    let office = Office::sample();
    let home = |asker| {
        let view = blocks::home(&office.desk().home(&asker, &[]));
        let view = serde_json::to_value(view).expect("JSON");
        crate::block_kit::checker::check_home(&view);
        phone(&view)
    };
    assert_answer!("home_of_a_maintainer", "App Home", home(MAINTAINER));
    assert_answer!("home_of_an_author", "App Home", home(AUTHOR));
    assert_answer!("home_of_a_stranger", "App Home", home(STRANGER));
}

#[test]
fn an_answer_says_how_old_it_is_only_when_it_is_old() {
    let fresh = phone(
        &Office::sample()
            .aged(TimeDelta::minutes(59))
            .typed("status 5825"),
    );
    assert!(!fresh.contains("As of"), "{fresh}");
    let old = Office::sample()
        .aged(TimeDelta::hours(3))
        .typed("status 5825");
    let says = "As of 6 Jul 2026 06:00 UTC, 3 hours ago: what is newer on GitHub is not in it.";
    let text = old["text"].as_str().expect("a fallback");
    assert!(text.ends_with(says), "{text}");
    assert!(phone(&old).replace("\n    ", " ").contains(says));
    let office = Office::sample();
    let mut never = office.desk();
    never.synced_at = None;
    let reply = never.command(&MAINTAINER, "5825");
    assert!(phone(&sent(&reply)).contains("Not everything has arrived"));
}
