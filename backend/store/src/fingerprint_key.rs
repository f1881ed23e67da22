//! The key of fingerprints: made once, the same for all who crawl into a store.

use bytes::Bytes;

use crate::{StoreError, place::Place};

const NAME: &str = "fingerprint.key";

/// Reads the key in the form it is stored in: 64 hexadecimal digits, white space around them left out.
pub fn read_fingerprint_key(text: &[u8]) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    hex::decode_to_slice(text.trim_ascii(), &mut key).ok()?;
    Some(key)
}

/// The store's key; made where there is none. Of several who make it at once, one wins and all get that one.
pub(crate) async fn fingerprint_key(place: &Place) -> Result<[u8; 32], StoreError> {
    if let Some(text) = place.get(NAME).await? {
        return checked(place, &text);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| StoreError::Random(error.to_string()))?;
    let text = Bytes::from(hex::encode(key) + "\n");
    if place.create(NAME, text).await? {
        return Ok(key);
    }
    let text = place.get(NAME).await?.unwrap_or_default();
    checked(place, &text)
}

/// A key that cannot be read is never replaced: fingerprints would change without a word.
fn checked(place: &Place, text: &[u8]) -> Result<[u8; 32], StoreError> {
    read_fingerprint_key(text).ok_or_else(|| StoreError::Key {
        name: NAME.to_owned(),
        place: place.describe(),
    })
}
