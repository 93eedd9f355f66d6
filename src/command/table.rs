//! The commands: one table that parsing, help, the manifest and the nearest word are made from. A
//! command that is not in it cannot be asked for, and one that is cannot go undocumented.

use super::query::Query;
use crate::domain::{
    answer::{Help, HelpLine},
    text::nearest,
};

/// What the table says of a command.
struct Row {
    /// What is typed, with an example's values.
    form: &'static str,
    /// What it answers, in a few words.
    does: &'static str,
    /// More ways to ask, and what they answer.
    more: &'static [(&'static str, &'static str)],
    /// What else is good to know.
    notes: &'static [&'static str],
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $word:literal { $form:literal => $does:literal;
       $($more:literal => $answers:literal;)* notes: $notes:expr })*) => {
        /// The commands that there are, those with the shortest question first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Name {
            $($(#[$doc])* $name,)*
        }

        impl Name {
            /// Every command.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word that is typed.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        form: $form,
                        does: $does,
                        more: &[$(($more, $answers),)*],
                        notes: $notes,
                    },)*
                }
            }
        }
    };
}

commands! {
    /// One KEP, or the current cycle.
    Status = "status" {
        "5825" => "one KEP: stage, runtime release, people, what to do";
        "status" => "the current cycle at a glance";
        "status mine" => "your KEPs";
        "status user namespaces" => "KEPs with these words";
        notes: &["The number may be written 5825, KEP-5825, #5825, or as a link to the KEP, its issue or its tracking issue. The word status may be left out."]
    }
    /// Who has a part in a KEP.
    Who = "who" {
        "who 5825" => "its owners, shepherds, liaison, reviewers, approvers";
        "who user namespaces" => "the same, by words of its title";
        notes: &["Where nobody shepherds it, it says whom to ask."]
    }
    /// What ships where.
    Release = "release" {
        "release" => "what ships where, and the freezes ahead";
        "release 1.38" => "the KEPs of a Kubernetes release";
        "release 2.4" => "the KEPs of a runtime's release";
        "release containerd 2.4" => "the same, where two have such a number";
        notes: &["A runtime's release is known from the tracking issue's milestone, else from a pull request's; else it is a guess, and said to be one."]
    }
    /// Several KEPs.
    List = "list" {
        "list stage:beta" => "KEPs that pass filters";
        "list swap" => "KEPs with a word";
        "list shepherd:me" => "KEPs that you shepherd";
        "list shepherd:none" => "tracked KEPs that nobody shepherds";
        "list sig:node release:1.38 stage:alpha,beta" => "all filters together; commas mean either";
        "list finding:no-milestone" => "KEPs where something is missing";
        notes: &[]
    }
    /// This.
    Help = "help" {
        "help list" => "more on one command";
        notes: &[]
    }
}

impl Name {
    /// The command of a word, as it stands.
    pub fn parse(word: &str) -> Option<Self> {
        let word = match word {
            "?" | "-h" | "--help" => "help",
            "releases" => "release",
            word => word,
        };
        Self::ALL
            .iter()
            .copied()
            .find(|name| name.word().eq_ignore_ascii_case(word))
    }

    /// The command that a word was most likely meant to be.
    pub fn nearest(word: &str) -> Option<Self> {
        let near = nearest(word, Self::ALL.iter().map(|name| name.word()))?;
        // Two slips are many for a word of three letters.
        nearest(near, [word]).and_then(|_| Self::parse(near))
    }

    /// A way to ask for it, whole: `status 5825`.
    pub fn example(self) -> &'static str {
        match self {
            Self::Status => "status 5825",
            name => name.row().form,
        }
    }
}

/// What can be asked; with a command, that one in full.
pub fn help(name: Option<Name>) -> Help {
    let line = |(form, does): (&str, &str)| HelpLine {
        type_this: form.to_owned(),
        does: does.to_owned(),
    };
    let Some(name) = name else {
        let rows = Name::ALL.iter().map(|name| name.row());
        return Help {
            title: "Ask about KEPs".to_owned(),
            lines: rows.map(|row| line((row.form, row.does))).collect(),
            notes: vec!["Only you see an answer, unless you add the word here.".to_owned()],
        };
    };
    let row = name.row();
    let mut notes: Vec<String> = row.notes.iter().map(ToString::to_string).collect();
    if name == Name::List {
        let filters = Query::filters().map(|(key, value)| format!("{key}:{value}"));
        notes.push(format!(
            "Filters: {}",
            filters.collect::<Vec<_>>().join("  ")
        ));
        notes.push("A person is a GitHub login, an @mention, or me. Several values stand with commas between.".to_owned());
    }
    Help {
        title: format!("/kep {}", name.word()),
        lines: std::iter::once((row.form, row.does))
            .chain(row.more.iter().copied())
            .map(line)
            .collect(),
        notes,
    }
}

/// What Slack shows beside `/kep` while one types.
pub fn usage_hint() -> String {
    let forms = Name::ALL.iter().map(|name| name.row().form);
    forms.collect::<Vec<_>>().join(" | ")
}
