//! `blastmap token`.

use std::{
    fs::OpenOptions,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use anyhow::{Context as _, anyhow};
use blastmap_api::new_token;

use crate::{args::Token, output};

/// The token goes to standard output, once; what the server needs, to the file or to standard error.
pub(crate) fn run(args: &Token) -> anyhow::Result<()> {
    let made = new_token(&args.name, args.role.into()).map_err(|why| anyhow!(why))?;
    if let Some(path) = &args.add_to {
        append(path, &made.block, &args.name)
            .with_context(|| format!("cannot add the token to {}", path.display()))?;
    } else {
        output::say(&format!(
            "For the file of --auth-tokens:\n\n{}\nFor {}, not shown again:\n",
            made.block, args.name
        ));
    }
    output::print(&format!("{}\n", made.token))
}

fn append(path: &Path, block: &str, name: &str) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).read(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o027 != 0 {
            return Err(anyhow!(
                "its group could write it, or others read it, so that `serve` refuses it: run `chmod 600` on it"
            ));
        }
    }
    let mut before = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_string(&mut before)?;
    let line = format!("name = \"{name}\"");
    if before.lines().any(|own| own.trim() == line) {
        return Err(anyhow!(
            "it has a token for {name} already: remove that, or take another name"
        ));
    }
    let gap = match before.as_str() {
        "" => "",
        own if own.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    // In one piece: a running server may read at any time.
    file.write_all(format!("{gap}{block}").as_bytes())?;
    Ok(())
}
