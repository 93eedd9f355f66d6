//! A whole repository as one compressed archive, which lives at another address.

use std::io;

use bytes::Bytes;
use chrono::TimeDelta;
use flate2::{Compression, write::GzEncoder};
use http::{StatusCode, header};

use super::{Answer, Outcome, Refusal, State};
use crate::sandbox::github::{git::Commit, repository::Repository};

impl State {
    /// The redirect to the archive. "For private repositories, these links are temporary and expire
    /// after five minutes."
    /// <https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-tar>
    pub(super) fn tarball(&mut self, id: u64, reference: &str) -> Outcome {
        let repository = self.at(id);
        let reference = if reference.is_empty() {
            repository.default_branch.clone()
        } else {
            reference.to_owned()
        };
        let found = repository
            .git
            .commit(&reference, &repository.default_branch);
        found.ok_or_else(Refusal::not_found)?;
        let is_private = repository.is_private;
        let place = format!("{}/legacy.tar.gz/{reference}", self.full_name(id));
        let mut to = format!("{}/codeload/{place}", self.origin());
        if is_private {
            let pass = format!("A{:028}", self.new_id());
            let expires = self.now() + TimeDelta::minutes(5);
            self.archive_passes.insert(pass.clone(), (id, expires));
            to = format!("{to}?token={pass}");
        }
        let redirect = Answer::bytes(StatusCode::FOUND, "text/html;charset=utf-8", Bytes::new());
        Ok(redirect.with(header::LOCATION, to))
    }

    /// The server's address, without the API's base path.
    pub(in crate::sandbox::github) fn origin(&self) -> String {
        let url = url::Url::parse(&self.base).expect("the model's own address");
        url.origin().ascii_serialization()
    }
}

/// The archive itself: `codeload.github.com` on GitHub, a path of its own here. It knows no limits,
/// and of a private repository gives only to those with a pass.
pub(in crate::sandbox::github) fn codeload(
    state: &mut State,
    path: &str,
    pass: Option<&str>,
) -> Option<Answer> {
    let (owner, rest) = path.trim_start_matches('/').split_once('/')?;
    let (name, reference) = rest.split_once("/legacy.tar.gz/")?;
    let full_name = format!("{owner}/{name}");
    let now = state.now();
    let id = *state
        .repositories
        .keys()
        .find(|id| state.full_name(**id).eq_ignore_ascii_case(&full_name))?;
    if state.at(id).is_private {
        let (of, expires) = state.archive_passes.get(pass?)?;
        (*of == id && now < *expires).then_some(())?;
    }
    let repository = state.at_mut(id);
    let commit = repository
        .git
        .commit(reference, &repository.default_branch)?
        .clone();
    let top = format!("{owner}-{name}-{}", &commit.sha[..7]);
    let archive = match repository.archives.get(&commit.sha) {
        Some(known) => known.clone(),
        None => {
            let archive = pack(repository, &commit, &top).expect("writing to memory succeeds");
            repository
                .archives
                .insert(commit.sha.clone(), archive.clone());
            archive
        }
    };
    let answer = Answer::bytes(StatusCode::OK, "application/x-gzip", archive);
    let disposition = format!("attachment; filename={top}.tar.gz");
    Some(answer.with(header::CONTENT_DISPOSITION, disposition))
}

/// What `git archive` makes: a global header that names the commit, then the files under one
/// folder.
fn pack(repository: &mut Repository, commit: &Commit, top: &str) -> io::Result<Bytes> {
    let entries = repository.git.recursive(&commit.tree);
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let seconds = u64::try_from(commit.at.timestamp()).unwrap_or_default();
    let header = |kind, size: usize, mode| {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(size as u64);
        header.set_mode(mode);
        header.set_mtime(seconds);
        header
    };
    let comment = format!("52 comment={}\n", commit.sha);
    let mut global = header(tar::EntryType::XGlobalHeader, comment.len(), 0o666);
    archive.append_data(&mut global, "pax_global_header", comment.as_bytes())?;
    let mut folder = header(tar::EntryType::Directory, 0, 0o775);
    archive.append_data(&mut folder, format!("{top}/"), io::empty())?;
    for entry in entries.iter() {
        let path = format!("{top}/{}", entry.path);
        if entry.is_tree {
            let mut folder = header(tar::EntryType::Directory, 0, 0o775);
            archive.append_data(&mut folder, format!("{path}/"), io::empty())?;
        } else {
            let content = repository.git.blob(&entry.sha).cloned().unwrap_or_default();
            let mut file = header(tar::EntryType::Regular, content.len(), 0o664);
            archive.append_data(&mut file, path, &content[..])?;
        }
    }
    Ok(archive.into_inner()?.finish()?.into())
}
