//! benchmarks.md and its charts: each bench has its part, and leaves those of the others alone.

use super::Section;
use crate::benches::Bench;
use anyhow::{Context, ensure};
use std::fs;
use std::path::{Path, PathBuf};

const FILE: &str = "benchmarks.md";
/// The first line, by which a document is known to be ours.
const TITLE: &str = "# Benchmarks";
const INTRODUCTION: &str = "
Written by `./intraparis bench [NAME…]`. Each part says on what it was measured; all contenders of a part were measured on
one durable PostgreSQL in one run, taking turns in each round. Figures are medians of the rounds, with minimum and maximum
where they are given. A shared machine's absolute figures mean little: read the ratios.
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
    /// When the folder is missing or cannot be written to, or when its benchmarks.md is not ours.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        tempfile::tempfile_in(folder).with_context(|| format!("--output: cannot write to {}", folder.display()))?;
        let text = if path.exists() {
            fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .with_context(|| format!("cannot write {}", path.display()))?;
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?
        } else {
            TITLE.to_owned()
        };
        ensure!(text.starts_with(TITLE), "{} is not ours: it is left as it is", path.display());
        let part = |bench: &Bench| between(&text, &begin(*bench), &end(*bench)).map(|part| (*bench, part.to_owned()));
        Ok(Self { folder: folder.to_owned(), parts: Bench::ALL.iter().filter_map(part).collect() })
    }

    /// Puts a bench's part in its place and writes the document.
    pub fn put(&mut self, bench: Bench, section: &Section, measured_on: &str) -> anyhow::Result<()> {
        for chart in &section.charts {
            self.write(&chart.file, &chart.to_svg())?;
        }
        self.parts.retain(|(other, _)| *other != bench);
        self.parts.push((bench, section.to_markdown(measured_on)));
        self.parts.sort_by_key(|(bench, _)| *bench);
        let mut text = format!("{TITLE}\n{INTRODUCTION}");
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

    fn section(about: &str) -> Section {
        Section { title: "A title", about: about.to_owned(), ..Section::default() }
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
    fn what_is_not_ours_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, "my own notes").unwrap();
        assert!(Document::open(folder.path()).unwrap_err().to_string().contains("is not ours"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "my own notes");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Document::open(Path::new("/nonexistent/docs")).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/docs"));
    }
}
