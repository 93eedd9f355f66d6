//! What comes out for which settings.

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tracing::subscriber::with_default;

use super::{Format, Logs, Speaker};
use crate::{
    domain::Secret,
    ports::{Dice, request::RequestId},
};

const SILENT: Logs = Logs {
    format: Format::Pretty,
    verbosity: 0,
    speaker: Speaker::Command,
    filter: None,
    colour: false,
};

/// Keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `act` logs.
fn logged(logs: &Logs, act: impl FnOnce()) -> String {
    let kept = Kept::default();
    let out = kept.clone();
    let subscriber = logs.subscriber(move || out.clone()).expect("a filter");
    with_default(subscriber, act);
    let bytes = kept.0.lock().expect("no panic").clone();
    String::from_utf8(bytes).expect("text")
}

/// The levels at which ours and a library's events come out.
fn levels(logs: &Logs) -> [Vec<String>; 2] {
    let text = logged(logs, || {
        tracing::error!(target: "kep_liaison::web", "ours");
        tracing::warn!(target: "kep_liaison::web", "ours");
        tracing::info!(target: "kep_liaison::web", "ours");
        tracing::debug!(target: "kep_liaison::web", "ours");
        tracing::trace!(target: "kep_liaison::web", "ours");
        tracing::error!(target: "sqlx::query", "theirs");
        tracing::warn!(target: "sqlx::query", "theirs");
        tracing::info!(target: "sqlx::query", "theirs");
        tracing::debug!(target: "sqlx::query", "theirs");
        tracing::trace!(target: "sqlx::query", "theirs");
    });
    let of = |who: &str| {
        let lines = text.lines().filter(|line| line.ends_with(who));
        let level = |line: &str| line.split_whitespace().nth(1).map(str::to_lowercase);
        lines.filter_map(level).collect()
    };
    [of("ours"), of("theirs")]
}

#[test]
fn how_much_is_said() {
    let all = ["error", "warn", "info", "debug", "trace"];
    let service = Logs {
        speaker: Speaker::Service,
        ..SILENT
    };
    let verbose = |verbosity| Logs {
        verbosity,
        ..SILENT
    };
    let asked = |filter: &str| Logs {
        filter: Some(filter.to_owned()),
        ..service.clone()
    };
    for (logs, ours, theirs) in [
        (SILENT, 2, 2),
        (service.clone(), 3, 2),
        (verbose(1), 4, 2),
        (verbose(2), 5, 4),
        (verbose(9), 5, 4),
        (asked("error"), 1, 1),
        (asked("sqlx=info"), 0, 3),
        (asked(" "), 3, 2),
        (
            Logs {
                verbosity: 1,
                ..asked("error")
            },
            4,
            2,
        ),
    ] {
        assert_eq!(levels(&logs), [&all[..ours], &all[..theirs]], "{logs:?}");
    }
}

#[test]
fn what_a_job_complains_of_is_left_to_the_report_of_a_command() {
    let complain = || tracing::warn!(target: "kep_liaison::jobs::sync", "a file is broken");
    assert_eq!(logged(&SILENT, complain), "");
    let service = Logs {
        speaker: Speaker::Service,
        ..SILENT
    };
    assert!(logged(&service, complain).contains(" WARN kep_liaison::jobs::sync: a file is broken"));
}

#[test]
fn a_filter_that_is_none_is_told() {
    let logs = Logs {
        filter: Some("kep_liaison=loud".to_owned()),
        ..SILENT
    };
    let error = logs.subscriber(io::sink).err().expect("an error");
    let said = error.to_string();
    assert!(
        said.starts_with("RUST_LOG: read \"kep_liaison=loud\""),
        "{said}"
    );
    assert!(said.contains("want levels such as"), "{said}");
}

struct Fixed;

impl Dice for Fixed {
    fn roll(&self) -> f64 {
        0.5
    }
}

/// An event inside a request, with a secret that somebody forgot to keep out.
fn inside_a_request() {
    let id = RequestId::roll(&Fixed);
    id.span("command", "kubernetes").in_scope(|| {
        let token = Secret::new("hush");
        tracing::warn!(target: "kep_liaison::web", %token, left = 3, level = 9, "said\nERROR \"twice\" xoxb-1");
    });
}

#[test]
fn json_is_one_flat_object_a_line() {
    let logs = Logs {
        format: Format::Json,
        // A terminal's colours do not get in.
        colour: true,
        ..SILENT
    };
    let text = logged(&logs, inside_a_request);
    assert_eq!(text.matches('\n').count(), 1, "{text}");
    assert!(text.starts_with("{\"timestamp\":\"20"), "{text}");
    let mut line: Value = serde_json::from_str(&text).expect("JSON");
    let timestamp = line["timestamp"].take();
    let timestamp = timestamp.as_str().expect("a time");
    assert!(chrono::DateTime::parse_from_rfc3339(timestamp).is_ok());
    let wanted = json!({
        "timestamp": null,
        "level": "WARN",
        "target": "kep_liaison::web",
        "message": "said\nERROR \"twice\" xox[hidden]",
        "request": "g000000000",
        "kind": "command",
        "workspace": "kubernetes",
        "token": "…",
        "left": 3,
        "field_level": 9,
    });
    assert_eq!(line, wanted);
}

#[test]
fn a_line_for_people_says_where_it_belongs() {
    let text = logged(&SILENT, inside_a_request);
    let (_, said) = text.split_once("Z ").expect("a time");
    assert_eq!(
        said,
        " WARN request{id=g000000000 kind=\"command\" workspace=\"kubernetes\"}: kep_liaison::web: \
         said\\nERROR \"twice\" xox[hidden] token=… left=3 level=9\n"
    );
    let coloured = Logs {
        colour: true,
        ..SILENT
    };
    assert!(logged(&coloured, inside_a_request).contains("\u{1b}["));
    assert!(!text.contains('\u{1b}'));
}
