//! Who is mentioned in a text on GitHub, and what is shown of it to them.

use std::time::{Duration, Instant};

use kep_liaison::domain::{
    Login,
    mention::{MOST_SAID, Mention, Mentioned, mentions, newly},
    rich::Rich,
};
use proptest::prelude::*;

fn whom(markdown: &str) -> String {
    named(&mentions(markdown))
}

fn named(mentions: &[Mention]) -> String {
    let names = mentions.iter().map(|mention| mention.whom.to_string());
    names.collect::<Vec<_>>().join(" ")
}

/// What is shown around the first mention.
#[track_caller]
fn said(markdown: &str) -> String {
    let mentions = mentions(markdown);
    let first = mentions.first().expect("somebody is mentioned");
    first.said.text()
}

#[test]
fn whoever_is_named_in_the_text_is_mentioned_once_and_in_order() {
    let text =
        "@liaison and @Shepherd, see @kubernetes/sig-node-leads.\n\n@shepherd: @LIAISON said so.";
    assert_eq!(whom(text), "@liaison @Shepherd @kubernetes/sig-node-leads");
    let shepherd = Login::parse("SHEPHERD").expect("a login");
    assert_eq!(mentions(text)[1].whom, Mentioned::Person(shepherd));
    assert_eq!(whom(""), "");
}

#[test]
fn marks_around_a_name_do_not_matter() {
    for text in [
        "**@liaison**",
        "_@liaison_",
        "~~@liaison~~",
        "# For @liaison",
        "For @liaison\n===",
        "- one\n- @liaison",
        "1. one\n   - [ ] @liaison",
        "| who |\n| --- |\n| @liaison |",
        "x[^1]\n\n[^1]: @liaison",
        "<details><summary>@liaison</summary></details>",
        "<p>\n@liaison\n</p>",
        "<b>@liaison</b>",
        "word<b>@liaison</b>",
        // Each of these is the sign itself on the page.
        "\\@liaison",
        "&#64;liaison",
        "\\`@liaison\\`",
        "<p>&#64;liaison</p>",
        "> quoted\n\n@liaison",
        // An alert is no quote.
        "> [!NOTE]\n> @liaison",
        "> [!important]\n>\n> - @liaison",
        "> [!TIP]\n> Hm.\n>\n> > quoted\n\n@liaison",
        "[@author](https://e.org/) @liaison",
        "<a name=\"x\"></a> @liaison",
        "<a>one<a>two</a> @liaison",
        "<!-- comment --> @liaison",
        "`code` @liaison `code`",
    ] {
        assert_eq!(whom(text), "@liaison", "{text:?}");
    }
}

#[test]
fn what_is_no_text_of_the_author_mentions_nobody() {
    for text in [
        "`@liaison`",
        "``a ` @liaison``",
        "```\n@liaison\n```",
        "~~~ @liaison\n@liaison",
        "    @liaison",
        "- a\n\n      @liaison",
        "> @liaison",
        "> > @liaison",
        "> - a\n>   @liaison",
        "- a\n  > @liaison",
        "> [!NOTE] @liaison",
        "> [!NOTE]\n> > @liaison",
        "> > [!NOTE]\n> > @liaison",
        "<!-- @liaison -->",
        "a <!-- @liaison --> b",
        "<!--\n@liaison\n\n@liaison\n-->",
        "<div>\n<!--\n\n@liaison\n\n</div>",
        "@<!-- -->liaison",
        "<code>@liaison</code>",
        "<tt>@liaison</tt>",
        "a <pre>@liaison</pre>",
        "[@liaison](https://github.com/liaison)",
        "[by **@liaison**](https://github.com/liaison)",
        "[see @liaison][1]\n\n[1]: https://e.org/",
        "<a href=\"https://e.org/\">by <b>@liaison</b></a>",
        "<pre>\n@liaison\n</pre>",
        "<blockquote>\n\n@liaison\n\n</blockquote>",
        "<a href=\"@liaison\" title='@liaison'>x</a>",
        "[x](https://e.org/@liaison)",
        "[x](/y \"@liaison\")",
        "[x]: https://e.org/@liaison",
        "![@liaison](https://e.org/x.png)",
        "<https://e.org/@liaison>",
        "<liaison@e.org>",
        "https://e.org/@liaison/x",
        "www.e.org/@liaison",
        "somebody@liaison.org and somebody@liaison",
        "<mailto:@liaison>",
    ] {
        assert_eq!(whom(text), "", "{text:?}");
    }
}

#[test]
fn what_is_open_ends_where_html_ends_it() {
    assert_eq!(whom("<code>@a</code> @b"), "@b");
    assert_eq!(whom("<div>\n<!--\n\n@a\n\n<p>--> @b</p>"), "@b");
    assert_eq!(
        whom("<blockquote>@a\n<blockquote>@b</blockquote>\n@c</blockquote>\n\n@d"),
        "@d"
    );
    assert_eq!(whom("</code></blockquote></pre>\n\n@a"), "@a");
}

#[test]
fn what_an_email_quotes_mentions_nobody() {
    let header = "On Tue, 2 Jan 2024 at 15:04, Some Body @other <***@***.***> wrote:";
    let above = format!("@liaison yes.\n\n{header}\n\n> @shepherd is it?\n");
    assert_eq!(whom(&above), "@liaison");
    // An answer below what it quotes counts.
    assert_eq!(whom(&format!("{above}\n@author no")), "@liaison @author");
    // Some programs quote without signs.
    assert_eq!(
        whom(&format!("@liaison\n\n{header}\n\nHi @shepherd,\n\n@author")),
        "@liaison"
    );
    assert_eq!(
        whom(&format!("@liaison\n{header}\nHi @shepherd")),
        "@liaison"
    );
    // GitHub masks addresses, and not always all of one.
    for address in ["***@***.***>", "<author@e.org>", "<\n***@***.***>"] {
        let header = header.replace("<***@***.***>", address);
        assert_eq!(
            whom(&format!("@liaison\n\n{header}\n\n@shepherd")),
            "@liaison",
            "{header}"
        );
    }
    assert_eq!(whom("On Monday the SIG wrote:\n\n@shepherd"), "@shepherd");
    assert_eq!(whom(&format!("```\n{header}\n```\n@shepherd")), "@shepherd");
}

#[test]
fn what_outlook_quotes_mentions_nobody() {
    let head = "From: Some Body @other <***@***.***>\nSent: Tuesday, 2 January 2024 15:04\nTo: containerd/containerd ***@***.***>\nSubject: Re: [containerd/containerd] it (#1)";
    let rule = "_".repeat(32);
    for above in [
        &rule,
        &format!("{rule}\n"),
        "-----Original Message-----",
        "-------- Original Message --------",
    ] {
        for behind in [
            "Hi @shepherd,\n\n@author",
            "@shepherd",
            "Hi.\n\n---\n\n@author",
        ] {
            assert_eq!(
                whom(&format!("@liaison yes.\n{above}\n{head}\n\n{behind}")),
                "@liaison",
                "{above}"
            );
        }
        let inline = format!("{above}\n{head}\n\n> @shepherd?\n\n@author yes");
        assert_eq!(whom(&inline), "@author", "{above}");
    }
    // A line across is one.
    assert_eq!(
        whom(&format!("@liaison\n\n{rule}\n\n@shepherd")),
        "@liaison @shepherd"
    );
    assert_eq!(
        whom(&format!("{rule}\nFrom: @liaison\nTo: @shepherd")),
        "@liaison @shepherd"
    );
}

#[test]
fn what_people_write_as_mail_programs_do_is_theirs() {
    let line = "On 2 July 2026 @other of the release team wrote:";
    assert_eq!(
        whom(&format!(
            "{line}\n\n@shepherd needs to decide\n\n@liaison too"
        )),
        "@other @shepherd @liaison"
    );
    assert_eq!(
        whom(&format!("{line}\n@shepherd needs to decide")),
        "@other @shepherd"
    );
    assert_eq!(
        whom(&format!("{line}\n\nNo.\n\n> @shepherd?\n\n@liaison")),
        "@other @liaison"
    );
    // With a quote below it a mail program wrote it.
    assert_eq!(
        whom(&format!(
            "@author yes\n{line}\n\n> @shepherd?\n\n@liaison too"
        )),
        "@author @liaison"
    );
}

#[test]
fn an_edit_tells_only_those_who_are_new() {
    let before = "@liaison, see `@shepherd`.";
    assert_eq!(
        named(&newly(before, "@Liaison, see @shepherd.")),
        "@shepherd"
    );
    assert_eq!(named(&newly("", before)), "@liaison");
    assert_eq!(named(&newly(before, "nobody")), "");
}

/// More than is shown.
fn long() -> String {
    "There is much to say of it. ".repeat(MOST_SAID / 20)
}

#[test]
fn a_short_paragraph_is_shown_whole() {
    let text = "@author second thought: is `ListStream` ok as a name?\nI would rather not rename it after alpha.\ncc @shepherd @liaison";
    assert_eq!(
        said(text),
        "@author second thought: is ListStream ok as a name?\nI would rather not rename it after alpha.\ncc @shepherd @liaison"
    );
    let shepherd = &mentions(text)[1];
    assert_eq!(shepherd.said, Rich::from_markdown(text));
    let text = "Thanks for that. Could @shepherd look at the **e2e tests**, e.g. these? They fail.";
    assert_eq!(mentions(text)[0].said, Rich::from_markdown(text));
    // Others are not, and it is the first place that counts.
    let text = "It is so.\n\nHere we ask @shepherd whether it should really stay so.\n\nThere we asked @shepherd again.";
    assert_eq!(
        said(text),
        "… Here we ask @shepherd whether it should really stay so. …"
    );
    let row =
        "| what | who |\n| --- | --- |\n| review of the tests that fail since Monday | @shepherd |";
    assert_eq!(
        said(row),
        "… review of the tests that fail since Monday | @shepherd"
    );
}

#[test]
fn of_a_long_paragraph_the_sentence_is_shown() {
    let long = long();
    let text =
        format!("{long}Could @shepherd look at the **e2e tests**, e.g. at these? They fail.");
    assert_eq!(
        mentions(&text)[0].said,
        Rich::from_markdown("… Could @shepherd look at the **e2e tests**, e.g. at these? …")
    );
    let text = format!(
        "{long}\n@shepherd please look\nat [this](https://e.org/) again, as it fails for me.\nThanks!"
    );
    assert_eq!(
        said(&text),
        "… @shepherd please look\nat this again, as it fails for me. …"
    );
}

#[test]
fn a_paragraph_that_says_hardly_anything_is_shown_with_what_is_near() {
    assert_eq!(
        said("The tests fail.\n\nIt needs one more flag. Or two.\n\n/cc @shepherd @liaison"),
        "… It needs one more flag. Or two.\n/cc @shepherd @liaison"
    );
    assert_eq!(
        said("Is it ready? It seems so.\n\n@shepherd please take a look"),
        "Is it ready? It seems so.\n@shepherd please take a look"
    );
    assert_eq!(
        said("# Plan\n\n- one thing\n- ask @shepherd for a review\n- another thing"),
        "… one thing\nask @shepherd for a review …"
    );
    // With nothing before it, what is behind it.
    assert_eq!(
        said("Hi @shepherd,\n\nCould you look? It fails.\n\nThanks!"),
        "Hi @shepherd,\nCould you look? It fails. …"
    );
    assert_eq!(said("@shepherd"), "@shepherd");
    // What the author did not write is not shown.
    assert_eq!(said("> Is it so?\n\n@shepherd"), "@shepherd");
}

#[test]
fn of_what_is_near_and_long_the_sentence_is_shown() {
    let long = long();
    assert_eq!(
        said(&format!("{long}It needs one more flag.\n\n/cc @shepherd")),
        "… It needs one more flag.\n/cc @shepherd"
    );
    assert_eq!(
        said(&format!("{long}It needs a flag. Ping @shepherd.")),
        "… It needs a flag. Ping @shepherd."
    );
    assert_eq!(
        said(&format!("@shepherd\n\nCould you look? {long}")),
        "@shepherd\nCould you look? …"
    );
    assert_eq!(
        said(&format!("@shepherd. Could you look? {long}")),
        "@shepherd. Could you look? …"
    );
}

#[test]
fn a_long_sentence_is_cut_at_words_around_the_name() {
    let words = "some words ".repeat(100);
    let text = format!("{words}@shepherd {words}");
    let said = said(&text);
    assert!(
        said.starts_with("…some words") || said.starts_with("…words some"),
        "{said}"
    );
    assert!(said.contains(" @shepherd some words"), "{said}");
    assert!(
        said.ends_with("words…") || said.ends_with("some…"),
        "{said}"
    );
    assert!(
        (MOST_SAID - 20..=MOST_SAID).contains(&said.chars().count()),
        "{said}"
    );
}

#[test]
fn hundreds_of_names_are_all_found() {
    let names: Vec<_> = (0..9_000).map(|n| format!("@a{n}")).collect();
    assert_eq!(mentions(&names.join(" ")).len(), 9_000);
}

/// Texts that are slow where somebody looks twice, of so many bytes.
fn long_texts(size: usize) -> Vec<(&'static str, String)> {
    let parts = [
        "@a ",
        "**@a** ",
        "@",
        "<code>",
        "<!--",
        "`",
        "> ",
        "[@a](",
        "<a ",
        "On 1 ",
        "On 1\n",
        "On 1 wrote:\n",
        "___\nFrom:\n",
        "- ",
        "[",
        "@a/",
        "@a.",
        "![",
        "\n\n@a",
        "x @a.",
        " ",
        "| @a ",
        "&#64;a ",
        ":a@a:",
        "http://",
        "*a_",
    ];
    let long = |part: &'static str| (part, part.repeat(size / part.len()));
    let each = |write: fn(usize) -> String| (0..size / 8).map(write).collect();
    let mut texts: Vec<_> = parts.into_iter().map(long).collect();
    texts.push(("names", each(|n| format!("*@a{n}*"))));
    texts.push(("lines", each(|n| format!("@a{n}\n\n"))));
    texts
}

#[test]
fn a_long_text_takes_time_in_proportion() {
    let quickest = |text: &str| {
        let tries = (0..3).map(|_| {
            let start = Instant::now();
            let _ = mentions(text);
            start.elapsed()
        });
        tries.min().expect("a try")
    };
    for ((what, short), (_, long)) in long_texts(5_000).into_iter().zip(long_texts(40_000)) {
        let (short, long) = (quickest(&short), quickest(&long));
        // Looking at all of it for each part of it would take 64 times as long.
        let most = short * 8 * 4 + Duration::from_millis(100);
        assert!(long < most, "{what:?}: {short:?}, and {long:?}");
    }
}

/// What people write, with much of what Markdown, HTML and GitHub take for marks.
fn anything() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[ \\na-c0-9@#:/._*~`\\[\\]()<>!&|=+-]{0,12}",
        1 => "\\PC{0,6}",
        3 => prop::sample::select(vec![
            "@liaison", "@org/team", "<!--", "-->", "<code>", "</code>", "<blockquote>", "\n```\n",
            "\n- ", "\n> ", "\n    ", "\n\n", "**", "&#64;", "https://e.org/", "a@e.org", ":tada:",
            "\nOn 1 Jan a wrote:\n", "\nOn 1 Jan <a@e.org> wrote:\n", "\n---Original Message---\n",
            "\n____\nFrom: a\nSent: b\nSubject: c\n", "|\n|-|-|\n|", "\\", "<br>", "\u{feff}", "\u{202e}", "](", "![",
            "Some words here. ", "[a](https://e.org/) ",
        ])
        .prop_map(ToOwned::to_owned),
    ];
    prop::collection::vec(part, 0..16).prop_map(|parts| parts.concat())
}

fn login() -> impl Strategy<Value = String> {
    "[a-z0-9](-?[a-z0-9]){0,18}".prop_filter("somebody", |name| Login::parse(name).is_some())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        login().prop_map(|login| format!("@{login}")),
        (login(), "[a-z0-9](-?[a-z0-9]){0,10}").prop_map(|(org, team)| format!("@{org}/{team}")),
    ]
}

/// Words without signs.
fn prose() -> impl Strategy<Value = String> {
    "[a-z]{1,8}( [a-z]{1,8}){0,5}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn anything_can_be_read(before in anything(), after in anything()) {
        prop_assert_eq!(newly(&after, &after), vec![]);
        let all = mentions(&after);
        let new = newly(&before, &after);
        prop_assert!(new.iter().all(|mention| all.contains(mention)));
        let known = mentions(&before);
        let was = |mention: &Mention| known.iter().any(|known| known.whom == mention.whom);
        prop_assert!(all.iter().all(|mention| was(mention) != new.contains(mention)));
        for mention in all {
            let said = mention.said.text();
            prop_assert!(said.chars().count() <= MOST_SAID, "{}", said);
            let (said, name) = (said.to_lowercase(), mention.whom.to_string().to_lowercase());
            prop_assert!(said.contains(&name), "{:?} without {}", said, name);
        }
    }

    #[test]
    fn a_name_between_borders_is_mentioned(
        name in name(), before in prose(), behind in prose(),
        left in prop::sample::select(vec![" ", "\n", " (", " \"", "\n- ", "\n\n# ", " **", "é", " cc:", ", ", "\n1. "]),
        right in prop::sample::select(vec![" ", "\n", ") ", "\" ", ", ", ". ", "... ", ": ", "!", "?", "'s ", "\n\n", ""]),
    ) {
        let right = if left == " **" { format!("**{right} ") } else { right.to_owned() };
        let behind = if right.is_empty() { String::new() } else { behind };
        let text = format!("{before}{left}{name}{right}{behind}");
        prop_assert_eq!(whom(&text), name.clone(), "{:?}", text);
        let said = said(&text);
        prop_assert!(said.contains(&name), "{:?} of {:?}", said, text);
    }

    #[test]
    fn a_name_in_what_is_not_said_is_not_mentioned(
        name in name(), other in "[b-y]{3,9}", before in prose(), behind in prose(),
        (open, close) in prop::sample::select(vec![
            ("`", "`"), ("`` ", " ``"), ("\n```\n", "\n```\n"), ("\n\n    ", "\n\n"), ("\n~~~~ x\n", "\n~~~~\n"),
            ("\n> ", "\n\n"), ("\n\n> a\n> ", "\n\n"), ("<!-- ", " -->"), ("\n<!--\n", "\n\n-->\n\n"),
            ("<code>", "</code>"), ("<tt>", "</tt>"), ("<a href=x>", "</a>"), ("[", "](/x)"), ("[x](https://e.org/", ")"), (" https://e.org/", " "), ("<https://e.org/", ">"),
            ("\n<pre>", "</pre>\n\n"), ("a", " "), ("a@b.org", " "), (" ![", "](x.png) "),
            ("\n\nOn 1 Jan 2024, a wrote:\n> ", "\n\n"), ("\n\nOn 1 Jan 2024, ", " wrote:\n> a\n\n"),
            ("\n\nOn 1 Jan 2024, ", " <a@e.org> wrote:\n> a\n\n"),
            ("\n_____\nFrom: ", "\nSent: 1 Jan\nSubject: a\n\n> a\n\n"),
            ("\n-----Original Message-----\nFrom: ", "\n\n> a\n\n"),
        ]),
    ) {
        let text = format!("{before} {open}{name} {behind}{close} @{other}");
        // The blank ends an address.
        let text = if open.ends_with("e.org/") { text.replacen(&format!("{name} {behind}"), &name, 1) } else { text };
        prop_assert_eq!(whom(&text), format!("@{other}"), "{:?}", text);
    }

    #[test]
    fn a_name_behind_the_head_of_a_mail_is_not_mentioned(
        name in name(), other in "[b-y]{3,9}", before in prose(), behind in prose(),
        head in prop::sample::select(vec![
            "On 1 Jan 2024, a <***@***.***> wrote:", "On 1 Jan 2024 a\n<a@e.org> wrote:",
            "-----Original Message-----", "___\nFrom: a\nDate: b\nSubject: c",
        ]),
        left in prop::sample::select(vec!["\n", "\n\n", "\n\n- ", "\n\n# "]),
    ) {
        let text = format!("{before} @{other}\n{head}{left}{behind} {name}\n\n{behind}\n\n{name}");
        prop_assert_eq!(whom(&text), format!("@{other}"), "{:?}", text);
    }

    #[test]
    fn a_name_among_letters_is_an_address(name in name(), before in "[a-z0-9]{1,5}", behind in "(\\.[a-z]{1,3}){0,2}") {
        prop_assert_eq!(whom(&format!("{before}{name}{behind}")), "");
    }
}
