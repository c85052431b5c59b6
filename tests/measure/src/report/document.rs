//! benchmarks.md and its charts: each bench has its part, and leaves those of the others alone.

use super::{MARKER, Section};
use crate::Bench;
use anyhow::{Context, bail, ensure};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const FILE: &str = "benchmarks.md";
const TITLE: &str = "# Benchmarks";
const INTRODUCTION: &str = "
Written by `./intraparis bench [NAME…]`. Each part says on what it was measured; all contenders of a part were measured on
one durable PostgreSQL in one run, taking turns in each round, another one first in each. Each makes its connections before its
clients begin, in a pool as large as the others', which asks no connection before a use whether it lives. Figures are medians of
the rounds, with minimum and maximum where they are given. A shared machine's absolute figures mean little: read the ratios.
";

/// The document of a folder.
#[derive(Debug)]
pub struct Document {
    folder: PathBuf,
    parts: Vec<(Bench, String)>,
}

impl Document {
    /// Reads the document of this folder, or begins it, and makes sure that it can be written.
    ///
    /// # Errors
    /// When the folder is missing or cannot be written to, or when a file of one of our names in it is not ours.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        tempfile::tempfile_in(folder).with_context(|| format!("--output: cannot write to {}", folder.display()))?;
        for chart in Bench::ALL.iter().copied().map(chart) {
            ours(&folder.join(chart), MARKER)?;
        }
        let text = ours(&folder.join(FILE), &beginning())?.unwrap_or_default();
        let part = |bench: &Bench| between(&text, &begin(*bench), &end(*bench)).map(|part| (*bench, part.to_owned()));
        Ok(Self { folder: folder.to_owned(), parts: Bench::ALL.iter().filter_map(part).collect() })
    }

    /// Puts a bench's part in its place and writes the document.
    ///
    /// # Errors
    /// When one of the files cannot be written, or is not ours any more.
    pub fn put(&mut self, bench: Bench, section: &Section, measured_on: &str) -> anyhow::Result<()> {
        ours(&self.folder.join(FILE), &beginning())?;
        if let Some(picture) = &section.chart {
            ours(&self.folder.join(chart(bench)), MARKER)?;
            self.write(&chart(bench), &picture.to_svg())?;
        }
        self.parts.retain(|(other, _)| *other != bench);
        self.parts.push((bench, section.to_markdown(measured_on, &chart(bench))));
        self.parts.sort_by_key(|(bench, _)| *bench);
        let mut text = format!("{}{INTRODUCTION}", beginning());
        for (bench, part) in &self.parts {
            text.push_str(&format!("\n{}\n{}\n{}\n", begin(*bench), part.trim(), end(*bench)));
        }
        self.write(FILE, &text)
    }

    /// Whole or not at all.
    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        let write = || -> std::io::Result<()> {
            let new = tempfile::Builder::new().permissions(readable_by_all()).tempfile_in(&self.folder)?;
            fs::write(new.path(), text)?;
            new.persist(&path)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }
}

fn readable_by_all() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o644)
}

/// How the document begins.
fn beginning() -> String {
    format!("{TITLE}\n\n{MARKER}\n")
}

/// The file of a bench's picture.
fn chart(bench: Bench) -> String {
    format!("benchmarks-{bench}.svg")
}

/// What a file of ours holds, which begins in this way; none when there is no file.
fn ours(path: &Path, beginning: &str) -> anyhow::Result<Option<String>> {
    let held = match fs::read(path) {
        Ok(held) => held,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    ensure!(held.starts_with(beginning.as_bytes()), "{} is not ours: it is left as it is", path.display());
    fs::OpenOptions::new().append(true).open(path).with_context(|| format!("cannot write {}", path.display()))?;
    match String::from_utf8(held) {
        Ok(text) => Ok(Some(text)),
        Err(_) => bail!("{} is not ours: it is left as it is", path.display()),
    }
}

fn begin(bench: Bench) -> String {
    format!("<!-- {bench} -->")
}

fn end(bench: Bench) -> String {
    format!("<!-- end of {bench} -->")
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(begin)?;
    after.split_once(end).map(|(part, _)| part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Chart;

    fn section(about: &str) -> Section {
        Section { title: "A title", about: about.to_owned(), ..Section::default() }
    }

    fn drawn() -> Section {
        let chart = Chart { title: "Bars".to_owned(), groups: Vec::new(), series: Vec::new() };
        Section { chart: Some(chart), ..section("drawn") }
    }

    #[test]
    fn a_bench_replaces_its_own_part_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let put = |bench, about| Document::open(folder.path()).unwrap().put(bench, &section(about), "here").unwrap();
        put(Bench::Cycles, "first cycles");
        put(Bench::Appends, "appends");
        put(Bench::Cycles, "second cycles");
        let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(!text.contains("first cycles"));
        assert!(text.find("appends").unwrap() < text.find("second cycles").unwrap());
    }

    #[test]
    fn what_is_not_ours_is_left_alone_and_nothing_is_written() {
        for (name, theirs) in [
            (FILE, "my own notes"),
            (FILE, "# Benchmarks\n\nof my own"),
            ("benchmarks-http.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut document = Document::open(folder.path()).unwrap();
            fs::write(folder.path().join(name), theirs).unwrap();
            let told = Document::open(folder.path()).unwrap_err().to_string();
            assert!(told.contains(name) && told.contains("is not ours"), "{told}");
            let told = document.put(Bench::Http, &drawn(), "here").unwrap_err().to_string();
            assert!(told.contains(name), "{told}");
            assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), theirs);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn what_was_written_is_known_again() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            Document::open(folder.path()).unwrap().put(Bench::Http, &drawn(), "here").unwrap();
        }
        let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert_eq!(text.matches("(benchmarks-http.svg)").count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Document::open(Path::new("/nonexistent/docs")).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/docs"));
    }
}
