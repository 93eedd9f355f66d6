//! A text's beginning, its people, and that it holds nothing untidy.

use kep_liaison::domain::rich::{Block, Item, List, MOST_DEPTH, Rich, Span, Style};

#[track_caller]
fn begins(markdown: &str, limit: usize, expected: &str) {
    let rich = Rich::from_markdown(markdown);
    let (short, is_cut) = rich.excerpt(limit);
    assert_eq!(short.to_markdown(), expected);
    assert_eq!(is_cut, short != rich);
    let shown = short.text().chars().count();
    assert!(shown <= limit, "{shown} characters, not {limit}");
}

#[test]
fn the_beginning_ends_at_a_word() {
    begins("one two three", 13, "one two three");
    begins("one two three", 12, "one two…");
    begins("one two three", 9, "one two…");
    begins("one two three", 8, "one two…");
    begins("one two three", 7, "one…");
    begins("incomprehensible", 6, "incom…");
    begins("one", 1, "…");
    begins("one", 0, "");
    begins("**one two** three", 8, "**one two**…");
    begins("[one two](https://e.org) three", 6, "[one](https://e.org)…");
    begins("שלום עולם טוב", 10, "שלום עולם…");
    begins("one\n\ntwo\n\nthree", 8, "one\n\ntwo…");
    begins("- one\n  - two\n- three", 12, "- one\n  - …");
}

#[test]
fn code_is_whole_or_cut_with_its_fence() {
    let code = "see\n\n```go\na := 1\nb := 2\n```\n\nend";
    begins(code, 100, "see\n\n```go\na := 1\nb := 2\n```\n\nend");
    begins(code, 20, "see\n\n```go\na := 1\nb := 2\n```\n\n…");
    begins(code, 16, "see\n\n```go\na := 1\n```\n\n…");
}

#[test]
fn people_have_a_name_or_are_someone() {
    let person = |id: &str| Span::Person {
        id: id.to_owned(),
        name: None,
        style: Style::BOLD,
    };
    let rich = Rich::new(vec![
        Block::Paragraph(vec![person("U1"), Span::text(" and "), person("U2")]),
        Block::Quote(vec![Block::Paragraph(vec![person("U1")])]),
    ]);
    assert_eq!(rich.people(), ["U1", "U2"]);
    assert_eq!(rich.text(), "someone and someone\n> someone");
    let named = rich.with_names(|id| (id == "U1").then(|| "A\n@shepherd".to_owned()));
    assert_eq!(named.people(), ["U2"]);
    assert_eq!(named.text(), "A @shepherd and someone\n> A @shepherd");
    assert_eq!(
        named.to_markdown(),
        "**A @<!-- -->shepherd** and **someone**\n\n> **A @<!-- -->shepherd**"
    );
}

#[test]
fn nothing_untidy_is_kept() {
    let empty = [
        Block::Paragraph(vec![Span::text(" \n\u{7}"), Span::Break]),
        Block::Heading(0, vec![]),
        Block::Quote(vec![Block::Rule]),
        Block::Code {
            language: Some("go".to_owned()),
            text: "\n \n".to_owned(),
        },
        Block::List(List {
            start: None,
            items: vec![Item {
                done: Some(true),
                blocks: vec![],
            }],
        }),
        Block::Table(vec![vec![vec![], vec![Span::text(" ")]], vec![]]),
        Block::Rule,
    ];
    assert!(Rich::new(empty.to_vec()).is_empty());
    assert!(Rich::plain(" \n\t\n").is_empty());

    let rich = Rich::plain("one\u{202e}\r\ntwo\u{2028}three\n\n\nfour");
    assert_eq!(rich.blocks().len(), 2);
    assert_eq!(rich.text(), "one\ntwo\nthree\nfour");

    let deep = (0..100).fold(Block::Paragraph(vec![Span::text("x")]), |block, _| {
        Block::Quote(vec![block])
    });
    let signs = "> ".repeat(MOST_DEPTH);
    assert_eq!(Rich::new(vec![deep]).text(), format!("{signs}x"));
}

#[test]
fn addresses_in_plain_text_are_links() {
    let rich = Rich::plain("see https://e.org/a_(b), <https://e.org>");
    assert_eq!(
        rich.to_markdown(),
        "see <https://e.org/a_(b)>, &lt;<https://e.org>>"
    );
}
