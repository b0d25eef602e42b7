//! The fuzz targets without a fuzzer: every file of their corpora, and a bounded number of damaged ones.
//!
//! The damage is a function of a number, which is printed, and of the corpora: `MOORED_FUZZ_SEED` gives
//! another number, `MOORED_FUZZ_CASES` says how many damaged files each target is run with.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]
#![allow(clippy::expect_used, reason = "a test that cannot go on ends")]

use std::{collections::BTreeSet, fs, panic, path::PathBuf, thread};

use fastrand::Rng;

#[path = "../fuzz/targets/mod.rs"]
#[allow(unreachable_pub, reason = "to cargo-fuzz it is a library")]
mod targets;

use targets::TARGETS;

/// The number that the damage comes from unless another one is given.
const SEED: u64 = 2026;

/// How many damaged files each target is run with.
const CASES: u64 = 2_000;

/// No damaged file is longer: what is long is slow, and seldom another case.
const LONGEST: usize = 4096;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The files of a target's corpus, in the order of their names.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder().join("corpus").join(target);
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = files.map(|file| file.unwrap());
    let mut files: Vec<_> = files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

fn number(variable: &str, otherwise: u64) -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for whoever looks for a fault"
    )]
    let given = std::env::var(variable);
    given.map_or(otherwise, |text| text.parse().unwrap())
}

/// Runs a target, and where it fails says with what.
fn run(target: &str, what: &str, bytes: &[u8]) {
    // What the fault was is printed already.
    if panic::catch_unwind(|| targets::run(target, bytes)).is_err() {
        let text = bytes.escape_ascii();
        panic!("the target `{target}` fails with {what}: b\"{text}\"");
    }
}

/// Runs something for every target, all of them at once.
fn with_each(run: impl Fn(&str) + Sync) {
    thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = TARGETS
            .iter()
            .map(|(name, _)| scope.spawn(move || run(name)))
            .collect();
        let ends: Vec<_> = threads
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        for end in ends {
            end.unwrap_or_else(|fault| panic::resume_unwind(fault));
        }
    });
}

/// One of the files with something done to it, as often as not in several places.
fn damaged(rng: &mut Rng, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let any = |rng: &mut Rng| &files[rng.usize(..files.len())].1;
    let mut bytes = any(rng).clone();
    for _ in 0..rng.usize(1..=4) {
        let at = rng.usize(..=bytes.len());
        let end = (at + rng.usize(..=8)).min(bytes.len());
        match rng.u8(..8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.u8(..8),
            1 if at < bytes.len() => bytes[at] = *rng.choice(&ODD).unwrap(),
            2 => bytes.insert(at, rng.u8(..)),
            3 => drop(bytes.drain(at..end)),
            4 => bytes.truncate(at),
            5 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            // A piece of another file, in place of what stands there or between it.
            _ => {
                let other = any(rng);
                let from = rng.usize(..=other.len());
                let to = (from + rng.usize(..=64)).min(other.len());
                let until = if rng.bool() { end } else { at };
                bytes.splice(at..until, other[from..to].iter().copied());
            }
        }
        bytes.truncate(LONGEST);
    }
    bytes
}

/// Bytes that mean something more often than others.
const ODD: [u8; 14] = *b"\0\x01\x7f\x80\xff\n\"'\\,{}[]";

#[test]
fn every_file_of_every_corpus_is_read_as_its_target_demands() {
    with_each(|target| {
        run(target, "nothing", b"");
        for (file, bytes) in corpus(target) {
            run(target, &file, &bytes);
        }
    });
}

#[test]
fn damaged_files_are_read_as_their_targets_demand() {
    let seed = number("MOORED_FUZZ_SEED", SEED);
    let cases = number("MOORED_FUZZ_CASES", CASES);
    let what = format!("MOORED_FUZZ_SEED={seed} MOORED_FUZZ_CASES={cases}");
    #[expect(clippy::print_stderr, reason = "what repeats the test")]
    {
        eprintln!("{what}");
    }
    with_each(|target| {
        let files = corpus(target);
        let mut rng = Rng::with_seed(seed);
        for case in 0..cases {
            let bytes = damaged(&mut rng, &files);
            run(target, &format!("case {case} of {what}"), &bytes);
        }
    });
}

#[test]
fn every_target_is_one_of_cargo_fuzz_and_has_a_corpus_and_a_line_in_the_docs() {
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let programs = manifest["bin"].as_array().unwrap().iter();
    let programs = programs.map(|it| it["name"].as_str().unwrap().to_owned());
    assert_eq!(programs.collect::<BTreeSet<_>>(), targets);
    let corpora = fs::read_dir(folder().join("corpus")).unwrap();
    let corpora = corpora.map(|it| it.unwrap().file_name().into_string().unwrap());
    assert_eq!(corpora.collect::<BTreeSet<_>>(), targets);
    let page = folder().join("../docs/testing.md");
    let page = fs::read_to_string(page).unwrap();
    for target in targets {
        assert!(page.contains(&format!("| `{target}` |")), "{target}");
    }
}
