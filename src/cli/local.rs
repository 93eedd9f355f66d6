//! Local files in the place of what GitHub would give, for a store.

use super::{
    Failure, Global,
    load::{read_enhancements, read_pages, read_text},
};
use crate::{
    domain::{Settings, fact::FileFact},
    github::{blob_sha, wire::read_issues},
    jobs::{facts::Sources, sync::Local},
};

impl Global {
    /// Reads what the options name.
    pub(super) fn local_files(
        &self,
        sources: &Sources,
        settings: &Settings,
    ) -> Result<Local, Failure> {
        let mut local = Local::default();
        if let Some(dir) = &self.enhancements_dir {
            let make = |path: &str, text: &str| {
                let sha = blob_sha(text.as_bytes());
                Local::file(
                    &sources.enhancements,
                    path,
                    &sha,
                    &FileFact::of_kep_file(path, text),
                )
            };
            let (files, problems) = read_enhancements(dir, make)?;
            local.files.push((sources.enhancements.clone(), files));
            local.problems.extend(problems);
        }
        if let Some(dir) = &self.release_dir {
            pages(dir, sources, settings, &mut local)?;
        }
        if let Some(file) = &self.tracking_file {
            let place = file.display();
            let read = read_issues(&read_text(file)?)
                .map_err(|why| Failure::Failed(format!("{place}: {why}")))?;
            let problems = read.problems.into_iter();
            local
                .problems
                .extend(problems.map(|why| (place.to_string().into(), why)));
            local.issues = Some(read.issues);
        }
        Ok(local)
    }
}

/// Pages about releases, by the names that `--release-dir` takes.
fn pages(
    dir: &std::path::Path,
    sources: &Sources,
    settings: &Settings,
    local: &mut Local,
) -> Result<(), Failure> {
    let mut cycles = Vec::new();
    for (name, text) in read_pages(dir)? {
        let of = |runtime: &crate::domain::Runtime| name == format!("{}-RELEASES.md", runtime.name);
        let runtime = settings.runtimes.iter().position(of);
        let sha = blob_sha(text.as_bytes());
        let fact = FileFact::Releases(text);
        if let Some(at) = runtime {
            let repository = &sources.runtimes[at];
            let file = Local::file(repository, "RELEASES.md", &sha, &fact);
            local.files.push((repository.clone(), vec![file]));
        } else if let Some(release) = name.strip_suffix(".md") {
            let path = format!("releases/{release}/README.md");
            cycles.push(Local::file(&sources.releases, &path, &sha, &fact));
        }
    }
    local.files.push((sources.releases.clone(), cycles));
    Ok(())
}
