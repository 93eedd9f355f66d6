//! `keps/prod-readiness/<sig>/<number>.yaml`: who approved a KEP's production readiness.

use serde::{Deserialize, Serialize};

use super::{
    Oddity, OddityKind,
    people::Person,
    yaml::{Document, Node},
};
use crate::domain::{KepNumber, Login, Stage};

/// What one production readiness file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProdReadiness {
    /// The folder, `sig-node`, which tells two KEPs of one number apart.
    pub sig: Box<str>,
    /// The KEP: the file's name wins over the number inside.
    pub number: KepNumber,
    /// The approver of each stage.
    pub approvers: Vec<(Stage, Login)>,
    /// What could not be taken as it stands.
    pub oddities: Vec<Oddity>,
}

/// Reads one file; `None` when its name is no number (the template's is not).
pub fn read_prod_readiness(path: &str, text: &str) -> Option<ProdReadiness> {
    let (folder, name) = path.strip_suffix(".yaml")?.rsplit_once('/')?;
    let number = KepNumber::from_digits(name)?;
    let document = Document::read(text);
    let mut oddities = Vec::new();
    if let Some(inside) = document.get("kep-number").and_then(Node::text)
        && KepNumber::from_digits(inside.trim()) != Some(number)
    {
        oddities.push(Oddity {
            kind: OddityKind::Number,
            field: "prod-readiness kep-number".into(),
            raw: inside.into(),
            taken_as: Some(name.into()),
        });
    }
    if let Some(why) = &document.broken {
        oddities.push(Oddity {
            kind: OddityKind::Broken,
            field: "prod-readiness file".into(),
            raw: why.as_str().into(),
            taken_as: None,
        });
    }
    let approvers = Stage::ALL
        .into_iter()
        .filter_map(|stage| {
            let approver = document.get(stage.as_str())?.get("approver")?;
            let person = Person::read(approver.text()?, None)?;
            Some((stage, person.logins.into_iter().next()?))
        })
        .collect();
    Some(ProdReadiness {
        sig: folder.rsplit('/').next().unwrap_or_default().into(),
        number,
        approvers,
        oddities,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_name_wins() {
        let file = "kep-number: 1884\nalpha:\n  approver: \"@johnbelamaric\"\nbeta:\n  approver: TBD\nstable:\n";
        let read = read_prod_readiness("keps/prod-readiness/sig-node/2043.yaml", file).unwrap();
        assert_eq!(read.number.get(), 2043);
        assert_eq!(read.approvers.len(), 1);
        assert_eq!(read.oddities[0].raw.as_ref(), "1884");
        assert_eq!(
            read_prod_readiness("keps/prod-readiness/template/nnnn.yaml", file),
            None
        );
    }
}
