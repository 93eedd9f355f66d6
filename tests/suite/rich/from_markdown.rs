//! What is read from GitHub.

use std::time::{Duration, Instant};

use kep_liaison::domain::rich::Rich;

#[track_caller]
fn reads(markdown: &str, expected: &str) {
    let text = Rich::from_markdown(markdown).text();
    assert_eq!(text, expected, "{markdown}");
}

#[test]
fn a_comment_reads_as_on_the_page() {
    reads("a\nb\n\nc", "a\nb\nc");
    reads(
        "# Title\n**bold** _it_ ~~no~~ `code`",
        "Title\nbold it no code",
    );
    reads(
        "- a\n  - b\n    1. c\n- [x] d\n- [ ] e",
        "• a\n  • b\n    1. c\n• ☑ d\n• ☐ e",
    );
    reads("3. a\n4. b", "3. a\n4. b");
    reads("> said\n> > before\n\nnew", "> said\n> > before\nnew");
    reads("> [!NOTE]\n> mind", "> Note\n> mind");
    reads("```go\nx := 1\n\n  y\n```", "x := 1\n\n  y");
    reads("| a | b |\n|---|---|\n| c | d |", "a | b\nc | d");
    reads("a[^1]\n\n[^1]: why", "a[1]\n[1] why");
    reads("a\n\n---\n\nb", "a\nb");
    reads(
        "cc @liaison, #12 &amp; x &lt; y",
        "cc @liaison, #12 & x < y",
    );
}

#[test]
fn links_pictures_and_addresses() {
    let read = |markdown: &str| Rich::from_markdown(markdown).to_markdown();
    assert_eq!(read("[a **b**](https://e.org)"), "[a b](https://e.org)");
    assert_eq!(
        read("![alt](https://e.org/i.png)"),
        "[alt](https://e.org/i.png)"
    );
    assert_eq!(
        read("![](https://e.org/i.png)"),
        "[image](https://e.org/i.png)"
    );
    assert_eq!(
        read("[![ci](https://e.org/i.png)](https://e.org/ci)"),
        "[ci](https://e.org/ci)"
    );
    assert_eq!(read("[a](./b) [c](javascript:x)"), "a c");
    assert_eq!(
        read("see https://e.org/a_b_c, or"),
        "see <https://e.org/a_b_c>, or"
    );
    assert_eq!(read("(https://e.org/(x))"), "(<https://e.org/(x)>)");
    assert_eq!(read("www.e.org."), "[www<!-- -->.e.org](http://www.e.org).");
    assert_eq!(read("<https://e.org/>"), "<https://e.org/>");
    assert_eq!(read("<a@e.org>"), "[a@<!-- -->e.org](mailto:a@e.org)");
    assert_eq!(read("`https://e.org`"), "`https://e.org`");
    assert_eq!(read("ship it :tada:"), "ship it :tada:");
    assert_eq!(
        read("std::vec::Vec at 10:30:45"),
        "std::<!-- -->vec::Vec at 10:30:45"
    );
}

#[test]
fn html_leaves_its_text() {
    reads("a <!-- hidden --> b", "a  b");
    reads("a\n\n<!-- kep-liaison key=1 -->", "a");
    reads("<!-- never\n\nends", "");
    reads("a<br>b<br/>c", "a\nb\nc");
    reads("<b>bold</b> <kbd>x</kbd>", "bold x");
    reads(
        "<details>\n<summary>Log</summary>\n\n```\nline\n```\n\n</details>\n\nend",
        "Log\nline\nend",
    );
    reads(
        "<img src=\"https://e.org/i.png\" alt=\"a > &quot;b&quot;\" width=1>",
        "a > \"b\"",
    );
    reads("<script>\nalert(1)\n</script>\n\nb", "b");
    reads("<div>a < b & c</div>", "a < b & c");
    reads("x < y > z", "x < y > z");
}

#[test]
fn hostile_nesting_is_quick_and_shallow() {
    let many = |part: &str| part.repeat(65_536 / part.len());
    let mut texts: Vec<String> = [
        ">",
        "> ",
        "- ",
        "1. ",
        "[",
        "![",
        "[a](",
        "(",
        "*",
        "**a ",
        "_a",
        "`",
        "~",
        "<",
        "<a ",
        "<!--",
        "<a \"",
        "&",
        "&#",
        "|",
        "\n>",
        "@a",
        "#1 ",
        "a@",
        ":",
        ":a",
        "www.",
        "http://",
        "https://a)",
        "<b>",
        "</",
        "\\",
        "-\n",
        "[^a]",
        "[a]: b\n",
        "# ",
        "\t",
        "*a_",
        "[x](y",
    ]
    .into_iter()
    .map(many)
    .collect();
    let lines = (0..360).map(|depth| format!("{}x\n", "> ".repeat(depth % 180)));
    texts.push(lines.collect());
    let lines = (0..250).map(|depth| format!("{}- x\n", " ".repeat(depth * 2)));
    texts.push(lines.collect());
    texts.push(format!("<div>\n{}", many("<a \"")));
    texts.push(format!("<div>\n{}", many("<script>")));
    texts.push(format!("|a|\n|-|\n{}", many("|`a\n")));
    for text in texts {
        let start = Instant::now();
        let rich = Rich::from_markdown(&text);
        let markdown = rich.to_markdown();
        let _ = (rich.text(), rich.excerpt(500), Rich::plain(&text));
        let took = start.elapsed();
        let begin: String = text.chars().take(12).collect();
        assert!(took < Duration::from_secs(5), "{begin:?}: {took:?}");
        assert!(
            markdown.len() <= 40 * text.len() + 100,
            "{begin:?}: {}",
            markdown.len()
        );
    }
}
