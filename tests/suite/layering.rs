//! Who may import whom. Reads every file under `src/`, collects the paths it names (in `use` lines,
//! groups and all, and inline), and reports those that breach the rule in [`LAYERS`].
//!
//! It reads words, not types: a path is followed through the file's own imports and aliases, and no
//! further. Test modules inside `src/` keep to the rule like any other code.

mod breaches;
mod paths;

use std::{
    fs,
    path::{Path, PathBuf},
};

use paths::mentions_in;

/// What one top-level module may name.
struct Layer {
    name: &'static str,
    /// Other top-level modules of this crate.
    may_import: &'static [&'static str],
    /// Crates, items or methods from outside that it must not name.
    never: &'static [&'static str],
    environment: Environment,
}

/// How much of `std::env` a layer may name.
enum Environment {
    Nothing,
    Arguments,
    Everything,
}

impl Layer {
    const fn new(name: &'static str, may_import: &'static [&'static str]) -> Self {
        Self {
            name,
            may_import,
            never: &[],
            environment: Environment::Nothing,
        }
    }

    const fn never(self, never: &'static [&'static str]) -> Self {
        Self { never, ..self }
    }

    const fn reads(self, environment: Environment) -> Self {
        Self {
            environment,
            ..self
        }
    }
}

/// Stands for every layer in [`LAYERS`].
const ALL: &[&str] = &["*"];

/// The clients behind the ports, none of whose types a use case may hold.
const CLIENTS: &[&str] = &["octocrab", "slack_morphism", "sqlx", "hyper"];

/// What would make the domain asynchronous, impure or dependent on when it runs.
const IMPURE: &[&str] = &[
    "tokio",
    "hyper",
    "axum",
    "octocrab",
    "slack_morphism",
    "sqlx",
    "reqwest",
    "std::fs",
    "std::net",
    "std::time::SystemTime",
    "std::time::Instant",
    "chrono::Utc::now",
    "chrono::Local::now",
];

/// The rule. `lib` and `main` are the crate roots: the list of modules, and the call to `cli`.
const LAYERS: &[Layer] = &[
    Layer::new("domain", &[]).never(IMPURE),
    Layer::new("command", &["domain"]),
    Layer::new("ports", &["domain"]),
    Layer::new("config", &["domain"]).reads(Environment::Everything),
    Layer::new("sample", &["domain"]),
    Layer::new("chart", &["domain"]),
    Layer::new("telemetry", &["domain", "ports"]),
    Layer::new("handlers", &["domain", "command", "ports"]).never(CLIENTS),
    Layer::new("jobs", &["domain", "command", "ports"]).never(CLIENTS),
    Layer::new("slack", &["domain", "ports"]),
    Layer::new("github", &["domain", "ports"]),
    Layer::new("store", &["domain", "ports"]),
    Layer::new("web", &["domain", "ports", "command", "slack", "github"]),
    Layer::new("sandbox", ALL),
    Layer::new("app", ALL),
    Layer::new("cli", ALL).reads(Environment::Arguments),
    Layer::new("lib", ALL),
    Layer::new("main", &["cli"]).reads(Environment::Arguments),
];

fn layer(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

/// A module below the roots, which is what `crate::…` can name.
fn module_layer(name: &str) -> Option<&'static Layer> {
    layer(name).filter(|layer| !["lib", "main"].contains(&layer.name))
}

#[test]
fn sources_keep_to_the_layers() {
    let source_root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect_rust_files(&source_root, &mut files);
    assert!(
        !files.is_empty(),
        "no Rust file under {}",
        source_root.display()
    );
    files.sort();

    let mut breaches = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file is readable");
        let inside = file
            .strip_prefix(&source_root)
            .expect("the walk began there");
        breaches.extend(breaches_in(
            &inside.to_string_lossy().replace('\\', "/"),
            &text,
        ));
    }
    assert!(
        breaches.is_empty(),
        "the layering rule is broken:\n{}",
        breaches.join("\n")
    );
}

fn collect_rust_files(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a source directory is readable") {
        let path = entry.expect("a directory entry is readable").path();
        if path.is_dir() {
            collect_rust_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The breaches in one file, `file` being its path below `src/`, each as `src/file:line: what`.
fn breaches_in(file: &str, text: &str) -> Vec<String> {
    let module = module_of(file);
    let (name, layer) = match module.get(1) {
        Some(name) => (name.as_str(), module_layer(name)),
        None => (
            file.trim_end_matches(".rs"),
            layer(file.trim_end_matches(".rs")),
        ),
    };
    let Some(layer) = layer else {
        return vec![format!(
            "src/{file}:1: `{name}` is no layer: give it a place in the rule"
        )];
    };
    let mut breaches: Vec<String> = mentions_in(text, &module)
        .iter()
        .filter_map(|mention| {
            let what = breach(layer, &mention.path)?;
            Some(format!(
                "src/{file}:{}: `{}`: {what}",
                mention.line,
                mention.path.join("::")
            ))
        })
        .collect();
    breaches.dedup();
    breaches
}

/// The module path of a file: `domain/kep.rs` is `crate::domain::kep`.
fn module_of(file: &str) -> Vec<String> {
    let mut module: Vec<_> = ["crate"]
        .into_iter()
        .chain(file.trim_end_matches(".rs").split('/'))
        .collect();
    module.pop_if(|last| ["mod", "lib", "main"].contains(last));
    module.into_iter().map(str::to_owned).collect()
}

/// What is wrong with `path` in `layer`, if anything.
fn breach(layer: &Layer, path: &[String]) -> Option<String> {
    let name = layer.name;
    match path[0].as_str() {
        "crate" | "kep_liaison" => breach_inside(layer, path.get(1)?),
        _ => {
            if let Some(never) = layer.never.iter().find(|never| names(path, never)) {
                return Some(format!("`{name}` must not name `{never}`"));
            }
            breach_of_environment(layer, path)
        }
    }
}

fn breach_inside(layer: &Layer, target: &str) -> Option<String> {
    let name = layer.name;
    if target == "*" {
        return Some("name the module, not the whole crate".to_owned());
    }
    if module_layer(target).is_none() {
        return Some(format!(
            "`{target}` is no layer: give it a place in the rule"
        ));
    }
    if target == name || layer.may_import == ALL || layer.may_import.contains(&target) {
        return None;
    }
    Some(match layer.may_import {
        [] => format!("`{name}` must import nothing of this crate"),
        others => format!("`{name}` may import only {}", others.join(", ")),
    })
}

fn breach_of_environment(layer: &Layer, path: &[String]) -> Option<String> {
    if !names(path, "std::env") {
        return None;
    }
    let harmless = match path.get(2).map(String::as_str) {
        None => path.len() == 2 && path[1] == "env",
        Some(item) => ["args", "args_os", "Args", "ArgsOs"].contains(&item),
    };
    match layer.environment {
        Environment::Everything => None,
        Environment::Arguments if harmless => None,
        Environment::Arguments => Some(format!("`{}` may read only the arguments", layer.name)),
        Environment::Nothing => Some("only `config` reads the environment".to_owned()),
    }
}

/// Whether `path` names `item` or something in it, or takes it in by a glob. A crate's name covers
/// its family too (`hyper` and `hyper_util`), and a clock is known by its last two words, however
/// it was imported.
fn names(path: &[String], item: &str) -> bool {
    let item: Vec<&str> = item.split("::").collect();
    let is_family = path[0]
        .strip_prefix(item[0])
        .is_some_and(|rest| rest.starts_with('_'));
    if item.len() == 1 && is_family {
        return true;
    }
    if let [_, clock, "now"] = item[..] {
        return path
            .windows(2)
            .any(|words| words[0] == clock && words[1] == "now");
    }
    let in_step = path
        .iter()
        .zip(&item)
        .take_while(|(word, wanted)| word == wanted)
        .count();
    in_step == item.len() || (in_step > 0 && path[in_step..] == ["*"])
}
