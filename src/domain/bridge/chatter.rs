//! Comments that are no news by themselves: commands to bots, and courtesies.

use super::channel::MARK;

/// What people write where a reaction would have done.
const COURTESIES: [&str; 26] = [
    "+1", "a", "ack", "again", "all", "cc", "cool", "done", "everyone", "for", "great", "it",
    "lgtm", "lot", "nice", "ok", "okay", "ptal", "rebased", "sgtm", "sounds", "thank", "thanks",
    "that", "updated", "you",
];

/// Whether a comment holds nothing but commands, such as `/retest`, quotes and courtesies.
///
/// Commands are those of Prow, a line each: <https://prow.k8s.io/command-help>
pub fn is_chatter(markdown: &str) -> bool {
    let lines = markdown.lines().map(str::trim);
    let mut own = lines.filter(|line| !line.starts_with('>') && !is_command(line));
    own.all(|line| {
        let mut words = line.split(|c: char| c.is_whitespace() || ".,;:!-*_~".contains(c));
        words.all(|word| {
            let says_nothing = !word.contains(|c: char| c.is_alphanumeric() || "?#@/".contains(c));
            says_nothing || COURTESIES.contains(&&*word.to_lowercase())
        })
    })
}

fn is_command(line: &str) -> bool {
    let command = line.strip_prefix('/');
    command.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_alphabetic()))
        && !line.starts_with(MARK)
}

#[cfg(test)]
mod tests {
    use super::is_chatter;

    #[test]
    fn commands_and_courtesies_are_chatter() {
        for said in [
            "",
            "/assign @samuelkarp",
            "/retest\n/cc @samuelkarp",
            "LGTM, thanks!",
            "> beta then?\n\n+1",
            "Thank you all! 🎉",
            "👍",
            "**Done.**",
        ] {
            assert!(is_chatter(said), "{said}");
        }
    }

    #[test]
    fn whatever_says_something_is_none() {
        for said in [
            "Blocked.",
            "Alpha merged",
            "LGTM for 1.38",
            "/retest\nThe flake is ours.",
            "/sig-node /cc",
            "ok?",
            "thanks @author",
            "Done: #5",
            "/ is full",
            "Спасибо",
        ] {
            assert!(!is_chatter(said), "{said}");
        }
    }
}
