//! What is written to GitHub.

use kep_liaison::domain::rich::{Address, Block, Item, List, Rich, Span, Style};

use super::page::Page;

fn text(text: &str, style: Style) -> Span {
    Span::Text(text.to_owned(), style)
}

fn line(spans: Vec<Span>) -> Rich {
    Rich::new(vec![Block::Paragraph(spans)])
}

fn link(to: &str, label: &str) -> Span {
    Span::Link {
        to: Address::parse(to).expect("an address"),
        label: label.to_owned(),
        style: Style::PLAIN,
    }
}

fn items(start: Option<u64>, items: Vec<Vec<Block>>) -> Block {
    let items = items.into_iter();
    let items = items.map(|blocks| Item { done: None, blocks }).collect();
    Block::List(List { start, items })
}

fn words(words: &str) -> Block {
    Block::Paragraph(vec![Span::text(words)])
}

/// Texts of people, and how they stand in a comment; each must read the same there.
const WORDS: &[(&str, &str)] = &[
    ("thanks @liaison!", "thanks @<!-- -->liaison!"),
    ("@org/team (@a)", "@<!-- -->org/team (@<!-- -->a)"),
    ("mail a@example.org", "mail a@<!-- -->example.org"),
    ("alone @ noon", "alone @ noon"),
    ("fixes #123", "fixes #<!-- -->123"),
    ("fixes GH-123, gh-1", "fixes GH<!-- -->-123, gh<!-- -->-1"),
    ("owner/repo#123", "owner/repo#<!-- -->123"),
    ("in 49c8811", "in 49c881<!-- -->1"),
    (
        "49c8811aa49c8811aa49c8811aa49c8811aa1234",
        "49c881<!-- -->1aa49c<!-- -->8811aa<!-- -->49c881<!-- -->1aa49c<!-- -->8811aa<!-- -->1234",
    ),
    ("a decade, 123456", "a decade, 123456"),
    ("owner/repo@49c8811", "owner/repo@<!-- -->49c881<!-- -->1"),
    ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
    (
        "<!-- kep-liaison key=1 -->",
        "&lt;!-- kep-liaison key=1 -->",
    ),
    ("a &amp; b & c", "a \\&amp; b & c"),
    ("*a* _b_ ~~c~~ `d`", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\`d\\`"),
    ("snake_case_word", "snake_case_word"),
    ("[a](https://b) ![", "\\[a\\](https<!-- -->://b) !\\["),
    ("www.example.org", "www<!-- -->.example.org"),
    (":tada: at 10:30:45", ":<!-- -->tada: at 10:30:45"),
    ("# no heading", "\\# no heading"),
    ("#tag", "#tag"),
    ("- no list", "\\- no list"),
    ("+ no list", "\\+ no list"),
    ("1. no list", "1\\. no list"),
    ("1234567) no list", "123456<!-- -->7\\) no list"),
    ("> no quote", "\\> no quote"),
    ("a\n===", "a\n\\==="),
    ("a\n---", "a\n\\---"),
    ("a\n    b", "a\nb"),
    (
        "| a | b |\n| --- | --- |",
        "\\| a \\| b \\|\n\\| --- \\| --- \\|",
    ),
    ("::: note", "\\::: note"),
    ("/close", "\\/close"),
    ("costs $5 or $x$", "costs \\$5 or \\$x\\$"),
    ("back\\slash", "back\\\\slash"),
    ("שלום @liaison עולם", "שלום @<!-- -->liaison עולם"),
    ("[^1]: note", "\\[^1\\]: note"),
    ("@everyone <!here>", "@<!-- -->everyone &lt;!here>"),
];

#[test]
fn words_mean_only_themselves() {
    for (said, expected) in WORDS {
        let markdown = line(vec![Span::text(*said)]).to_markdown();
        assert_eq!(markdown, *expected, "{said}");
        let page = Page::of(&markdown);
        assert_eq!(page.accidents(), [""; 0], "{said}");
        let said: Vec<_> = said.split_whitespace().collect();
        assert_eq!(page.words(), said);
        let again = Rich::from_markdown(&markdown);
        let again = again.text();
        assert_eq!(again.split_whitespace().collect::<Vec<_>>(), said);
    }
}

#[test]
fn looks_stand_at_words_and_inside_words() {
    let both = Style::BOLD.with(Style::ITALIC);
    let cases = [
        (
            vec![
                text("a ", Style::PLAIN),
                text(" b ", Style::BOLD),
                text("c", Style::PLAIN),
            ],
            "a  **b** c",
        ),
        (
            vec![text("in", Style::BOLD), text("side", Style::PLAIN)],
            "**in**side",
        ),
        (
            vec![text("note:", Style::BOLD), text("it", Style::PLAIN)],
            "**note:**<!-- -->it",
        ),
        (
            vec![text("a", Style::PLAIN), text("(b)", Style::ITALIC)],
            "a<!-- -->*(b)*",
        ),
        (
            vec![text("a", Style::BOLD), text("b", Style::ITALIC)],
            "**a**<!-- -->*b*",
        ),
        (
            vec![
                text("a ", Style::BOLD),
                text("b", both),
                text(" c", Style::BOLD),
            ],
            "**a *b* c**",
        ),
        // A letter in a box is a sign to Markdown.
        (
            vec![text("🄰", Style::BOLD), text("b", Style::PLAIN)],
            "**🄰**<!-- -->b",
        ),
        (
            vec![text("a", both), text("b", Style::BOLD), text("c", both)],
            "***a*b<!-- -->*c***",
        ),
        // Between two signs a star would close what is open.
        (
            vec![text("a", both), text("=", Style::BOLD), text("(c)", both)],
            "***a*=**<!-- -->***(c)***",
        ),
        (
            vec![text("= ", Style::BOLD), text("(c)", both)],
            "**\\= *(c)***",
        ),
        (vec![text("a", both)], "***a***"),
        (vec![text("a", Style::STRIKE)], "~~a~~"),
        (vec![text("`", Style::CODE)], "`` ` ``"),
        (vec![text("a``b", Style::CODE)], "```a``b```"),
        (vec![text("@liaison #1", Style::CODE)], "`@liaison #1`"),
        (
            vec![
                text("use ", Style::BOLD),
                text("x", Style::BOLD.with(Style::CODE)),
            ],
            "**use `x`**",
        ),
    ];
    for (spans, expected) in cases {
        assert_eq!(line(spans.clone()).to_markdown(), expected);
        let again = Rich::from_markdown(expected);
        assert_eq!(
            again,
            Rich::from_markdown(&again.to_markdown()),
            "{expected}"
        );
        assert_eq!(again.text(), line(spans).text());
    }
}

#[test]
fn links_are_kept_as_they_are() {
    let cases = [
        (
            link("https://example.org/a_(b)", "b"),
            "[b](https://example.org/a_\\(b\\))",
        ),
        (
            link("https://example.org/", "https://example.org/"),
            "<https://example.org/>",
        ),
        (
            link("https://example.org/?a=1&copy=2", "a]b"),
            "[a\\]b](https://example.org/?a=1\\&copy=2)",
        ),
        (
            link("https://example.org/", "@liaison"),
            "[@<!-- -->liaison](https://example.org/)",
        ),
        (
            link("mailto:a@example.org", "a"),
            "[a](mailto:a@example.org)",
        ),
        (
            link("https://example.org/<!--", "a"),
            "[a](https://example.org/%3C!--)",
        ),
    ];
    for (link, expected) in cases {
        let rich = line(vec![link]);
        assert_eq!(rich.to_markdown(), expected);
        assert_eq!(Rich::from_markdown(expected), rich);
    }
    // What could be a picture is none.
    let rich = line(vec![Span::text("see!"), link("https://example.org/", "a")]);
    assert_eq!(rich.to_markdown(), "see\\![a](https://example.org/)");
    for address in [
        "javascript:alert(1)",
        "file:///etc",
        "https://",
        "https://a b",
        "mailto:",
        "x",
    ] {
        assert_eq!(Address::parse(address), None, "{address}");
    }
}

#[test]
fn names_across_spans_ping_nobody() {
    let person = Span::Person {
        id: "U1".to_owned(),
        name: Some("@stranger".to_owned()),
        style: Style::PLAIN,
    };
    let spans = vec![
        Span::text("@"),
        Span::Channel("12".to_owned(), Style::PLAIN),
        person,
    ];
    assert_eq!(line(spans).to_markdown(), "@#<!-- -->12@<!-- -->stranger");
    let spans = vec![
        Span::text("@"),
        Span::Emoji {
            name: "x".to_owned(),
            unicode: Some("liaison".to_owned()),
        },
    ];
    assert_eq!(line(spans).to_markdown(), "@<!-- -->liaison");
    let scheme = Span::Emoji {
        name: "https".to_owned(),
        unicode: None,
    };
    let spans = vec![scheme, Span::text("//e.org")];
    assert_eq!(line(spans).to_markdown(), ":https:<!-- -->//e.org");
}

#[test]
fn blocks_keep_apart() {
    let code = |language: Option<&str>, text: &str| Block::Code {
        language: language.map(ToOwned::to_owned),
        text: text.to_owned(),
    };
    let rich = Rich::new(vec![
        Block::Heading(2, vec![Span::text("Notes #")]),
        words("before"),
        items(
            None,
            vec![
                vec![words("one"), items(None, vec![vec![words("deeper")]])],
                vec![words("two"), items(Some(3), vec![vec![words("three")]])],
            ],
        ),
        items(None, vec![vec![words("another list")]]),
        items(
            Some(9),
            vec![vec![words("nine")], vec![code(None, "ten\n```\n")]],
        ),
        Block::Quote(vec![words("said"), code(Some("go"), "x")]),
        Block::Rule,
        Block::Table(vec![
            vec![vec![Span::text("a|b")], vec![]],
            vec![
                vec![text("c|d", Style::CODE)],
                vec![Span::text("e"), Span::Break, Span::text("f")],
            ],
        ]),
    ]);
    let markdown = rich.to_markdown();
    insta::assert_snapshot!(markdown);
    assert_eq!(Rich::from_markdown(&markdown), rich);
}

#[test]
fn code_shows_what_it_is_and_makes_no_mark() {
    for language in ["go` @liaison", "a\nb", "<!--"] {
        let markdown = Rich::new(vec![Block::Code {
            language: Some(language.to_owned()),
            text: "x ``` ````\n<!-- kep-liaison key=1 -->\n<!-- other -->".to_owned(),
        }])
        .to_markdown();
        let page = Page::of(&markdown);
        assert_eq!(page.accidents(), [""; 0]);
        assert!(markdown.starts_with("`````"), "{markdown}");
        assert!(!markdown.contains("<!-- kep-liaison"), "{markdown}");
        assert!(markdown.contains("<!-- other -->"), "{markdown}");
    }
}
