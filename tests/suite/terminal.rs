//! Runs the program as a person or a script does: in a folder of its own, with no terminal, and
//! without the variables that would change its answer.

use std::{
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use tempfile::TempDir;

/// The variables that colours, widths and settings follow.
const HEEDED: [&str; 9] = [
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "DATABASE_URL",
    "GITHUB_TOKEN",
    "NO_COLOR",
    "RUST_LOG",
    "SLACK_BOT_TOKEN",
    "TERM",
];

/// What one run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The answer of a run that went well and had nothing else to say than what sample it is of.
    pub(crate) fn answer(self) -> String {
        assert_eq!(self.status, 0, "{self:?}");
        assert!(
            self.stderr.is_empty() || self.stderr.starts_with(SAMPLE),
            "{self:?}"
        );
        self.stdout
    }

    /// The complaint of a run that went wrong and answered nothing.
    pub(crate) fn complaint(self, status: i32) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.stdout, "");
        assert_ne!(self.stderr, "");
        self.stderr
    }
}

/// How the note on the sample begins.
pub(crate) const SAMPLE: &str = "This is the built-in sample, as of 6 July 2026.";

/// An empty folder to run the program in; it goes away with the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file with the folders above it.
    pub(crate) fn file(&self, path: &str, text: &str) -> PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("the folder above");
        fs::write(&path, text).expect("a file");
        path
    }

    /// The program here, with nothing said yet.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kep-liaison"));
        command.current_dir(self.path());
        for name in HEEDED {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        ran(self.program().args(words))
    }
}

/// Runs a command to its end.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        status: output.status.code().expect("an exit status"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Runs the program where no settings are, so that it answers from the sample.
pub(crate) fn run(words: &[&str]) -> Ran {
    Folder::new().run(words)
}
