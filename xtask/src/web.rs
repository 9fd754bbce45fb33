//! The browser app, its glue and its style → one HTML file that needs nothing else, not even a server.

use crate::process::Invocation;
use crate::setup::WASM_BINDGEN;
use crate::{Failure, serve, workspace};
use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;

/// The name of the binary, and so of what is made from it.
const NAME: &str = "cilium-exec-check-web";

/// What the compiler and wasm-bindgen use of WebAssembly.
const FEATURES: &str = "--enable-bulk-memory --enable-bulk-memory-opt --enable-multivalue --enable-mutable-globals \
                        --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext --enable-simd";

/// Where the page ends up, relative to the workspace's root.
pub(crate) const PAGE: &str = "web/dist/cilium-exec-check.html";

/// Builds the page; `--serve` serves it afterwards.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let served = match arguments {
        [] => false,
        [flag] if flag == "--serve" => true,
        _ => return Err(Failure::unusable("usage: cargo xtask web [--serve]")),
    };
    build()?;
    if served { serve::serve(&workspace::root().join(PAGE)) } else { Ok(()) }
}

fn build() -> Result<(), Failure> {
    check_bindgen()?;
    follow(&compile())?;
    let built = "target/wasm32-unknown-unknown/web";
    follow(&Invocation::new(&format!(
        "wasm-bindgen --target no-modules --no-typescript --out-dir {built}/glue {built}/{NAME}.wasm"
    )))?;
    let glue = workspace::root().join(built).join("glue");
    let small = format!("{built}/glue/small.wasm");
    follow(&shrink(&format!("{built}/glue/{NAME}_bg.wasm"), &small)?)?;
    let module = read(&workspace::root().join(small))?;
    let page = page(&module, &text(&glue.join(format!("{NAME}.js")))?)?;
    let path = workspace::root().join(PAGE);
    path.parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(&path, &page))
        .map_err(|error| Failure::unusable(format!("cannot write {PAGE}: {error}")))?;
    println!("\n{PAGE}");
    println!("  page    {}", sizes(page.as_bytes())?);
    println!("  module  {}", sizes(&module)?);
    Ok(())
}

/// Paths of this machine's registry have no place in the module; panics quote them.
fn compile() -> Invocation {
    let home = std::env::var("CARGO_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")))
        .unwrap_or_default();
    let line =
        format!("cargo build --package {NAME} --bin {NAME} --profile web --target wasm32-unknown-unknown");
    Invocation::new(&line).with(
        "CARGO_ENCODED_RUSTFLAGS",
        &format!("--remap-path-prefix={home}/registry/src=registry\x1f-Ctarget-feature=+simd128"),
    )
}

/// Binaryen finds what the compiler leaves: a tenth of the module. The names of functions go, too.
fn shrink(module: &str, small: &str) -> Result<Invocation, Failure> {
    let program = "web/node_modules/binaryen/bin/wasm-opt";
    if !workspace::root().join(program).exists() {
        follow(&Invocation::new("npm ci --no-audit --no-fund").within("web"))?;
    }
    Ok(Invocation::new(&format!("node {program} {FEATURES} -O3 --strip-debug {module} -o {small}")))
}

/// Library and program speak a private format to each other, so their versions have to be equal.
fn check_bindgen() -> Result<(), Failure> {
    let found = Invocation::new("wasm-bindgen --version").capture();
    let version = found.as_deref().and_then(|text| text.split_whitespace().nth(1));
    if version == Some(WASM_BINDGEN) {
        return Ok(());
    }
    let found = version.map_or("there is none".to_owned(), |version| format!("there is {version}"));
    Err(Failure::unusable(format!(
        "wasm-bindgen {WASM_BINDGEN} is needed, {found}; run: cargo install wasm-bindgen-cli --version {WASM_BINDGEN}"
    )))
}

/// Fills the page in: the policy names the hash of each script and of the style, and forbids everything else.
fn page(module: &[u8], glue: &str) -> Result<String, Failure> {
    let folder = workspace::root().join("web/page");
    let (page, style, boot) =
        (text(&folder.join("page.html"))?, text(&folder.join("style.css"))?, text(&folder.join("boot.js"))?);
    let pictures = text(&workspace::root().join("core/src/render/picture/picture.css"))?;
    let style = format!("{style}{pictures}");
    for (name, inlined) in [("the glue", glue), ("boot.js", &boot), ("style.css", &style)] {
        if ["</script", "</style", "<!--"].iter().any(|end| inlined.contains(end)) {
            return Err(Failure::failed(format!("{name} would end its own element in the page")));
        }
    }
    let policy = [
        "default-src 'none'".to_owned(),
        format!("script-src '{}' '{}' 'wasm-unsafe-eval'", hash(glue), hash(&boot)),
        "worker-src blob:".to_owned(),
        format!("style-src '{}'", hash(&style)),
        "img-src data:".to_owned(),
        "connect-src 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
    ];
    let values = [
        ("{{csp}}", policy.join("; ")),
        ("{{style}}", style),
        ("{{module}}", BASE64_STANDARD.encode(module)),
        ("{{glue}}", glue.to_owned()),
        ("{{boot}}", boot),
    ];
    Ok(fill(&page, &values))
}

/// Puts each value in its place once; what a value holds is not looked at again.
fn fill(page: &str, values: &[(&str, String)]) -> String {
    let Some(((name, value), rest)) = values.split_first() else { return page.to_owned() };
    match page.split_once(name) {
        Some((before, after)) => format!("{before}{value}{}", fill(after, rest)),
        None => fill(page, rest),
    }
}

/// As a Content Security Policy names what stands in the page.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// `806 kB, 306 kB gzipped`.
fn sizes(bytes: &[u8]) -> Result<String, Failure> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zipped = encoder.write_all(bytes).and_then(|()| encoder.finish());
    let zipped = zipped.map_err(|error| Failure::unusable(format!("cannot compress: {error}")))?;
    Ok(format!("{} kB, {} kB gzipped", bytes.len() / 1000, zipped.len() / 1000))
}

/// Runs something that has to end well.
pub(crate) fn follow(invocation: &Invocation) -> Result<(), Failure> {
    match invocation.follow(|_| {}) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::failed(format!("`{}` failed", invocation.line()))),
        Err(message) => Err(Failure::unusable(message)),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::unusable(format!("cannot read {}: {error}", path.display())))
}

fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| Failure::unusable(format!("{} is not UTF-8", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_place_is_left_alone() {
        let values = [("{{a}}", "{{b}}".to_owned()), ("{{b}}", "two".to_owned())];
        assert_eq!(fill("1 {{a}} 2 {{b}} 3", &values), "1 {{b}} 2 two 3");
    }

    #[test]
    fn a_hash_is_written_as_policies_name_it() {
        assert_eq!(hash("alert(1)"), "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
    }
}
