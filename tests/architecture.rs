//! Who may use whom, and whose code we ship: held against what cargo resolves.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Of each crate of ours, the crates of ours that it may use, directly or not: ARCHITECTURE.md draws it.
const MAY_USE: [(&str, &[&str]); 14] = [
    // It shares no code with what it checks.
    ("chaos", &[]),
    ("measure", &["events", "journal", "migrations", "postgres-errors"]),
    ("events", &[]),
    ("rules", &["events"]),
    ("postgres-errors", &[]),
    ("journal", &["events", "postgres-errors"]),
    ("vault", &["events", "postgres-errors"]),
    ("web", &["events"]),
    ("migrations", &[]),
    ("commands", &["events", "journal", "postgres-errors", "rules"]),
    ("projections", &["events", "journal", "postgres-errors", "rules"]),
    ("write-api", &["commands", "events", "journal", "postgres-errors", "rules", "vault", "web"]),
    ("read-api", &["events", "journal", "postgres-errors", "projections", "rules", "vault", "web"]),
    (
        "intraparis",
        &[
            "commands",
            "events",
            "journal",
            "migrations",
            "postgres-errors",
            "projections",
            "read-api",
            "rules",
            "vault",
            "web",
            "write-api",
        ],
    ),
];

/// Licences that the City may ship code under, together with its own.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "EUPL-1.2",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).exec().unwrap()
}

fn ours(metadata: &Metadata) -> BTreeMap<String, &Package> {
    metadata.workspace_packages().into_iter().map(|package| (package.name.to_string(), package)).collect()
}

/// What a package needs to run: dependencies for tests and builds do not count.
fn direct(package: &Package, known: &BTreeMap<String, &Package>) -> BTreeSet<String> {
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.clone()).filter(|name| known.contains_key(name)).collect()
}

fn reachable(of: &str, known: &BTreeMap<String, &Package>, seen: &mut BTreeSet<String>) {
    for name in direct(known[of], known) {
        if seen.insert(name.clone()) {
            reachable(&name, known, seen);
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    let metadata = metadata();
    let known = ours(&metadata);
    let table: BTreeMap<_, BTreeSet<_>> =
        MAY_USE.iter().map(|(name, may)| (*name, may.iter().map(ToString::to_string).collect())).collect();
    for name in known.keys().filter(|name| *name != "test-support") {
        let mut used = BTreeSet::new();
        reachable(name, &known, &mut used);
        let may = table.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not in the table"));
        let more: Vec<_> = used.difference(may).collect();
        assert!(more.is_empty(), "{name} uses {more:?}");
    }
}

#[test]
fn the_read_side_cannot_reach_commands_nor_the_write_side_read_models() {
    let metadata = metadata();
    let known = ours(&metadata);
    for (side, never) in [("read-api", "commands"), ("write-api", "projections"), ("commands", "projections")] {
        let mut used = BTreeSet::new();
        reachable(side, &known, &mut used);
        assert!(!used.contains(never), "{side} reaches {never}");
    }
}

#[test]
fn every_dependency_is_from_the_registry_and_under_a_licence_that_we_may_ship() {
    for package in metadata().packages {
        match &package.source {
            Some(source) => assert!(source.is_crates_io(), "{} is from {source}", package.name),
            None => assert!(package.manifest_path.starts_with(env!("CARGO_MANIFEST_DIR")), "{}", package.name),
        }
        let licence = package.license.clone().unwrap_or_default();
        // Of alternatives, one that we may ship is enough; of what holds together, each must be.
        let shippable = licence.replace('/', " OR ").split(" OR ").any(|choice| {
            let choice = choice.replace(['(', ')'], "");
            choice.split(" AND ").all(|part| LICENCES.contains(&part.trim()))
        });
        assert!(shippable, "{} is under {licence:?}", package.name);
    }
}

#[test]
fn no_two_versions_of_what_keeps_secrets() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in metadata().packages {
        versions.entry(package.name.to_string()).or_default().insert(package.version.to_string());
    }
    for name in ["argon2", "chacha20poly1305", "rustls", "sqlx"] {
        assert!(versions.get(name).is_none_or(|found| found.len() == 1), "{name}: {:?}", versions[name]);
    }
}

#[test]
fn every_problem_has_its_page_and_every_page_its_problem() {
    let kinds = [web::KINDS, write_api::KINDS, read_api::KINDS].concat();
    let slugs: BTreeSet<&str> = kinds.iter().map(|kind| kind.slug).collect();
    assert_eq!(slugs.len(), kinds.len(), "two kinds share a slug");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = BTreeSet::new();
    for folder in ["web", "write-api", "read-api"].map(|name| root.join(name).join("problems")) {
        for page in fs::read_dir(folder).into_iter().flatten().flatten() {
            pages.insert(page.path().file_stem().unwrap().to_string_lossy().into_owned());
        }
    }
    assert_eq!(slugs.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), pages);
}

/// Where the types are that a document of ours describes, by the name that it gives them.
fn described(folder: &Path, found: &mut BTreeMap<String, Vec<PathBuf>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            described(&path, found);
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let mut lines = source.lines();
        while lines.by_ref().any(|line| line.starts_with("#[derive(") && line.contains("ToSchema")) {
            let name =
                lines.find_map(|line| line.split_once("struct ").or_else(|| line.split_once("enum "))).unwrap().1;
            let name = name.split(|end: char| !end.is_alphanumeric()).next().unwrap();
            found.entry(name.to_owned()).or_default().push(path.clone());
        }
    }
}

/// Within one side, the shape that is named last would silently take the place of the first.
#[test]
fn no_two_types_that_the_document_describes_share_a_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    ["web", "write-api", "read-api"].iter().for_each(|name| described(&root.join(name).join("src"), &mut found));
    assert!(found.len() > 100);
    let shared: Vec<_> = found.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(shared.is_empty(), "{shared:#?}");
}

#[test]
fn the_script_knows_every_benchmark_by_its_name() {
    let names = include_str!("../intraparis").lines().find_map(|line| line.strip_prefix("bench_names='"));
    let names: Vec<String> = names.unwrap().trim_end_matches('\'').split(' ').map(str::to_owned).collect();
    let benches = include_str!("measure/src/bench.rs").lines();
    let benches = benches.filter_map(|line| line.trim().strip_prefix("Self::")?.strip_suffix(','));
    assert_eq!(names, benches.map(str::to_lowercase).collect::<Vec<_>>());
}
