//! Which module names which other one, read off the sources: `use` items and paths in full. Tests inside a file and
//! comments count for nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The path of a module from its crate's root: `["core", "dns", "name"]`.
pub(crate) type ModulePath = Vec<String>;

/// The modules of a crate with the modules that each names.
pub(crate) struct ImportGraph {
    /// For each module that is a file the modules, or their folders, that it names.
    pub(crate) imports: BTreeMap<ModulePath, BTreeSet<ModulePath>>,
}

impl ImportGraph {
    /// Reads every source below `root`, a crate's `src`, but for files of tests.
    pub(crate) fn of_crate(root: &Path) -> Self {
        let mut texts = BTreeMap::new();
        read_sources(root, &mut Vec::new(), &mut texts);
        let modules: BTreeSet<ModulePath> = texts.keys().cloned().collect();
        let imports = texts
            .iter()
            .map(|(module, text)| (module.clone(), imports(module, text, &modules)))
            .collect();
        Self { imports }
    }

    /// Every cycle among the files and folders of one folder, folder by folder: each as one line.
    pub(crate) fn cycles(&self) -> Vec<String> {
        let folders: BTreeSet<ModulePath> = self
            .imports
            .keys()
            .flat_map(|module| (0..module.len()).map(|length| module[..length].to_vec()))
            .collect();
        folders
            .iter()
            .flat_map(|folder| self.cycles_within(folder))
            .collect()
    }

    fn cycles_within(&self, folder: &[String]) -> Vec<String> {
        // A folder's own file is one of its files.
        let child = |module: &[String]| -> Option<String> {
            let rest = module.strip_prefix(folder)?;
            Some(rest.first().cloned().unwrap_or_else(|| "mod".to_owned()))
        };
        let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, named) in &self.imports {
            let Some(from) = child(module) else { continue };
            let others = named.iter().filter_map(|other| child(other));
            let others = others.filter(|other| *other != from);
            edges.entry(from.clone()).or_default().extend(others);
        }
        let mut cycles = Vec::new();
        let mut seen = BTreeSet::new();
        for start in edges.keys() {
            let within = reachable(&edges, start);
            let cycle: BTreeSet<_> = within
                .iter()
                .filter(|other| reachable(&edges, other).contains(start))
                .cloned()
                .collect();
            if cycle.contains(start) && seen.insert(cycle.clone()) {
                let names: Vec<_> = cycle.into_iter().collect();
                cycles.push(format!("{}: {}", folder.join("/"), names.join(", ")));
            }
        }
        cycles
    }
}

/// All that `start` names, and what that names in turn.
fn reachable(edges: &BTreeMap<String, BTreeSet<String>>, start: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![start.to_owned()];
    while let Some(node) = open.pop() {
        for next in edges.get(&node).into_iter().flatten() {
            if found.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    found
}

fn read_sources(
    directory: &Path,
    folder: &mut ModulePath,
    texts: &mut BTreeMap<ModulePath, String>,
) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "tests" {
            continue;
        }
        if path.is_dir() {
            folder.push(name);
            read_sources(&path, folder, texts);
            folder.pop();
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut module = folder.clone();
            match name.as_str() {
                "mod" => {}
                "lib" | "main" => continue,
                _ => module.push(name),
            }
            texts.insert(module, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The modules that the text of `module` names.
pub(crate) fn imports(
    module: &[String],
    text: &str,
    modules: &BTreeSet<ModulePath>,
) -> BTreeSet<ModulePath> {
    let code = without_tests(&without_comments(text));
    let is_child = |name: &str| {
        let mut child = module.to_vec();
        child.push(name.to_owned());
        is_module(&child, modules)
    };
    let mut found = BTreeSet::new();
    for (path, is_public) in named_paths(&code) {
        let Some(mut target) = absolute(&path, module, &is_child) else {
            continue;
        };
        while !target.is_empty() && !is_module(&target, modules) {
            target.pop();
        }
        // What a folder's file hands on of its own files is no use of them.
        let is_handed_on = is_public && target.starts_with(module);
        if !target.is_empty() && target != module && !is_handed_on {
            found.insert(target);
        }
    }
    found
}

fn is_module(path: &[String], modules: &BTreeSet<ModulePath>) -> bool {
    modules.iter().any(|module| module.starts_with(path))
}

fn absolute(
    path: &[String],
    module: &[String],
    is_child: &impl Fn(&str) -> bool,
) -> Option<ModulePath> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([module, rest].concat()),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            let base = &module[..module.len().checked_sub(ups)?];
            Some([base, &path[ups..]].concat())
        }
        name if is_child(name) => Some([module, path].concat()),
        _ => None,
    }
}

fn without_comments(text: &str) -> String {
    let code = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

/// The text without the modules that are compiled for tests only.
fn without_tests(code: &str) -> String {
    let mut kept = Vec::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            kept.push(line);
            continue;
        }
        // The item's first line says whether it has a body.
        let head = lines
            .by_ref()
            .find(|line| line.trim_end().ends_with([';', '{']));
        if head.is_some_and(|head| head.trim_end().ends_with('{')) {
            let indent = &line[..line.len() - line.trim_start().len()];
            let end = format!("{indent}}}");
            let _ = lines.by_ref().find(|line| line.trim_end() == end);
        }
    }
    kept.join("\n")
}

/// Every path of `use` items, with whether it is handed on, and every path with `::` elsewhere.
fn named_paths(code: &str) -> Vec<(Vec<String>, bool)> {
    let mut paths = Vec::new();
    let mut rest = code;
    let mut other = String::new();
    while let Some(position) = next_use(rest) {
        let (before, item) = rest.split_at(position);
        other.push_str(before);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let is_public = line.trim_start().starts_with("pub");
        let end = item.find(';').unwrap_or(item.len());
        let tree = item.get("use ".len()..end).unwrap_or_default();
        paths.extend(expand(tree).into_iter().map(|path| (path, is_public)));
        rest = &item[end..];
    }
    other.push_str(rest);
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let words = other.split(|letter: char| !is_part(letter));
    let full = words.filter(|word| word.contains("::"));
    paths.extend(full.map(|word| (segments(word), false)));
    paths
}

/// Where the next `use` item begins.
fn next_use(code: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(position) = code[from..].find("use ") {
        let at = from + position;
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim();
        if line.is_empty()
            || line.starts_with("pub") && !line.contains(|letter| "=;{\"".contains(letter))
        {
            return Some(at);
        }
        from = at + "use ".len();
    }
    None
}

fn segments(path: &str) -> Vec<String> {
    let parts = path.split("::").map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The paths of a `use` tree.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some((prefix, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![segments(path)];
    };
    let group = group.trim_end().strip_suffix('}').unwrap_or(group);
    let mut paths = Vec::new();
    let mut depth = 0_usize;
    let mut part = String::new();
    for letter in group.chars().chain([',']) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if letter == ',' && depth == 0 {
            let inner = expand(&std::mem::take(&mut part));
            paths.extend(
                inner
                    .into_iter()
                    .map(|path| [segments(prefix), path].concat()),
            );
        } else {
            part.push(letter);
        }
    }
    paths
}
