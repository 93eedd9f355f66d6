//! Findings about a KEP's own files.

use super::{Finding, FindingCode, Severity};
use crate::domain::{
    Reading,
    board::Entry,
    kep::{Kep, Oddity, OddityKind},
};

pub(super) fn inspect(entry: &Entry, found: &mut Vec<Finding>) {
    let kep = &entry.kep;
    found.extend(kep.oddities.iter().map(|oddity| of_oddity(kep, oddity)));
    found.extend(milestone_contradiction(kep));
}

fn finding(code: FindingCode, severity: Severity, evidence: String, mend: String) -> Finding {
    Finding {
        code,
        severity,
        runtime: None,
        issue: None,
        evidence,
        mend,
    }
}

fn of_oddity(kep: &Kep, oddity: &Oddity) -> Finding {
    let Oddity {
        kind,
        field,
        raw,
        taken_as,
    } = oddity;
    let file = if field.starts_with("prod-readiness") {
        "the prod-readiness file"
    } else {
        "kep.yaml"
    };
    match kind {
        OddityKind::Number => finding(
            FindingCode::KepNumberContradiction,
            Severity::Warning,
            format!(
                "{file} says number \"{raw}\", but lies under {}",
                kep.number
            ),
            format!("KEP owner: set kep-number to {} in {file}", kep.number),
        ),
        OddityKind::Broken => finding(
            FindingCode::KepUnreadableValue,
            Severity::Error,
            format!("{file} cannot be read to its end: {raw}"),
            format!("KEP owner: repair the YAML of {file} below {}", kep.path),
        ),
        OddityKind::Value => {
            let severity = match &**field {
                "status" | "stage" => Severity::Warning,
                _ => Severity::Advice,
            };
            let taken = match taken_as {
                Some(taken) => format!("taken as \"{taken}\""),
                None => "not understood".to_owned(),
            };
            finding(
                FindingCode::KepUnreadableValue,
                severity,
                format!("{file} has {field}: \"{raw}\", {taken}"),
                format!("KEP owner: for {} in {file}, {}", field, wanted(field)),
            )
        }
    }
}

/// What may stand in a field.
fn wanted(field: &str) -> &'static str {
    match field {
        "status" => {
            "use provisional, implementable, implemented, deferred, rejected, withdrawn or replaced"
        }
        "stage" => "use alpha, beta, stable, deprecated, disabled or removed",
        "kep-number" => "use the number of the folder",
        "creation-date" | "last-updated" => "use a date such as 2026-01-31",
        "disable-supported" => "use true or false",
        _ => "use one release, such as \"v1.38\"",
    }
}

/// `latest-milestone` should be the release of the current stage. Saying none (`0.0`) where the
/// stage has a release, and a release where the stage has no entry, contradict each other too;
/// what is still open on the stage's side (`TBD`) contradicts nothing.
fn milestone_contradiction(kep: &Kep) -> Option<Finding> {
    let stage = kep.stage.get()?;
    let latest = &kep.latest_milestone;
    let of_stage = kep
        .milestones
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(stage.as_str()))
        .map(|(_, release)| release);
    let said = match latest.get() {
        Some(release) => release.to_string(),
        None if latest.reading == Reading::Placeholder => format!("\"{}\"", latest.raw()),
        None => return None,
    };
    let evidence = match of_stage.map(|field| (field.get(), field.reading)) {
        Some((Some(release), _)) if latest.get() != Some(release) => {
            format!(
                "kep.yaml says latest-milestone {said}, and {release} for its current stage {stage}"
            )
        }
        None | Some((None, Reading::Absent))
            if latest.get().is_some() && !kep.milestones.is_empty() =>
        {
            format!(
                "kep.yaml says latest-milestone {said}, and no release for its current stage {stage}"
            )
        }
        _ => return None,
    };
    Some(finding(
        FindingCode::KepMilestoneContradiction,
        Severity::Advice,
        evidence,
        format!("KEP owner: make latest-milestone and milestone.{stage} agree in kep.yaml"),
    ))
}
