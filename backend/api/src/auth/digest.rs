//! Secrets of 256 random bits, of which the server keeps the SHA-256 alone. Nobody guesses such a secret, so that a slow hash with salt, as
//! for passwords that people choose, would protect nothing more.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

pub(crate) type Digest = [u8; 32];

pub(crate) fn digest(secret: &str) -> Digest {
    Sha256::digest(secret).into()
}

/// 43 letters, digits, `-` and `_`.
pub(crate) fn new_secret() -> Result<String, getrandom::Error> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random)?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}
