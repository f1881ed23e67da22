//! The page is embedded from `web/dist`. A build without it is a server without a page, not an error.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let page = Path::new("../../web/dist");
    if !page.exists() {
        fs::create_dir_all(page)?;
    }
    println!("cargo::rerun-if-changed={}", page.display());
    Ok(())
}
