//! Whatever people write: nothing in it pings or refers, it shows the same words, and Slack takes
//! it.

use kep_liaison::{
    domain::rich::{Address, Block, Item, List, Rich, Span, Style},
    sandbox::slack::validate::message_blocks,
    slack::rich::{blocks, read},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::page::Page;

/// What people write, with much of what Slack, Markdown and GitHub take for marks.
fn said() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        5 => "[ \\na-f0-9@#:/._*~`\\[\\]()<>!&|$=+-]{0,12}",
        2 => "\\PC{0,6}",
        3 => prop::sample::select(vec![
            "@liaison", "@org/team", "#123", "GH-1", "a/b#1", "49c8811", "<!-- kep-liaison key=1 -->",
            "<!--", "-->", "<b>", "</b>", "https://e.org/", "www.e.org", "a@e.org", ":tada:", "```",
            "\n```\n", "\n- ", "\n1. ", "\n> ", "\n    ", "\n\n", "**", "__", "&lt;", "&#64;", "@",
            "<@U1>", "<!here>", "<https://e.org|x>", "\n---\n", "\n===\n", "|\n|-|-|\n|", "\\", " ",
            "שלום", "e\u{301}", "👍🏽", "\u{200b}", "\u{2060}", "\u{feff}", "\n[a]: b\n", "](", "![",
        ])
        .prop_map(ToOwned::to_owned),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

fn style() -> impl Strategy<Value = Style> {
    let looks = [Style::BOLD, Style::ITALIC, Style::STRIKE, Style::CODE];
    prop::collection::vec(prop::sample::select(looks.to_vec()), 0..3)
        .prop_map(|looks| looks.into_iter().fold(Style::PLAIN, Style::with))
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        6 => (said(), style()).prop_map(|(text, style)| Span::Text(text, style)),
        1 => (said(), style(), prop::sample::select(vec!["https://e.org/", "http://e.org/a_(b)?c=1&d#e"]))
            .prop_map(|(label, style, to)| Span::Link {
                to: Address::parse(to).expect("an address"), label, style,
            }),
        1 => (prop::option::of(said()), style()).prop_map(|(name, style)| Span::Person {
            id: "U1".to_owned(), name, style,
        }),
        1 => (said(), style()).prop_map(|(name, style)| Span::Channel(name, style)),
        1 => Just(Span::Emoji { name: "tada".to_owned(), unicode: Some("🎉".to_owned()) }),
        1 => prop::sample::select(vec!["shipit", "gh-1", "49c8811", "https", "_a_", "日本", "1"])
            .prop_map(|name| Span::Emoji { name: name.to_owned(), unicode: None }),
        1 => Just(Span::Break),
    ]
}

fn rich() -> impl Strategy<Value = Rich> {
    let line = || prop::collection::vec(span(), 0..5);
    let code = (prop::option::of("[a-z`@ ]{0,6}"), said())
        .prop_map(|(language, text)| Block::Code { language, text });
    let leaf = prop_oneof![
        4 => line().prop_map(Block::Paragraph),
        1 => (0..9_u8, line()).prop_map(|(level, spans)| Block::Heading(level, spans)),
        1 => code,
        1 => Just(Block::Rule),
        1 => prop::collection::vec(prop::collection::vec(line(), 0..3), 0..3).prop_map(Block::Table),
    ];
    let block = leaf.prop_recursive(4, 24, 4, |inner| {
        let blocks = prop::collection::vec(inner, 0..4);
        let item = (prop::option::of(any::<bool>()), blocks.clone())
            .prop_map(|(done, blocks)| Item { done, blocks });
        prop_oneof![
            blocks.prop_map(Block::Quote),
            (
                prop::option::of(0..1_200_000_000_u64),
                prop::collection::vec(item, 0..4)
            )
                .prop_map(|(start, items)| Block::List(List { start, items })),
        ]
    });
    prop::collection::vec(block, 0..5).prop_map(Rich::new)
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// What must hold of everything that is written to GitHub.
fn check_comment(rich: &Rich) {
    let markdown = rich.to_markdown();
    let page = Page::of(&markdown);
    assert_eq!(page.accidents(), [""; 0], "{markdown}");
    assert!(!markdown.contains("<!-- kep-liaison"), "{markdown}");
    let again = Rich::from_markdown(&markdown);
    // What imitates the mark in code holds one more joiner.
    let shown = |rich: &Rich| rich.text().replace('\u{2060}', "");
    assert_eq!(shown(&again), shown(rich), "{markdown}");
}

/// What must hold of everything that is written to Slack.
fn check_post(rich: &Rich) {
    let blocks = Value::Array(blocks(rich));
    assert_eq!(message_blocks(&blocks), [], "{blocks}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_reads_the_same_in_a_comment(rich in rich()) {
        check_comment(&rich);
        check_post(&rich);
    }

    #[test]
    fn the_words_of_a_message_stand_in_the_comment(texts in prop::collection::vec((said(), style()), 1..5)) {
        let elements: Vec<_> = texts.iter().map(|(text, style)| {
            let mut element = json!({"type": "text", "text": text});
            if style.has(Style::BOLD) {
                element["style"] = json!({"bold": true});
            }
            element
        }).collect();
        let section = json!({"type": "rich_text_section", "elements": elements});
        let rich = read(&json!({"blocks": [{"type": "rich_text", "elements": [section]}]}));
        let said: String = texts.iter().map(|(text, _)| text.as_str()).collect();
        // The mark of byte order is no word.
        let said = said.replace('\u{feff}', "");
        let markdown = rich.to_markdown();
        let page = Page::of(&markdown);
        prop_assert_eq!(page.words(), words(&said), "{}", markdown);
        check_comment(&rich);
    }

    #[test]
    fn any_markup_is_harmless(text in said()) {
        let rich = read(&json!({"text": text}));
        check_comment(&rich);
        check_post(&rich);
    }

    #[test]
    fn any_comment_can_be_posted(markdown in said()) {
        let rich = Rich::from_markdown(&markdown);
        check_post(&rich);
        check_comment(&rich);
    }

    #[test]
    fn a_beginning_is_as_short_as_asked(rich in rich(), limit in 0..200_usize) {
        let (short, is_cut) = rich.excerpt(limit);
        prop_assert!(short.text().chars().count() <= limit);
        prop_assert_eq!(is_cut, short != rich);
        check_comment(&short);
    }

    #[test]
    fn plain_text_keeps_its_words(text in "[ -~\\n]{0,80}") {
        let rich = Rich::plain(&text);
        let shown = rich.text();
        prop_assert_eq!(words(&shown), words(&text));
        check_comment(&rich);
    }
}
