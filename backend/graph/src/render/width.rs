//! Text that fits, and that cannot play tricks on a terminal.

/// Names come from tags and files: what a terminal would obey, or not show, is shown as a replacement character.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if is_hidden(letter) {
                char::REPLACEMENT_CHARACTER
            } else {
                letter
            }
        })
        .collect()
}

/// Control characters, marks of direction, and what has no width.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Columns on a terminal: letters of East Asia and pictures take two.
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(letter: char) -> usize {
    let wide = matches!(letter, '\u{1100}'..='\u{115f}' | '\u{231a}'..='\u{231b}' | '\u{23e9}'..='\u{23fa}' | '\u{25fd}'..='\u{27bf}'
        | '\u{2b1b}'..='\u{2b55}' | '\u{2e80}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{16fe0}'..='\u{18aff}'
        | '\u{1b000}'..='\u{1b2ff}' | '\u{1f000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
}

/// The text, with its middle left out where it takes more columns than `room`.
pub(super) fn shorten(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(1) else {
        return String::new();
    };
    let beginning = take(text.chars(), room / 2);
    let end: Vec<char> = take(text.chars().rev(), room - room / 2);
    beginning
        .into_iter()
        .chain(['…'])
        .chain(end.into_iter().rev())
        .collect()
}

/// As many letters as fit.
fn take(letters: impl Iterator<Item = char>, room: usize) -> Vec<char> {
    let mut used = 0;
    letters
        .take_while(|letter| {
            used += columns_of(*letter);
            used <= room
        })
        .collect()
}
