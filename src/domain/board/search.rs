//! Finding KEPs by words: an inverted index, exact words first, then beginnings, then slips.

use std::collections::HashMap;

use super::{Entry, words};
use crate::domain::text::nearest;

/// Word → the entries that have it, with the weight of the place where it stands.
#[derive(Debug, Default)]
pub(super) struct Index {
    vocabulary: Vec<String>,
    postings: Vec<Vec<(u32, u32)>>,
}

/// Where a word stands, and what that is worth.
const TITLE: u32 = 8;
const GATE: u32 = 6;
const FOLDER: u32 = 4;
const SIG: u32 = 1;

impl Index {
    pub(super) fn new(entries: &[Entry]) -> Self {
        let mut at: HashMap<String, usize> = HashMap::new();
        let mut all: Vec<Vec<(u32, u32)>> = Vec::new();
        for (entry, position) in entries.iter().zip(0u32..) {
            let kep = &entry.kep;
            let mut add = |word: String, weight: u32| {
                let slot = *at.entry(word).or_insert_with(|| {
                    all.push(Vec::new());
                    all.len() - 1
                });
                let postings = &mut all[slot];
                match postings.last_mut() {
                    Some((last, best)) if *last == position => *best = weight.max(*best),
                    _ => postings.push((position, weight)),
                }
            };
            words(&kep.title).for_each(|word| add(word, TITLE));
            for gate in &kep.feature_gates {
                add(gate.name.to_lowercase(), GATE);
                parts(&gate.name).for_each(|part| add(part, FOLDER));
            }
            words(kep.path.rsplit('/').next().unwrap_or_default())
                .for_each(|word| add(word, FOLDER));
            add(kep.owning_sig.to_lowercase(), SIG);
        }
        // Sorted, so that beginnings are found by halving.
        let mut order: Vec<(String, usize)> = at.into_iter().collect();
        order.sort_unstable();
        let sorted = order.into_iter().map(|(word, slot)| {
            let postings = std::mem::take(&mut all[slot]);
            (word, postings)
        });
        let (vocabulary, postings) = sorted.unzip();
        Self {
            vocabulary,
            postings,
        }
    }

    /// The entries that have every word, best first, then by position.
    pub(super) fn search(&self, text: &str) -> Vec<usize> {
        self.ranked(text, true)
    }

    /// The entries that have any of the words, those with most first.
    pub(super) fn any(&self, text: &str) -> Vec<usize> {
        self.ranked(text, false)
    }

    fn ranked(&self, text: &str, every: bool) -> Vec<usize> {
        let typed: Vec<String> = words(text).take(16).collect();
        let mut scores: HashMap<u32, (u32, usize)> = HashMap::new();
        for word in &typed {
            for (entry, score) in self.score(word) {
                let (sum, hits) = scores.entry(entry).or_default();
                *sum += score;
                *hits += 1;
            }
        }
        let needed = if every { typed.len() } else { 1 };
        let mut found: Vec<(usize, u32, u32)> = scores
            .into_iter()
            .filter(|(_, (_, hits))| *hits >= needed)
            .map(|(entry, (score, hits))| (hits, score, entry))
            .collect();
        found.sort_unstable_by_key(|&(hits, score, entry)| {
            (std::cmp::Reverse(hits), std::cmp::Reverse(score), entry)
        });
        found
            .into_iter()
            .map(|(_, _, entry)| entry as usize)
            .collect()
    }

    /// What one typed word gives each entry: as typed ×3, as a beginning ×2, as a slip ×1.
    fn score(&self, typed: &str) -> HashMap<u32, u32> {
        let mut scores: HashMap<u32, u32> = HashMap::new();
        let mut add = |slot: usize, times: u32| {
            for &(entry, weight) in &self.postings[slot] {
                let score = scores.entry(entry).or_default();
                *score = (*score).max(weight * times);
            }
        };
        let start = self
            .vocabulary
            .partition_point(|word| word.as_str() < typed);
        for (slot, word) in self.vocabulary.iter().enumerate().skip(start) {
            if !word.starts_with(typed) {
                break;
            }
            add(slot, if word == typed { 3 } else { 2 });
        }
        if scores.is_empty()
            && let Some(near) = nearest(typed, self.vocabulary.iter().map(String::as_str))
            && let Ok(slot) = self
                .vocabulary
                .binary_search_by(|word| word.as_str().cmp(near))
        {
            for &(entry, weight) in &self.postings[slot] {
                scores.insert(entry, weight);
            }
        }
        scores
    }
}

/// `CRIListStreaming` → `cri`, `list`, `streaming`.
fn parts(name: &str) -> impl Iterator<Item = String> {
    let chars: Vec<char> = name.chars().collect();
    let mut parts = Vec::new();
    let mut part = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let begins = c.is_uppercase()
            && at > 0
            && (chars[at - 1].is_lowercase()
                || chars.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if begins && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        part.extend(c.to_lowercase());
    }
    parts.push(part);
    parts.into_iter().filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_gate_has_parts() {
        assert_eq!(
            parts("CRIListStreaming").collect::<Vec<_>>(),
            ["cri", "list", "streaming"]
        );
        assert_eq!(parts("KubeletPSI").collect::<Vec<_>>(), ["kubelet", "psi"]);
        assert_eq!(parts("").count(), 0);
    }
}
