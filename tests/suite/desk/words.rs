//! Which words ask for what.

use kep_liaison::domain::{answer::Answer, reply::Audience};

use super::office::{MAINTAINER, Office, STRANGER};
use crate::world;

/// The words that ask the same again, of what a maintainer typed; or the sentence that was said.
fn typed(office: &Office, text: &str) -> String {
    let reply = office.desk().command(&MAINTAINER, text);
    match reply.answer {
        Answer::Plain(plain) => format!("! {}", plain.text),
        _ => reply.asked,
    }
}

fn said(office: &Office, text: &str) -> String {
    let reply = office.desk().said(&MAINTAINER, text, Audience::Direct);
    match reply.answer {
        Answer::Plain(_) => "! ".to_owned(),
        _ => reply.asked,
    }
}

#[test]
fn commands_and_their_relatives() {
    let office = Office::sample();
    for (text, asks) in [
        ("", "help"),
        ("  ", "help"),
        ("?", "help"),
        ("help", "help"),
        ("HELP Lits", "help list"),
        ("who help", "help who"),
        ("status", "status"),
        ("status 5825", "status 5825"),
        ("Status kep-5825", "status 5825"),
        ("status #5825.", "status 5825"),
        ("status KEP-5825: CRI List Streaming", "status 5825"),
        ("5825", "status 5825"),
        ("kep 5825", "status 5825"),
        ("KEP–5825", "status 5825"),
        ("5825?", "status 5825"),
        ("5825 who", "who 5825"),
        ("/kep status 5825", "status 5825"),
        (
            "<https://github.com/kubernetes/enhancements/issues/5825|5825>",
            "status 5825",
        ),
        (
            "<https://github.com/containerd/containerd/issues/12814>",
            "status https://github.com/containerd/containerd/issues/12814",
        ),
        ("user namespaces", "list user namespaces"),
        ("“user namespaces”", "list user namespaces"),
        ("status swap stage:beta", "status swap stage:beta"),
        ("sig:node stage: beta,GA", "list stage:beta,stable sig:node"),
        ("list", "list"),
        ("list shepherd:none", "list shepherd:none"),
        ("list author:@bitoku", "list owner:bitoku"),
        ("list shepherd:me", "list shepherd:samuelkarp"),
        (
            "list shepherd:<@U0MB|mike>,<@U0BT>",
            "list shepherd:mikebrow,bitoku",
        ),
        ("list <@U0MB>", "list person:mikebrow"),
        ("mine", "status person:samuelkarp"),
        ("status mine", "status person:samuelkarp"),
        ("release", "release"),
        ("release v1.38", "release 1.38"),
        ("release containerd 2.4", "release containerd 2.4"),
        ("release kubernetes 1.38", "release 1.38"),
        ("1.38", "release 1.38"),
        ("who 5825", "who 5825"),
        ("who shepherds kep 24", "who 24"),
        ("who memory qos", "who memory qos"),
    ] {
        assert_eq!(typed(&office, text), asks, "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_with_what_to_type() {
    let office = Office::sample();
    for (text, says) in [
        (
            "staus",
            "! There is no /kep staus. Did you mean /kep status?",
        ),
        (
            "staus kep 5825 here",
            "! There is no /kep staus. Did you mean /kep status 5825?",
        ),
        (
            "lsit stage:beta",
            "! There is no /kep lsit. Did you mean /kep list stage:beta?",
        ),
        (
            "update 5825 merged",
            "! An update is typed as a command, so that it is yours alone until it is sent: /kep update 5825 and then the text.",
        ),
        (
            "list stage:bta",
            "! stage:bta is no stage; did you mean stage:beta?",
        ),
        (
            "who",
            "! Of which KEP? Write its number or words of its title, such as /kep who 5825.",
        ),
        (
            "list owner:<@U0NEW>",
            "! Who that is on GitHub is not known here: the settings tie U0NEW to no login. Write the login itself, such as owner:@samuelkarp.",
        ),
        (
            "help shepherds",
            "! A shepherd is a maintainer of the runtime who sees one KEP through implementation and release there. The KEP's tracking issue names them; /kep who 5825 does, too.",
        ),
        (
            "help tracking issue",
            "! A tracking issue is a runtime's own issue about a KEP, such as one in containerd/containerd. It says who shepherds the KEP there, and in which release of the runtime it ships.",
        ),
        (
            "help shepherding",
            "! There is no /kep shepherding. /kep help lists what there is.",
        ),
        (
            "release soon",
            "! soon is no release. Write it as /kep release 1.38 (Kubernetes) or /kep release 2.4 (a runtime's).",
        ),
        (
            "release crio 1.37",
            "! No runtime here is called crio. There is containerd.",
        ),
        (
            "release 7.3",
            "! Nothing here names a release 7.3: no KEP, no release page, no milestone. /kep release shows the current one.",
        ),
    ] {
        assert_eq!(typed(&office, text), says, "{text}");
    }
    let reply = office.desk().command(&STRANGER, "status mine");
    let Answer::Plain(plain) = reply.answer else {
        panic!("a sentence");
    };
    assert_eq!(
        plain.text,
        "I do not know who you are on GitHub: ask whoever runs this bot to add you, with your login and your Slack member id U0NEW. Until then write your login, such as /kep list person:@your-login."
    );
}

#[test]
fn sentences_to_the_bot() {
    let office = Office::sample();
    for (text, asks) in [
        ("<@U0BOT> who shepherds 5825?", "who 5825"),
        ("KEP-5825 shepherd?", "who 5825"),
        ("status of KEP 5825", "status 5825"),
        ("<@U0BOT> 5825", "status 5825"),
        (
            "what's up with <https://github.com/kubernetes/enhancements/issues/5825>?",
            "status 5825",
        ),
        ("help", "help"),
        ("Hi!", "help"),
        ("", "help"),
        ("<@U0BOT>", "help"),
        ("hello, what can you do? help please", "help"),
        ("status", "status"),
        ("what is the status of the current cycle?", "status"),
        ("what ships in 2.4?", "release 2.4"),
        ("when is the code freeze?", "release"),
        ("release 1.36", "release 1.36"),
        ("list stage:beta sig:node", "list stage:beta sig:node"),
        ("show me swap stage:beta please", "list swap stage:beta"),
        ("my KEPs please", "status person:samuelkarp"),
        ("tell me about user namespaces", "status user namespaces"),
        ("who owns memory qos?", "who memory qos"),
        ("thanks!", "! "),
        ("the weather is nice zzqq", "! "),
    ] {
        assert_eq!(said(&office, text), asks, "{text}");
    }
}

#[test]
fn what_a_word_means_can_be_asked() {
    let office = Office::sample();
    for (text, means) in [
        ("what is a shepherd?", "A shepherd is"),
        ("<@U0BOT> What's a tracking issue", "A tracking issue is"),
        ("what does liaison mean?", "A liaison is"),
    ] {
        let reply = office.desk().said(&MAINTAINER, text, Audience::Direct);
        let Answer::Plain(plain) = reply.answer else {
            panic!("{text}: {reply:?}");
        };
        assert!(plain.text.starts_with(means), "{text}: {}", plain.text);
    }
}

#[test]
fn noughts_are_no_number() {
    let none = "title: Kubernetes Enhancement Proposal Process\nkep-number: 0000\n";
    let process = ("keps/sig-architecture/0000-kep-process/kep.yaml", none);
    let other = (
        "keps/sig-node/1-one/kep.yaml",
        "title: 0 to 1\nkep-number: 1\n",
    );
    let office = Office::of_board(world::board(&[process, other], &[]));
    for text in ["status 0", "KEP-0000", "kep 0000"] {
        assert_eq!(
            typed(&office, text),
            "! 0000 is no KEP's number; it stands where there is none yet. These files have none:\n• Kubernetes Enhancement Proposal Process (keps/sig-architecture/0000-kep-process)",
            "{text}"
        );
    }
}
