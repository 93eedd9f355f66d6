//! Sample data of the project's own, built into the binary, so that it answers with nothing at hand.

use chrono::{DateTime, TimeZone, Utc};
use include_dir::{Dir, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample");

/// The moment of which the sample tells: 6 July 2026, between two freezes of Kubernetes 1.37.
pub fn as_of() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 7, 6, 9, 0, 0)
        .single()
        .unwrap_or_default()
}

/// Every file below a folder, with its path within the sample.
pub fn files(folder: &str) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    let mut open: Vec<&Dir<'static>> = FILES.get_dir(folder).into_iter().collect();
    while let Some(dir) = open.pop() {
        open.extend(dir.dirs());
        let files = dir.files();
        found.extend(files.filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?))));
    }
    found.sort_unstable();
    found
}

/// One file.
pub fn file(path: &str) -> Option<&'static str> {
    FILES.get_file(path)?.contents_utf8()
}
