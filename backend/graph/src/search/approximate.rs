//! Finding a word in a text although some letters differ.

/// A word to be found, give or take a letter in four.
pub(super) struct Pattern {
    /// For each byte, the places in the word where it stands.
    places: Box<[u64; 256]>,
    length: usize,
    /// How many letters may be wrong, missing or too many.
    allowed: usize,
}

impl Pattern {
    /// None for words so short that everything would be like them. Of long ones the first 64 bytes count.
    pub(super) fn new(word: &str) -> Option<Self> {
        if word.chars().count() < 4 {
            return None;
        }
        let bytes = &word.as_bytes()[..word.len().min(64)];
        let mut places = Box::new([0_u64; 256]);
        for (place, byte) in bytes.iter().enumerate() {
            places[usize::from(*byte)] |= 1 << place;
        }
        Some(Self {
            places,
            length: bytes.len(),
            allowed: (bytes.len() / 4).min(4),
        })
    }

    /// The fewest changes that make the word a part of the text; none where that takes more than are allowed.
    ///
    /// A column of the table of edit distances at a time, as two words of bits that say where it rises and falls
    /// (G. Myers, A fast bit-vector algorithm for approximate string matching, 1999).
    pub(super) fn changes_within(&self, text: &str) -> Option<usize> {
        let last = 1_u64 << (self.length - 1);
        let (mut rises, mut falls) = (u64::MAX, 0_u64);
        let (mut distance, mut fewest) = (self.length, self.length);
        for byte in text.bytes() {
            let same = self.places[usize::from(byte)];
            let vertical = same | falls;
            let diagonal = ((same & rises).wrapping_add(rises) ^ rises) | same;
            let mut up = falls | !(diagonal | rises);
            let mut down = rises & diagonal;
            if up & last != 0 {
                distance += 1;
            } else if down & last != 0 {
                distance -= 1;
            }
            up <<= 1;
            down <<= 1;
            rises = down | !(vertical | up);
            falls = up & vertical;
            fewest = fewest.min(distance);
        }
        (fewest <= self.allowed).then_some(fewest)
    }
}
