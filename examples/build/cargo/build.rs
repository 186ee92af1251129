// SPDX-License-Identifier: MIT
//! Runs fastabi-gen, whose output src/lib.rs includes; again only when a specification changes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The files that a depfile names: each has a line of its own, "PATH:".
fn inputs(depfile: &Path) -> Vec<String> {
    let text = fs::read_to_string(depfile).expect("the depfile cannot be read");
    let rules = text.split("\n\n").skip(1);
    rules
        .filter_map(|rule| rule.trim_end().strip_suffix(':'))
        .map(|path| path.replace("\\ ", " ").replace("$$", "$"))
        .map(|path| path.replace("\\#", "#").replace("\\:", ":"))
        .collect()
}

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let generator = env::var_os("FASTABI_GEN").unwrap_or_else(|| "fastabi-gen".into());
    let depfile = out.join("fastabi.d");
    let status = Command::new(&generator)
        .args(["generate", "-b", "rust", "-O", "form=module", "-o"])
        .arg(&out)
        .arg("--depfile")
        .arg(&depfile)
        .args(["demo.yml", "event_channel"])
        .status()
        .unwrap_or_else(|error| panic!("{}: {}", generator.to_string_lossy(), error));
    assert!(status.success(), "fastabi-gen failed");
    println!("cargo:rerun-if-env-changed=FASTABI_GEN");
    println!("cargo:rerun-if-changed=build.rs");
    for path in inputs(&depfile) {
        println!("cargo:rerun-if-changed={}", path);
    }
}
