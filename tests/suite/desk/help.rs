//! Help offers to each what they may do, and says only what is so where they read it.

use kep_liaison::domain::{answer::Answer, people::Asker, reply::Audience};

use super::{
    office::{AUTHOR, MAINTAINER, Office, STRANGER, sent},
    phone::phone,
};

const HERE: &str = "Only you see an answer, unless you add `here`.";

/// What help says to somebody, as a phone shows it, on one line.
fn help(office: &Office, asker: &Asker<'_>, words: &str, audience: Audience) -> String {
    let reply = office.desk().again(asker, words, 0, audience);
    assert!(matches!(reply.answer, Answer::Help(_)), "{reply:?}");
    let lines = phone(&sent(&reply));
    lines.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_for_admins_is_offered_to_them_alone() {
    let office = Office::sample().looked_after();
    let offers = |asker, audience| help(&office, asker, "help", audience).contains("/kep outbox");
    for audience in [Audience::Asker, Audience::Direct] {
        assert!(offers(&MAINTAINER, audience), "{audience:?}");
        assert!(!offers(&AUTHOR, audience), "{audience:?}");
        assert!(!offers(&STRANGER, audience), "{audience:?}");
    }
    // Others read along.
    assert!(!offers(&MAINTAINER, Audience::Channel));
    // Who asks for it is told what it is.
    let outbox = help(&office, &STRANGER, "help outbox", Audience::Asker);
    assert!(outbox.contains("the role admin"), "{outbox}");
}

#[test]
fn here_is_spoken_of_where_it_does_something() {
    let office = Office::sample();
    let says = |audience| help(&office, &AUTHOR, "help", audience).contains(HERE);
    assert!(says(Audience::Asker) && says(Audience::Channel));
    assert!(!says(Audience::Direct));
    let said = phone(&office.said("help"));
    assert!(
        said.contains("/kep help words") && !said.contains("Only you"),
        "{said}"
    );
}

#[test]
fn who_follows_is_told_what_counts() {
    let office = Office::sample();
    let follow = help(&office, &AUTHOR, "help follow", Audience::Asker);
    assert!(
        follow.contains("a release or milestone that it loses, its tracking issue closed"),
        "{follow}"
    );
}
