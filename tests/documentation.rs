//! The documentation holds together: links lead somewhere, every page is listed, the README stays short.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a directory, without what builds leave behind.
fn files(directory: &Path) -> Vec<PathBuf> {
    const LEFT_OUT: [&str; 5] = ["target", "dist", "artifacts", "found", "corpus"];
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let kind = entry.file_type().unwrap();
            let name = entry.file_name().into_string().unwrap();
            if kind.is_file() {
                found.push(entry.path());
            } else if kind.is_dir() && !name.starts_with('.') && !LEFT_OUT.contains(&name.as_str())
            {
                open.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

fn pages(directory: &Path) -> Vec<PathBuf> {
    let mut pages = files(directory);
    pages.retain(|path| path.extension().is_some_and(|it| it == "md"));
    pages
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// The lines of a Markdown text outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        !fenced && !is_fence
    })
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for (_, line) in prose(text) {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let kept = title.trim().chars().filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            _ => letter.is_alphanumeric().then_some(letter),
        });
        let slug = kept.collect::<String>().to_lowercase();
        let before = times.entry(slug.clone()).or_default();
        found.insert(match *before {
            0 => slug,
            again => format!("{slug}-{again}"),
        });
        *before += 1;
    }
    found
}

/// Where a line's links lead, inline code left out.
fn destinations(line: &str) -> Vec<String> {
    let code: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let inline = code.match_indices("](").filter_map(|(at, mark)| {
        let rest = &code[at + mark.len()..];
        rest.split_once(')').map(|(to, _)| to.trim().to_owned())
    });
    let defined = code
        .strip_prefix('[')
        .and_then(|it| it.split_once("]: "))
        .map(|(_, to)| to.trim().to_owned());
    inline.chain(defined).collect()
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// What is wrong with a link of a page, if anything is.
fn complaint(page: &Path, to: &str) -> Option<String> {
    if to.contains("://") || to.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = to.split_once('#').unwrap_or((to, ""));
    let target = match path {
        "" => page.to_owned(),
        path => plain(&page.parent().unwrap().join(path)),
    };
    if !target.starts_with(root()) || !target.exists() {
        return Some(format!("there is no file {path}"));
    }
    let is_page = target.extension().is_some_and(|it| it == "md");
    let leads = anchor.is_empty() || is_page && anchors(&text(&target)).contains(anchor);
    (!leads).then(|| format!("{} has no heading for #{anchor}", shown(&target)))
}

#[test]
fn every_relative_link_leads_to_a_file_and_every_anchor_to_a_heading() {
    let mut wrong = Vec::new();
    let mut links = 0;
    for page in pages(root()) {
        for (number, line) in prose(&text(&page)) {
            for to in destinations(line) {
                links += 1;
                if let Some(complaint) = complaint(&page, &to) {
                    wrong.push(format!("{}:{}: {complaint}", shown(&page), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(links > 150, "{links}");
}

#[test]
fn anchors_are_made_as_github_makes_them() {
    let text = "# A title\n\n## `[ipv4]`: it's _two_ words\n\n## Again\n\n## Again\n\n```sh\n# no title\n```\n";
    let expected = ["a-title", "ipv4-its-_two_-words", "again", "again-1"];
    assert_eq!(anchors(text), expected.map(str::to_owned).into());
}

/// The paths of this repository's pages that a line mentions, as `docs/….md`.
fn mentions(line: &str) -> Vec<&str> {
    let words = line.split(|it: char| !(it.is_ascii_alphanumeric() || "/._-".contains(it)));
    words
        .map(|it| it.trim_end_matches('.'))
        .filter(|it| it.starts_with("docs/") && Path::new(it).extension() == Some("md".as_ref()))
        .collect()
}

#[test]
fn every_page_of_docs_that_a_file_mentions_exists() {
    let mut wrong = Vec::new();
    for path in files(root()) {
        // The importers cite the documentation of other programs.
        if path.starts_with(root().join("src/import")) {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for page in text.lines().flat_map(mentions) {
            if !root().join(page).exists() {
                wrong.push(format!("{}: there is no {page}", shown(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_of_docs_is_in_the_summary_once() {
    let docs = root().join("docs");
    let summary = text(&docs.join("SUMMARY.md"));
    let listed: Vec<_> = prose(&summary)
        .flat_map(|(_, line)| destinations(line))
        .map(|it| docs.join(it))
        .collect();
    let set: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(set.len(), listed.len(), "a page is listed twice");
    let there: BTreeSet<_> = pages(&docs)
        .into_iter()
        .filter(|it| !it.ends_with("SUMMARY.md"))
        .collect();
    assert_eq!(set, there);
}

#[test]
fn every_page_of_docs_begins_with_who_should_read_it_and_what_it_does_not_cover() {
    for page in pages(&root().join("docs")) {
        let text = text(&page);
        let mut lines = text.lines().filter(|it| !it.is_empty());
        assert!(lines.next().unwrap().starts_with("# "), "{}", shown(&page));
        if page.ends_with("SUMMARY.md") {
            continue;
        }
        let paragraph = text.split("\n\n").nth(1).unwrap();
        let is_told =
            paragraph.starts_with("**For:** ") && paragraph.contains("\n**Not covered:** ");
        assert!(is_told, "{}: {paragraph}", shown(&page));
    }
}

#[test]
fn every_decision_has_its_parts_and_a_line_in_the_index() {
    let folder = root().join("docs/decisions");
    let index = text(&folder.join("README.md"));
    let mut numbers = BTreeSet::new();
    for page in pages(&folder) {
        let name = page.file_name().unwrap().to_str().unwrap();
        if name == "README.md" {
            continue;
        }
        assert!(index.contains(&format!("]({name})")), "{name}");
        let number = name.split_once('-').unwrap().0;
        assert!(number.len() == 4 && number.bytes().all(|it| it.is_ascii_digit()));
        assert!(numbers.insert(number.to_owned()), "{number} is there twice");
        let text = text(&page);
        let heads: Vec<_> = text.lines().filter(|it| it.starts_with("## ")).collect();
        assert_eq!(
            heads,
            ["## Context", "## Decision", "## Consequences"],
            "{name}"
        );
    }
    assert!(numbers.len() > 20, "{}", numbers.len());
}

#[test]
fn every_law_is_stated_and_has_a_row_of_tests_by_the_same_words() {
    let laws = text(&root().join("docs/explanation/laws.md"));
    let testing = text(&root().join("docs/testing.md"));
    let stated: Vec<_> = laws
        .lines()
        .filter_map(|it| it.strip_prefix("## L")?.split_once(": "))
        .collect();
    let numbers: Vec<_> = stated.iter().map(|(number, _)| *number).collect();
    let expected: Vec<_> = (1..=15).map(|it: u8| it.to_string()).collect();
    assert_eq!(numbers, expected);
    for (number, title) in stated {
        let row = format!("| L{number} | {} | `l", title.to_lowercase());
        let rows = testing.to_lowercase();
        assert!(rows.contains(&row.to_lowercase()), "{row}");
    }
}

#[test]
fn the_glossary_is_in_alphabetical_order() {
    let glossary = text(&root().join("docs/glossary.md"));
    let terms: Vec<_> = glossary
        .lines()
        .filter_map(|it| it.strip_prefix("| **")?.split_once("**"))
        .map(|(term, _)| term.to_lowercase())
        .collect();
    assert!(terms.len() > 40, "{}", terms.len());
    assert!(terms.is_sorted(), "{terms:?}");
}

#[test]
fn the_readme_has_at_most_150_lines_of_at_most_100_columns() {
    let readme = text(&root().join("README.md"));
    assert!(readme.lines().count() <= 150, "{}", readme.lines().count());
    let long: Vec<_> = readme
        .lines()
        .filter(|it| it.chars().count() > 100)
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}
