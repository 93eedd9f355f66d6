//! Reads facts from local files, or from the sample data when none are named.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use chrono::{DateTime, Utc};

use super::{Failure, Global};
use crate::{
    app,
    config::Config,
    domain::{
        Settings,
        board::Facts,
        cycle::{Cycles, read_release_page, read_runtime_releases},
        fact::FileFact,
        origin::Origin,
    },
    github::wire::read_issues,
    jobs::facts::facts_of,
    ports::{Store as _, store::Version},
    sample,
    store::Mode,
};

/// No KEP file is near this size; one that is larger is not read into memory.
const LARGEST_FILE: u64 = 4 << 20;

/// The facts, and when they are from.
pub(super) struct Loaded {
    pub(super) facts: Facts,
    pub(super) now: DateTime<Utc>,
    pub(super) origin: Origin,
}

impl Global {
    /// Reads what the options name; without any, the store where there is one, and else the
    /// sample.
    pub(super) fn load(&self, config: &Config, settings: &Settings) -> Result<Loaded, Failure> {
        if !self.names_files() {
            return self.load_stored_or_sample(config, settings);
        }
        let mut facts = Facts::default();
        if let Some(dir) = &self.enhancements_dir {
            let (read, problems) = read_enhancements(dir, FileFact::of_kep_file)?;
            for fact in read {
                facts.add_kep_file(fact);
            }
            facts.problems.extend(problems);
        }
        if let Some(file) = &self.tracking_file {
            let json = read_text(file)?;
            add_issues(&json, &file.display().to_string(), &mut facts)
                .map_err(|why| Failure::Failed(format!("{}: {why}", file.display())))?;
        }
        if let Some(dir) = &self.release_dir {
            let pages = read_pages(dir)?;
            add_releases(
                pages
                    .iter()
                    .map(|(name, text)| (name.as_str(), text.as_str())),
                settings,
                &mut facts,
            );
        }
        Ok(Loaded {
            facts,
            now: self.now.unwrap_or_else(Utc::now),
            origin: Origin::Files,
        })
    }

    fn load_stored_or_sample(
        &self,
        config: &Config,
        settings: &Settings,
    ) -> Result<Loaded, Failure> {
        let url = &config.store.url;
        // A store that is named is what is asked for.
        if self.store.is_some() || app::is_made(url) {
            let stored = super::block_on(async {
                let store = app::store(url, Mode::Read).await?;
                Ok(store.facts(Version::Now).await?)
            })?;
            let synced_at = stored.synced_at;
            if synced_at.is_some() || !stored.files.is_empty() || !stored.issues.is_empty() {
                return Ok(Loaded {
                    facts: facts_of(stored, &config.sources(), settings),
                    now: self.now.unwrap_or_else(Utc::now),
                    origin: Origin::Store(synced_at),
                });
            }
            let nothing = format!("There is nothing in {url} yet; `kep-liaison sync` fetches it.");
            if self.store.is_some() {
                return Err(Failure::Failed(nothing));
            }
            anstream::eprintln!("{nothing} This answer is of the built-in sample.");
        }
        Ok(Loaded {
            facts: sample_facts(settings),
            now: self.now.unwrap_or_else(sample::as_of),
            origin: Origin::Sample,
        })
    }
}

fn sample_facts(settings: &Settings) -> Facts {
    let mut facts = Facts::default();
    for (path, text) in sample::files("keps") {
        facts.add_kep_file(FileFact::of_kep_file(path, text));
    }
    if let Some(json) = sample::file("tracking-issues.json")
        && let Err(why) = add_issues(json, "the sample's tracking issues", &mut facts)
    {
        facts.problems.push(("the sample".into(), why));
    }
    let pages = sample::files("releases");
    let pages = pages
        .iter()
        .map(|(path, text)| (path.rsplit('/').next().unwrap_or(path), *text));
    add_releases(pages, settings, &mut facts);
    facts
}

/// Reads every file of facts of a checkout and gives what `make` makes of each: of its path in the
/// repository and its text. `dir` holds `keps`, or is it. Second, what could not be read.
pub(super) fn read_enhancements<T: Send>(
    dir: &Path,
    make: impl Fn(&str, &str) -> T + Sync,
) -> Result<(Vec<T>, Problems), Failure> {
    let keps = dir.join("keps");
    let keps = if keps.is_dir() { keps } else { dir.to_owned() };
    let mut paths = Vec::new();
    let mut problems = Vec::new();
    let mut open = listing(&keps)?;
    while let Some(path) = open.pop() {
        let kind = path.symlink_metadata().map(|meta| meta.file_type());
        match kind {
            // A link to a folder is not followed: it may lead in a circle.
            Ok(kind) if kind.is_dir() => match listing(&path) {
                Ok(inside) => open.extend(inside),
                Err(failure) => {
                    problems.push((path.display().to_string().into(), failure.to_string()));
                }
            },
            Ok(_) if FileFact::is_kep_file(&in_repository(&path, &keps)) => paths.push(path),
            _ => {}
        }
    }
    paths.sort_unstable();
    if paths.is_empty() {
        return Err(Failure::Failed(format!(
            "{}: no kep.yaml below it; want a checkout of kubernetes/enhancements",
            dir.display()
        )));
    }
    let read = |path: &PathBuf| {
        let place = in_repository(path, &keps);
        match read_text(path) {
            Ok(text) => Ok(make(&place, &text)),
            Err(failure) => Err((place.into(), failure.to_string())),
        }
    };
    let workers = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(8);
    let share = paths.len().div_ceil(workers);
    let mut facts = Vec::with_capacity(paths.len());
    thread::scope(|scope| {
        let running: Vec<_> = paths
            .chunks(share)
            .map(|chunk| scope.spawn(|| chunk.iter().map(read).collect::<Vec<_>>()))
            .collect();
        for worker in running {
            for outcome in worker.join().unwrap_or_default() {
                match outcome {
                    Ok(fact) => facts.push(fact),
                    Err(problem) => problems.push(problem),
                }
            }
        }
    });
    Ok((facts, problems))
}

/// Places, and why what is there could not be read.
pub(super) type Problems = Vec<(Box<str>, String)>;

/// `keps/sig-node/5825-cri-pagination/kep.yaml`
fn in_repository(path: &Path, keps: &Path) -> String {
    let below = path.strip_prefix(keps).unwrap_or(path).to_string_lossy();
    format!("keps/{}", below.replace('\\', "/"))
}

fn add_issues(json: &str, source: &str, facts: &mut Facts) -> Result<(), String> {
    let read = read_issues(json)?;
    let issues = facts.issues.get_or_insert_default();
    issues.extend(read.issues.into_iter().map(Arc::new));
    facts
        .problems
        .extend(read.problems.into_iter().map(|why| (source.into(), why)));
    Ok(())
}

/// `<runtime>-RELEASES.md` tells of a runtime's releases, every other page of a Kubernetes cycle.
fn add_releases<'a>(
    pages: impl Iterator<Item = (&'a str, &'a str)>,
    settings: &Settings,
    facts: &mut Facts,
) {
    let mut cycles = Vec::new();
    let mut runtimes = HashMap::new();
    for (name, text) in pages {
        let runtime = settings
            .runtimes
            .iter()
            .find(|runtime| name == format!("{}-RELEASES.md", runtime.name));
        if let Some(runtime) = runtime {
            let read = read_runtime_releases(text);
            facts.note(name, None, &read.notes);
            runtimes.insert(runtime.name.clone(), read);
        } else if let Some(page) = read_release_page(text) {
            facts.note(name, Some(page.release), &page.notes);
            cycles.push(page);
        } else if name.starts_with("release-") {
            facts.problems.push((
                name.into(),
                "does not say which Kubernetes release it is about".to_owned(),
            ));
        }
    }
    facts.cycles = Cycles::new(cycles);
    facts.runtime_releases = runtimes;
}

/// The Markdown files of a folder: name and text.
pub(super) fn read_pages(dir: &Path) -> Result<Vec<(String, String)>, Failure> {
    let is_page = |path: &PathBuf| path.extension() == Some(OsStr::new("md"));
    let pages = listing(dir)?.into_iter().filter(is_page);
    pages
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.into_owned(), read_text(&path)?))
        })
        .collect()
}

fn listing(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error| {
        Failure::Failed(format!(
            "{}: cannot read the folder: {error}",
            dir.display()
        ))
    };
    let mut paths = fs::read_dir(dir)
        .map_err(cannot)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(cannot)?;
    paths.sort_unstable();
    Ok(paths)
}

pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let cannot = |error| Failure::Failed(format!("{}: cannot read it: {error}", path.display()));
    let size = fs::metadata(path).map_err(cannot)?.len();
    // A file of issues is as large as a repository is old; it is what was asked for.
    if size > LARGEST_FILE && path.extension() != Some(OsStr::new("json")) {
        return Err(Failure::Failed(format!(
            "{}: {size} bytes are too many for such a file",
            path.display()
        )));
    }
    let bytes = fs::read(path).map_err(cannot)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}
