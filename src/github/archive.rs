//! A whole repository by one download, read while it arrives: what is not wanted is never kept.

use std::io::Read;

use bytes::Bytes;
use flate2::read::GzDecoder;
use tokio::sync::mpsc;

use super::{blob_sha, client::Client, exchange::Ask, limits::Urgency};
use crate::ports::{
    ForgeError,
    forge::{FileFilter, FileSink, RepositoryFile},
};

/// No file of facts is near this size.
const LARGEST_FILE: u64 = 1 << 20;
/// kubernetes/enhancements has about 100 MB unpacked; a bomb has more.
const LARGEST_ARCHIVE: u64 = 2 << 30;

/// Downloads a repository and hands over the files that are wanted.
pub(super) async fn files(
    client: &Client,
    ask: &Ask,
    urgency: Urgency,
    wanted: FileFilter,
    sink: FileSink<'_>,
) -> Result<(), ForgeError> {
    let (pieces, arriving) = mpsc::channel(8);
    let (found, mut files) = mpsc::channel(16);
    let unpack =
        tokio::task::spawn_blocking(move || unpack(Pieces::new(arriving), &wanted, &found));
    let download = client.download(ask, urgency, pieces);
    let receive = async {
        while let Some(file) = files.recv().await {
            sink(file);
        }
    };
    let (downloaded, ()) = tokio::join!(download, receive);
    let unpacked = unpack
        .await
        .map_err(|error| ForgeError::Unreadable(error.to_string()))?;
    downloaded?;
    unpacked.map_err(|error| ForgeError::Unreadable(format!("the archive: {error}")))
}

fn unpack(
    pieces: Pieces,
    wanted: &FileFilter,
    found: &mpsc::Sender<RepositoryFile>,
) -> std::io::Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(pieces).take(LARGEST_ARCHIVE));
    for entry in archive.entries()? {
        let entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        // Everything lies in one folder named after the commit.
        let Some((_, path)) = path.split_once('/') else {
            continue;
        };
        let is_file = entry.header().entry_type().is_file();
        if !is_file || entry.size() > LARGEST_FILE || !wanted(path) {
            continue;
        }
        let path = path.into();
        let mut bytes = Vec::new();
        entry.take(LARGEST_FILE).read_to_end(&mut bytes)?;
        let file = RepositoryFile {
            path,
            sha: blob_sha(&bytes).into(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        };
        if found.blocking_send(file).is_err() {
            // Nobody listens any more.
            break;
        }
    }
    Ok(())
}

/// The pieces of a download as something to read from, on a thread that may wait.
struct Pieces {
    arriving: mpsc::Receiver<Bytes>,
    current: Bytes,
}

impl Pieces {
    fn new(arriving: mpsc::Receiver<Bytes>) -> Self {
        Self {
            arriving,
            current: Bytes::new(),
        }
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.current.is_empty() {
            match self.arriving.blocking_recv() {
                Some(piece) => self.current = piece,
                None => return Ok(0),
            }
        }
        let count = self.current.len().min(into.len());
        into[..count].copy_from_slice(&self.current.split_to(count));
        Ok(count)
    }
}
